"""Commands arrive as JSON from the bus; what cannot be read is refused with the reason."""

import pytest

from app.controller.people import BadCommand, parse
from app.core.definitions import AgentStatus
from app.core.events import BlindTransfer, Mute, SetStatus


def test_commands_become_values():
    assert parse("c1", 7, "set_status", {"agent_id": 3, "status": "on_break", "reason": "식사"}) == SetStatus(
        "c1", 7, 3, AgentStatus.ON_BREAK, "식사"
    )
    assert parse("c2", 7, "blind_transfer", {"agent_id": 3, "target_agent": None, "target_queue": 5}) == BlindTransfer(
        "c2", 7, 3, None, 5
    )
    assert parse("c3", 7, "mute", {"agent_id": 3, "on": True}) == Mute("c3", 7, 3, True)


@pytest.mark.parametrize(
    ("name", "args", "says"),
    [
        ("explode", {}, "unknown command"),
        ("mute", {"agent_id": 3}, "missing argument 'on'"),
        ("mute", {"agent_id": 3, "on": "yes"}, "on must be a bool"),
        ("hold", {"agent_id": True}, "agent_id must be a int"),
        ("hold", {"agent_id": 3, "tenant_id": 9}, "unknown argument 'tenant_id'"),
        ("hold", {"agent_id": 3, "command_id": "x"}, "unknown argument 'command_id'"),
        ("set_status", {"agent_id": 3, "status": "asleep"}, "status must be one of"),
        ("dial", {"agent_id": 3, "number": "0" * 201}, "too long"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(name, args, says):
    with pytest.raises(BadCommand, match=says):
        parse("c", 7, name, args)
