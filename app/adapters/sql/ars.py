"""A tenant's ARS: the draft, what is live, the versions of the past, the queues that come and go with the menu,
and uploaded announcements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.adapters.sql.base import utcnow
from app.adapters.sql.setup import SetUp
from app.adapters.sql.tables import ArsVersion, PromptFile, Queue, Tenant, Tier
from app.core.ars_draft import QUEUE_SETTINGS, agent_entries, as_if_live, queue_ids
from app.core.ars_json import ars_from_json
from app.core.definitions import TenantConfig
from app.core.errors import ChangedMeanwhile, InvalidDefinition, NotFound


class ArsVersions(SetUp):
    """One draft, one live version, any number of past ones. Calls see the live one only."""

    def ars(self, state: str = "live") -> ArsVersion | None:
        """The ``live`` version, or the ``draft`` being edited."""
        with self._reading() as session:
            return self._ars(session, state)

    def ars_versions(self, limit: int = 50, offset: int = 0) -> tuple[Sequence[ArsVersion], int]:
        """What was published, newest first, and how many there are."""
        query = self._mine(ArsVersion).where(ArsVersion.state != "draft")
        with self._reading() as session:
            return self._page(session, query, limit, offset, ArsVersion.id.desc())

    def ars_version(self, version_id: int) -> ArsVersion:
        """One published version. Raises NotFound."""
        with self._reading() as session:
            row = self._owned(session, ArsVersion, version_id)
        if row.state == "draft":
            raise NotFound(f"version {version_id} is not published", table="ArsVersion", id=version_id)
        return row

    def ars_revision(self) -> str:
        """What a manager's edits begin from: changes whenever the draft is saved, dropped or published."""
        with self._reading() as session:
            return _revision(self._ars(session, "draft") or self._ars(session, "live"))

    def expect_ars_revision(self, expected: str | None) -> None:
        """Raises ChangedMeanwhile unless the draft (or what is live) is that one; None expects nothing."""
        with self._reading() as session:
            self._expect(session, self._ars(session, "draft"), expected)

    def save_draft(
        self,
        definition: Mapping[str, Any],
        *,
        by: str = "",
        expected: str | None = None,
        at: datetime | None = None,
    ) -> ArsVersion:
        """Keep a draft (one per tenant); calls do not see it.

        Entries that lead to agents and have no queue yet get one that is not live; never-live queues that the
        draft does not lead to go. ``expected``: the revision from which was edited. Raises InvalidDefinition,
        and ChangedMeanwhile when somebody saved in between.
        """
        document = _copied(definition)
        ars_from_json(document)
        with self._writing() as session:
            self._lock(session)
            draft = self._ars(session, "draft")
            self._expect(session, draft, expected)
            self._paths(session, document)
            self._give_queues(session, document)
            if draft is None:
                draft = ArsVersion(tenant_id=self.tenant_id, state="draft", definition=document, revision=0)
                session.add(draft)
            draft.definition = document
            draft.revision += 1
            draft.edited_by, draft.edited_at = by[:100], at or utcnow()
            self._drop_unled_drafts(session, queue_ids(document))
        return draft

    def delete_draft(self, *, expected: str | None = None) -> bool:
        """Back to what is live; whether there was a draft. Raises ChangedMeanwhile."""
        with self._writing() as session:
            self._lock(session)
            draft = self._ars(session, "draft")
            self._expect(session, draft, expected)
            if draft is None:
                return False
            session.delete(draft)
            self._drop_unled_drafts(session, ())
            return True

    def publish_draft(self, by: str, at: datetime | None = None, **values: Any) -> ArsVersion:
        """적용 of the draft as it is; ``values`` as ``publish`` has them. Raises NotFound without a draft."""
        with self._writing() as session:
            draft = self._ars(session, "draft")
            if draft is None:
                raise NotFound("there is no draft to publish", table="ArsVersion")
            return self._publish(session, draft.definition, by, at or utcnow(), **values)

    def publish(
        self, definition: Mapping[str, Any], by: str, at: datetime | None = None, **values: Any
    ) -> ArsVersion:
        """적용: this definition is live, the live version past, the tenant's version counts up; its queues become
        live, are named and set as it says, and those that left the menu are retired.

        ``revision``: that of the draft from which the definition was made. A draft that has another by now stays
        a draft, with what was edited since; None means whatever draft there is, "" none. Where it is gone (published
        or dropped meanwhile) ChangedMeanwhile is raised. ``changes``,
        ``restored_from`` and ``note`` are kept with the version. One transaction. Raises InvalidDefinition.
        """
        with self._writing() as session:
            return self._publish(session, definition, by, at or utcnow(), **values)

    def _publish(
        self,
        session: Session,
        definition: Mapping[str, Any],
        by: str,
        at: datetime,
        *,
        revision: str | None = None,
        changes: Iterable[Any] = (),
        restored_from: int | None = None,
        note: str = "",
    ) -> ArsVersion:
        ars_from_json(definition)
        self._lock(session)
        self._paths(session, definition)
        draft = self._ars(session, "draft")
        if revision and draft is None:
            raise _changed(self._ars(session, "live"))
        before: set[int] = set()
        for old in session.scalars(self._mine(ArsVersion).where(ArsVersion.state == "live")):
            old.state = "past"
            before |= queue_ids(old.definition)
        version, other = draft, None
        if draft is None or revision not in (None, _revision(draft)):
            version, other = ArsVersion(tenant_id=self.tenant_id, edited_by=by[:100], edited_at=at), draft
            session.add(version)
        assert version is not None
        version.state, version.definition = "live", dict(definition)
        version.published_at, version.published_by = at, by[:60]
        version.changes, version.restored_from, version.note = list(changes), restored_from, note[:200]
        self._settle_menu(session, definition, before, at)
        led_to = queue_ids(definition) | (queue_ids(other.definition) if other else frozenset())
        self._drop_unled_drafts(session, led_to)
        self._tenant(session).version += 1
        session.flush()
        return version

    def set_live_prompts(self, prompts: Mapping[str, str]) -> None:
        """The sound files of the live version are elsewhere now (rendered again); its texts stay."""
        with self._writing() as session:
            live = self._ars(session, "live")
            if live is not None:
                live.definition = {**live.definition, "prompts": dict(prompts)}

    def count_publication(self) -> int:
        """Something else that calls depend on (queues, agents, settings) was published; the new version."""
        with self._writing() as session:
            tenant = self._tenant(session)
            tenant.version += 1
            return tenant.version

    def draft_config(self, definition: Mapping[str, Any] | None = None) -> TenantConfig:
        """The configuration as it would be with this definition (default: the draft, else what is live) applied:
        its menu, its queues by their new names and settings, everything else as it is now.

        Raises NotFound, InvalidDefinition.
        """
        with self._reading() as session:
            if definition is None:
                version = self._ars(session, "draft") or self._ars(session, "live")
                definition = version.definition if version else {}
            led_to = queue_ids(definition)
            served = and_(Queue.live, self._served())
            config = self._config(session, {}, or_(served, Queue.id.in_(led_to)))
        return as_if_live(config, definition)

    def known_queue_ids(self) -> frozenset[int]:
        """Queues that a menu may lead to: drafted, live and retired ones."""
        query = select(Queue.id).where(Queue.tenant_id == self.tenant_id, Queue.deleted_at.is_(None))
        with self._reading() as session:
            return frozenset(session.scalars(query))

    # -- uploaded announcements -----------------------------------------------------------------------

    def add_prompt_file(self, name: str, path: str, seconds: float, by: str) -> PromptFile:
        """Keep where an uploaded announcement lies."""
        with self._writing() as session:
            row = PromptFile(
                tenant_id=self.tenant_id, name=name[:200], path=path, seconds=seconds, uploaded_by=by[:100]
            )
            session.add(row)
        return row

    def prompt_file(self, file_id: int) -> PromptFile:
        """An uploaded announcement. Raises NotFound."""
        with self._reading() as session:
            return self._owned(session, PromptFile, file_id)

    def prompt_files(self) -> Sequence[PromptFile]:
        """All uploaded announcements, newest first."""
        with self._reading() as session:
            return session.scalars(self._mine(PromptFile).order_by(PromptFile.id.desc())).all()

    def prompt_file_uses(self) -> dict[int, list[tuple[ArsVersion, list[str]]]]:
        """File id → the versions that play it, for which announcements: the draft, what is live, then the past,
        newest first. A file that nothing plays is not in it."""
        with self._reading() as session:
            return self._uses(session)

    def delete_prompt_file(self, file_id: int) -> list[tuple[ArsVersion, list[str]]]:
        """Forget an uploaded announcement, unless something plays it: what does is the answer. Raises NotFound."""
        with self._writing() as session:
            self._lock(session)
            row = self._owned(session, PromptFile, file_id)
            uses = self._uses(session).get(file_id, [])
            if not uses:
                session.delete(row)
            return uses

    def upload_paths(self, definition: Mapping[str, Any]) -> dict[str, str]:
        """Prompt name → path of the recording that is played instead of its text. Raises InvalidDefinition."""
        with self._reading() as session:
            return self._paths(session, definition)

    def _uses(self, session: Session) -> dict[int, list[tuple[ArsVersion, list[str]]]]:
        found: dict[int, list[tuple[ArsVersion, list[str]]]] = {}
        versions = session.scalars(self._mine(ArsVersion).order_by(ArsVersion.id.desc())).all()
        for version in sorted(versions, key=lambda one: ("draft", "live", "past").index(one.state)):
            played: dict[int, list[str]] = {}
            for name, file_id in (version.definition.get("uploads") or {}).items():
                played.setdefault(file_id, []).append(name)
            for file_id, names in played.items():
                found.setdefault(file_id, []).append((version, names))
        return found

    def _paths(self, session: Session, definition: Mapping[str, Any]) -> dict[str, str]:
        uploads = dict(definition.get("uploads") or {})
        paths = {row.id: row.path for row in session.scalars(self._mine(PromptFile))} if uploads else {}
        missing = [name for name, file_id in uploads.items() if file_id not in paths]
        if missing:
            raise InvalidDefinition("recordings are missing", field="uploads", value=missing)
        return {name: paths[file_id] for name, file_id in uploads.items()}

    # -- pieces ---------------------------------------------------------------------------------------

    def _lock(self, session: Session) -> None:
        """One writer of the tenant's ARS at a time (SQLite's transactions are alone anyway)."""
        session.execute(select(Tenant.id).where(Tenant.id == self.tenant_id).with_for_update())

    def _expect(self, session: Session, draft: ArsVersion | None, expected: str | None) -> None:
        present = draft or self._ars(session, "live")
        if expected is not None and expected != _revision(present):
            raise _changed(present)

    def _give_queues(self, session: Session, document: dict[str, Any]) -> None:
        for _, entry in agent_entries(document):
            if entry.get("queue_id") is None:
                queue = Queue(tenant_id=self.tenant_id, name=entry["name"], number="", live=False)
                session.add(queue)
                session.flush()
                queue.number = str(70000 + queue.id)
                entry["queue_id"] = queue.id
            else:
                queue = self._queue_row(session, entry["queue_id"])
            if not queue.live:
                _write(queue, entry)

    def _settle_menu(
        self, session: Session, definition: Mapping[str, Any], before: Collection[int], at: datetime
    ) -> None:
        for _, entry in agent_entries(definition):
            queue = self._queue_row(session, entry.get("queue_id") or 0)
            queue.live, queue.retired_at, queue.deleted_at = True, None, None
            _write(queue, entry)
        led_to = queue_ids(definition)
        for queue_id in set(before) - led_to:
            queue = self._queue_row(session, queue_id)
            queue.retired_at = queue.retired_at or at

    def _drop_unled_drafts(self, session: Session, led_to: Collection[int]) -> None:
        """Queues that were never live and that no draft leads to any more."""
        session.flush()
        for queue in session.scalars(self._mine(Queue).where(Queue.live.is_(False))):
            if queue.id not in led_to:
                for tier in session.scalars(self._mine(Tier).where(Tier.queue_id == queue.id)):
                    session.delete(tier)
                session.flush()
                session.delete(queue)

    def _queue_row(self, session: Session, queue_id: int) -> Queue:
        try:
            return self._owned(session, Queue, queue_id)
        except NotFound as error:
            raise InvalidDefinition(
                f"the menu leads to queue {queue_id}, which there is not", field="menu.queue_id", value=queue_id
            ) from error


def _changed(present: ArsVersion | None) -> ChangedMeanwhile:
    by, at = "", None
    if present is not None:
        edited = present.state == "draft"
        by = present.edited_by if edited else present.published_by
        at = present.edited_at if edited else present.published_at
    return ChangedMeanwhile(
        "the draft was changed meanwhile",
        by=by or "?",
        at=at.isoformat() if at else None,
        revision=_revision(present),
    )


def _write(queue: Queue, entry: Mapping[str, Any]) -> None:
    queue.name = str(entry["name"])[:60]
    for name, value in (entry.get("queue") or {}).items():
        if name in QUEUE_SETTINGS:
            setattr(queue, name, value)


def _revision(version: ArsVersion | None) -> str:
    return "0.0" if version is None else f"{version.id}.{version.revision}"


def _copied(definition: Mapping[str, Any]) -> dict[str, Any]:
    """A copy whose menu can be written to."""
    menu = []
    for entry in definition.get("menu", ()):
        whole = dict(entry)
        if entry.get("entries"):
            whole["entries"] = [dict(inner) for inner in entry["entries"]]
        menu.append(whole)
    return {**definition, "menu": menu} if "menu" in definition else dict(definition)
