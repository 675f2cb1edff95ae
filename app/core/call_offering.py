"""Offers: making them, and what follows when nobody takes one."""

from __future__ import annotations

from datetime import timedelta

from app.core import effects as fx
from app.core.agent import Move
from app.core.call import Call, Phase, Ring, RingKind
from app.core.call_common import (
    UNREGISTERED_CAUSES,
    begin_talk,
    divert,
    drop_ring,
    leave_queue,
    outcome_of,
)
from app.core.call_waiting import declined_until, let_finish
from app.core.centre_state import Step, Tenant
from app.core.definitions import AgentId, AgentStatus, CallId, QueueId, TenantId
from app.core.events import AppFinished, EffectFailed, LegAnswered, LegHungUp, LegsBridged, TimerFired
from app.core.matching import Decision, decide, explain
from app.core.values import replace

RECALL_GRACE = 1.0
"""The switch ends the ringing itself at the recall time; our timer is there for when it does not."""

RETRY_SECONDS = 5.0
"""How long who just declined a call is not asked for it again."""

CALLER_LEFT = "ORIGINATOR_CANCEL"
"""Why a phone stops ringing that nobody has taken back: who was to be joined with it has hung up. The switch
may tell of the phone first."""

MISSED = "missed_calls"
"""Reason of the break that the system gives after too many misses."""


def make_offers(step: Step) -> None:
    """Match the queues that this step touched until nothing more fits."""
    tenants: dict[TenantId, dict[QueueId, None]] = {}
    for tenant_id, queue_id in step.rematch:
        tenants.setdefault(tenant_id, {})[queue_id] = None
    step.rematch.clear()
    for tenant_id, queue_ids in tenants.items():
        tenant = step.state.tenants.get(tenant_id)
        if tenant is not None and tenant.ready:
            _match(step, tenant, queue_ids)


def _match(step: Step, tenant: Tenant, queue_ids: dict[QueueId, None]) -> None:
    calls, nodes = step.state.calls, step.state.nodes

    def may_take(call_id: CallId, agent_id: AgentId) -> bool:
        call = calls[call_id]
        return nodes.get(call.node, False) and not (call.declined and declined_until(call, agent_id, step.now))

    configs = tenant.config.queues
    while tenant.ready:
        queues = [(configs[q], tenant.queues[q]) for q in queue_ids if q in configs and q in tenant.queues]
        decision = decide(queues, tenant.ready, may_take)
        if decision is None:
            return
        _offer(step, tenant, calls[decision.call_id], decision)


def _offer(step: Step, tenant: Tenant, call: Call, decision: Decision) -> None:
    queue_config = tenant.config.queues[decision.queue_id]
    assert call.customer is not None
    step.emit(fx.StopScript(call.customer, pause=True))
    call = ring_agent(
        step, call, decision.agent_id, RingKind.QUEUE, candidates=explain(decision, queue_config, tenant.agents)
    )
    step.put_queue(tenant, tenant.queues[decision.queue_id].offered(step.entry(call), decision.agent_id))
    step.put_call(replace(call, phase=Phase.RINGING))


def ring_agent(
    step: Step,
    call: Call,
    agent_id: AgentId,
    kind: RingKind,
    *,
    candidates: list[dict[str, int | str]],
    present: bool = True,
) -> Call:
    """Reserve an agent for the call and, when ``present``, ring the phone. Does not store the call."""
    ring = Ring(step.state.new_id(), kind, step.at, agent_id, presented=False)
    call = replace(call, ring=ring)
    step.fact(
        call, "offer.made", ring.leg, offer_id=ring.leg, visit_id=call.visit_id, queue_id=call.queue_id,
        agent_id=agent_id, candidates=candidates,
    )  # fmt: skip
    agent = step.agent(call.tenant_id, agent_id)
    assert agent is not None
    step.move(replace(agent, notice=""), Move.OFFERED if present else Move.RESERVED, call, ring.leg)
    return present_ring(step, call) if present else call


def present_ring(step: Step, call: Call) -> Call:
    """Ring the reserved agent's phone now: the customer's leg is at rest."""
    ring = call.ring
    assert ring is not None and ring.agent_id is not None and call.customer is not None
    tenant = step.tenant(call.tenant_id)
    agent = tenant.agents[ring.agent_id]
    queue = step.queue_config(call)
    recall = tenant.config.recall_seconds
    step.emit(
        fx.SetVariables(call.customer, {"offer": ring.leg, "agent": str(ring.agent_id)}),
        fx.Offer(
            leg=call.customer, agent_leg=ring.leg, tenant_id=call.tenant_id, agent_id=agent.agent_id,
            sip_user=agent.sip_user, timeout_seconds=recall, shown_number=call.number, shown_name=call.name,
            music=tenant.config.music, call_id=call.call_id, queue_id=call.queue_id,
            queue_name=queue.name if queue else "",
        ),
        fx.StartTimer(f"recall:{ring.leg}", recall + RECALL_GRACE),
    )  # fmt: skip
    if agent.state.value == "reserved":
        step.move(agent, Move.OFFERED, call, ring.leg)
    return replace(call, ring=replace(ring, presented=True))


