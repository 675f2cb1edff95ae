"""What a waiting caller hears, told as a dialogue: what the script asks | what comes back."""

from dataclasses import dataclass, replace

import pytest

from app.core.definitions import CallbackOffer, QueueConfig
from ivr_scripts.actions import Collect, Ended, Engaged, MusicOnHold, Play, Wait
from ivr_scripts.callback import reachable
from ivr_scripts.waiting import waiting

QUEUE = QueueConfig(3, "회원 문의", delay_interval_seconds=20, callback_after_seconds=50)


@dataclass
class Facts:
    caller_number: str = "01036001234"
    place: int = 4
    waited: float = 0.0
    logged_in: int = 2
    open: bool = True
    prompts: frozenset[str] = frozenset({"delay", "position_4", "position_more", "callback_offer"})

    def position(self) -> int:
        return self.place

    def waited_seconds(self) -> float:
        return self.waited

    def agents_logged_in(self) -> int:
        return self.logged_in

    def is_open(self) -> bool:
        return self.open

    def prompt_exists(self, name: str) -> bool:
        return name in self.prompts


def dialogue(queue, facts, answers):
    """Drive the script with ``answers``; time passes as the waits say. Returns what it asked and its end."""
    script = waiting(queue, facts)
    asked = [next(script)]
    for answer in answers:
        while isinstance(asked[-1], Engaged):
            asked.append(script.send(""))
        if isinstance(asked[-1], Wait) and not answer:
            facts.waited += asked[-1].seconds
        try:
            asked.append(script.send(answer))
        except StopIteration as stop:
            return asked, stop.value
    return asked, None


def spoken(asked):
    """What the caller could notice of it."""
    return [one for one in asked if not isinstance(one, Engaged)]


def test_music_then_the_delay_prompt_at_intervals_for_ever():
    asked, end = dialogue(QUEUE, Facts(), ["", "", "", "", ""])
    delay = Play(("delay",))
    assert (asked, end) == ([MusicOnHold(), Wait(20), delay, Wait(20), delay, Wait(20)], None)


def test_the_position_is_said_when_the_tenant_wants_it_and_it_has_a_prompt():
    queue = replace(QUEUE, announce_position=True)
    asked, _ = dialogue(queue, Facts(), ["", ""])
    assert asked[-1] == Play(("delay", "position_4"))
    asked, _ = dialogue(queue, Facts(place=31), ["", ""])
    assert asked[-1] == Play(("delay", "position_more"))


def test_a_key_leaves_a_callback_to_the_calling_number():
    queue = replace(QUEUE, callback=CallbackOffer.BY_KEY)
    asked, end = dialogue(queue, Facts(), ["", "*", "1", ""])
    assert spoken(asked) == [
        MusicOnHold(), Wait(20, "*"), Play(("callback_confirm",), "12"), Play(("callback_done",)),
    ]  # fmt: skip
    assert asked[2] == Engaged(True), "from here on the caller must not be cut off"
    assert end == Ended("callback", {"number": "01036001234"})


def test_another_number_is_keyed_in_and_a_wrong_one_asked_again():
    queue = replace(QUEUE, callback=CallbackOffer.BY_KEY)
    answers = ["", "*", "2", "0", "12", "", "2", "", "0212345678", ""]
    asked, end = dialogue(queue, Facts(), answers)
    assert spoken(asked)[3:6] == [Play(("callback_number",), "0123456789"), Collect(8, 11), Play(("invalid",))]
    assert end == Ended("callback", {"number": "0212345678"})


def test_a_caller_without_a_number_is_asked_for_one_at_once():
    queue = replace(QUEUE, callback=CallbackOffer.BY_KEY)
    asked, _ = dialogue(queue, Facts(caller_number="anonymous"), ["", "*", ""])
    assert spoken(asked)[2] == Play(("callback_number",), "0123456789")


def test_after_so_many_seconds_the_callback_is_offered_once():
    queue = replace(QUEUE, callback=CallbackOffer.AFTER_SECONDS)
    asked, end = dialogue(queue, Facts(), [""] * 10)
    offers = [one for one in asked if one == Play(("callback_offer",), "*")]
    assert asked[:7] == [
        MusicOnHold(), Wait(20), Play(("delay",)), Wait(20), Play(("delay",)), Wait(10), Play(("callback_offer",), "*"),
    ]  # fmt: skip
    assert len(offers) == 1
    assert end is None


def test_with_nobody_logged_in_the_callback_is_offered_at_once():
    queue = replace(QUEUE, callback=CallbackOffer.NOBODY_LOGGED_IN)
    asked, end = dialogue(queue, Facts(logged_in=0), ["", "*", "1", ""])
    assert asked[1] == Play(("callback_offer",), "*")
    assert end == Ended("callback", {"number": "01036001234"})


@pytest.mark.parametrize(
    ("is_open", "logged_in", "ends"), [(False, 0, True), (False, 1, False), (True, 0, False), (True, 1, False)]
)
def test_after_closing_time_with_nobody_left_the_caller_is_told(is_open, logged_in, ends):
    _, end = dialogue(QUEUE, Facts(open=is_open, logged_in=logged_in), ["", "", ""])
    assert end == (Ended("unavailable") if ends else None)


def test_a_caller_who_does_not_answer_waits_on():
    queue = replace(QUEUE, callback=CallbackOffer.BY_KEY)
    asked, end = dialogue(queue, Facts(), ["", "*", "", "", ""])
    assert spoken(asked)[4:6] == [Wait(20, "*"), Play(("delay", "callback_offer"), "*")]
    assert [one.on for one in asked if isinstance(one, Engaged)] == [True, False]
    assert end is None


@pytest.mark.parametrize(
    ("number", "can"),
    [
        ("01012345678", True),
        ("0212345678", True),
        ("15881234", True),
        ("112", False),
        ("00821012345678", False),
        ("", False),
    ],
)
def test_only_national_numbers_can_be_called_back(number, can):
    assert reachable(number) is can
