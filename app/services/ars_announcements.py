"""Announcements and holidays for the page: hear a text, upload a recording, the public holidays of a year."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from app.core.business_hours import local
from app.core.public_holidays import from_table
from app.services.ars_base import SUBJECT, ArsBase
from app.services.ars_validation import flattened, has_control_characters
from app.services.ars_words import PROMPTS, index_of, prompt_name
from app.services.errors import Refused
from app.services.people import Person

MOST_FILES = 300
"""Uploads of one tenant: enough for every announcement of many versions, and not a store for music."""

NAMED_USES = 3
"""A refusal names so many of the versions that play a recording; the list has all."""

USES: dict[str, tuple[str, str]] = {
    "draft": ("고치고 있는 설정의 {prompts}", "the draft: {prompts}"),
    "live": ("지금 적용된 설정의 {prompts}", "what callers hear now: {prompts}"),
    "past": ("{when}에 적용했던 설정의 {prompts}", "the version of {when}: {prompts}"),
}
_ORDER = {name: place for place, name in enumerate(PROMPTS)}
MORE = ("그 밖의 이전 설정 {}개", "{} more versions")


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

    def recordings(self, person: Person, language: str = "ko") -> dict[str, Any]:
        """All uploaded recordings, newest first, each with what plays it; and how many there may be."""
        own = self._own(person)
        uses = own.prompt_file_uses()
        return {
            "items": [
                {**file_shape(row), "uploaded_by": row.uploaded_by,
                 "uses": uses_shape(uses.get(row.id, ()), person.timezone, language)}
                for row in own.prompt_files()
            ],
            "most": MOST_FILES,
        }  # fmt: skip

    def delete_recording(self, person: Person, file_id: int, language: str = "ko") -> None:
        """Destroy a recording that neither the draft nor what is live nor any version of the past plays.

        Raises NotFound, Refused ``recording_in_use`` with what plays it.
        """
        own = self._own(person)
        row = own.prompt_file(file_id)
        uses = uses_shape(own.delete_prompt_file(file_id), person.timezone, language)
        if uses:
            said = [use["words"] for use in uses[:NAMED_USES]]
            if len(uses) > NAMED_USES:
                said.append(MORE[index_of(language)].format(len(uses) - NAMED_USES))
            raise Refused("recording_in_use", name=row.name, where="; ".join(said), uses=uses)
        self._note(own, person, SUBJECT, "delete", file=row.name, id=row.id)
        self._outside.renderer.drop_upload(person.tenant_id, row.path)

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


def uses_shape(uses: Iterable[tuple[Any, list[str]]], timezone: str, language: str) -> list[dict[str, Any]]:
    """What plays a recording, as clients see it."""
    english = index_of(language)
    shown = []
    for version, names in uses:
        when = local(version.published_at, timezone).strftime("%Y-%m-%d %H:%M") if version.published_at else ""
        ordered = sorted(names, key=lambda name: (_ORDER.get(name, len(_ORDER)), name))
        prompts = ", ".join(prompt_name(name, language) for name in ordered)
        words = USES[version.state][english].format(when=when, prompts=prompts)
        shown.append({"state": version.state, "version_id": version.id, "at": version.published_at, "words": words})
    return shown
