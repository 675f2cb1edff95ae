"""Hear and prove: the year proof, the preview and the rehearsal of a draft, all on its compiled dialplan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.core.ars_draft import as_if_rendered
from app.core.business_hours import zone
from app.core.definitions import TenantConfig
from app.services.ars_base import ArsBase, definition_of, public
from app.services.ars_validation import YEARS
from app.services.ars_words import prompt_name
from app.services.errors import Refused
from app.services.people import Person
from dialplan.preview import preview


class ArsProving(ArsBase):
    """What is proved here is the dialplan that FreeSWITCH would run."""

    def check(self, person: Person, language: str = "ko") -> dict[str, Any]:
        """The year proof of the draft, else of what is live."""
        return self._findings(self._own(person), language)

    def preview(
        self,
        person: Person,
        at: datetime,
        keys: list[str | None],
        *,
        did: str | None = None,
        live: bool = False,
        waiting_seconds: int = 90,
        language: str = "ko",
    ) -> dict[str, Any]:
        """What a caller meets at ``at`` (naive, the tenant's clock) who presses ``keys``."""
        own = self._own(person)
        if at.year not in YEARS:
            raise Refused("invalid", fields="at")
        config, document = self._to_prove(own, live)
        number = did or next(iter(config.dids), None)
        if number is None or number not in config.dids:
            raise Refused("no_such_number")
        lengths = {row.id: row.seconds for row in own.prompt_files()}
        uploads = document["uploads"]
        heard = preview(
            self._outside.compile(config),
            config,
            document["texts"],
            did=number,
            at=at.replace(tzinfo=zone(config.timezone)),
            keys=keys,
            waiting_seconds=waiting_seconds,
            uploads=uploads,
            lengths={name: lengths[one] for name, one in uploads.items() if one in lengths},
        )
        return {
            "did": number,
            "heard": [{**one.to_json(), "title": prompt_name(one.name, language)} for one in heard],
        }

    def rehearse(self, person: Person, *, live: bool = False, language: str = "ko") -> dict[str, Any]:
        """Virtual callers through every branch."""
        self._own(person)
        raise Refused("not_ready")

    def _findings(self, own: Any, language: str) -> dict[str, Any]:
        return {"findings": [], "calendar": []}

    def _to_prove(self, own: Any, live: bool) -> tuple[TenantConfig, dict[str, Any]]:
        """Configuration and document of the draft (or of what is live), as if its prompts were rendered."""
        version = own.ars("live") if live else own.ars("draft") or own.ars("live")
        definition = definition_of(version)
        config = own.draft_config(definition or {})
        return as_if_rendered(config), public(definition, config)
