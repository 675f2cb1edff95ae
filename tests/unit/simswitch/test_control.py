"""Telephones played from outside: the ``sim`` command."""

from __future__ import annotations

import json

import pytest

from tests.scenarios.simswitch_harness import DID, Lab


def test_a_call_is_played_from_outside(lab: Lab) -> None:
    assert lab.api("sim plug demo-1001") == "+OK demo-1001\n"
    uuid = lab.api(f"sim call {DID} 01012345678 name=%ED%99%8D keys=0.5:1 patience=60").split()[1]
    lab.pass_time(0.6)
    park = lab.one("CHANNEL_PARK")
    assert (park["Unique-ID"], park["Caller-Caller-ID-Name"]) == (uuid, "홍")
    lab.api(f"sched_del {uuid}")
    lab.run(uuid, "bridge", "{origination_uuid=agent}user/demo-1001@sangdam.local")
    lab.pass_time(1)
    assert lab.api("sim lift demo-1001") == "+OK demo-1001\n"
    lab.pass_time(0.1)
    seen = json.loads(lab.api("sim look demo-1001").removeprefix("+OK "))
    assert seen["legs"] == [{"uuid": "agent", "answered": True, "talks_to": uuid}]
    lab.api(f"sim press {uuid} 12")
    lab.pass_time(0.1)
    assert json.loads(lab.api("sim look demo-1001").removeprefix("+OK "))["heard"] == ["1", "2"]
    lab.api(f"sim hangup {uuid}")
    lab.pass_time(0.1)
    assert lab.one("CHANNEL_HANGUP_COMPLETE", of=uuid)["variable_sip_hangup_disposition"] == "recv_bye"


def test_a_phone_with_manners(lab: Lab) -> None:
    lab.api("sim plug demo-1001 refuses_after=2 status=486")
    caller = lab.queued()
    lab.run(caller.channel.uuid, "set", "continue_on_fail=true")
    lab.run(caller.channel.uuid, "bridge", "user/demo-1001@sangdam.local")
    lab.pass_time(3)
    assert caller.channel.variables["originate_disposition"] == "USER_BUSY"
    lab.api("sim unplug demo-1001")
    assert lab.api("sim lift demo-1001") == "-ERR demo-1001 is not registered\n"


@pytest.mark.parametrize(
    "line",
    [
        "sim", "sim fly", "sim call", "sim call 07040000001 010 patience=long", "sim call 07040000001 010 wings=2",
        "sim plug nobody", "sim plug demo-1001 temper=bad", "sim press nobody 1",
        "sim hangup nobody", "sim plug demo-1001 x",
    ],
)  # fmt: skip
def test_nonsense_is_refused_and_nothing_done(lab: Lab, line: str) -> None:
    assert lab.api(line).startswith(("-ERR", "-USAGE"))
    assert not lab.switch.channels and not lab.switch.phones.all()
