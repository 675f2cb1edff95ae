"""The tables of live state, and the step that changes them: all of it or nothing.

Entities are frozen; the tables that hold them are plain dictionaries, changed only through a ``Step``,
which notes what was there before. A step that raises is undone to the last entry; one that ends well
settles what follows from the changes (who is ready, what the screens are told, whom to offer what).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from app.core import effects as fx
from app.core.agent import Agent, Move
from app.core.call import Call, Phase
from app.core.definitions import (
    AgentId,
    AgentStatus,
    CallId,
    Leg,
    Node,
    QueueConfig,
    QueueId,
    TenantConfig,
    TenantId,
)
from app.core.errors import CommandRefused, NoTransition
from app.core.ids import recording_path
from app.core.journal import agent_fact, call_fact
from app.core.queues import Queue, Waiting
from app.core.values import replace

NewId = Callable[[], str]
K = TypeVar("K")
V = TypeVar("V")
_ABSENT: Any = object()

ENDS = frozenset({"call.ended", "queue.left", "talk.ended", "hold.ended"})
"""Facts that a call detail record (or the reduction of the call's end) tells better than a late guess."""

GONE_KEPT = 4_000
"""Legs remembered after they went, so that their late events are known for what they are."""


@dataclass(slots=True)
class Tenant:
    """The live state of one tenant. Only a Step changes it."""

    config: TenantConfig
    agents: dict[AgentId, Agent] = field(default_factory=dict)
    queues: dict[QueueId, Queue] = field(default_factory=dict)
    calls: dict[CallId, None] = field(default_factory=dict)
    ready: dict[AgentId, Agent] = field(default_factory=dict)
    serves: dict[AgentId, tuple[QueueId, ...]] = field(default_factory=dict)
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """What is kept of a leg that has gone."""

    tenant_id: TenantId
    call_id: CallId


class State:
    """All tables."""

    def __init__(self, new_id: NewId) -> None:
        self.new_id = new_id
        self.tenants: dict[TenantId, Tenant] = {}
        self.calls: dict[CallId, Call] = {}
        self.legs: dict[Leg, CallId] = {}
        self.gone: OrderedDict[Leg, Gone] = OrderedDict()
        self.nodes: dict[Node, bool] = {}
        self.phones: dict[str, Node] = {}  # registered SIP user → where
        self.sip_users: dict[str, tuple[TenantId, AgentId]] = {}
        self.last_at: dict[CallId, datetime] = {}

    def call_of(self, leg: Leg) -> Call | None:
        """The call that a leg belongs to."""
        call_id = self.legs.get(leg)
        return self.calls.get(call_id) if call_id is not None else None


class Step:
    """One change of the state. ``now`` is our clock, ``at`` when it happened (the switch's word)."""

    def __init__(self, state: State, now: datetime, at: datetime) -> None:
        self.state = state
        self.now = now
        self.at = at
        self.effects: list[fx.Effect] = []
        self.rematch: dict[tuple[TenantId, QueueId], None] = {}
        self._undo: list[tuple[dict[Any, Any], Any, Any]] = []
        self._agents_before: dict[tuple[TenantId, AgentId], Agent | None] = {}
        self._touched: dict[tuple[TenantId, AgentId], None] = {}
        self._queues_changed: dict[tuple[TenantId, QueueId], None] = {}
        self._calls_changed: dict[TenantId, None] = {}

    # --- all or nothing -----------------------------------------------------------------------

    def set(self, table: dict[K, V], key: K, value: V) -> None:
        """Put ``value`` into a table, undoably."""
        self._undo.append((table, key, table.get(key, _ABSENT)))
        table[key] = value

    def drop(self, table: dict[K, V], key: K) -> None:
        """Take ``key`` out of a table, undoably; unknown keys are fine."""
        if key in table:
            self._undo.append((table, key, table[key]))
            del table[key]

    def roll_back(self, to: int = 0) -> None:
        """Undo the changes of this step, down to the ``to``-th."""
        while len(self._undo) > to:
            table, key, before = self._undo.pop()
            if before is _ABSENT:
                table.pop(key, None)
            else:
                table[key] = before

    def attempt(self, part: Callable[[], None]) -> bool:
        """Do a part of the step; when it has no transition, undo that part alone and return False."""
        changes, effects = len(self._undo), len(self.effects)
        try:
            part()
        except NoTransition:
            self.roll_back(changes)
            del self.effects[effects:]
            return False
        return True

    # --- reading ------------------------------------------------------------------------------

    def tenant(self, tenant_id: TenantId) -> Tenant:
        """The tenant's state. Raises CommandRefused (not_under_contract) when it is not ours."""
        tenant = self.state.tenants.get(tenant_id)
        if tenant is None:
            raise CommandRefused("not_under_contract", f"tenant {tenant_id} is not served here")
        return tenant

    def config(self, call: Call) -> TenantConfig:
        return self.tenant(call.tenant_id).config

    def agent(self, tenant_id: TenantId, agent_id: AgentId | None) -> Agent | None:
        """The agent, or None."""
        tenant = self.state.tenants.get(tenant_id)
        return tenant.agents.get(agent_id) if tenant is not None and agent_id is not None else None

    def queue_config(self, call: Call) -> QueueConfig | None:
        """Settings of the call's present (or last) queue; None when it was removed or there is none."""
        tenant = self.state.tenants.get(call.tenant_id)
        return tenant.config.queues.get(call.queue_id) if tenant and call.queue_id is not None else None

    # --- calls --------------------------------------------------------------------------------

    def put_call(self, call: Call) -> None:
        """Store a call and keep the indexes of legs right."""
        state = self.state
        before = state.calls.get(call.call_id)
        if before is None:
            self.set(self.tenant(call.tenant_id).calls, call.call_id, None)
        if before is None or before.phase is not call.phase:
            self._calls_changed[call.tenant_id] = None
        had = before.legs if before is not None else frozenset()
        have = call.legs
        if had != have:
            for leg in have - had:
                self.set(state.legs, leg, call.call_id)
            for leg in had - have:
                self._leg_gone(call, leg)
        self.set(state.calls, call.call_id, call)

    def remove_call(self, call: Call) -> None:
        """Forget a call that is over."""
        state = self.state
        stored = state.calls.get(call.call_id)
        for leg in call.legs | (stored.legs if stored is not None else frozenset()) | {call.call_id}:
            self._leg_gone(call, leg)
        self._calls_changed[call.tenant_id] = None
        self.drop(state.calls, call.call_id)
        self.drop(state.last_at, call.call_id)
        tenant = state.tenants.get(call.tenant_id)
        if tenant is not None:
            self.drop(tenant.calls, call.call_id)
            if tenant.removed and not tenant.calls:
                self.drop(state.tenants, call.tenant_id)

    def _leg_gone(self, call: Call, leg: Leg) -> None:
        self.drop(self.state.legs, leg)
        self.set(self.state.gone, leg, Gone(call.tenant_id, call.call_id))

    def recording_path(self, call: Call) -> str:
        """Where this call is recorded, under the recordings directory."""
        tenant = self.state.tenants.get(call.tenant_id)
        zone = tenant.config.timezone if tenant is not None else "UTC"
        return recording_path(call.tenant_id, call.call_id, call.arrived_at, zone)

    def fact(self, call: Call, kind: str, mark: str = "", *, when: datetime | None = None, **data: Any) -> datetime:
        """Record a fact of a call, never earlier than the one before it; returns its time."""
        last = self.state.last_at.get(call.call_id)
        at = when or self.at
        at = at if last is None or at >= last else last
        if at != last:
            self.set(self.state.last_at, call.call_id, at)
        if call.untold and kind in ENDS:
            return at
        self.effects.append(fx.Record(call_fact(call.tenant_id, call.call_id, kind, at, mark, **data)))
        return at

    def emit(self, *effects: fx.Effect) -> None:
        self.effects.extend(effects)

    # --- queues -------------------------------------------------------------------------------

    def put_queue(self, tenant: Tenant, queue: Queue) -> None:
        self.set(tenant.queues, queue.queue_id, queue)
        self._queues_changed[tenant.config.tenant_id, queue.queue_id] = None

    def entry(self, call: Call) -> Waiting:
        """The call's place in its queue. Its visit must be open."""
        assert call.visit is not None
        return Waiting(-call.visit.priority, call.visit.place, call.call_id)

    def match_later(self, tenant_id: TenantId, queue_id: QueueId) -> None:
        """Look for offers in this queue when the step is otherwise done."""
        self.rematch[tenant_id, queue_id] = None

    # --- agents -------------------------------------------------------------------------------

    def put_agent(self, agent: Agent) -> None:
        """Store an agent; who is ready follows."""
        tenant = self.tenant(agent.tenant_id)
        key = (agent.tenant_id, agent.agent_id)
        if key not in self._agents_before:
            self._agents_before[key] = tenant.agents.get(agent.agent_id)
        self._touched[key] = None
        self.set(tenant.agents, agent.agent_id, agent)
        if agent.ready:
            if agent.agent_id not in tenant.ready:
                for queue_id in tenant.serves.get(agent.agent_id, ()):
                    self.match_later(agent.tenant_id, queue_id)
            self.set(tenant.ready, agent.agent_id, agent)
        else:
            self.drop(tenant.ready, agent.agent_id)

    def touch_agent(self, tenant_id: TenantId, agent_id: AgentId | None) -> None:
        """The agent's view changed although the agent did not (the call did)."""
        if agent_id is not None:
            self._touched[tenant_id, agent_id] = None

    def set_status(
        self, agent: Agent, status: AgentStatus, by: str, reason: str = "", *, anew: bool = False
    ) -> Agent:
        """Change an agent's status, with its fact; the same status and reason is no change unless ``anew``."""
        if (agent.status, agent.reason) == (status, reason) and not anew:
            return agent
        changed = agent.with_status(status, self.at, reason)
        self.agent_fact(changed, "agent.status", status=status.value, reason=reason,
                        previous=agent.status.value, by=by)  # fmt: skip
        self.put_agent(changed)
        return changed

    def agent_fact(self, agent: Agent, kind: str, call_id: CallId | None = None, **data: Any) -> None:
        """Record a fact of an agent."""
        self.effects.append(
            fx.Record(agent_fact(agent.tenant_id, agent.agent_id, kind, self.at, call_id, **data))
        )

    def move(self, agent: Agent, move: Move, call: Call | None = None, leg: Leg | None = None) -> Agent:
        """Move an agent's state by its table; ``call`` and ``leg`` are what it is busy with."""
        moved = agent.moved(move, self.at)
        if call is not None:
            moved = replace(moved, call_id=call.call_id, leg=leg if leg is not None else agent.leg)
        self.put_agent(moved)
        return moved

    # --- the end ------------------------------------------------------------------------------

    def settle(self) -> list[fx.Effect]:
        """Say what changed: states as facts, agents and queues to the screens. Returns all effects."""
        tenants = self.state.tenants
        for key in self._touched:
            before = self._agents_before.get(key)
            tenant = tenants.get(key[0])
            after = tenant.agents.get(key[1]) if tenant is not None else None
            if after is None:
                continue
            if before is not None and before.state is not after.state:
                self.agent_fact(after, "agent.state", after.call_id or before.call_id,
                                state=after.state.value, previous=before.state.value)  # fmt: skip
            self.effects.append(fx.AgentChanged(*key))
        for queue_key in self._queues_changed:
            if queue_key[0] in tenants:
                self.effects.append(fx.QueueChanged(*queue_key))
        # Lines in use are shown too: a call that is in no queue and with no agent changes nothing else.
        told = {tenant_id for tenant_id, _ in (*self._touched, *self._queues_changed)}
        for tenant_id in self._calls_changed:
            if tenant_id in tenants and tenant_id not in told:
                self.effects.append(fx.QueueChanged(tenant_id, 0))
        gone = self.state.gone
        while len(gone) > GONE_KEPT:
            gone.popitem(last=False)
        self._undo.clear()
        return self.effects


def alive(call: Call) -> bool:
    """The call is not yet being taken down."""
    return call.phase not in (Phase.ENDING, Phase.DIVERTED)
