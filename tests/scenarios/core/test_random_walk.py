"""Whatever happens in whatever order, the centre loses no call, doubles no agent and ends what it began."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core import events as ev
from app.core.definitions import AgentState, AgentStatus, TenantConfig
from tests.scenarios.core.pretendswitch import Played
from tests.scenarios.core.table import (
    AGENTS,
    NODE,
    QUEUES,
    TENANT,
    assert_sums,
    config,
    queue,
    without_wrap_up,
)

Action = Callable[[], None]
QUIET = (ev.LogIn, ev.LogOut, ev.Answer, ev.Reject, ev.HangUp, ev.Hold, ev.Resume, ev.CompleteTransfer,
         ev.CancelTransfer, ev.ForceEnd, ev.Reconnect)  # fmt: skip


class Walk(Played):
    """A story that nobody wrote: every number chosen picks one of the things that can happen now."""

    def __init__(self, tenant: TenantConfig) -> None:
        self.callers = 0
        self.reconnected = False
        super().__init__(tenant)

    def possible(self) -> list[Action]:
        switch, now = self.switch, self.now
        acts: list[Action] = [self._arrives] * 8 + [self._waits] * 6 + [self._waits_long] * 2
        if switch.due:
            acts += [self._next_event] * 60 + [self._next_event_twice] * 4
        for leg in list(switch.legs.values()):
            if leg.state == "ringing":
                acts += [
                    *[lambda x=leg.leg: switch.answer(x, now)] * 12,
                    lambda x=leg.leg: switch.hang_up(x, "CALL_REJECTED", now, True),
                    lambda x=leg.leg: switch.hang_up(x, "USER_NOT_REGISTERED", now, False),
                ]
            else:
                acts.append(lambda x=leg.leg: switch.hang_up(x, "NORMAL_CLEARING", now, True))
        for name in AGENTS:
            acts += [
                lambda n=name, k=kind: self.command(k, n)
                for kind in QUIET
                if kind is not ev.LogOut or now.second % 8 == 0
            ]
            acts += [lambda n=name, s=s: self.command(ev.SetStatus, n, s) for s in list(AgentStatus)[1:]]
            acts += [lambda n=name, s=s: self.command(ev.WrapUpDone, n, s) for s in list(AgentStatus)[1:3]]
            acts += [lambda n=name, o=o: self.command(ev.Consult, n, target_agent=o) for o in AGENTS.values()]
            acts += [
                lambda n=name, o=o: self.command(ev.BlindTransfer, n, target_agent=o) for o in AGENTS.values()
            ]
            acts += [
                lambda n=name, q=q: self.command(ev.BlindTransfer, n, target_queue=q) for q in QUEUES.values()
            ]
            acts += [
                lambda n=name: self.command(ev.Consult, n, target_number="0212345678"),
                lambda n=name: self.command(ev.BlindTransfer, n, target_number="0212345678"),
                lambda n=name: self.command(ev.Dial, n, "01099998888"),
                lambda n=name: self.command(ev.Dial, n, "1002"),
                lambda n=name: self._dials(n),
                lambda n=name: self.tell(ev.PhoneUnregistered(NODE, now, f"demo-100{AGENTS[n]}")),
                lambda n=name: self.tell(ev.PhoneRegistered(NODE, now, f"demo-100{AGENTS[n]}")),
            ]
        for leg in [x for x in switch.legs if x.startswith("c")]:
            acts.append(
                lambda x=leg: self.tell(ev.ScriptEnded(x, "waiting", "callback", {"number": "01011112222"}))
            )
            acts += [lambda x=leg, on=on: self.tell(ev.ScriptEngaged(x, on)) for on in (True, False)]
        acts += [self._reconnects, self._takes_over]
        return acts

    def _arrives(self) -> None:
        self.callers += 1
        queue_id = list(QUEUES.values())[self.callers % 2]
        self.switch.arrive(f"c{self.callers}", "01012345678", TENANT, queue_id, self.now)

    def _dials(self, name: str) -> None:
        self.callers += 1
        self.switch.dial(f"d{self.callers}", AGENTS[name], "01077776666", TENANT, self.now)

    def _waits(self) -> None:
        self.pass_until(self.now + timedelta(seconds=1.5))

    def _waits_long(self) -> None:
        self.pass_until(self.now + timedelta(seconds=35))

    def _next_event(self) -> None:
        self.tell(self.switch.due.pop(0))

    def _next_event_twice(self) -> None:
        event = self.switch.due.pop(0)
        self.tell(event)
        self.tell(event)

    def _reconnects(self) -> None:
        """The connection was lost with the events under way; the snapshot tells the rest. What ended
        meanwhile is told by the call detail records, so the sums are not made up then."""
        self.reconnected = True
        self.switch.due.clear()
        self.tell(ev.NodeDown(NODE, self.now, "lost"))
        legs = self.switch.snapshot()
        self.tell(ev.NodeUp(NODE, self.now, "core-1", False, legs, self.phones()))

    def _takes_over(self) -> None:
        """Another controller, which knows only the node's legs and the agents' last statuses."""
        self.reconnected = True
        before = self.centre.state
        waiting = {q.queue_id: [e.call_id for e in q.waiting] for q in before.tenants[TENANT].queues.values()}
        talking = [leg for leg in self.switch.legs.values() if leg.state == "bridged"]
        undelivered = bool(self.switch.due)
        self.switch.due.clear()
        self.taken_over()
        if undelivered:
            return  # what was under way may rightly have changed the picture
        for leg in talking:
            assert leg.leg in self.switch.legs, f"{leg} talked and was cut off by the takeover"
        after = self.centre.state.tenants[TENANT].queues
        for queue_id, order in waiting.items():
            now = [e.call_id for e in after[queue_id].waiting]
            assert [c for c in now if c in order] == [c for c in order if c in now], "places were lost"

    def settle_down(self) -> None:
        """Everybody hangs up; whatever is under way arrives; time passes."""
        for _ in range(20):
            for leg in list(self.switch.legs):
                self.switch.hang_up(leg, "NORMAL_CLEARING", self.now, True)
            self.deliver()
            self.pass_until(self.now + timedelta(seconds=20))
            if not self.switch.legs and not self.switch.due and not self.centre.state.calls:
                return


TENANTS = [
    config(queue("sales"), queue("service", "bob carol", priority=3, longest_wait_seconds=90)),
    without_wrap_up(queue("sales"), queue("service", "alice carol:2", longest_wait_seconds=60)),
]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 1), st.lists(st.integers(0, 9999), min_size=5, max_size=120))
def test_nothing_is_lost_and_nothing_is_doubled(which: int, choices: list[int]) -> None:
    walk = Walk(TENANTS[which])
    for number in choices:
        acts = walk.possible()
        acts[number % len(acts)]()
        walk.pass_until(walk.now + timedelta(milliseconds=10))
    walk.settle_down()
    assert not walk.centre.state.calls, f"calls that never ended: {walk.centre.state.calls}"
    for agent in walk.centre.state.tenants[TENANT].agents.values():
        assert agent.state is AgentState.IDLE and agent.call_id is None
    if not walk.reconnected:
        assert_sums(walk.facts)
