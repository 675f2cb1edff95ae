"""Where a call goes that does not reach an agent: closed, holiday, lines full, wrong key, no key, nobody there."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.freeswitch.harness import CALLER_HERTZ
from tests.freeswitch.stack import (
    Stack,
    Tenant,
    assert_never_silent,
    eventually,
    wait_music,
    wait_prompt,
    wait_tone,
)

pytestmark = [pytest.mark.freeswitch, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    ("tenant", "prompt"), [("closed", "after_hours"), ("holiday", "holiday")], ids=["hours", "holiday"]
)
def test_closed(stack: Stack, tenant: str, prompt: str) -> None:
    """Says so and hangs up; the history says why."""
    closed = stack.tenants[tenant]
    number = stack.number()
    call = stack.caller(number).call(closed.did).wait_state("talking", 15)
    wait_prompt(call, prompt)
    call.wait_state("ended", 15)
    assert call.ended_by == "remote"
    assert_never_silent(call, call.answered_at, call.ended_at)
    record = closed.ended_call(number)
    assert (record["outcome"], record["visits"], record["recorded"]) == (prompt, [], False)


def test_the_lines_are_full_and_nobody_is_logged_in(stack: Stack) -> None:
    """One licence, two lines: two wait with music and the delay prompt until the longest wait, the third is
    told that the lines are full; when a line is free again, the next gets through."""
    small = stack.tenants["small"]
    numbers = [stack.number() for _ in range(2)]
    waiting = [stack.caller(number).call(small.did).wait_state("talking", 15) for number in numbers]
    eventually(lambda: small.waiting() == 2, 15, "two wait")
    full = stack.number()
    third = stack.caller(full).call(small.did)
    wait_prompt(third, "lines_full")
    third.wait_state("ended", 15)
    assert small.ended_call(full)["outcome"] == "lines_full"
    for call in waiting:
        wait_music(call)
    wait_prompt(waiting[0], "delay", 20)
    wait_music(waiting[0])
    wait_prompt(waiting[0], "unavailable", 30)
    for number, call in zip(numbers, waiting, strict=True):
        call.wait_state("ended", 30)
        assert call.ended_by == "remote"
        assert_never_silent(call, call.answered_at, call.ended_at)
        record = small.ended_call(number)
        assert record["outcome"] == "timeout"
        assert [visit["outcome"] for visit in record["visits"]] == ["timeout"]
        assert 7 <= record["visits"][0]["wait_seconds"] <= 11
    stack.wait_quiet()
    number = stack.number()
    again = stack.caller(number).call(small.did).wait_state("talking", 15)
    eventually(lambda: small.waiting() == 1, 15, "the next waits")
    again.hang_up()
    assert small.ended_call(number)["outcome"] == "queue_abandoned"


def test_a_wrong_key_and_no_key(stack: Stack) -> None:
    """A wrong key is said to be wrong and asked again, twice; so is none at all; then goodbye."""
    team = stack.tenants["team"]
    numbers = [stack.number(), stack.number()]
    wrong, silent = (stack.caller(number).call(team.did).wait_state("talking", 15) for number in numbers)
    at = wait_prompt(wrong, "menu")
    wrong.rtp.press("9")
    at = wait_prompt(wrong, "invalid", since=at)
    at = wait_prompt(wrong, "menu", since=at)
    wrong.rtp.press("9")
    wait_prompt(wrong, "wrong_digit", since=at)
    wrong.wait_state("ended", 15)
    silent.wait_state("ended", 45)
    # Also while a key is awaited, five seconds each time as by default, there is music.
    for call in (wrong, silent):
        assert_never_silent(call, call.answered_at, call.ended_at, 1.0)
    assert silent.ended_at - silent.answered_at > 12, "it was asked twice and waited five seconds each time"
    assert [team.ended_call(number)["outcome"] for number in numbers] == ["wrong_digit", "no_digit"]


def test_an_unknown_number_is_refused(stack: Stack) -> None:
    call = stack.caller(stack.number()).call("07049999999")
    call.wait_state("ended", 10)
    assert call.status == 404


@pytest.fixture
def patient(stack: Stack) -> Iterator[Tenant]:
    """Says a long delay prompt every three seconds. Everybody goes home afterwards."""
    tenant = stack.tenants["patient"]
    yield tenant
    tenant.rest()
    stack.wait_quiet()


@pytest.mark.parametrize("into", [0.0, 1.3, 3.1])
def test_an_agent_comes_while_the_delay_prompt_is_said(stack: Stack, patient: Tenant, into: float) -> None:
    """Refused: music, and the next is rung; answered: both hear each other. ``into`` the prompt by so many seconds."""
    first, second = patient.agents
    first.start_work(on_invite=603)
    second.start_work()
    for agent in (first, second):
        agent.do("status", status="on_break", reason="식사")
    number = stack.number()
    call = stack.caller(number).call(patient.did).wait_state("talking", 15)
    wait_prompt(call, "delay", 30)
    time.sleep(into)
    first.do("status", status="available")
    assert first.phone is not None and second.phone is not None
    first.phone.wait_call(1, 5)
    wait_music(call)
    at = wait_prompt(call, "delay", 30)
    time.sleep(into)
    second.do("status", status="available")
    ringing = second.phone.wait_call(1, 5).wait_state("talking", 5)
    wait_tone(call, second.hertz, 5)
    wait_tone(ringing, CALLER_HERTZ, 5)
    assert time.monotonic() - at < into + 10
    call.hang_up()
    record = patient.ended_call(number)
    assert (record["outcome"], record["agent_id"]) == ("connected", second.id)
    assert_never_silent(call, call.answered_at, call.ended_at)


def test_a_callback_is_left_at_the_delay_prompt(stack: Stack, patient: Tenant) -> None:
    """A key cuts the prompt short; what is asked then is heard, and what is answered counts."""
    number = stack.number()
    call = stack.caller(number).call(patient.did).wait_state("talking", 15)
    at = wait_prompt(call, "delay", 30)
    call.rtp.press("*")
    at = wait_prompt(call, "callback_confirm", 10, since=at)
    call.rtp.press("1")
    wait_prompt(call, "callback_done", 10, since=at)
    call.wait_state("ended", 10)
    assert patient.ended_call(number)["outcome"] == "callback"
    assert_never_silent(call, call.answered_at, call.ended_at)
