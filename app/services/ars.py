"""ARS서비스: the draft of menu, hours, holidays and announcements, its checks, 적용 and what was before.

A document is kept only when it is valid as a whole; what is typed is never code. Everything that changes
something writes 작업이력.
"""

from __future__ import annotations

from typing import Any

from app.core.ars_draft import queue_ids
from app.services.ars_announcements import ArsAnnouncements, file_shape
from app.services.ars_applying import ArsApplying
from app.services.ars_base import SUBJECT, definition_of, public, worded
from app.services.ars_problems import Problem
from app.services.ars_proving import ArsProving
from app.services.people import Person


class Ars(ArsApplying, ArsProving, ArsAnnouncements):
    """Use cases of one platform, always asked for by a manager and answered within that tenant.

    ``language`` is the reader's (``ko``, ``en``): problems and changes come with sentences. All raise Refused
    ``forbidden`` for agents.
    """

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
        # The page saves after every pause in typing: an hour of it is one entry. What changes is told at 적용.
        if not own.noted_lately(person.actor, SUBJECT, what="draft"):
            self._note(own, person, SUBJECT, "change", what="draft")
        return self._shown(own, checked.warnings, language)

    def discard(self, person: Person, *, revision: str | None = None) -> None:
        """Back to what is live. Raises ChangedMeanwhile."""
        own = self._own(person)
        dropped = [one.to_json() for one in self._changes(own)]
        if own.delete_draft(expected=revision):
            self._note(own, person, SUBJECT, "delete", dropped=dropped)

    def texts(self, person: Person, document: Any, language: str = "ko") -> dict[str, Any]:
        """What would be said with this document, which is not kept. Raises Refused ``invalid_ars``."""
        own = self._own(person)
        checked = self._checked(own, document, language)
        return self._texts(own.draft_config(checked.document), checked.document, language)

    def _shown(self, own: Any, warnings: tuple[Problem, ...], language: str) -> dict[str, Any]:
        draft, live = own.ars("draft"), own.ars("live")
        version = draft or live
        config = own.draft_config()
        document = public(definition_of(version), config)
        agents = {agent_id for agent_id, agent in config.agents.items() if agent.active}
        led_to = queue_ids(document)
        return {
            "state": "none" if version is None else version.state,
            "revision": own.ars_revision(),
            "edited_by": draft.edited_by if draft is not None else "",
            "edited_at": draft.edited_at if draft is not None else None,
            "live": _published(live),
            "document": document,
            "warnings": [worded(one, document, language) for one in warnings],
            **self._texts(config, document, language),
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


def _published(version: Any) -> dict[str, Any] | None:
    if version is None:
        return None
    return {"id": version.id, "at": version.published_at, "by": version.published_by}
