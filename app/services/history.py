"""What happened: calls, their details and recordings, write-ups, callbacks, log-ins, and who looked at what.

Numbers leave here masked; whoever may see them whole asks for it, and that is written down. Every list,
detail, listening and download writes 작업이력.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.services.audit_words import Names as AuditNames
from app.services.audit_words import told
from app.services.errors import Refused
from app.services.masking import mask_address, mask_number, pretty_number
from app.services.people import Person
from app.services.repository import CallFilter, Store, TenantStore

LONGEST_TEXT = 1024
RECENT_CALLS = 5


@dataclass(frozen=True, slots=True)
class Names:
    """Names of a tenant's agents, queues and contact types by id, deleted ones too."""

    agents: dict[int, Any]
    queues: dict[int, Any]
    types: dict[int, Any]

    @classmethod
    def of(cls, store: TenantStore) -> Names:
        return cls(
            {row.id: row for row in store.agents(deleted=True)},
            {row.id: row for row in store.queues(deleted=True)},
            {row.id: row for row in store.contact_types(deleted=True)},
        )

    def agent(self, agent_id: int | None) -> str:
        row = self.agents.get(agent_id) if agent_id is not None else None
        return str(row.name or row.login) if row is not None else ""

    def queue(self, queue_id: int | None) -> str:
        row = self.queues.get(queue_id) if queue_id is not None else None
        return str(row.name) if row is not None else ""