# --- what comes of an offer -------------------------------------------------------------------------


def answered(step: Step, call: Call, event: LegAnswered) -> None:
    """The phone was picked up; the switch joins the two by itself."""
    assert call.ring is not None
    step.emit(fx.CancelTimer(f"recall:{call.ring.leg}"))
    step.put_call(replace(call, ring=replace(call.ring, answered=True)))


def connected(step: Step, call: Call, event: LegsBridged) -> None:
    """Caller and agent are joined: offer and visit are answered, the talk begins."""
    ring = call.ring
    assert ring is not None and ring.agent_id is not None and call.customer is not None
    step.emit(fx.CancelTimer(f"recall:{ring.leg}"), fx.CancelTimer(f"watch:{call.call_id}"))
    if call.phase is Phase.RINGING:
        step.emit(fx.StopScript(call.customer))
    step.fact(call, "offer.ended", ring.leg, offer_id=ring.leg, agent_id=ring.agent_id, outcome="answered", cause="")
    visit = call.visit_id
    call = leave_queue(step, call, "answered", agent_id=ring.agent_id)
    if ring.kind is RingKind.TRANSFER:
        step.fact(
            call, "call.transferred", ring.leg, from_agent=call.return_to, to_agent=ring.agent_id, to_queue=None,
            to_number="", mode="blind",
        )  # fmt: skip
    call = replace(call, ring=None)
    direction = "inbound" if ring.kind is RingKind.QUEUE else "transfer"
    step.put_call(begin_talk(step, call, ring.agent_id, ring.leg, direction, visit))


def not_taken(step: Step, call: Call, event: LegHungUp | AppFinished | EffectFailed) -> None:
    """The offer came to nothing, for the reason that the switch gives."""
    cause = event.reason if isinstance(event, EffectFailed) else event.cause
    if cause == CALLER_LEFT:
        return  # The caller's own hang-up is on its way, and says the rest. The agent has missed nothing.
    give_back(step, call, outcome_of(cause), cause, hang_up=False)


def recall_over(step: Step, call: Call, event: TimerFired) -> None:
    """Nobody picked up within the recall time, and the switch did not say so."""
    give_back(step, call, "no_answer", "NO_ANSWER", hang_up=True)


def give_back(step: Step, call: Call, outcome: str, cause: str, *, hang_up: bool, miss: bool = True) -> None:
    """The caller goes back to the same place; who declined is not asked again at once. Stores the call."""
    ring = call.ring
    assert ring is not None and ring.agent_id is not None and call.customer is not None and call.visit is not None
    call = drop_ring(step, call, outcome, cause, hang_up=hang_up)
    note_miss(step, call, ring.agent_id, outcome, cause, miss=miss)
    if call.overdue and call.engaged:
        let_finish(step, call)
    elif call.overdue:
        divert(step, replace(call, phase=Phase.WAITING), "unavailable", outcome="timeout")
        return
    until = step.now + timedelta(seconds=RETRY_SECONDS)
    call = replace(call, phase=Phase.WAITING, declined={**call.declined, ring.agent_id: until})
    step.put_call(call)
    tenant = step.tenant(call.tenant_id)
    assert call.visit is not None
    queue = tenant.queues.get(call.visit.queue_id)
    if queue is None or call.customer is None:
        return
    step.put_queue(tenant, queue.reopened(step.entry(call)))
    step.emit(
        fx.RunScript(call.customer, "waiting", call.tenant_id, call.visit.queue_id, resume=True),
        fx.StartTimer(f"retry:{call.call_id}", RETRY_SECONDS),
    )
    step.match_later(call.tenant_id, call.visit.queue_id)


def note_miss(step: Step, call: Call, agent_id: AgentId, outcome: str, cause: str, *, miss: bool) -> None:
    """Count a miss of the agent, who is put on break after too many in a row; a phone that is not there
    is marked so."""
    agent = step.agent(call.tenant_id, agent_id)
    if agent is None:
        return
    if cause in UNREGISTERED_CAUSES:
        step.drop(step.state.phones, agent.sip_user)
        step.put_agent(replace(agent, registered=False))
        return
    if not miss or outcome == "failed":
        return
    limit = step.config(call).misses_before_break
    agent = replace(agent, misses=agent.misses + 1)
    if 0 < limit <= agent.misses and agent.status is AgentStatus.AVAILABLE:
        agent = step.set_status(replace(agent, misses=0), AgentStatus.ON_BREAK, "system", MISSED)
    step.put_agent(agent)


def retry(step: Step, call: Call, event: TimerFired) -> None:
    """Who declined may be asked again."""
    # Monotonic timer and wall clock disagree by milliseconds: half a second early counts as due.
    soon = step.now + timedelta(seconds=0.5)
    later = {agent_id: until for agent_id, until in call.declined.items() if soon < until}
    call = replace(call, declined=later)
    step.put_call(call)
    if later:
        left = (min(later.values()) - step.now).total_seconds()
        step.emit(fx.StartTimer(f"retry:{call.call_id}", left))
    if call.visit is not None:
        step.match_later(call.tenant_id, call.visit.queue_id)
