"""Shapes of uploaded announcements."""

from __future__ import annotations

import marshmallow as ma


class FileShape(ma.Schema):
    id = ma.fields.Integer()
    name = ma.fields.String()
    seconds = ma.fields.Float()
    uploaded_at = ma.fields.AwareDateTime()


class FileUse(ma.Schema):
    state = ma.fields.String(metadata={"description": "draft, live or past"})
    version_id = ma.fields.Integer()
    at = ma.fields.AwareDateTime(allow_none=True, metadata={"description": "When it was published"})
    words = ma.fields.String(metadata={"description": "Which version, and for which announcements"})


class ListedFile(FileShape):
    uploaded_by = ma.fields.String()
    uses = ma.fields.List(ma.fields.Nested(FileUse), metadata={"description": "Empty: it can be deleted"})


class FileList(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ListedFile))
    most = ma.fields.Integer(metadata={"description": "How many recordings there may be"})
