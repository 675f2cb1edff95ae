"""A call, live: one customer contact with its legs, its phase and its queue visit. Values only; the
functions that move a call are in the ``call_*`` modules, and ``call_table`` says which acts when."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.core.definitions import AgentId, CallId, Leg, Node, QueueId, TenantId
from app.core.ids import visit_id
from app.core.values import replace


class Phase(enum.StrEnum):
    """Where a call is."""

    ARS = "ars"  # in the dialplan, before the queue
    WAITING = "waiting"  # in a queue, the script plays
    RINGING = "ringing"  # in a queue, an agent's phone rings
    TALKING = "talking"
    HELD = "held"
    CONSULT_RINGING = "consult_ringing"
    CONSULTING = "consulting"
    RETURNING = "returning"  # the consultation is being taken down, then back to the customer
    COMPLETING = "completing"  # customer and consulted are being joined
    TRANSFERRING = "transferring"  # blind: the agent is out, the target rings
    CALLING_AGENT = "calling_agent"  # click to dial: the agent's own phone is called
    DIALLING = "dialling"  # the other side is called
    RECONNECTING = "reconnecting"  # the agent's phone is called anew, the customer held
    AWAY = "away"  # the customer talks to somebody who is no agent of ours, or unknown to us
    DIVERTED = "diverted"  # sent back into the dialplan to its end
    ENDING = "ending"  # hung up; legs are going


class Role(enum.StrEnum):
    """What a leg is in its call."""

    CUSTOMER = "customer"  # caller leg, called number, or (internal) the called agent
    AGENT = "agent"
    TARGET = "target"  # ringing or consulted
    LEAVING = "leaving"  # no more part of it, on its way out
    NONE = "none"  # the call as such (timers, scripts) or a leg that is not known


class RingKind(enum.StrEnum):
    """Why somebody is being rung."""

    QUEUE = "queue"
    TRANSFER = "transfer"
    RETURN = "return"  # a blind transfer failed: back to who transferred
    INTERNAL = "internal"
    OUTSIDE = "outside"
    RECONNECT = "reconnect"  # the agent's own phone, again


@dataclass(frozen=True)  # no slots: see app.core.values
class Ring:
    """Somebody being rung: an offer (queue, transfer), the called of an internal or an outbound call."""

    leg: Leg
    kind: RingKind
    made_at: datetime
    agent_id: AgentId | None = None
    number: str = ""
    presented: bool = True  # False: waits for the customer's leg to come to rest
    answered: bool = False
    bridged: bool = False


@dataclass(frozen=True)  # no slots: see app.core.values
class Consult:
    """A consultation while the customer is held."""

    leg: Leg
    started_at: datetime
    agent_id: AgentId | None = None
    number: str = ""
    presented: bool = True
    answered: bool = False
    bridged: bool = False
    talk_since: datetime | None = None


@dataclass(frozen=True)  # no slots: see app.core.values
class Visit:
    """A stay in a queue. ``place`` orders the queue and survives refusals, returns and restarts."""

    number: int
    queue_id: QueueId
    entered_at: datetime
    place: datetime
    origin: str = "direct"
    priority: int = 0


@dataclass(frozen=True)  # no slots: see app.core.values
class Call:
    """Live state of one call. Times are aware; ``talk_seconds`` counts what has ended."""

    call_id: CallId
    tenant_id: TenantId
    node: Node
    direction: str  # inbound, outbound, internal
    phase: Phase
    arrived_at: datetime
    customer: Leg | None = None
    agent_leg: Leg | None = None
    agent_id: AgentId | None = None
    peer: AgentId | None = None  # internal: the agent whose leg is the customer's
    ring: Ring | None = None
    consult: Consult | None = None
    visit: Visit | None = None
    visits: int = 0
    queue_id: QueueId | None = None  # the last queue, also after it was left
    place: datetime | None = None  # when it first queued there: its place on return
    to_queue: QueueId | None = None  # blind transfer to a queue, until the customer's leg rests
    return_to: AgentId | None = None
    leaving: frozenset[Leg] = frozenset()
    agent_rests: bool = False  # the agent leg is parked, apart from the customer
    did: str = ""
    number: str = ""
    name: str = ""
    menu: str = ""
    callback_id: int | None = None
    customer_answered_at: datetime | None = None
    answered_at: datetime | None = None  # first talk with a person
    talk_since: datetime | None = None
    talk_id: str = ""
    peer_talk: str = ""  # internal: the talk of the called agent
    talk_seconds: float = 0.0
    held_since: datetime | None = None
    recording: bool = False
    cut_at: datetime | None = None  # when the consulted was cut off, not by hanging up themselves
    untold: bool = False
    """It ended unseen: its end is told by the call detail record, which knows the time."""
    overdue: bool = False  # the longest wait ran out while a phone was ringing or the caller engaged
    engaged: bool = False  # the caller is leaving a callback
    declined: Mapping[AgentId, datetime] = field(default_factory=dict)  # not again before
    ended_by: str = ""
    first_gone: str = ""  # whose leg went first: who ended it, when no telephone says so
    ended_at: datetime | None = None
    cause: str = ""

    @property
    def legs(self) -> frozenset[Leg]:
        """Every leg that this call still has."""
        legs = set(self.leaving)
        for leg in (
            self.customer,
            self.agent_leg,
            self.ring.leg if self.ring else None,
            self.consult.leg if self.consult else None,
        ):
            if leg is not None:
                legs.add(leg)
        return frozenset(legs)

    @property
    def target(self) -> Leg | None:
        """The leg that rings or is consulted."""
        if self.ring is not None:
            return self.ring.leg
        return self.consult.leg if self.consult is not None else None

    @property
    def visit_id(self) -> str:
        """Identity of the present queue visit; empty outside queues."""
        return visit_id(self.call_id, self.visit.number) if self.visit else ""

    def role(self, leg: Leg | None) -> Role:
        """What ``leg`` is in this call."""
        if leg is None:
            return Role.NONE
        if leg == self.customer:
            return Role.CUSTOMER
        if leg == self.agent_leg:
            return Role.AGENT
        if leg == self.target:
            return Role.TARGET
        return Role.LEAVING if leg in self.leaving else Role.NONE

    def without(self, leg: Leg) -> Call:
        """This call after ``leg`` has gone."""
        match self.role(leg):
            case Role.CUSTOMER:
                return replace(self, customer=None)
            case Role.AGENT:
                return replace(self, agent_leg=None)
            case Role.TARGET:
                if self.ring is not None:
                    return replace(self, ring=None)
                return replace(self, consult=None)
            case Role.LEAVING:
                return replace(self, leaving=self.leaving - {leg})
        return self