class History:
    """The past of one platform, always asked for by a person and answered within that person's tenant."""

    def __init__(self, store: Store, recordings_dir: Path) -> None:
        self._store = store
        self._recordings = recordings_dir.resolve()

    # -- calls --------------------------------------------------------------------------------

    def list_calls(
        self, person: Person, wanted: CallFilter, *, unmask: bool = False, note: str | None = "상담이력"
    ) -> tuple[list[dict[str, Any]], int]:
        """One page of calls, newest first, and how many there are in all.

        ``unmask`` needs the right (Refused ``forbidden``). ``note`` is the 구분 under which 작업이력 keeps the
        view; None for the refresh of a screen that was noted when it was opened.
        """
        store = self._store.for_tenant(person.tenant_id)
        self._check_unmask(person, unmask)
        rows, total = store.calls(wanted)
        if note is not None:
            self._note(store, person, note, "unmask" if unmask else "view", rows=len(rows), total=total)
        return self._describe(store, rows, unmask), total

    def call(self, person: Person, call_id: str, *, unmask: bool = False) -> dict[str, Any]:
        """A call with its way: queue visits, offers, talks, write-ups. Raises Refused ``not_found``."""
        store = self._store.for_tenant(person.tenant_id)
        self._check_unmask(person, unmask)
        row = store.call(call_id)
        if row is None:
            raise Refused("not_found")
        names = Names.of(store)
        shown = self._describe(store, [row], unmask, names)[0]
        number = pretty_number if unmask else mask_number
        self._note(store, person, "상담이력", "unmask" if unmask else "view", call_id=call_id)
        return {
            **shown,
            "visits": [
                {
                    "queue_id": visit.queue_id,
                    "queue": names.queue(visit.queue_id),
                    "origin": visit.origin,
                    "entered_at": visit.entered_at,
                    "left_at": visit.left_at,
                    "outcome": visit.outcome,
                    "agent": names.agent(visit.agent_id),
                    "wait_seconds": visit.wait_seconds,
                }
                for visit in store.visits(call_id)
            ],
            "offers": [
                {
                    "agent_id": offer.agent_id,
                    "agent": names.agent(offer.agent_id),
                    "made_at": offer.made_at,
                    "ended_at": offer.ended_at,
                    "outcome": offer.outcome,
                    "cause": offer.cause,
                    "ring_seconds": offer.ring_seconds,
                }
                for offer in store.offers(call_id)
            ],
            "talks": [
                {
                    "agent_id": talk.agent_id,
                    "agent": names.agent(talk.agent_id),
                    "direction": talk.direction,
                    "number": number(talk.number),
                    "started_at": talk.started_at,
                    "ended_at": talk.ended_at,
                    "talk_seconds": talk.talk_seconds,
                    "hold_seconds": talk.hold_seconds,
                }
                for talk in store.talks(call_id)
            ],
            "wrap_ups": [self._wrap_up(wrap, names) for wrap in store.wrap_ups([call_id])],
        }

    def recent_with(self, person: Person, number: str, before: str = "") -> list[dict[str, Any]]:
        """The last five calls with a customer, for the one who is talking to them; ``before`` is left out."""
        if not any(char.isdigit() for char in number):
            return []
        store = self._store.for_tenant(person.tenant_id)
        return self._describe(store, store.last_calls(number, RECENT_CALLS, before=before), False)

    def recording(self, person: Person, call_id: str, *, listen: bool, note: bool = True) -> tuple[Path, str]:
        """The recording's file and a name for saving it. Raises Refused ``not_found``, ``no_recording`` or
        ``recording_gone``. An agent may hear what the own screens list: the tenant's calls.
        ``note`` is False for a later piece of a file; whether its beginning was really asked for, by the
        same person within the hour, is looked up."""
        store = self._store.for_tenant(person.tenant_id)
        row = store.call(call_id)
        if row is None:
            raise Refused("not_found")
        if not row.recording:
            raise Refused("no_recording")
        path = (self._recordings / row.recording).resolve()
        own = (self._recordings / f"t{person.tenant_id}").resolve()
        if not path.is_relative_to(own) or not path.is_file():
            raise Refused("recording_gone")
        if note or not store.noted_lately(person.actor, "녹취", call_id=call_id):
            self._note(store, person, "녹취", "listen" if listen else "download", call_id=call_id)
        stamp = row.started_at.astimezone(ZoneInfo(person.timezone)).strftime("%Y%m%d-%H%M%S")
        return path, f"{stamp}-{call_id[:8]}{path.suffix}"

    # -- write-ups ----------------------------------------------------------------------------

    def wrap_up(self, person: Person, call_id: str, agent_id: int | None = None) -> dict[str, Any]:
        """The write-up of a call: the agent's own, for a manager the newest (or that of ``agent_id``).

        Raises Refused ``not_found``, ``forbidden`` for an agent who names another.
        """
        _check_own(person, agent_id)
        store = self._store.for_tenant(person.tenant_id)
        if store.call(call_id) is None:
            raise Refused("not_found")
        names = Names.of(store)
        wanted = person.agent_id if person.agent_id is not None else agent_id
        rows = [row for row in store.wrap_ups([call_id]) if wanted is None or row.agent_id == wanted]
        if not rows:
            return {
                "call_id": call_id,
                "agent_id": wanted,
                "agent": names.agent(wanted),
                "contact_type_id": None,
                "contact_type": "",
                "inquiry": "",
                "action": "",
                "updated_at": None,
            }
        return self._wrap_up(max(rows, key=lambda row: row.updated_at), names)

    def save_wrap_up(
        self,
        person: Person,
        call_id: str,
        *,
        contact_type_id: int | None,
        inquiry: str,
        action: str,
        agent_id: int | None = None,
        in_progress: bool = False,
    ) -> dict[str, Any]:
        """Keep 상담유형, 문의 and 조치 of a call, as an agent who talked in it, who dialled it, or whose it is
        now. ``in_progress``: the live view says that the call is the writer's, although the records may not
        have it yet.

        Raises Refused ``not_found``, ``too_long`` (field, limit, length), ``unknown_contact_type``; for an agent
        ``forbidden`` (names another), ``not_your_call``; for a manager ``agent_required``, ``unknown_agent``,
        ``agent_not_in_call``.
        """
        _check_own(person, agent_id)
        store = self._store.for_tenant(person.tenant_id)
        call = store.call(call_id)
        if not in_progress and call is None:
            raise Refused("not_found")
        writer = person.agent_id if person.agent_id is not None else agent_id
        if writer is None:
            raise Refused("agent_required")
        names = Names.of(store)
        if writer not in names.agents:
            raise Refused("unknown_agent")
        theirs = in_progress or call is None or call.agent_id == writer
        if not theirs and all(talk.agent_id != writer for talk in store.talks(call_id)):
            raise Refused("agent_not_in_call" if person.is_manager else "not_your_call")
        for field, value in (("inquiry", inquiry), ("action", action)):
            if len(value) > LONGEST_TEXT:
                raise Refused("too_long", field=field, limit=LONGEST_TEXT, length=len(value))
        if contact_type_id is not None and contact_type_id not in {row.id for row in store.contact_types()}:
            raise Refused("unknown_contact_type")
        row = store.save_wrap_up(
            call_id, writer, contact_type_id=contact_type_id, inquiry=inquiry, action=action
        )
        self._note(store, person, "상담이력", "change", call_id=call_id)
        return self._wrap_up(row, names)

    # -- callbacks ----------------------------------------------------------------------------

    def list_callbacks(
        self,
        person: Person,
        *,
        state: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int = 50,
        offset: int = 0,
        note: bool = True,
    ) -> tuple[list[dict[str, Any]], int]:
        """Callbacks that customers asked for, newest first."""
        store = self._store.for_tenant(person.tenant_id)
        rows, total = store.callbacks(state=state, start=start, end=end, limit=limit, offset=offset)
        names = Names.of(store)
        if note:
            self._note(store, person, "콜백처리이력", "view", rows=len(rows), total=total)
        return [
            {
                "id": row.id,
                "requested_at": row.requested_at,
                "queue_id": row.queue_id,
                "queue": names.queue(row.queue_id),
                "caller": mask_number(row.caller),
                "number": mask_number(row.number),
                "state": row.state,
                "agent_id": row.agent_id,
                "agent": names.agent(row.agent_id),
                "done_at": row.done_at,
                "call_id": row.call_id,
                "done_call_id": row.done_call_id,
            }
            for row in rows
        ], total

    def delete_callback(self, person: Person, callback_id: int) -> None:
        """Take a pending callback off the list. Raises Refused ``no_such_callback``."""
        store = self._store.for_tenant(person.tenant_id)
        if not store.delete_callback(callback_id, person.agent_id):
            raise Refused("no_such_callback")
        self._note(store, person, "콜백", "delete", callback_id=callback_id)

    # -- log-ins and 작업이력 --------------------------------------------------------------------

    def list_logins(
        self, person: Person, start: datetime, end: datetime, limit: int = 50, offset: int = 0
    ) -> tuple[list[dict[str, Any]], int]:
        """상담사로그인이력, newest first."""
        store = self._store.for_tenant(person.tenant_id)
        rows, total = store.logins(start, end, limit, offset)
        agents = {row.id: row for row in store.agents(deleted=True)}
        self._note(store, person, "로그인이력", "view", rows=len(rows), total=total)
        shown = []
        for row in rows:
            agent = agents.get(row.agent_id)
            shown.append(
                {
                    "at": row.at,
                    "login": row.login,
                    "name": agent.name if agent else "",
                    "action": row.action,
                    "result": row.result,
                    "platform": row.platform,
                    "extension": agent.extension if agent else "",
                    "address": mask_address(row.address),
                }
            )
        return shown, total

    def list_audit(
        self, person: Person, start: datetime, end: datetime, limit: int = 50, offset: int = 0, language: str = "ko"
    ) -> tuple[list[dict[str, Any]], int]:
        """작업이력, newest first; ``told`` has each entry's details in words (app.services.audit_words)."""
        store = self._store.for_tenant(person.tenant_id)
        rows, total = store.audits(start, end, limit, offset)
        names = AuditNames(
            {group.id: group.name for group in store.groups()}, {skill.id: skill.name for skill in store.skills()}
        )
        self._note(store, person, "작업이력", "view", rows=len(rows), total=total)
        return [
            {
                "at": row.at,
                "actor": row.actor,
                "subject": row.subject,
                "action": row.action,
                "result": row.result,
                "address": mask_address(row.address),
                "told": told(row.details, language, names),
            }
            for row in rows
        ], total

    def note(self, person: Person, subject: str, action: str, **details: Any) -> None:
        """Write 작업이력 for something that another use case did (statistics, exports)."""
        self._note(self._store.for_tenant(person.tenant_id), person, subject, action, **details)

    # -- shapes -------------------------------------------------------------------------------

    @staticmethod
    def _check_unmask(person: Person, unmask: bool) -> None:
        if unmask and not person.may_unmask:
            raise Refused("forbidden")

    @staticmethod
    def _note(store: TenantStore, person: Person, subject: str, action: str, **details: Any) -> None:
        store.add_audit(
            actor=person.actor, subject=subject, action=action, address=person.address, details=details
        )

    def _describe(
        self, store: TenantStore, rows: Sequence[Any], unmask: bool, names: Names | None = None
    ) -> list[dict[str, Any]]:
        names = names or Names.of(store)
        types = _newest_type(store.wrap_ups([row.call_id for row in rows])) if rows else {}
        number = pretty_number if unmask else mask_number
        described = []
        for row in rows:
            agent = names.agents.get(row.agent_id)
            kind = names.types.get(types.get(row.call_id) or 0)
            described.append(
                {
                    "id": row.call_id,
                    "direction": row.direction,
                    "started_at": row.started_at,
                    "answered_at": row.answered_at,
                    "ended_at": row.ended_at,
                    "did": row.did,
                    "number": number(row.number),
                    "name": row.name,
                    "queue_id": row.queue_id,
                    "queue": names.queue(row.queue_id),
                    "menu": row.menu,
                    "agent_id": row.agent_id,
                    "agent": names.agent(row.agent_id),
                    "extension": agent.extension if agent else "",
                    "contact_type_id": kind.id if kind else None,
                    "contact_type": kind.name if kind else "",
                    "talk_seconds": row.talk_seconds,
                    "hold_seconds": row.hold_seconds,
                    "wait_seconds": row.wait_seconds,
                    "billed_seconds": row.billed_seconds,
                    "outcome": row.outcome,
                    "cause": row.cause,
                    "ended_by": row.ended_by,
                    "callback": row.callback,
                    "recorded": bool(row.recording),
                    "recording_seconds": row.recording_seconds,
                }
            )
        return described

    @staticmethod
    def _wrap_up(row: Any, names: Names) -> dict[str, Any]:
        kind = names.types.get(row.contact_type_id)
        return {
            "call_id": row.call_id,
            "agent_id": row.agent_id,
            "agent": names.agent(row.agent_id),
            "contact_type_id": row.contact_type_id,
            "contact_type": kind.name if kind else "",
            "inquiry": row.inquiry,
            "action": row.action,
            "updated_at": row.updated_at,
        }


def _check_own(person: Person, agent_id: int | None) -> None:
    """An agent speaks for nobody else, as with commands."""
    if person.agent_id is not None and agent_id not in (None, person.agent_id):
        raise Refused("forbidden")


def _newest_type(rows: Iterable[Any]) -> dict[str, int | None]:
    """The contact type of each call: the one written last, when several agents wrote up the same call."""
    newest: dict[str, Any] = {}
    for row in rows:
        if row.contact_type_id is None:
            continue
        known = newest.get(row.call_id)
        if known is None or row.updated_at > known.updated_at:
            newest[row.call_id] = row
    return {call_id: row.contact_type_id for call_id, row in newest.items()}


def page_of(wanted: CallFilter, page: int) -> CallFilter:
    """The same filter, moved to a page (1 first)."""
    return replace(wanted, offset=(max(1, page) - 1) * wanted.limit)
