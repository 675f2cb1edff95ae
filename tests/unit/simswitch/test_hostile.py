"""Nothing that a caller controls is ever expanded, executed, or taken for another header."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.simswitch_harness import DID, XML, Lab

HOSTILE = [
    "${system(touch /tmp/x)}",
    "$${domain}",
    "${sangdam_tenant}",
    "a\nUnique-ID: other",
    "a%0AUnique-ID%3A%20other",
    "a\r\n\r\nContent-Length: 0\r\n\r\n",
    "{x=1}[y=2]<z=3>,|:_:^^:'\"\\",
    "&hangup()",
    "한글 이름 \U0001f4de",
    "x" * 5000,
    "=cmd|' /C calc'!A0",
    "\x01\x02\x7f",
    "\ud800",
]


@pytest.mark.parametrize("form", ["json", "plain"])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_and_number_go_to_the_queue_as_they_are(tmp_path: Path, form: str, text: str) -> None:
    lab = Lab(form=form, cdr_dir=tmp_path)
    leg = lab.switch.call(
        DID, number=text, name=text, keys=[(0.5, "1")], variables={"sip_h_X-Evil": text}
    ).channel
    lab.pass_time(0.6)
    lab.api(f"sched_del {leg.uuid}")
    park = lab.one("CHANNEL_PARK")
    shown = text.encode("utf-8", "replace").decode()
    assert park["Caller-Caller-ID-Name"] == shown
    # A variable is never given a value that looks like a variable (switch_channel_set_variable_var_check).
    assert park.get("variable_sip_h_X-Evil") == (None if "${" in text else shown)
    assert {event["Unique-ID"] for event in lab.events if "Unique-ID" in event} == {leg.uuid}
    lab.run(leg.uuid, "log", "${caller_id_name}")
    assert lab.seen("CHANNEL_EXECUTE")[-1]["Application-Data"] == "${caller_id_name}"
    lab.run(leg.uuid, "set", "copy=${caller_id_name}")
    assert "copy" not in leg.variables  # FreeSWITCH refuses such a value
    assert not lab.switch.expansions and not lab.switch.system_calls
    assert lab.api(f"uuid_dump {leg.uuid} json") and lab.api("show channels as json")
    lab.api(f"uuid_kill {leg.uuid}")
    lab.pass_time(0.1)
    record = json.loads((tmp_path / f"{leg.uuid}.cdr.json").read_text("utf-8"))
    assert record["callflow"][0]["caller_profile"]["caller_id_name"] == shown


def test_without_the_hardening_it_would_be_expanded() -> None:
    """The test above can fail: this is what the switch does when it is not told to leave texts alone."""
    lab = Lab(XML.replace('<action application="set" data="app_disable_expand_variables=true"/>', ""))
    leg = lab.queued(name="${system(touch /tmp/x)}").channel
    lab.run(leg.uuid, "set", "copy=${caller_id_name}")
    lab.pass_time(0.1)
    assert lab.switch.system_calls == ["touch /tmp/x"]
    assert leg.variables.get("copy", "") == ""


@pytest.mark.parametrize("number", ["${x}", "a b", "1\n2", "07040000001\n", "(", "'"])
def test_a_hostile_dialled_number_is_refused(lab: Lab, number: str) -> None:
    leg = lab.switch.call(number).channel
    lab.pass_time(0.1)
    if number == "07040000001\n":
        # $ matches before a last line feed, as PCRE's does: the product's own expression forbids it.
        assert leg.up
    else:
        assert lab.one("CHANNEL_HANGUP_COMPLETE", of=leg.uuid)["Hangup-Cause"] == "UNALLOCATED_NUMBER"


@pytest.mark.parametrize("digits", ["A", "D", "**##", "0" * 40])
def test_odd_keys_are_keys(lab: Lab, digits: str) -> None:
    leg = lab.queued().channel
    for digit in digits:
        leg.far_digit(digit)
    lab.pass_time(0.1)
    assert "".join(event["DTMF-Digit"] for event in lab.seen("DTMF"))[1:] == digits
    assert leg.parked
