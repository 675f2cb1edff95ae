"""FreeSWITCH's call detail records (mod_json_cdr, one file a leg): what they say, and the facts they prove.

They are the word of the switch itself, written whether or not a controller was alive. A call that the
journal shows without an end is closed from them; a call that no controller ever saw (the guard's
fallback served it) is told from them whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from app.core.journal import JournalEvent, call_fact
from app.core.outcomes import ARS_ENDS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LegRecord:
    """One leg's record. Times are the switch's own; ``far_end_hung_up``: the telephone ended it."""

    leg: str
    tenant_id: int | None
    call_id: str
    role: str
    did: str
    caller_number: str
    caller_name: str
    started_at: datetime
    answered_at: datetime | None
    bridged_at: datetime | None
    ended_at: datetime
    bridged_to: str
    cause: str
    far_end_hung_up: bool
    sip_user: str
    queue_id: int | None
    queued_at: datetime | None
    step: str
    menu: str

    @property
    def talked(self) -> bool:
        """Answered and joined to another leg. A transfer resets the time of the bridge, not its partner."""
        return self.answered_at is not None and (self.bridged_at is not None or bool(self.bridged_to))

    @property
    def is_first(self) -> bool:
        """Whether the call bears this leg's name."""
        return self.leg == self.call_id


def parse_cdr(data: bytes) -> LegRecord:
    """What a file says. Raises ValueError for a damaged one."""
    try:
        document = orjson.loads(data)
        values: Mapping[str, Any] = document["variables"]
        leg = _text(values, "uuid")
        if not leg:
            raise ValueError("no uuid")
        tenant, role = _text(values, "sangdam_tenant"), _text(values, "sangdam_role")
        call_id = _text(values, "sangdam_call") or (leg if role == "caller" else "")
        queue = _text(values, "sangdam_queue")
        ended = _time(values, "end_uepoch")
        started = _time(values, "start_uepoch")
        if started is None or ended is None:
            raise ValueError("no start or no end")
        profile = _caller_profile(document)
        return LegRecord(
            leg=leg,
            tenant_id=int(tenant) if tenant.isdecimal() else None,
            call_id=call_id,
            role=role,
            did=_text(values, "sangdam_did"),
            caller_number=_text(profile, "caller_id_number") or _text(values, "sip_from_user"),
            caller_name=_text(profile, "caller_id_name"),
            started_at=started,
            answered_at=_time(values, "answer_uepoch"),
            bridged_at=_time(values, "bridge_uepoch"),
            ended_at=ended,
            bridged_to=_text(values, "last_bridge_to") or _text(values, "bridge_uuid"),
            cause=_text(values, "hangup_cause"),
            far_end_hung_up=_text(values, "sip_hangup_disposition").startswith("recv_"),
            sip_user=_text(values, "dialed_user"),
            queue_id=int(queue) if queue.isdecimal() else None,
            queued_at=_time(values, "sangdam_entered") or _entered(document, f"queue-{queue}"),
            step=_text(values, "sangdam_step"),
            menu=_text(values, "sangdam_menu"),
        )
    except (KeyError, TypeError, AttributeError, OverflowError, ValueError) as error:
        raise ValueError(f"not a call detail record: {error}") from error


def still_open(leg: LegRecord, known: Sequence[JournalEvent], gone: Callable[[str], bool]) -> bool:
    """Whether the call may go on without this leg.

    A customer who called ends the call by leaving. The agent's leg that an outgoing call is named after
    may leave first (a transfer): the call lasts until every leg that the journal knows of is ``gone``.
    """
    if leg.role == "caller":
        return False
    legs: set[str] = set()
    for event in known:
        if event.kind == "talk.started":
            legs |= {str(event.data.get("talk_id") or ""), str(event.data.get("leg") or "")}
    return any(other and other != leg.leg and not gone(other) for other in legs)


