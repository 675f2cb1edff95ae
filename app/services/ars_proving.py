"""Hear and prove: the year proof, the preview and the rehearsal of a draft, all on its compiled dialplan."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from app.core.ars_draft import as_if_rendered
from app.core.business_hours import local, zone
from app.core.definitions import TenantConfig
from app.core.prompt_texts import default_texts
from app.ports import RehearsalFailed
from app.services.ars_base import ArsBase, definition_of, public
from app.services.ars_finding_words import finding_sentence
from app.services.ars_validation import YEARS
from app.services.ars_words import prompt_name
from app.services.errors import Refused
from app.services.people import Person
from app.services.rehearsal_words import describe
from dialplan.preview import preview
from dialplan.proof import Proof, prove


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
        caller_number: str = "",
        language: str = "ko",
    ) -> dict[str, Any]:
        """What a caller meets at ``at`` (naive, the tenant's clock) who presses ``keys``; an empty
        ``caller_number`` is withheld. Raises Refused ``no_such_number``, ``invalid``."""
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
            caller_number=caller_number,
            uploads=uploads,
            lengths={name: lengths[one] for name, one in uploads.items() if one in lengths},
        )
        return {
            "did": number,
            "heard": [{**one.to_json(), "title": prompt_name(one.name, language)} for one in heard],
        }

    def rehearse(self, person: Person, *, live: bool = False, language: str = "ko") -> dict[str, Any]:
        """Virtual callers through every branch of the draft (or of what is live), its announcements rendered.

        Takes seconds. Raises Refused ``rehearsal_busy``, ``rehearsal_time_over``, ``rehearsal_broken``; whatever
        rendering says with a code.
        """
        own = self._own(person)
        version = own.ars("live") if live else own.ars("draft") or own.ars("live")
        definition = definition_of(version) or {}
        config, texts = own.draft_config(definition), definition.get("texts", {})
        render = partial(self._outside.renderer, config, texts, own.upload_paths(definition))
        prompts = dict(self._run_slowly(render))
        config = replace(config, ars=replace(config.ars, prompts=prompts))
        try:
            # Not in a thread: it waits for a process of its own, and the loop goes on meanwhile.
            rehearsal = self._outside.rehearse(config)
        except RehearsalFailed as error:
            raise Refused(f"rehearsal_{error.code}") from error
        return describe(rehearsal, config, {**default_texts(config), **texts}, language)

    def _findings(self, own: Any, language: str) -> dict[str, Any]:
        config, document = self._to_prove(own, live=False)
        proof: Proof = self._run_slowly(partial(self._prove, config, document))
        told = proof.to_json()
        for finding, raw in zip(proof.findings, told["findings"], strict=True):
            raw["sentence"] = finding_sentence(finding, language)
        return told

    def _prove(self, config: TenantConfig, document: dict[str, Any]) -> Proof:
        return prove(
            self._outside.compile(config),
            config,
            document["texts"],
            local(self._clock.now(), config.timezone).date(),
            public_holidays=self._outside.holidays,
            uploads=document["uploads"],
        )

    def _to_prove(self, own: Any, live: bool) -> tuple[TenantConfig, dict[str, Any]]:
        """Configuration and document of the draft (or of what is live), as if its prompts were rendered."""
        version = own.ars("live") if live else own.ars("draft") or own.ars("live")
        definition = definition_of(version)
        config = own.draft_config(definition or {})
        return as_if_rendered(config), public(definition, config)
