"""Announcements and holidays for the page: hear a text, upload a recording, the public holidays of a year."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from app.core.public_holidays import from_table
from app.services.ars_base import SUBJECT, ArsBase
from app.services.ars_validation import flattened, has_control_characters
from app.services.errors import Refused
from app.services.people import Person

MOST_FILES = 300
"""Uploads of one tenant: enough for every announcement of many versions, and not a store for music."""


class ArsAnnouncements(ArsBase):
    """What is played."""

    def say(self, person: Person, text: str) -> bytes:
        """A WAV of the text as callers would hear it. Raises Refused, SpeechUnavailable."""
        self._own(person)
        shown = flattened(text)
        if not shown or has_control_characters(shown):
            raise Refused("invalid", fields="text")
        said: bytes = self._outside.voice.preview(shown)
        return said

    def upload(self, person: Person, filename: str, data: bytes) -> dict[str, Any]:
        """Keep a recording, made fit for the telephone. Raises BadUpload, Refused ``too_many_files``."""
        own = self._own(person)
        if len(own.prompt_files()) >= MOST_FILES:
            raise Refused("too_many_files", most=MOST_FILES)
        made = self._outside.read_upload(data, filename)
        path = self._outside.renderer.keep_upload(person.tenant_id, made, secrets.token_hex(16))
        row = own.add_prompt_file(flattened(made.name) or "-", path, made.seconds, person.actor)
        self._note(own, person, SUBJECT, "upload", file=row.name, seconds=round(row.seconds, 1), id=row.id)
        return file_shape(row)

    def prompt(self, person: Person, file_id: int) -> Path:
        """The file of an uploaded recording. Raises NotFound, Refused ``recording_gone``."""
        row = self._own(person).prompt_file(file_id)
        path = self._outside.renderer.upload_file(person.tenant_id, row.path)
        if not path.is_file():
            raise Refused("recording_gone")
        return path

    def holidays(self, person: Person, year: int) -> list[dict[str, Any]]:
        """The public holidays of a year, to be entered with one click."""
        self._own(person)
        return [
            {"day": one.day, "name": one.name.replace("; ", ", "), "kind": one.kind, "yearly": False}
            for one in from_table(self._outside.holidays, [year])
        ]


def file_shape(row: Any) -> dict[str, Any]:
    """An uploaded recording as clients see it."""
    return {"id": row.id, "name": row.name, "seconds": row.seconds, "uploaded_at": row.uploaded_at}