def closing_facts(
    leg: LegRecord,
    known: Sequence[JournalEvent],
    other: LegRecord | None,
    agent_of: Callable[[str], int | None],
    recording: tuple[str, float] | None = None,
) -> list[JournalEvent]:
    """The facts that a first leg's record adds to a call without an end; ``[]`` when it has one.

    ``known`` are the journal's events of the call, ``other`` the record of the leg that it was last
    bridged to, ``agent_of`` finds the agent of a SIP user, ``recording`` is path and seconds of a
    recording that lies there. Identities are those that the controller would have given, so that
    whoever tells a fact second adds nothing.
    """
    kinds = {event.kind for event in known}
    tenant = leg.tenant_id
    if tenant is None or "call.ended" in kinds or not leg.is_first:
        return []
    if "call.arrived" not in kinds and leg.role != "caller":
        return []  # a phone that dialled and was never adopted: it heard that nobody can help it
    call, facts = leg.call_id, []

    def tell(kind: str, at: datetime, mark: str = "", **data: Any) -> None:
        facts.append(call_fact(tenant, call, kind, at, mark, **data))

    if "call.arrived" not in kinds:
        tell("call.arrived", leg.started_at, direction="inbound", did=leg.did, caller=leg.caller_number,
             name=leg.caller_name, node="")  # fmt: skip
    if "ars.step" not in kinds:
        if leg.menu:
            tell("ars.step", leg.queued_at or leg.started_at, "cdr-menu", step="menu", detail=leg.menu)
        if leg.step in ARS_ENDS:
            tell("ars.step", leg.ended_at, "cdr-step", step=leg.step, detail="")
    agent_id = agent_of(other.sip_user) if other is not None and other.talked else None
    # An agent's phone that was called anew goes on with a talk that is known by another leg.
    talk_unknown = not _knows(known, "talk.started", "talk_id", leg.bridged_to) and (
        other is None or other.role != "reconnect"
    )
    # Whom no controller put through: the guard's fallback, or an offer that the switch finished alone.
    served = "fallback" in (leg.step, *_steps(known)) or _knows(
        known, "offer.made", "offer_id", leg.bridged_to
    )
    visit = f"{call}#1"
    if leg.queue_id is not None and "queue.entered" not in kinds:
        tell("queue.entered", leg.queued_at or leg.started_at, "1", visit_id=visit, queue_id=leg.queue_id,
             origin="direct", position=None)  # fmt: skip
    elif not _open_visit(known):
        visit = ""
    else:
        visit = _open_visit(known)
    if served and agent_id is not None and other is not None and talk_unknown:
        start = other.bridged_at or other.answered_at or other.started_at
        if visit:
            tell("queue.left", start, visit.rpartition("#")[2], visit_id=visit, outcome="answered",
                 agent_id=agent_id, cause="", ringing=True, queue_id=leg.queue_id)  # fmt: skip
        # The fallback's own ringing is an offer like any other: 분배 and 응답 must agree.
        tell("offer.made", other.started_at, other.leg, offer_id=other.leg, visit_id=visit,
             queue_id=leg.queue_id, agent_id=agent_id,
             candidates=[{"agent_id": agent_id, "reason": "fallback"}])  # fmt: skip
        tell(
            "offer.ended",
            start,
            other.leg,
            offer_id=other.leg,
            agent_id=agent_id,
            outcome="answered",
            cause="",
        )
        tell("talk.started", start, other.leg, talk_id=other.leg, agent_id=agent_id, leg=leg.leg,
             queue_id=leg.queue_id, visit_id=visit, direction="inbound", number=leg.caller_number)  # fmt: skip
        tell("talk.ended", min(other.ended_at, leg.ended_at), other.leg, talk_id=other.leg, agent_id=agent_id,
             cause=other.cause)  # fmt: skip
    elif visit and leg.step == "unavailable":
        # The guard rang everybody and nobody came: the caller was told so.
        tell("queue.left", leg.ended_at, visit.rpartition("#")[2], visit_id=visit, outcome="unavailable",
             agent_id=None, cause=leg.cause, ringing=False, queue_id=leg.queue_id)  # fmt: skip
    if recording is not None and "call.recorded" not in kinds:
        tell("call.recorded", leg.ended_at, path=recording[0], seconds=recording[1], leg=leg.leg)
    billsec = int((leg.ended_at - leg.answered_at).total_seconds()) if leg.answered_at else 0
    tell("call.ended", max([leg.ended_at, *(event.at for event in known if event.kind != "call.recorded")]),
         cause=leg.cause, by=_ended_by(leg, other), billsec=billsec, source="cdr")  # fmt: skip
    return facts


def _ended_by(leg: LegRecord, other: LegRecord | None) -> str:
    if leg.far_end_hung_up:
        return "caller" if leg.role == "caller" else "agent"
    if other is not None and other.far_end_hung_up:
        return "agent" if leg.role == "caller" else "caller"
    return "system"


def _open_visit(known: Collection[JournalEvent]) -> str:
    left = {event.data.get("visit_id") for event in known if event.kind == "queue.left"}
    entered = [event.data.get("visit_id") for event in known if event.kind == "queue.entered"]
    return next((str(visit) for visit in reversed(entered) if visit not in left), "")


def _steps(known: Collection[JournalEvent]) -> list[str]:
    return [str(event.data.get("step")) for event in known if event.kind == "ars.step"]


def _knows(known: Collection[JournalEvent], kind: str, field: str, value: str) -> bool:
    return any(event.kind == kind and event.data.get(field) == value for event in known)


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _time(values: Mapping[str, Any], name: str) -> datetime | None:
    micros = int(_text(values, name) or 0)
    return _EPOCH + timedelta(microseconds=micros) if micros > 0 else None


def _flow(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    flow = document.get("callflow")
    return [one for one in flow if isinstance(one, dict)] if isinstance(flow, list) else []


def _caller_profile(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The oldest profile (they stand newest first): who called before anything was rewritten."""
    for one in reversed(_flow(document)):
        profile = one.get("caller_profile")
        if isinstance(profile, dict):
            return profile
    return {}


def _entered(document: Mapping[str, Any], extension: str) -> datetime | None:
    """When the leg first came to an extension of the dialplan."""
    times = [
        _time(one.get("times") or {}, "profile_created_time")
        for one in _flow(document)
        if (one.get("caller_profile") or {}).get("destination_number") == extension
    ]
    return min((at for at in times if at is not None), default=None)
