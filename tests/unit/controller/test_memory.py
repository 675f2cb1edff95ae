"""What the agents had chosen outlives the controller."""

from datetime import UTC, datetime

from app.controller.memory import AgentMemory
from app.core.definitions import AgentStatus
from app.core.events import AgentRestored


class Feed:
    def __init__(self, *views):
        self.views = views

    def remembered_agents(self, tenant_ids):
        return [(tenant_id, view) for tenant_id in tenant_ids for view in self.views]

    def publish(self, agents, snapshots):
        self.views += tuple(view for _, view in agents)


def test_an_agents_break_and_the_call_being_written_up_are_told_to_the_next_controller():
    memory = AgentMemory(Feed())
    since = "2026-11-23T09:00:00+00:00"
    memory.publish(
        [
            (7, {"id": 3, "status": "on_break", "reason": "식사", "status_since": since}),
            (7, {"id": 4, "status": "wrap_up", "status_since": since, "wrap_up_call": "c1"}),
        ],
        [],
    )
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert list(memory.restored([7])) == [
        AgentRestored(7, 3, AgentStatus.ON_BREAK, "식사", at),
        AgentRestored(7, 4, AgentStatus.WRAP_UP, "", at, "c1"),
    ]


def test_a_view_that_cannot_be_read_costs_only_that_agent():
    good = {"id": 4, "status": "available", "status_since": "2026-11-23T09:00:00+00:00"}
    memory = AgentMemory(Feed({"id": 3, "status": "asleep", "status_since": "x"}, good))
    assert [restored.agent_id for restored in memory.restored([7])] == [4]
