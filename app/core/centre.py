"""The centre: all live state of the tenants that this controller owns, and the one step that changes it.

``Centre.handle`` looks an event up: a command by its type (``COMMANDS``), a leg's event by the phase of its
call and the leg's role in it (``call_table.TRANSITIONS``), a timer by the phase and the kind in its key.
Who calls it carries the effects out in order and feeds back what comes of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.core import (
    adoption,
    agent_commands,
    call_blind,
    call_dialling,
    call_reconnect,
    call_talking,
    call_transfer,
    call_waiting,
)
from app.core import effects as fx
from app.core import events as ev
from app.core import tenants as tenancy
from app.core.agent import Agent
from app.core.call import Role
from app.core.call_common import noting_end
from app.core.call_offering import make_offers
from app.core.call_table import TIMERS, TRANSITIONS, agents_of, role_of
from app.core.centre_state import NewId, State, Step
from app.core.errors import CommandRefused, NoTransition
from app.core.invariants import problems
from app.core.journal import call_fact

COMMANDS: Mapping[type[ev.Command], Callable[[Step, Agent, Any], Mapping[str, object]]] = {
    ev.LogIn: agent_commands.log_in,
    ev.LogOut: agent_commands.log_out,
    ev.SetStatus: agent_commands.set_status,
    ev.WrapUpDone: agent_commands.wrap_up_done,
    ev.Answer: agent_commands.answer,
    ev.Reject: agent_commands.reject,
    ev.HangUp: agent_commands.hang_up,
    ev.Dial: call_dialling.dial,
    ev.Hold: call_talking.hold,
    ev.Resume: call_talking.resume,
    ev.Mute: call_talking.mute,
    ev.SendDigits: call_talking.send_digits,
    ev.ForceEnd: call_talking.force_end,
    ev.Reconnect: call_reconnect.reconnect,
    ev.BlindTransfer: call_blind.blind_transfer,
    ev.Consult: call_transfer.consult,
    ev.CompleteTransfer: call_transfer.complete,
    ev.CancelTransfer: call_transfer.cancel,
}

_OWN: Mapping[type, Callable[[Step, Any], None]] = {
    ev.TenantPublished: tenancy.published,
    ev.TenantRemoved: tenancy.removed,
    ev.AgentRestored: tenancy.agent_restored,
    ev.PhoneRegistered: tenancy.phone_registered,
    ev.PhoneUnregistered: tenancy.phone_unregistered,
}

_STARTS: Mapping[type, Callable[[Step, Any], None]] = {
    ev.CallArrived: call_waiting.arrived,
    ev.ArsStep: call_waiting.ars_step_of_unknown,
    ev.CallQueued: lambda step, event: call_waiting.queued(step, None, event),
    ev.AgentDialled: call_dialling.agent_dialled,
}
"""Events that may be the first that is heard of a leg."""


NODE_RETRY_SECONDS = 2.0
"""How long a timer of a call waits for the call's node to come back."""


