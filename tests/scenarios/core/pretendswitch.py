"""The least switch that a centre can be played against: legs that ring, join, rest and go, and the events
they cause, to be delivered when the test pleases (late, twice, or after what they cross)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core import effects as fx
from app.core import events as ev
from app.core.definitions import TenantConfig
from tests.scenarios.core.table import AGENTS, NODE, QUEUES, TENANT, Story


@dataclass
class PretendLeg:
    """One leg: dialplan, ringing, parked or bridged."""

    leg: str
    state: str
    created: datetime
    base: str = ""  # on which leg the bridge runs that rings this one
    other: str = ""
    answered: datetime | None = None
    destination: str = ""


class PretendSwitch:
    """Carries effects out at once; ``due`` holds the events not yet delivered, in order."""

    def __init__(self) -> None:
        self.legs: dict[str, PretendLeg] = {}
        self.variables: dict[str, dict[str, str]] = {}
        self.due: list[ev.SwitchEvent] = []
        self.known = 0

    # --- what telephones do -------------------------------------------------------------------------

    def arrive(self, leg: str, number: str, tenant: int, queue: int, at: datetime) -> None:
        self.legs[leg] = PretendLeg(leg, "parked", at, answered=at)
        self.variables[leg] = {"tenant": str(tenant), "role": "caller", "step": "queue", "queue": str(queue)}
        self.due.append(ev.CallArrived(NODE, at, leg, tenant, "07040000001", number, ""))
        self.due.append(ev.CallQueued(NODE, at, leg, tenant, queue, "07040000001", number, "", at))

    def dial(self, leg: str, agent: int, number: str, tenant: int, at: datetime) -> None:
        self.legs[leg] = PretendLeg(leg, "parked", at, answered=at, destination=number)
        self.variables[leg] = {"tenant": str(tenant), "role": "agent", "agent": str(agent), "step": "dial"}
        self.due.append(ev.AgentDialled(NODE, at, leg, tenant, agent, number))

    def answer(self, leg: str, at: datetime) -> None:
        this = self.legs[leg]
        this.answered = at
        self.due.append(ev.LegAnswered(NODE, at, leg))
        base = self.legs.get(this.base)
        if this.base == "":
            this.state = "parked"
            self.due.append(ev.LegParked(NODE, at, leg))
        elif base is not None:
            self._bridge(base, this, at)

    def hang_up(self, leg: str, cause: str, at: datetime, by_far_end: bool) -> None:
        """A leg goes, with what hangs on it: its bridge, and the phones that ring for it."""
        this = self.legs.pop(leg, None)
        if this is None:
            return
        self.due.append(ev.LegHungUp(NODE, at, leg, cause, by_far_end))
        if this.state == "ringing" and this.base in self.legs:
            self.due.append(ev.AppFinished(NODE, at, this.base, leg, "bridge", cause))
        other = self.legs.get(this.other)
        if other is not None and other.other == leg:
            self.due.append(ev.LegsUnbridged(NODE, at, other.leg, leg))
            other.other = ""
            if other.base == leg and other.leg in self.legs:
                self.hang_up(other.leg, "NORMAL_CLEARING", at, False)
            else:
                other.state = "parked"
        for ringing in [x for x in self.legs.values() if x.base == leg and x.state == "ringing"]:
            self.hang_up(ringing.leg, "ORIGINATOR_CANCEL", at, False)

    # --- what effects do -------------------------------------------------------------------------------

    def perform(self, effect: fx.Effect, at: datetime) -> None:
        match effect:
            case fx.Offer(leg=leg, agent_leg=new) | fx.CallOut(leg=leg, new_leg=new):
                if leg not in self.legs:
                    self.due.append(ev.EffectFailed(NODE, at, leg, new, "No such channel!"))
                    return
                self.legs[new] = PretendLeg(new, "ringing", at, base=leg)
                role = effect.role if isinstance(effect, fx.CallOut) else "agent"
                self.variables[new] = {"tenant": str(effect.tenant_id), "call": effect.call_id, "role": role}
                if isinstance(effect, fx.Offer):
                    self.variables[new] |= {"agent": str(effect.agent_id), "offer": new}
            case fx.CallAgent(agent_leg=new):
                self.legs[new] = PretendLeg(new, "ringing", at)
                self.variables[new] = {
                    "tenant": str(effect.tenant_id), "call": effect.call_id, "role": effect.role,
                    "agent": str(effect.agent_id),
                }  # fmt: skip
            case fx.SetVariables(leg=leg, variables=values) | fx.Adopt(leg=leg, variables=values):
                self.variables.setdefault(leg, {}).update(values)
            case fx.HangUpLeg(leg=leg, cause=cause):
                self.hang_up(leg, cause, at, False)
            case fx.Join(leg=leg, other=other):
                one, two = self.legs.get(leg), self.legs.get(other)
                if one is None or two is None:
                    self.due.append(ev.EffectFailed(NODE, at, leg, "", "No such channel!"))
                    return
                self._part(one, at)
                self._part(two, at)
                self._bridge(one, two, at)
            case fx.Part(leg=leg, keep=keep):
                one = self.legs.get(leg)
                if one is not None:
                    self._part(one, at, keep)
            case fx.Divert(leg=leg):
                one = self.legs.get(leg)
                if one is not None:
                    self._part(one, at, (leg,))
                    one.state = "dialplan"
                    self.variables[leg]["step"] = "diverted"

    def _bridge(self, one: PretendLeg, two: PretendLeg, at: datetime) -> None:
        one.state = two.state = "bridged"
        one.other, two.other = two.leg, one.leg
        self.due.append(ev.LegsBridged(NODE, at, one.leg, two.leg))

    def _part(self, one: PretendLeg, at: datetime, keep: tuple[str, ...] = ()) -> None:
        """Out of the bridge: kept legs rest, a partner that is not kept ends with the bridge."""
        two = self.legs.get(one.other)
        one.other, one.state, one.base = "", "parked", ""
        if two is not None and two.other == one.leg:
            two.other, two.base = "", ""
            two.state = "parked"
            self.due.append(ev.LegsUnbridged(NODE, at, one.leg, two.leg))
            if two.leg in keep:
                self.due.append(ev.LegParked(NODE, at, two.leg))
            elif keep:
                self.hang_up(two.leg, "NORMAL_CLEARING", at, False)
        if one.leg in keep:
            self.due.append(ev.LegParked(NODE, at, one.leg))

    def snapshot(self) -> tuple[ev.LegSnapshot, ...]:
        """What a reconnecting adapter would read."""
        return tuple(
            ev.LegSnapshot(
                x.leg, x.other or None, x.state, x.created, x.answered, "01012345678", "", x.destination,
                dict(self.variables.get(x.leg, {})),
            )
            for x in self.legs.values()
        )  # fmt: skip


class Played(Story):
    """A story played against the pretend switch: effects are carried out, events wait in ``switch.due``."""

    def __init__(self, tenant: TenantConfig | None = None, available: str = "alice bob carol") -> None:
        self.switch = PretendSwitch()
        super().__init__(tenant, available)

    def _take(self, effect: fx.Effect) -> None:
        super()._take(effect)
        if isinstance(effect, fx.Offer):
            living = [x for x in self.switch.legs.values() if x.base == effect.leg and x.state == "ringing"]
            assert not living, f"{effect.leg} is offered while {living} rings"
        self.switch.perform(effect, self.now)

    def deliver(self) -> None:
        """Deliver all that is due, a millisecond apart."""
        while self.switch.due:
            self.tell(self.switch.due.pop(0))
            self.now += timedelta(milliseconds=1)

    def queues(self, leg: str, name: str = "sales") -> None:
        """A caller arrives in a queue."""
        self.switch.arrive(leg, "01012345678", TENANT, QUEUES[name], self.now)
        self.deliver()

    def answers(self, name: str) -> None:
        """The phone that is called ``name`` is picked up."""
        self.switch.answer(self.leg(name), self.now)
        self.deliver()

    def hangs_up(self, name: str) -> None:
        self.switch.hang_up(self.leg(name), "NORMAL_CLEARING", self.now, True)
        self.deliver()

    def asks(self, text: str) -> None:
        """A command in the little language, and what comes of it."""
        self.sentence(text)
        self.deliver()

    def phones(self) -> frozenset[str]:
        return frozenset(f"demo-100{number}" for number in AGENTS.values())

    def taken_over(self) -> list[fx.Effect]:
        """Another controller takes over, knowing only the legs on the node and the agents' last statuses.
        Returns what it does about the legs."""
        agents = list(self.centre.state.tenants[TENANT].agents.values())
        self.timers.clear()
        self.centre = self.new_centre()
        self.tell(ev.TenantPublished(self.config))
        for agent in agents:
            self.tell(
                ev.AgentRestored(
                    TENANT, agent.agent_id, agent.status, agent.reason, agent.status_since, agent.wrap_up_call
                )
            )
        self.log.clear()
        return self.tell(ev.NodeUp(NODE, self.now, "core-1", False, self.switch.snapshot(), self.phones()))
