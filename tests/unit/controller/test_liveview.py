"""What screens are told: each change once, and again after a Redis that was away."""

from __future__ import annotations

from collections.abc import Sequence

from app.controller.liveview import RETRY_SECONDS, SNAPSHOT_INTERVAL, LiveView
from app.ports import View


class Feed:
    def __init__(self) -> None:
        self.away = False
        self.told: list[str] = []

    def publish(self, agents: Sequence[View], snapshots: Sequence[View]) -> None:
        if self.away:
            raise ConnectionError("Redis does not answer")
        self.told += [f"agent {agent['id']}" for _, agent in agents]
        self.told += [f"tenant {tenant_id}" for tenant_id, _ in snapshots]


def view_of(feed: Feed) -> LiveView:
    return LiveView(feed, lambda tenant_id, agent_id: {"id": agent_id}, lambda tenant_id: {})


def test_agents_at_once_and_tenants_four_times_a_second() -> None:
    feed = Feed()
    view = view_of(feed)
    view.agent_changed(1, 5)
    assert view.next_due(10.0) == 10.0
    view.publish(10.0)
    assert feed.told == ["agent 5", "tenant 1"]
    view.tenant_changed(1)
    view.publish(10.1)
    assert feed.told == ["agent 5", "tenant 1"]
    assert view.next_due(10.1) == 10.0 + SNAPSHOT_INTERVAL
    view.publish(10.0 + SNAPSHOT_INTERVAL)
    assert feed.told[2:] == ["tenant 1"]
    assert view.next_due(11.0) is None


def test_what_a_redis_that_was_away_did_not_hear_is_told_when_it_is_back() -> None:
    feed = Feed()
    view = view_of(feed)
    feed.away = True
    view.agent_changed(1, 5)
    view.agent_changed(1, 6)
    view.publish(10.0)
    assert view.next_due(10.0) == 10.0 + RETRY_SECONDS  # not again and again meanwhile
    view.agent_changed(2, 7)
    view.publish(10.0 + RETRY_SECONDS)
    feed.away = False
    view.publish(10.0 + RETRY_SECONDS)  # too early again: nothing is tried
    assert feed.told == []
    view.publish(10.0 + 2 * RETRY_SECONDS)
    assert sorted(feed.told) == ["agent 5", "agent 6", "agent 7", "tenant 1", "tenant 2"]
    assert view.next_due(20.0) is None
