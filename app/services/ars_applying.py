"""적용 and what was before: differences, versions, one click back."""

from __future__ import annotations

from functools import partial
from typing import Any

from app.core.ars_change import Change
from app.core.ars_changes import changes
from app.core.errors import CoreError
from app.services.ars_base import SUBJECT, ArsBase, definition_of, public
from app.services.ars_change_words import change_sentence
from app.services.ars_proving import ArsProving
from app.services.ars_validation import flattened, has_control_characters
from app.services.errors import Refused
from app.services.people import Person


class ArsApplying(ArsProving, ArsBase):
    """From a draft to what callers hear."""

    def changes(self, person: Person, language: str = "ko") -> list[dict[str, Any]]:
        """How the draft differs from what is live; empty without a draft."""
        return [_told(one, language) for one in self._changes(self._own(person))]

    def apply(
        self, person: Person, *, note: str = "", revision: str | None = None, language: str = "ko"
    ) -> dict[str, Any]:
        """The draft becomes live at once. ``revision``: the draft that was looked at.

        Raises Refused ``nothing_to_apply``, ``ars_has_errors`` (findings), ``not_published``; ChangedMeanwhile;
        whatever the outside says with a code (no speech, a recording that is gone). Then nothing has changed.
        """
        own = self._own(person)
        note = flattened(note)
        if has_control_characters(note):
            raise Refused("invalid", fields="note")
        own.expect_ars_revision(revision)
        draft, found = own.ars("draft"), self._changes(own)
        if draft is None or (not found and own.ars("live") is not None):
            raise Refused("nothing_to_apply")
        revision = own.ars_revision()
        errors = [one for one in self._findings(own, language)["findings"] if one["severity"] == "error"]
        if errors:
            self._note(own, person, SUBJECT, "apply", "refused", code="ars_has_errors")
            raise Refused("ars_has_errors", findings=errors, number=len(errors))
        version = self._publish(own, person, "apply", found, note=note, revision=revision)
        return _applied(own, version, found, language)

    def versions(self, person: Person, page: int, per_page: int, language: str = "ko") -> dict[str, Any]:
        """What was published, newest first."""
        own = self._own(person)
        rows, total = own.ars_versions(per_page, (page - 1) * per_page)
        items = [_version(row, language) for row in rows]
        return {"total": total, "page": page, "per_page": per_page, "items": items}

    def version(self, person: Person, version_id: int, language: str = "ko") -> dict[str, Any]:
        """One version with its document. Raises NotFound."""
        own = self._own(person)
        row = own.ars_version(version_id)
        document = public(row.definition, own.draft_config(row.definition))
        return {**_version(row, language), "document": document}

    def restore(self, person: Person, version_id: int, language: str = "ko") -> dict[str, Any]:
        """One click back: the version is applied again as a new one; a draft is left as it is.

        Raises NotFound, Refused ``nothing_to_apply`` when it is live, and as ``apply``. The year proof is not asked:
        callers have heard this version before.
        """
        own = self._own(person)
        row = own.ars_version(version_id)
        live = own.ars("live")
        before = public(definition_of(live), own.draft_config(definition_of(live) or {}))
        after = public(row.definition, own.draft_config(row.definition))
        found = changes(before, after)
        if not found:
            raise Refused("nothing_to_apply")
        version = self._publish(own, person, "restore", found, document=after, restored_from=row.id)
        return _applied(own, version, found, language)

    def _changes(self, own: Any) -> tuple[Change, ...]:
        draft, live = own.ars("draft"), own.ars("live")
        if draft is None:
            return ()
        before = public(definition_of(live), own.draft_config(definition_of(live) or {}))
        return changes(before, public(draft.definition, own.draft_config(draft.definition)))

    def _publish(
        self, own: Any, person: Person, action: str, found: tuple[Change, ...], **values: Any
    ) -> int:
        told = [one.to_json() for one in found]
        try:
            version: int = self._publish_slowly(
                partial(
                    self._outside.publishing.apply,
                    person.tenant_id,
                    person.actor,
                    changes=told,
                    **values,
                )
            )
        except (CoreError, OSError) as error:
            code = error.code if isinstance(error, CoreError) else "not_published"
            self._note(own, person, SUBJECT, action, "failed", code=code, changes=told)
            if isinstance(error, OSError):
                raise Refused("not_published") from error
            raise
        details = {"restored_from": values["restored_from"]} if action == "restore" else {}
        self._note(own, person, SUBJECT, action, version=version, changes=told, **details)
        return version


def _applied(own: Any, version: int, found: tuple[Change, ...], language: str) -> dict[str, Any]:
    return {"version": version, "id": own.ars("live").id, "changes": [_told(one, language) for one in found]}


def _told(change: Change, language: str) -> dict[str, Any]:
    return {**change.to_json(), "sentence": change_sentence(change, language)}


def _version(row: Any, language: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": row.state,
        "published_at": row.published_at,
        "published_by": row.published_by,
        "note": row.note,
        "restored_from": row.restored_from,
        "changes": [_told(Change.from_json(one), language) for one in row.changes],
    }
