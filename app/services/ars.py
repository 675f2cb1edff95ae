"""ARS서비스: the draft of menu, hours, holidays and announcements, its checks, 적용 and what was before.

A document is kept only when it is valid as a whole; what is typed is never code. Everything that changes
something writes 작업이력.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.core.ars_draft import completed, queue_ids
from app.core.definitions import TenantConfig
from app.core.prompt_texts import default_texts, texts_for
from app.ports import Clock
from app.services.accounts import call_directly
from app.services.ars_outside import Outside
from app.services.ars_problems import Problem
from app.services.ars_validation import Checked, check_document
from app.services.ars_words import place, problem_sentence
from app.services.errors import Refused
from app.services.people import Person

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


class Ars:
    """Use cases of one platform, always asked for by a manager and answered within that tenant.

    ``language`` is the reader's (``ko``, ``en``): problems and changes come with sentences.
    """

    def __init__(
        self, store: Any, outside: Outside, clock: Clock, run_slowly: Callable[..., Any] = call_directly
    ) -> None:
        self._store = store
        self._outside = outside
        self._clock = clock
        self._run_slowly = run_slowly

    # -- the draft ------------------------------------------------------------------------------------

    def draft(self, person: Person, language: str = "ko") -> dict[str, Any]:
        """The draft, else what is live, else an empty document, with all that its page shows."""
        return self._shown(self._own(person), (), language)

    def save(
        self, person: Person, document: Any, *, revision: str | None = None, language: str = "ko"
    ) -> dict[str, Any]:
        """Keep the document as the draft. ``revision``: the one that was edited.

        Raises Refused ``invalid_ars`` with all problems, ChangedMeanwhile with the other's name.
        """
        own = self._own(person)
        checked = self._checked(own, document, language)
        own.save_draft(checked.document, by=person.actor, expected=revision, at=self._clock.now())
        self._note(own, person, SUBJECT, "change", what="draft")
        return self._shown(own, checked.warnings, language)

    def discard(self, person: Person, *, revision: str | None = None) -> None:
        """Back to what is live. Raises ChangedMeanwhile."""
        own = self._own(person)
        if own.delete_draft(expected=revision):
            self._note(own, person, SUBJECT, "delete", what="draft")

    def texts(self, person: Person, document: Any, language: str = "ko") -> dict[str, Any]:
        """What would be said with this document, which is not kept. Raises Refused ``invalid_ars``."""
        own = self._own(person)
        checked = self._checked(own, document, language)
        return self._texts(own.draft_config(checked.document), checked.document)

    # -- pieces ---------------------------------------------------------------------------------------

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
            problems = [_worded(one, checked.document, language) for one in checked.problems]
            raise Refused("invalid_ars", problems=problems, number=len(problems))
        return checked

    def _shown(self, own: Any, warnings: tuple[Problem, ...], language: str) -> dict[str, Any]:
        draft, live = own.ars("draft"), own.ars("live")
        version = draft or live
        config = own.draft_config()
        stored = {**EMPTY, **(dict(version.definition) if version is not None else {})}
        document = public(completed(stored, config.queues))
        agents = {agent_id for agent_id, agent in config.agents.items() if agent.active}
        led_to = queue_ids(document)
        return {
            "state": "none" if version is None else version.state,
            "revision": own.ars_revision(),
            "edited_by": draft.edited_by if draft is not None else "",
            "edited_at": draft.edited_at if draft is not None else None,
            "live": _published(live),
            "document": document,
            "warnings": [_worded(one, document, language) for one in warnings],
            **self._texts(config, document),
            "versions": own.ars_versions(limit=1)[1],
            "speech": {"speaks": self._outside.voice.speaks, "advice": self._outside.voice.advice},
            "numbers": list(config.dids),
            "assigned": {
                str(queue.queue_id): len(queue.tiers.keys() & agents)
                for queue in config.queues.values()
                if queue.queue_id in led_to
            },
            "files": {str(row.id): file_shape(row) for row in own.prompt_files()},
        }

    def _texts(self, config: TenantConfig, document: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "defaults": default_texts(config),
            "spoken": texts_for(config, document["texts"]),
            "contradictions": [],
        }

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


def file_shape(row: Any) -> dict[str, Any]:
    """An uploaded announcement as clients see it."""
    return {"id": row.id, "name": row.name, "seconds": row.seconds, "uploaded_at": row.uploaded_at}


def public(definition: Mapping[str, Any]) -> dict[str, Any]:
    """A kept definition as clients see it: the paths of sound files are the server's."""
    return {name: definition.get(name, default) for name, default in EMPTY.items()}


def _worded(problem: Problem, document: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {
        "where": problem.where,
        "code": problem.code,
        "place": place(problem.where, document, language),
        "message": problem_sentence(problem, document, language),
    }


def _published(version: Any) -> dict[str, Any] | None:
    if version is None:
        return None
    return {"id": version.id, "at": version.published_at, "by": version.published_by}
