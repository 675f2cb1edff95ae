"""An agent, live: what they chose (status), what is observed (state), and how the one moves the other.

``state`` moves by a table only. A missing row is a bug or a forged command: it raises and nothing changes.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from app.core.definitions import AgentId, AgentState, AgentStatus, CallId, Leg, TenantId
from app.core.errors import NoTransition
from app.core.values import replace


class Move(enum.Enum):
    """What moves an agent's state."""

    RESERVED = "reserved"  # chosen; the phone rings as soon as a leg has come to rest
    OFFERED = "offered"  # the phone rings
    DIALLED = "dialled"  # the agent makes a call
    CONNECTED = "connected"
    HELD = "held"
    RESUMED = "resumed"
    RELEASED = "released"  # nothing to do with any call any more


_S = AgentState

TRANSITIONS: dict[tuple[AgentState, Move], AgentState] = {
    (_S.IDLE, Move.RESERVED): _S.RESERVED,
    (_S.IDLE, Move.OFFERED): _S.RINGING,
    (_S.RESERVED, Move.OFFERED): _S.RINGING,
    (_S.IDLE, Move.DIALLED): _S.DIALLING,
    (_S.RINGING, Move.CONNECTED): _S.ON_CALL,
    (_S.DIALLING, Move.CONNECTED): _S.ON_CALL,
    (_S.IDLE, Move.CONNECTED): _S.ON_CALL,  # adopted in the middle of a talk
    (_S.ON_CALL, Move.HELD): _S.HOLDING,
    (_S.HOLDING, Move.RESUMED): _S.ON_CALL,
    (_S.RESERVED, Move.RELEASED): _S.IDLE,
    (_S.RINGING, Move.RELEASED): _S.IDLE,
    (_S.DIALLING, Move.RELEASED): _S.IDLE,
    (_S.ON_CALL, Move.RELEASED): _S.IDLE,
    (_S.HOLDING, Move.RELEASED): _S.IDLE,
}


@dataclass(frozen=True)  # no slots: see app.core.values
class Agent:
    """Live state of one agent. ``idle_since`` orders "longest idle"; ``answered`` counts calls since login
    (or takeover) for "least calls"; ``misses`` counts offers not taken in a row."""

    tenant_id: TenantId
    agent_id: AgentId
    sip_user: str
    status_since: datetime
    state_since: datetime
    idle_since: datetime
    status: AgentStatus = AgentStatus.LOGGED_OUT
    reason: str = ""
    state: AgentState = AgentState.IDLE
    active: bool = True
    registered: bool = False
    call_id: CallId | None = None
    leg: Leg | None = None
    muted: bool = False
    misses: int = 0
    answered: int = 0
    wrap_up_call: CallId | None = None
    wrap_up_since: datetime | None = None
    notice: str = ""
    """Last thing to be told to the agent (``dial_failed:USER_BUSY``, ``consult_refused`` …), until the next call."""

    @property
    def ready(self) -> bool:
        """May be offered a call now."""
        return (
            self.status is AgentStatus.AVAILABLE
            and self.state is AgentState.IDLE
            and self.call_id is None
            and self.registered
            and self.active
        )

    @property
    def logged_in(self) -> bool:
        return self.status is not AgentStatus.LOGGED_OUT

    def moved(self, move: Move, at: datetime) -> Agent:
        """This agent after ``move``. Raises NoTransition when the table has no row."""
        try:
            state = TRANSITIONS[self.state, move]
        except KeyError:
            raise NoTransition(f"agent {self.agent_id}: {move.value} while {self.state.value}") from None
        return replace(self, state=state, state_since=max(at, self.state_since))

    def with_status(self, status: AgentStatus, at: datetime, reason: str = "") -> Agent:
        """This agent with another status; a new availability starts a new idle time."""
        fresh = status is AgentStatus.AVAILABLE and self.status is not AgentStatus.AVAILABLE
        return replace(
            self,
            status=status,
            reason=reason,
            status_since=max(at, self.status_since),
            idle_since=max(at, self.idle_since) if fresh else self.idle_since,
        )

    @property
    def unready_because(self) -> str:
        """Why this agent cannot be offered a call now, as a code; empty when ready."""
        if self.status is not AgentStatus.AVAILABLE:
            return self.status.value
        if self.state is not AgentState.IDLE or self.call_id is not None:
            return self.state.value if self.state is not AgentState.IDLE else "on_call"
        if not self.registered:
            return "not_registered"
        return "" if self.active else "logged_out"
