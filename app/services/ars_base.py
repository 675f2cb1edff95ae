"""What all use cases of the ARS share: whose it is, what is checked, what is written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.core.ars_draft import completed
from app.core.definitions import TenantConfig
from app.core.prompt_claims import contradictions
from app.core.prompt_texts import default_texts, texts_for
from app.ports import Clock
from app.services.accounts import call_directly
from app.services.ars_claim_words import contradiction_sentence
from app.services.ars_outside import Outside
from app.services.ars_problems import Problem
from app.services.ars_validation import Checked, check_document
from app.services.ars_words import place, problem_sentence
from app.services.errors import Refused
from app.services.people import Person
from dialplan.proof_texts import TELL_THE_HOURS, UNSAID

SUBJECT = "ARS서비스"

EMPTY: dict[str, Any] = {
    "menu": [],
    "slots": [],
    "holidays": [],
    "texts": {},
    "uploads": {},
    "menu_tries": 3,
    "menu_timeout_seconds": 5,
}


class ArsBase:
    """``run_slowly(function, *args)`` keeps the event loop free (app.services.accounts); ``publish_slowly`` does the
    same for publications."""

    def __init__(
        self,
        store: Any,
        outside: Outside,
        clock: Clock,
        run_slowly: Callable[..., Any] = call_directly,
        publish_slowly: Callable[..., Any] = call_directly,
    ) -> None:
        self._store = store
        self._outside = outside
        self._clock = clock
        self._run_slowly = run_slowly
        self._publish_slowly = publish_slowly

    def _own(self, person: Person) -> Any:
        if not person.is_manager:
            raise Refused("forbidden")
        return self._store.for_tenant(person.tenant_id)

    def _checked(self, own: Any, document: Any, language: str) -> Checked:
        checked = check_document(
            document,
            queue_ids=own.known_queue_ids(),
            upload_ids=frozenset(row.id for row in own.prompt_files()),
        )
        if checked.problems:
            problems = [worded(one, checked.document, language) for one in checked.problems]
            raise Refused("invalid_ars", problems=problems, number=len(problems))
        return checked

    @staticmethod
    def _texts(config: TenantConfig, document: Mapping[str, Any], language: str) -> dict[str, Any]:
        defaults = default_texts(config)
        # What is made from the settings says the hours that are set, and a recording cannot be read.
        typed = {name: text for name, text in document["texts"].items() if name in defaults}
        for keys, entry in config.ars.leaves():
            if entry.announcement:
                typed[f"announcement_{keys}"] = entry.announcement
        told = []
        for prompt, text in typed.items():
            for one in () if prompt in document["uploads"] else contradictions(text, config.ars.slots):
                if one.code == UNSAID and f"texts.{prompt}" not in TELL_THE_HOURS:
                    continue  # as the year proof
                details = one.details()
                sentence = contradiction_sentence(one.code, details, language)
                told.append({"prompt": prompt, "code": one.code, "sentence": sentence, "details": details})
        spoken = texts_for(config, document["texts"])
        return {"defaults": defaults, "spoken": spoken, "contradictions": told}

    @staticmethod
    def _note(own: Any, person: Person, subject: str, action: str, result: str = "ok", **details: Any) -> None:
        own.add_audit(
            actor=person.actor,
            subject=subject,
            action=action,
            result=result,
            address=person.address,
            details=details,
        )


def public(definition: Mapping[str, Any] | None, config: TenantConfig) -> dict[str, Any]:
    """A kept definition as clients see it: whole, with the settings of its queues, without the server's paths."""
    whole = completed({**EMPTY, **(definition or {})}, config.queues)
    return {name: whole[name] for name in EMPTY}


def definition_of(version: Any) -> dict[str, Any] | None:
    """What a version says; None without one."""
    return None if version is None else dict(version.definition)


def worded(problem: Problem, document: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A problem for program and person."""
    return {
        "where": problem.where,
        "code": problem.code,
        "place": place(problem.where, document, language),
        "message": problem_sentence(problem, document, language),
    }
