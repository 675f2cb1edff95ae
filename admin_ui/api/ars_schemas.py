"""Shapes of the ARS. The document is described here and checked, all of it at once, by
``app.services.ars_validation``: that is why it is loaded as it came."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from admin_ui.api.ars_file_schemas import FileShape
from admin_ui.api.schemas import Schema


class Described(ma.fields.Nested):
    """An object that is described here and checked elsewhere."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, dict):
            raise self.make_error("type", input=value, type=type(value).__name__)
        return value

    def _serialize(self, nested_obj: Any, attr: str, obj: Any, **kwargs: Any) -> Any:
        return nested_obj


class QueueSettings(ma.Schema):
    strategy = ma.fields.String(
        validate=validate.OneOf(["longest_idle", "round_robin", "top_down", "least_calls"])
    )
    callback = ma.fields.String(
        validate=validate.OneOf(["off", "by_key", "after_seconds", "nobody_logged_in"])
    )
    callback_key = ma.fields.String(metadata={"description": "One of 0-9 * #, the same in all entries"})
    callback_after_seconds = ma.fields.Integer(validate=validate.Range(5, 1800))
    delay_interval_seconds = ma.fields.Integer(validate=validate.Range(10, 600))
    longest_wait_seconds = ma.fields.Integer(validate=validate.Range(30, 3540))
    announce_position = ma.fields.Boolean()
    priority = ma.fields.Integer(validate=validate.Range(0, 10))


class SubEntry(ma.Schema):
    digit = ma.fields.String(required=True, metadata={"description": "1 to 9, each once"})
    name = ma.fields.String(required=True, validate=validate.Length(1, 60))
    queue_id = ma.fields.Integer(
        allow_none=True, metadata={"description": "Agents; null for a new entry, filled in when it is saved"}
    )
    announcement = ma.fields.String(
        allow_none=True, metadata={"description": "Announcement only: its text, 200 characters at most"}
    )
    queue = ma.fields.Nested(QueueSettings, metadata={"description": "Where the entry leads to agents"})


class Entry(SubEntry):
    entries = ma.fields.List(ma.fields.Nested(SubEntry), metadata={"description": "A submenu's entries"})


class SlotShape(ma.Schema):
    weekdays = ma.fields.List(
        ma.fields.Integer(validate=validate.Range(0, 6)), metadata={"description": "0 is Monday"}
    )
    start = ma.fields.String(metadata={"description": "HH:MM, local time of the tenant"})
    end = ma.fields.String(metadata={"description": "HH:MM or 24:00; not after the start: the next day"})
    open = ma.fields.Boolean(metadata={"description": "false: closed, outweighs what is open"})
    name = ma.fields.String()


class HolidayShape(ma.Schema):
    day = ma.fields.Date()
    name = ma.fields.String(validate=validate.Length(1, 60))
    kind = ma.fields.String(validate=validate.OneOf(["own", "public", "temporary"]))
    yearly = ma.fields.Boolean()


class Document(ma.Schema):
    """What a manager edits. Places in ``where`` count from 0: ``menu.0.digit``."""

    menu = ma.fields.List(ma.fields.Nested(Entry))
    slots = ma.fields.List(ma.fields.Nested(SlotShape))
    holidays = ma.fields.List(ma.fields.Nested(HolidayShape))
    texts = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.String(),
        metadata={"description": "Own texts by prompt; what is missing has the default"},
    )
    uploads = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Integer(),
        metadata={"description": "Uploaded files (POST /ars/prompts) that are played instead of the text"},
    )
    menu_tries = ma.fields.Integer(validate=validate.Range(1, 9))
    menu_timeout_seconds = ma.fields.Integer(validate=validate.Range(1, 30))


class DocumentArgs(Schema):
    document = Described(Document, required=True)


class DraftArgs(DocumentArgs):
    revision = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 40),
        metadata={"description": "The revision that was edited; another one's change meanwhile is a 409"},
    )


class RevisionArgs(Schema):
    revision = ma.fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 40))


class ProblemShape(ma.Schema):
    where = ma.fields.String(metadata={"description": "Path within the document, such as menu.0.digit"})
    code = ma.fields.String()
    place = ma.fields.String(metadata={"description": "Where it is, in words"})
    message = ma.fields.String(metadata={"description": "What is wrong and what to do"})


class SpeechState(ma.Schema):
    speaks = ma.fields.Boolean()
    advice = ma.fields.String()


class Published(ma.Schema):
    id = ma.fields.Integer()
    at = ma.fields.AwareDateTime(allow_none=True)
    by = ma.fields.String()


class Contradiction(ma.Schema):
    prompt = ma.fields.String()
    code = ma.fields.String()
    sentence = ma.fields.String()
    details = ma.fields.Dict()


