"""Dial strings: what they are, and that no value gets out of its place."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esl.dialstring import DialString, Endpoint, Gateway, User, check_variable, display_name
from esl.errors import UnsafeValue

ALICE = User("1001", "demo.local")
BOB = User("1002", "demo.local", {"leg_timeout": "20", "sangdam_offer": "o 2"})
TRUNK = Gateway("trunk1", "+821012345678")

TEXTS: list[tuple[DialString, str]] = [
    (DialString((ALICE,)), "user/1001@demo.local"),
    (DialString((TRUNK,)), "sofia/gateway/trunk1/+821012345678"),
    (DialString((ALICE, BOB)), "user/1001@demo.local,[leg_timeout=20,sangdam_offer=o 2]user/1002@demo.local"),
    (
        DialString((ALICE, TRUNK), order="sequential"),
        "user/1001@demo.local|sofia/gateway/trunk1/+821012345678",
    ),
    (
        DialString(
            (ALICE,),
            {
                "origination_uuid": "abc-1",
                "ringback": "%(1000,4000,440,480)",
                "continue_on_fail": "true",
                "origination_caller_id_name": "김 철수",
                "sip_h_X-Sangdam-Queue": "sales",
            },
        ),
        "{origination_uuid=abc-1,ringback=%(1000\\,4000\\,440\\,480),continue_on_fail=true,"
        "origination_caller_id_name=김 철수,sip_h_X-Sangdam-Queue=sales}user/1001@demo.local",
    ),
    (
        DialString((ALICE,), {"continue_on_fail": "USER_BUSY,NO_ANSWER"}),
        "{continue_on_fail=USER_BUSY\\,NO_ANSWER}user/1001@demo.local",
    ),
    (
        DialString((ALICE,), {"ringback": "local_stream://moh/demo"}),
        "{ringback=local_stream://moh/demo}user/1001@demo.local",
    ),
]


@pytest.mark.parametrize(("dial", "expected"), TEXTS, ids=[text[:40] for _, text in TEXTS])
def test_a_dial_string_is_this_text(dial: DialString, expected: str) -> None:
    assert dial.text() == expected
    assert str(dial) == expected


HOSTILE = [
    "a]b", "a[b", "a}b", "a{b", "a,b", "a'b", 'a"b', "a\\b", "a|b", "a$b", "${system(id)}", "^^:a=b", "a^b",
    "a:_:loopback/x", "<a", "a>", "a\nb", "a\rb", "a\0b", "a\tb", "a\x7fb", " a", "a ",
    "x}[y=1]loopback/9999,{z", "origination_nested_vars=true", "x" * 513,
]  # fmt: skip
VARIABLES = [
    "origination_caller_id_name", "sip_h_X-Sangdam-Queue", "sangdam_offer", "ringback", "origination_uuid",
    "origination_caller_id_number", "leg_timeout", "park_after_bridge", "continue_on_fail", "sip_cid_type",
]  # fmt: skip
NOT_ON_THE_LIST = [
    "execute_on_answer", "api_hangup_hook", "origination_nested_vars", "x", "", "sip_h_P-Asserted-Identity",
    "sangdam_a=b", "sangdam_a,b", "ringback\n", "group_confirm_file", "Ringback",
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE, ids=[repr(value)[:30] for value in HOSTILE])
@pytest.mark.parametrize("name", VARIABLES)
def test_a_hostile_value_is_refused_everywhere(name: str, value: str) -> None:
    with pytest.raises(UnsafeValue):
        DialString((ALICE,), {name: value}).text()
    with pytest.raises(UnsafeValue):
        DialString((User("1001", "demo.local", {name: value}),)).text()


@pytest.mark.parametrize("name", NOT_ON_THE_LIST)
def test_a_variable_not_on_the_list_is_refused(name: str) -> None:
    with pytest.raises(UnsafeValue):
        DialString((ALICE,), {name: "1"}).text()


REFUSED: list[Endpoint] = [
    User("10 01", "demo.local"), User("1001@x", "demo.local"), User("1001", "demo.local,loopback/x"),
    User("", "demo.local"), User("1001", ""), User("1001", "a/b"), User("1001\n", "demo.local"),
    Gateway("a/b", "1"), Gateway("", "1"), Gateway("trunk1", ""), Gateway("trunk1", "1" * 21),
    Gateway("trunk1", "0101234@x"), Gateway("trunk1", "010-1234-5678"), Gateway("trunk1", "1\n"),
    Gateway("trunk1", "١٢٣"), Gateway("trunk1", "1,user/x"),
]  # fmt: skip


@pytest.mark.parametrize("endpoint", REFUSED, ids=[repr(endpoint)[:50] for endpoint in REFUSED])
def test_an_endpoint_that_is_no_address_is_refused(endpoint: Endpoint) -> None:
    with pytest.raises(UnsafeValue):
        DialString((endpoint,)).text()


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(UnsafeValue, match="nobody"):
        DialString(()).text()
    with pytest.raises(UnsafeValue, match="several legs"):
        DialString((ALICE, BOB), {"origination_uuid": "x"}).text()
    with pytest.raises(UnsafeValue, match="comma"):
        DialString((User("1", "d", {"ringback": "%(1,2,3)"}),)).text()


def read_as_freeswitch(text: str) -> tuple[dict[str, str], list[tuple[dict[str, str], str]]]:
    """The brackets and separators of a dial string, read in the order of switch_ivr_originate.c."""
    everyone: dict[str, str] = {}
    if text.startswith("{"):
        inside, text = text[1:].split("}", 1)
        everyone = dict(pair.replace("\\,", ",").split("=", 1) for pair in re.split(r"(?<!\\),", inside))
    legs = []
    for leg in re.split(r"[,|](?![^\[]*\])", text):
        own: dict[str, str] = {}
        if leg.startswith("["):
            inside, leg = leg[1:].split("]", 1)
            own = dict(pair.split("=", 1) for pair in inside.split(","))
        legs.append((own, leg))
    return everyone, legs


@given(st.text(max_size=30), st.text(max_size=30), st.sampled_from(["simultaneous", "sequential"]))
def test_whatever_is_accepted_is_read_back_as_it_was_given(first: str, second: str, order: str) -> None:
    dial = DialString(
        (User("1001", "d", {"sangdam_a": first, "leg_timeout": "5"}), TRUNK),
        {"origination_caller_id_name": second, "ringback": "%(1,2,3)"},
        order,  # type: ignore[arg-type]
    )
    try:
        text = dial.text()
    except UnsafeValue:
        return
    assert read_as_freeswitch(text) == (
        {"origination_caller_id_name": second, "ringback": "%(1,2,3)"},
        [({"sangdam_a": first, "leg_timeout": "5"}, "user/1001@d"), ({}, TRUNK.address())],
    )


@given(st.text(max_size=120))
def test_any_name_can_be_cleaned_for_display(name: str) -> None:
    cleaned = display_name(name)
    assert len(cleaned) <= 48
    if cleaned:
        assert check_variable("origination_caller_id_name", cleaned) == cleaned


def test_an_honest_name_is_kept() -> None:
    assert display_name("김 철수 (주)상담 & Co. No.1") == "김 철수 (주)상담 & Co. No.1"
    assert display_name('O\'Neil, "Bob" <sip:x>') == "O Neil Bob sip x"
    assert display_name("x}[y=1]loopback/9999") == "x y 1 loopback 9999"
