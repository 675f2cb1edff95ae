"""Where a call goes that does not reach an agent: closed, holiday, lines full, wrong key, no key, nobody there."""

from __future__ import annotations

import pytest

from tests.freeswitch.stack import Stack, assert_never_silent, eventually, wait_music, wait_prompt

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
