"""Who gets which call: the strategies and their reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.core.agent import TRANSITIONS, Agent, Move
from app.core.definitions import AgentState, AgentStatus, QueueConfig, Strategy
from app.core.errors import NoTransition
from app.core.matching import EXPLAINED, decide, explain
from app.core.queues import Queue, Waiting

T = datetime(2026, 3, 2, tzinfo=UTC)


def agent(number: int, idle_minutes: float = 0, answered: int = 0, **more: object) -> Agent:
    since = T - timedelta(minutes=idle_minutes)
    ready = Agent(1, number, f"u{number}", T, T, since, status=AgentStatus.AVAILABLE, registered=True)
    return replace(ready, answered=answered, **more)


def config(strategy: Strategy = Strategy.LONGEST_IDLE, **tiers: int) -> QueueConfig:
    return QueueConfig(10, "sales", strategy=strategy, tiers={int(k[1:]): v for k, v in tiers.items()})


def one_waits(last_agent: int | None = None) -> Queue:
    return replace(Queue(10).entered(Waiting(0, T, "c1")), last_agent=last_agent)


def chosen(queue_config: QueueConfig, *agents: Agent, last: int | None = None) -> int | None:
    ready = {a.agent_id: a for a in agents if a.ready}
    decision = decide([(queue_config, one_waits(last))], ready, lambda call, agent_id: True)
    return decision.agent_id if decision else None


TEAM = (agent(1, idle_minutes=1, answered=5), agent(2, idle_minutes=9, answered=9), agent(3, idle_minutes=4))


@pytest.mark.parametrize(
    ("strategy", "last", "expected"),
    [
        (Strategy.LONGEST_IDLE, None, 2),
        (Strategy.LEAST_CALLS, None, 3),
        (Strategy.TOP_DOWN, None, 1),
        (Strategy.TOP_DOWN, 1, 1),
        (Strategy.ROUND_ROBIN, None, 1),
        (Strategy.ROUND_ROBIN, 1, 2),
        (Strategy.ROUND_ROBIN, 2, 3),
        (Strategy.ROUND_ROBIN, 3, 1),
    ],
)
def test_strategies(strategy: Strategy, last: int | None, expected: int) -> None:
    assert chosen(config(strategy, a1=1, a2=1, a3=1), *TEAM, last=last) == expected


@pytest.mark.parametrize("strategy", list(Strategy))
def test_a_lower_level_is_always_asked_first(strategy: Strategy) -> None:
    assert chosen(config(strategy, a1=2, a2=2, a3=1), *TEAM) == 3
    assert chosen(config(strategy, a1=2, a2=3), *TEAM) == 1


def test_only_assigned_agents() -> None:
    assert chosen(config(a9=1), *TEAM) is None


def test_the_oldest_of_the_highest_priority_over_several_queues() -> None:
    low = Queue(10).entered(Waiting(0, T, "old"))
    high = Queue(11).entered(Waiting(-5, T + timedelta(minutes=1), "new"))
    configs = [(config(a1=1), low), (replace(config(a1=1), queue_id=11), high)]
    decision = decide(configs, {1: agent(1)}, lambda call, agent_id: True)
    assert decision is not None and (decision.call_id, decision.queue_id) == ("new", 11)
    # Whoever may not take that one gets the other.
    decision = decide(configs, {1: agent(1)}, lambda call, agent_id: call != "new")
    assert decision is not None and decision.call_id == "old"


def test_every_reason_is_told() -> None:
    queue_config = config(a1=1, a2=1, a3=1, a4=2, a5=1, a6=1, a7=1, a8=1)
    everybody = {
        **{a.agent_id: a for a in TEAM},
        4: agent(4),
        5: agent(5, status=AgentStatus.ON_BREAK),
        6: agent(6, state=AgentState.ON_CALL, call_id="x"),
        7: agent(7, registered=False),
        8: agent(8),
    }
    ready = {n: a for n, a in everybody.items() if a.ready}
    decision = decide([(queue_config, one_waits())], ready, lambda call, agent_id: agent_id != 8)
    assert decision is not None
    assert {row["agent_id"]: row["reason"] for row in explain(decision, queue_config, everybody)} == {
        2: "chosen", 3: "less_idle", 1: "less_idle", 4: "lower_tier", 5: "on_break", 6: "on_call",
        7: "not_registered", 8: "declined",
    }  # fmt: skip


def test_a_large_team_is_explained_in_part() -> None:
    team = {n: agent(n) for n in range(1, 1001)}
    queue_config = QueueConfig(10, "sales", tiers=dict.fromkeys(team, 1))
    decision = decide([(queue_config, one_waits())], team, lambda call, agent_id: True)
    assert decision is not None and len(explain(decision, queue_config, team)) == EXPLAINED


def test_a_place_in_the_queue_is_kept_while_a_phone_rings() -> None:
    entries = [Waiting(0, T + timedelta(seconds=s), f"c{s}") for s in (3, 1, 2)]
    queue = Queue(10)
    for entry in entries:
        queue = queue.entered(entry).entered(entry)
    assert [e.call_id for e in queue.waiting] == ["c1", "c2", "c3"]
    ringing = queue.offered(entries[1], 7)
    assert [e.call_id for e in ringing.open] == ["c2", "c3"] and ringing.position(entries[1]) == 1
    assert [e.call_id for e in ringing.reopened(entries[1]).open] == ["c1", "c2", "c3"]
    assert ringing.left(entries[1]).left(entries[1]).position(entries[2]) == 1
    assert queue.left(entries[1]).position(entries[1]) == 0


def test_an_agents_state_moves_by_its_table_only() -> None:
    for state in AgentState:
        for move in Move:
            one = agent(1, state=state)
            if (state, move) in TRANSITIONS:
                assert one.moved(move, T).state is TRANSITIONS[state, move]
            else:
                with pytest.raises(NoTransition):
                    one.moved(move, T)