class Texts(ma.Schema):
    defaults = ma.fields.Dict(metadata={"description": "Default text by prompt, made from the settings"})
    spoken = ma.fields.Dict(metadata={"description": "What is spoken, figures written out, by prompt"})
    contradictions = ma.fields.List(ma.fields.Nested(Contradiction))


class Draft(Texts):
    state = ma.fields.String(validate=validate.OneOf(["draft", "live", "none"]))
    revision = ma.fields.String()
    edited_by = ma.fields.String()
    edited_at = ma.fields.AwareDateTime(allow_none=True)
    live = ma.fields.Nested(Published, allow_none=True)
    document = Described(Document)
    warnings = ma.fields.List(ma.fields.Nested(ProblemShape))
    versions = ma.fields.Integer()
    speech = ma.fields.Nested(SpeechState)
    numbers = ma.fields.List(ma.fields.String())
    assigned = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Integer(),
        metadata={"description": "Active agents by queue_id"},
    )
    files = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Nested(FileShape),
        metadata={"description": "Uploaded announcements by id"},
    )


class ChangeShape(ma.Schema):
    kind = ma.fields.String()
    where = ma.fields.String()
    before = ma.fields.Raw(allow_none=True)
    after = ma.fields.Raw(allow_none=True)
    name = ma.fields.String(metadata={"description": "What people call it"})
    sentence = ma.fields.String()


class FindingShape(ma.Schema):
    severity = ma.fields.String(validate=validate.OneOf(["error", "warning", "note"]))
    code = ma.fields.String()
    where = ma.fields.String()
    sentence = ma.fields.String()
    details = ma.fields.Dict()
    moments = ma.fields.List(ma.fields.String(), metadata={"description": "The first days or moments"})


class CalendarDay(ma.Schema):
    day = ma.fields.String()
    open = ma.fields.List(ma.fields.List(ma.fields.String()), metadata={"description": "[[from, to], …]"})
    holiday = ma.fields.String(allow_none=True, metadata={"description": "Its name; null on other days"})


class WayShape(ma.Schema):
    keys = ma.fields.String()
    name = ma.fields.String()
    ends = ma.fields.String(metadata={"description": "queue or announcement"})
    rings = ma.fields.Boolean(metadata={"description": "Agents ring even without the controller"})


class CheckShape(ma.Schema):
    findings = ma.fields.List(ma.fields.Nested(FindingShape))
    calendar = ma.fields.List(ma.fields.Nested(CalendarDay))
    ways = ma.fields.List(ma.fields.Nested(WayShape))
    probes = ma.fields.Integer(metadata={"description": "How often the dialplan was asked"})


class PreviewArgs(Schema):
    at = ma.fields.NaiveDateTime(
        required=True, format="iso", metadata={"description": "Local time of the tenant: 2026-12-01T10:00"}
    )
    keys = ma.fields.List(
        ma.fields.String(allow_none=True, validate=validate.Regexp(r"^[0-9*#]$")),
        load_default=list,
        validate=validate.Length(max=40),
        metadata={"description": "What is pressed at each question; null: nothing"},
    )
    did = ma.fields.String(load_default=None, allow_none=True, validate=validate.Length(max=20))
    live = ma.fields.Boolean(load_default=False, metadata={"description": "What is live instead of the draft"})
    waiting_seconds = ma.fields.Integer(load_default=90, validate=validate.Range(0, 3600))
    caller_number = ma.fields.String(
        load_default="01012345678",
        validate=validate.Regexp(r"^[0-9]{0,15}$"),
        metadata={"description": "Who calls, national digits; empty: the number is withheld"},
    )


class HeardShape(ma.Schema):
    kind = ma.fields.String(
        validate=validate.OneOf(
            ["mark", "play", "ask", "wait", "music", "callback", "ring", "refuse", "hang_up"]
        )
    )
    at = ma.fields.Float(metadata={"description": "Seconds from the beginning of the call"})
    seconds = ma.fields.Float()
    name = ma.fields.String(metadata={"description": "Prompt, step or queue"})
    title = ma.fields.String(metadata={"description": "The prompt's name in words"})
    text = ma.fields.String(metadata={"description": "As typed, or the default"})
    spoken = ma.fields.String()
    upload = ma.fields.Integer(allow_none=True)
    keys = ma.fields.String(metadata={"description": "Keys that are taken here"})
    key = ma.fields.String(metadata={"description": "The key that was pressed"})
    detail = ma.fields.String()


class HeardList(ma.Schema):
    did = ma.fields.String()
    heard = ma.fields.List(ma.fields.Nested(HeardShape))


class LiveArgs(Schema):
    live = ma.fields.Boolean(load_default=False)


