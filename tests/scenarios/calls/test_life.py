"""Days of simulated life, by chance: customers with and without patience, agents with all kinds of manners, the
network's delays, a controller that dies now and then. What must hold of every story must hold of all of it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from app.core.definitions import CallbackOffer, Strategy
from simswitch.telephones import Behaviour
from tests.scenarios.calls.conftest import MakeOffice
from tests.scenarios.calls.office import Office
from tests.scenarios.calls.staff import AGENTS, QUEUES

TEAM = "alice bob carol dave erin"
MANNERS = (
    Behaviour(answers_after=2.0),
    Behaviour(answers_after=5.0, hangs_up_after=40.0),
    Behaviour(answers_after=1.0, hangs_up_after=15.0),
    Behaviour(refuses_after=3.0, status=486),
    Behaviour(),
)
OUTSIDE = ("01055556666", "0212340000", "0212340002", "0311234567")


class Life:
    """Lets everybody live. Every choice is drawn from ``chance``: a seed is a day."""

    def __init__(self, office: Office, seed: int) -> None:
        self.office = office
        self.chance = random.Random(seed)
        self.asked: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def live(self, seconds: float, *, callers_every: float, moves_every: float, deaths: int = 0) -> None:
        pick = self.chance
        happenings: list[tuple[float, Any]] = []
        for every, what in ((callers_every, self.customer), (moves_every, self.move), (20.0, self.manners)):
            at = pick.expovariate(1 / every)
            while at < seconds:
                happenings.append((at, what))
                at += pick.expovariate(1 / every)
        happenings += [(pick.uniform(0, seconds), self.controller_dies) for _ in range(deaths)]
        began = self.office.seconds
        for at, what in sorted(happenings, key=lambda one: one[0]):
            self.office.run_until(began + at)
            what()
            self.office.hurry()
            if self.office.controller is not None:
                self.office.controller.centre.check()
        self.office.run_until(began + seconds)

    def customer(self) -> None:
        pick = self.chance
        keys = [(pick.uniform(1, 12), pick.choice("1122239"))]
        if pick.random() < 0.1:
            keys += [(pick.uniform(15, 40), "*"), (pick.uniform(41, 50), "1")]
        self.office.call(
            f"010{pick.randrange(10_000_000, 99_999_999)}", keys=keys, patience=pick.uniform(2, 120),
            talks_for=pick.choice([None, 5.0, 20.0, 60.0]),
        )  # fmt: skip

    def manners(self) -> None:
        self.office.phones[AGENTS[self.chance.choice(TEAM.split())]].behaviour = self.chance.choice(MANNERS)

    def move(self) -> None:
        """An agent does something at the desktop or telephone, whether it makes sense now or not."""
        office, pick = self.office, self.chance
        agent_id = AGENTS[pick.choice(TEAM.split())]
        if office.controller is None:
            return
        if pick.random() < 0.15:
            office.phones[agent_id].hang_up()
            return
        target = pick.choice([a for a in AGENTS.values() if a != agent_id])
        name, arguments = pick.choice([
            ("wrap_up_done", {"status": "available"}), ("wrap_up_done", {"status": "available"}),
            ("wrap_up_done", {"status": "available"}), ("set_status", {"status": "available"}),
            ("set_status", {"status": "on_break", "reason": "x"}), ("log_out", {}), ("log_in", {}), ("log_in", {}),
            ("hold", {}), ("hold", {}), ("resume", {}), ("mute", {"on": True}), ("send_digits", {"digits": "1#"}),
            ("blind_transfer", {"target_agent": target}),
            ("blind_transfer", {"target_queue": pick.choice(list(QUEUES.values()))}),
            ("blind_transfer", {"target_number": pick.choice(OUTSIDE)}),
            ("consult", {"target_agent": target}), ("consult", {"target_number": pick.choice(OUTSIDE)}),
            ("complete_transfer", {}), ("cancel_transfer", {}), ("force_end", {}), ("reconnect", {}),
            ("hang_up", {}), ("reject", {}), ("answer", {}), ("dial", {"number": pick.choice(OUTSIDE)}),
            ("dial", {"number": office.config.agents[target].extension}),
        ])  # fmt: skip
        self.asked[name] += 1
        answer = office.ask(agent_id, name, **arguments)
        if not answer["ok"]:
            assert answer["error"] != "no_transition", (name, arguments, answer)
            self.refused[name] += 1

    def controller_dies(self) -> None:
        if self.office.controller is None:
            return
        self.office.kill_controller()
        self.office.pass_time(self.chance.uniform(0.5, 4))
        self.office.start_controller()


def day(office: MakeOffice, seed: int, **changes: Any) -> tuple[Office, Life]:
    here = office(
        at_work=TEAM, seed=seed, licences=8, recall_seconds=10,
        sales={"strategy": Strategy.LEAST_CALLS, "longest_wait_seconds": 90, "callback": CallbackOffer.BY_KEY},
        repairs={"strategy": Strategy.TOP_DOWN, "agents": "alice bob:2 carol:2 dave:3", "longest_wait_seconds": 60},
        **changes,
    )  # fmt: skip
    return here, Life(here, seed)


@pytest.mark.parametrize(("seed", "latency"), [(1, 0.0), (2, 0.004), (3, 0.03)])
def test_half_an_hour_of_life(office: MakeOffice, seed: int, latency: float) -> None:
    """Some hundred calls and a thousand clicks; no record differs from what the telephones saw."""
    here, life = day(office, seed, latency=latency, spacing=min(latency, 0.005))
    life.live(1500, callers_every=9, moves_every=3)
    here.lookback.end_story()
    facts = here.lookback.facts()
    outcomes = Counter(one.call.outcome for one in facts.values() if one.call is not None)
    assert sum(outcomes.values()) > 120 and {"connected", "queue_abandoned"} <= set(outcomes), outcomes
    queues, _ = here.lookback.reports()
    assert queues.total.total == queues.total.handled > 50
    # Most of what is clicked at random makes no sense at that moment and is refused; enough was done.
    done = {name for name in life.asked if life.asked[name] > life.refused[name]}
    assert {"log_in", "dial", "set_status"} <= done and len(done) > 6, done


@pytest.mark.parametrize("seed", [11, 12])
def test_a_while_in_which_the_controller_dies(office: MakeOffice, seed: int) -> None:
    here, life = day(office, seed, latency=0.002)
    life.live(600, callers_every=10, moves_every=5, deaths=10)


def test_a_quiet_hour_is_replayed_alike(office: MakeOffice) -> None:
    """A seed is a day: the same journal twice, so that a failure can be looked at again."""
    journals = []
    for _ in range(2):
        here, life = day(office, 5)
        life.live(300, callers_every=10, moves_every=5)
        journals.append(here.journal.lines)
        here.lookback.check()
        here.lookback.enabled = False
        here.kill_controller()
    assert journals[0] == journals[1]


def test_every_caller_counts_once(office: MakeOffice) -> None:
    """총인입 and its parts against what the callers themselves know: how each came out."""
    here = office(at_work="alice bob", status_after_call="available", sales={"longest_wait_seconds": 40})
    here.config = replace(here.config)
    for name in ("alice", "bob"):
        here.phones[AGENTS[name]].behaviour = Behaviour(answers_after=3.0)
    chance = random.Random(7)
    for _ in range(120):
        here.call(
            f"010{chance.randrange(10_000_000, 99_999_999)}", keys=[(chance.uniform(1, 6), "1")],
            patience=chance.uniform(8, 60), talks_for=chance.uniform(5, 30),
        )  # fmt: skip
        here.pass_time(chance.expovariate(1 / 8))
    here.pass_time(120)
    queues, agents = here.lookback.reports()
    (sales,) = [line for line in queues.lines if line.queue_id == QUEUES["sales"]]
    served = [caller for caller in here.callers if caller.served]
    entered = [one for one in here.lookback.facts().values() if one.visits]
    assert sales.answered == len(served) == agents.total.answered
    assert sales.total == len(entered) == sales.direct
    assert sales.answered + sales.abandoned + sales.failed == sales.total
    rung = [ring for phone in here.every_phone for ring in phone.rings]
    assert agents.total.offered == len(rung)
    heard = sum(round(r.ended - r.answered) for r in rung if r.answered and r.ended)
    assert abs(sales.talk_total - heard) <= len(served)  # each is rounded for itself
