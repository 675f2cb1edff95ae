"""What callers and agents control stays data, from the wire to the records: one command is one command, no
identity is overwritten, nothing is expanded or executed."""

from __future__ import annotations

import re

import pytest

from tests.scenarios.calls.conftest import MakeOffice
from tests.scenarios.calls.office import Office
from tests.scenarios.calls.staff import AGENTS
from tests.scenarios.calls.story import Story

FORGED = "11111111-2222-3333-4444-555555555555"
CORPUS = {
    "newline": f"Bob\nUnique-ID: {FORGED}\n",
    "percent": f"Bob%0AUnique-ID%3A%20{FORGED}%0A",
    "crlf": f"Bob\r\nUnique-ID: {FORGED}\r\n\r\n",
    "variable header": "x\nvariable_sangdam_tenant: 99\nvariable_sangdam_agent: 99",
    "api": "x\n\napi system touch /tmp/trap\n\n",
    "system": "${system(touch /tmp/trap)}",
    "nested": "$${system(touch /tmp/trap)}",
    "variable": "${sangdam_tenant}",
    "dial string": f"x,[origination_uuid={FORGED}]user/demo-1003@sangdam.local",
    "braces": "{sangdam_tenant=99,execute_on_answer='system touch /tmp/trap'}",
    "brackets": "[a]<b>(c)|d:_:e^^;f",
    "quotes": "a'b\"c\\d`e",
    "json": '{"id": "x"}, null]',
    "sql": "'; DROP TABLE calls; --",
    "spreadsheet": "=cmd|' /C calc'!A0",
    "long": "9" * 300,
    "korean": "홍길동 고객님",
    "direction": "\u202eevil\u2066x",
    "control": "\x01\x02\x7f",
}
COMMAND = re.compile(rb"(api|bgapi|sendmsg|filter|event|auth) ")


def commands(here: Office) -> list[str]:
    """Every command that the controller has written; each must be exactly one."""
    for data in here.said:
        assert COMMAND.match(data), data
        head, _, body = data.partition(b"\n\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        assert len(body.rstrip(b"\n")) <= (int(length[1]) if length else 0), data
        assert b"\r" not in head and b"\x00" not in head
    return [data.decode() for data in here.said]


def nothing_was_run(here: Office) -> None:
    assert not here.switch.system_calls
    # What the dialplan itself asks for (the day in a recording's path) is all that may be expanded.
    assert {name for name, _ in here.switch.expansions} <= {"strftime_tz"}
    assert FORGED not in here.switch.channels
    assert FORGED not in here.lookback.tape.ears


@pytest.mark.parametrize("kind", CORPUS)
@pytest.mark.parametrize("place", ["name", "number", "header"])
def test_a_hostile_caller_is_only_a_caller(office: MakeOffice, kind: str, place: str) -> None:
    text = CORPUS[kind]
    here = office(at_work="alice")
    given = {
        "name": {"name": text},
        "number": {"number": text},
        "header": {"variables": {"sip_h_X-Sangdam-Auto-Answer": text, "sip_h_X-Evil": text}},
    }[place]
    caller = here.call(**{"number": "01012345678", **given}, keys=[(4, "1")])
    here.pass_time(9)
    assert here.view(AGENTS["alice"])["state"] == "ringing"
    shown = here.view(AGENTS["alice"])["call"]
    here.phones[AGENTS["alice"]].lift()
    here.pass_time(1)
    here.do(AGENTS["alice"], "hold")
    here.pass_time(2)
    here.do(AGENTS["alice"], "resume")
    here.pass_time(2)
    agents_leg = here.phones[AGENTS["alice"]].rings[0].channel
    caller.hang_up()
    here.pass_time(1)
    facts = here.lookback.of(caller)
    assert facts.call is not None
    assert (facts.call.outcome, facts.call.tenant_id, facts.call.agent_id) == ("connected", 1, AGENTS["alice"])
    assert re.fullmatch(r"\+?[0-9*#]{0,20}", facts.call.number)
    assert facts.call.number == ("" if place == "number" else "01012345678")
    for value in (facts.call.name, shown["name"] or "", agents_leg.profile.caller_id_name):
        assert len(value) <= 64 and value.isprintable(), value
    assert agents_leg.variables.get("sip_h_X-Sangdam-Auto-Answer") is None
    assert agents_leg.variables.get("sip_h_X-Evil") is None
    texts = commands(here)
    assert not [one for one in texts if "system" in one and "touch" in one and place != "name"]
    nothing_was_run(here)


@pytest.mark.parametrize("kind", CORPUS)
def test_hostile_numbers_and_keys_of_agents_are_refused(office: MakeOffice, kind: str) -> None:
    """By the desktop, before anything is sent; by the telephone, by the dialplan."""
    text = CORPUS[kind]
    here = office()
    Story(here).tell("""
    at    | what happens          | how it is
    00:00 | kim calls             |
    00:04 | kim presses 1         |
    00:08 | alice answers         | kim talks to alice
    """)
    before = len(here.said)
    for name, arguments in (
        ("send_digits", {"digits": text}),
        ("consult", {"target_number": text}),
        ("blind_transfer", {"target_number": text}),
    ):
        assert not here.ask(AGENTS["alice"], name, **arguments)["ok"] or (name == "send_digits" and text.isdigit())
    assert not here.ask(AGENTS["bob"], "dial", number=text)["ok"]
    said = [data for data in here.said[before:] if b"uuid_send_dtmf" not in data]
    assert said == []
    leg = here.phones[AGENTS["bob"]].dial(text)
    here.pass_time(8)
    assert not leg.up
    here.pass_time(2)
    commands(here)
    nothing_was_run(here)


@pytest.mark.parametrize("keys", ["A", "D", "**##", "0" * 40, "1A1"])
def test_hostile_keys_of_callers(office: MakeOffice, keys: str) -> None:
    here = office(at_work="alice")
    caller = here.call(keys=[(1, keys), (30, "1")], patience=90)
    here.pass_time(60)
    caller.hang_up()
    here.pass_time(1)
    facts = here.lookback.of(caller)
    assert facts.call is not None and facts.call.menu in ("", "1")
    commands(here)
    nothing_was_run(here)