class CameShape(ma.Schema):
    heard = ma.fields.List(ma.fields.String(), metadata={"description": "Prompts in order"})
    queue_id = ma.fields.Integer(allow_none=True)
    agents = ma.fields.List(ma.fields.Integer())
    end = ma.fields.String()
    callback = ma.fields.String()
    sentence = ma.fields.String()


class FaultShape(ma.Schema):
    code = ma.fields.String()
    details = ma.fields.Dict()
    sentence = ma.fields.String()


class SoundedShape(ma.Schema):
    at = ma.fields.Float()
    seconds = ma.fields.Float()
    kind = ma.fields.String(
        validate=validate.OneOf(["prompt", "music", "ringing", "talk", "silence", "key"])
    )
    name = ma.fields.String()
    title = ma.fields.String()
    text = ma.fields.String()


class RehearsedCall(ma.Schema):
    name = ma.fields.String(metadata={"description": "Which branch: a code"})
    title = ma.fields.String(metadata={"description": "The same in words"})
    details = ma.fields.Dict()
    keys = ma.fields.List(ma.fields.String())
    at = ma.fields.String(metadata={"description": "ISO 8601 in the tenant's zone"})
    expected = ma.fields.Nested(CameShape)
    met = ma.fields.Nested(CameShape)
    passed = ma.fields.Boolean()
    faults = ma.fields.List(ma.fields.Nested(FaultShape))
    seconds = ma.fields.Float()
    heard = ma.fields.List(ma.fields.Nested(SoundedShape))


class LeftOutShape(ma.Schema):
    name = ma.fields.String()
    reason = ma.fields.String()
    details = ma.fields.Dict()
    sentence = ma.fields.String()


class Rehearsal(ma.Schema):
    passed = ma.fields.Integer()
    failed = ma.fields.Integer()
    seconds = ma.fields.Float()
    calls = ma.fields.List(ma.fields.Nested(RehearsedCall))
    left_out = ma.fields.List(ma.fields.Nested(LeftOutShape))


class ApplyArgs(Schema):
    note = ma.fields.String(load_default="", validate=validate.Length(max=200))
    revision = ma.fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 40))


class Applied(ma.Schema):
    version = ma.fields.Integer(metadata={"description": "Counts all publications of the tenant"})
    id = ma.fields.Integer(metadata={"description": "Of the version, as in /ars/versions"})
    changes = ma.fields.List(ma.fields.Nested(ChangeShape))


class VersionArgs(Schema):
    page = ma.fields.Integer(load_default=1, validate=validate.Range(1, 1_000_000))
    per_page = ma.fields.Integer(load_default=20, validate=validate.Range(1, 100))


class VersionShape(ma.Schema):
    id = ma.fields.Integer()
    state = ma.fields.String(validate=validate.OneOf(["live", "past"]))
    published_at = ma.fields.AwareDateTime(allow_none=True)
    published_by = ma.fields.String()
    note = ma.fields.String()
    restored_from = ma.fields.Integer(allow_none=True)
    changes = ma.fields.List(ma.fields.Nested(ChangeShape))


class VersionDetail(VersionShape):
    document = Described(Document)


class Versions(ma.Schema):
    total = ma.fields.Integer()
    page = ma.fields.Integer()
    per_page = ma.fields.Integer()
    items = ma.fields.List(ma.fields.Nested(VersionShape))


class SpeechArgs(Schema):
    text = ma.fields.String(
        required=True,
        validate=validate.Length(1, 600),
        metadata={"description": "As typed (200 characters) or as spoken, figures written out"},
    )


class YearArgs(Schema):
    year = ma.fields.Integer(required=True, validate=validate.Range(2000, 2100))


class NumberArgs(Schema):
    number = ma.fields.String(required=True, validate=validate.Length(1, 30))


class CallerIdShape(ma.Schema):
    id = ma.fields.Integer(allow_none=True, metadata={"description": "null for the tenant's own DIDs"})
    number = ma.fields.String()
    shown = ma.fields.String(metadata={"description": "As people write it"})
    state = ma.fields.String(
        validate=validate.OneOf(["own", "requested", "verified", "refused", "expired"])
    )
    usable = ma.fields.Boolean(metadata={"description": "It may be chosen today"})
    chosen = ma.fields.Boolean()
    evidence = ma.fields.String()
    requested_at = ma.fields.AwareDateTime(allow_none=True)
    requested_by = ma.fields.String()
    decided_at = ma.fields.AwareDateTime(allow_none=True)
    reason = ma.fields.String()
    expires_on = ma.fields.Date(allow_none=True)


class CallerIds(ma.Schema):
    chosen = ma.fields.String(metadata={"description": "The number that the manager chose"})
    used = ma.fields.String(metadata={"description": "The number that customers see now"})
    fallback = ma.fields.Boolean(metadata={"description": "The chosen one may not be shown any more"})
    items = ma.fields.List(ma.fields.Nested(CallerIdShape))