class Centre:
    """Live state. ``handle`` is the step: an event in, effects out; it raises having changed nothing.

    ``new_id`` draws the UUIDs of new legs: the only thing from outside that decisions take in.
    """

    def __init__(self, new_id: NewId) -> None:
        self.state = State(new_id)

    def handle(self, event: Any, now: datetime) -> list[fx.Effect]:
        """Decide what ``event`` means at ``now`` (aware) and return the effects in order.

        Raises CommandRefused (a person's command that cannot be done now; the caller replies with its
        code) and NoTransition (no row for the event in this state), both having changed nothing. A
        command that is done yields exactly one ``Reply``, the last effect. ValueError for a naive ``now``.
        """
        if now.tzinfo is None:
            raise ValueError("now must carry its time zone")
        step = Step(self.state, now, event.at if isinstance(event, ev.SwitchEvent) else now)
        try:
            self._apply(step, event)
            make_offers(step)
            return step.settle()
        except BaseException:
            step.roll_back()
            raise

    def check(self) -> None:
        """Raise AssertionError naming every invariant that does not hold. For tests and the doctor."""
        found = problems(self.state)
        if found:
            raise AssertionError("; ".join(found))

    # --- finding what an event is about -----------------------------------------------------------

    def _apply(self, step: Step, event: Any) -> None:
        if isinstance(event, ev.Command):
            self._command(step, event)
        elif isinstance(event, ev.TimerFired):
            self._timer(step, event)
        elif isinstance(event, ev.NodeUp):
            adoption.node_up(step, event, self._leg_event)
            self._tell_screens(step)
        elif isinstance(event, ev.NodeDown):
            step.set(self.state.nodes, event.node, False)
            self._tell_screens(step)
        elif (own := _OWN.get(type(event))) is not None:
            self._note_node(step, event)
            own(step, event)
        elif hasattr(event, "leg"):
            self._note_node(step, event)
            self._leg_event(step, event)
        else:
            raise NoTransition(f"{type(event).__name__} is not an event of the centre")

    def _tell_screens(self, step: Step) -> None:
        # Every tenant's view says whether the switch is up, also while nobody calls.
        for tenant_id, tenant in self.state.tenants.items():
            step.emit(fx.QueueChanged(tenant_id, next(iter(tenant.queues), 0)))

    def _note_node(self, step: Step, event: Any) -> None:
        # A node that speaks is connected, also before its snapshot has come.
        if isinstance(event, ev.SwitchEvent) and event.node and event.node not in self.state.nodes:
            step.set(self.state.nodes, event.node, True)

    def _command(self, step: Step, event: ev.Command) -> None:
        handler = COMMANDS.get(type(event))
        if handler is None:
            raise NoTransition(f"{type(event).__name__} is not a command")
        agent = step.tenant(event.tenant_id).agents.get(event.agent_id)
        if agent is None:
            raise CommandRefused("unknown_agent")
        call = self.state.calls.get(agent.call_id) if agent.call_id is not None else None
        if call is not None and not isinstance(event, ev.LogIn) and not self.state.nodes.get(call.node, False):
            raise CommandRefused("no_switch")
        data = handler(step, agent, event)
        step.touch_agent(event.tenant_id, event.agent_id)
        # Offers that the command makes possible belong before its reply.
        make_offers(step)
        step.emit(fx.Reply(event.command_id, data=data))

    def _timer(self, step: Step, event: ev.TimerFired) -> None:
        kind, _, name = event.key.partition(":")
        call = self.state.calls.get(name) or self.state.call_of(name)
        if call is None:
            return
        if not self.state.nodes.get(call.node, False):
            # Nobody knows what happens on that node meanwhile, and nothing can be done about it.
            step.emit(fx.StartTimer(event.key, NODE_RETRY_SECONDS))
            return
        if kind == "recall" and call.target != name:
            return
        handler = TIMERS.get((call.phase, kind))
        if handler is not None:
            handler(step, call, event)

    def _leg_event(self, step: Step, event: Any) -> None:
        call = self.state.call_of(event.leg)
        if call is None and isinstance(event, ev.LegsBridged | ev.LegsUnbridged):
            call = self.state.call_of(event.other)
        if call is None:
            self._unknown_leg(step, event)
            return
        role = role_of(call, event)
        handler = TRANSITIONS.get((call.phase, role, type(event)))
        if handler is None:
            raise NoTransition(f"{type(event).__name__} of the {role.value} leg while {call.phase.value}")
        before = agents_of(call)
        if isinstance(event, ev.LegHungUp) and role in (Role.CUSTOMER, Role.AGENT):
            who = "caller" if role is Role.CUSTOMER else "agent"
            call = noting_end(call, who, event.cause, event.by_far_end, event.at).without(event.leg)
        elif isinstance(event, ev.LegHungUp) and role is Role.LEAVING:
            call = call.without(event.leg)
        handler(step, call, event)
        for agent_id in before:
            step.touch_agent(call.tenant_id, agent_id)

    def _unknown_leg(self, step: Step, event: Any) -> None:
        gone = self.state.gone.get(event.leg)
        if gone is not None:
            if isinstance(event, ev.RecordingStopped):
                fact = call_fact(
                    gone.tenant_id, gone.call_id, "call.recorded", event.at, event.leg, path=event.path,
                    seconds=event.seconds, leg=event.leg,
                )  # fmt: skip
                step.emit(fx.Record(fact))
            elif isinstance(event, ev.LegAnswered):
                # Somebody picked up what was taken back: no zombie legs.
                step.emit(fx.HangUpLeg(event.leg))
            return
        start = _STARTS.get(type(event))
        if start is None:
            return
        if event.tenant_id not in self.state.tenants:
            raise NoTransition(f"tenant {event.tenant_id} is not served here")
        start(step, event)
