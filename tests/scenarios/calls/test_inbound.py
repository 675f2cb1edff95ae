"""A customer calls the number of the tenant: what the line, the menu and the queue do with the call."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.definitions import CallbackOffer
from tests.scenarios.calls.conftest import MakeOffice
from tests.scenarios.calls.staff import AGENTS, QUEUES
from tests.scenarios.calls.story import Story

CONNECTED = """
    at    | what happens          | how it is
    00:00 | kim calls             |
    00:01 | -                     | kim hears greeting
    00:04 | -                     | kim hears menu
    00:05 | kim presses {digit}   | kim hears connecting
    00:08 | -                     | kim hears ringing; alice rings; alice is ringing; bob is quiet
    00:10 | alice answers         | kim talks to alice; alice talks to kim; alice is on_call; alice's call is talking
    00:40 | {end}                 | kim is gone; alice is quiet; alice is idle/wrap_up
    00:45 | alice is done         | alice is idle/available
"""


@pytest.mark.parametrize("end", ["kim hangs up", "alice hangs up", "alice hangs up on screen"])
@pytest.mark.parametrize("digit", ["1", "2"])
def test_a_call_is_answered_in_the_chosen_queue(office: MakeOffice, digit: str, end: str) -> None:
    here = office()
    story = Story(here).tell(CONNECTED.format(digit=digit, end=end))
    facts = here.lookback.of(story.customers["kim"])
    call, (visit,), (offer,), (talk,) = facts.call, facts.visits, facts.offers, facts.talks
    assert call is not None
    assert visit.queue_id == QUEUES["sales" if digit == "1" else "repairs"]
    assert (call.outcome, call.menu, call.did) == ("connected", digit, here.config.dids[0])
    assert (visit.outcome, visit.agent_id, offer.outcome) == ("answered", AGENTS["alice"], "answered")
    assert call.ended_by == ("caller" if end.startswith("kim") else "agent")
    assert (round(visit.wait_seconds), round(talk.talk_seconds)) == (3, 30)
    # Exactly as long as the two could hear each other.
    assert talk.talk_seconds == pytest.approx(30, abs=0.05)
    ((leg, path, begin, finish),) = here.lookback.tape.recordings
    assert leg == call.call_id and path.endswith(call.recording)
    assert finish - begin == pytest.approx(talk.talk_seconds, abs=0.05) == call.recording_seconds


def test_a_single_entry_needs_no_menu(office: MakeOffice) -> None:
    here = office(ars_menu=(office_menu_entry(),))
    Story(here).tell("""
    at    | what happens          | how it is
    00:00 | kim calls             |
    00:01 | -                     | kim hears greeting
    00:04 | -                     | kim hears connecting
    00:06 | -                     | alice rings
    """)


def test_a_simulated_customer_chooses_when_the_menu_asks(office: MakeOffice) -> None:
    """The demo's callers and the benchmarks' press their key after the question, not in the greeting."""
    here = office()
    caller = here.call(chooses="1")
    here.pass_time(12)
    ear = here.lookback.tape.ears[caller.channel.uuid]
    assert [what for _, what in ear.heard][:3] == ["greeting", "menu", "connecting"]
    assert ear.now() == "ringing"


def office_menu_entry() -> Any:
    from tests.scenarios.calls.staff import MENU

    return MENU[0]


def test_refused_then_not_answered_then_answered(office: MakeOffice) -> None:
    """Each time the caller is back at the head of the queue and the next in turn rings."""
    here = office(at_work="alice bob carol", recall_seconds=10)
    story = Story(here).tell("""
    at    | what happens          | how it is
    00:00 | kim calls             |
    00:04 | kim presses 1         |
    00:08 | lee calls             | alice rings
    00:10 | alice takes a break   | alice is quiet; alice is idle/on_break; bob rings; carol is quiet
    00:12 | lee presses 1         |
    00:14 | -                     | carol rings; lee hears ringing
    00:15 | carol refuses         | carol is idle/available
    00:17 | -                     | lee hears music; lee waits in sales; kim hears ringing
    00:22 | -                     | carol rings; lee hears ringing; kim hears music; kim waits in sales at 1
    00:23 | carol answers         | lee talks to carol
    00:32 | -                     | bob rings; kim hears ringing
    00:33 | bob answers           | kim talks to bob
    """)
    kim, lee = (here.lookback.of(story.customers[name]) for name in ("kim", "lee"))
    assert [(o.agent_id, o.outcome) for o in kim.offers] == [
        (AGENTS["alice"], "refused"), (AGENTS["bob"], "no_answer"), (AGENTS["bob"], "answered"),
    ]  # fmt: skip
    assert [(o.agent_id, o.outcome) for o in lee.offers] == [
        (AGENTS["carol"], "refused"), (AGENTS["carol"], "answered"),
    ]  # fmt: skip
    assert len(kim.visits) == len(lee.visits) == 1


def test_misses_end_in_a_break(office: MakeOffice) -> None:
    """Three offers let ring: then 휴식, and the caller keeps the place."""
    here = office(at_work="alice", recall_seconds=5, misses_before_break=2)
    story = Story(here).tell("""
    at    | what happens          | how it is
    00:00 | kim calls             |
    00:04 | kim presses 1         |
    00:07 | -                     | alice rings; kim hears ringing
    00:10 | -                     | alice rings
    00:24 | -                     | alice is idle/on_break; alice is quiet; kim hears music; kim waits in sales at 1
    00:40 | alice is available    | alice rings
    00:42 | alice answers         | alice talks to kim
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert [offer.outcome for offer in facts.offers] == ["no_answer", "no_answer", "answered"]
    # FreeSWITCH counts whole seconds of the wall clock, the adapter asks for one more.
    assert all(5 <= offer.ring_seconds <= 6.1 for offer in facts.offers[:2])


def test_the_caller_leaves_while_a_phone_rings(office: MakeOffice) -> None:
    here = office()
    story = Story(here).tell("""
    at    | what happens          | how it is
    00:00 | kim calls             |
    00:04 | kim presses 1         |
    00:08 | kim hangs up          | alice is quiet; alice is idle/available; kim is gone
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert facts.call is not None
    assert (facts.call.outcome, facts.visits[0].outcome, facts.offers[0].outcome) == (
        "ringing_abandoned", "abandoned", "caller_gone",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("at", "outcome", "visits"),
    [(1, "ars_abandoned", []), (5, "ars_abandoned", []), (9, "queue_abandoned", ["abandoned"])],
)
def test_the_caller_gives_up(office: MakeOffice, at: float, outcome: str, visits: list[str]) -> None:
    """In the greeting, in the menu, in the queue."""
    here = office(at_work="")
    caller = here.call(keys=[(6, "1")], patience=at)
    here.pass_time(20)
    facts = here.lookback.of(caller)
    assert facts.call is not None
    assert (facts.call.outcome, [visit.outcome for visit in facts.visits]) == (outcome, visits)


@pytest.mark.parametrize(
    ("start", "outcome"),
    [
        (datetime(2026, 11, 22, 1, 0, tzinfo=UTC), "after_hours"),  # a Sunday
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "after_hours"),  # 18:00 sharp
        (datetime(2026, 11, 23, 3, 30, tzinfo=UTC), "after_hours"),  # lunch
        (datetime(2026, 12, 25, 1, 0, tzinfo=UTC), "holiday"),
    ],
)
def test_closed(office: MakeOffice, start: datetime, outcome: str) -> None:
    here = office(start=start)
    story = Story(here).tell(f"""
    at    | what happens          | how it is
    00:00 | kim calls             |
    00:01 | -                     | kim hears {outcome}
    00:05 | -                     | kim is gone
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert facts.call is not None
    assert (facts.call.outcome, facts.visits, facts.call.ended_by) == (outcome, (), "system")


@pytest.mark.parametrize(
    ("keys", "outcome", "heard"),
    [
        ("", "no_digit", ["greeting", "menu", "menu", "no_digit"]),
        ("9", "no_digit", ["greeting", "menu", "invalid", "menu", "no_digit"]),
        ("99", "wrong_digit", ["greeting", "menu", "invalid", "menu", "wrong_digit"]),
    ],
)
def test_no_key_and_wrong_keys(office: MakeOffice, keys: str, outcome: str, heard: list[str]) -> None:
    here = office()
    caller = here.call(keys=[(4 + 7 * n, key) for n, key in enumerate(keys)])
    here.pass_time(40)
    ear = here.lookback.tape.ears[caller.channel.uuid]  # type: ignore[union-attr]
    prompts = [what for _, what in ear.heard if "://" not in what]
    facts = here.lookback.of(caller)
    assert facts.call is not None
    assert (facts.call.outcome, prompts) == (outcome, heard)


def test_an_announcement_again_and_back_to_the_top(office: MakeOffice) -> None:
    here = office()
    story = Story(here).tell("""
    at    | what happens          | how it is
    00:00 | kim calls             |
    00:04 | kim presses 3         | kim hears announcement_3
    00:08 | kim presses 1         | kim hears announcement_3
    00:10 | kim presses 2         | kim hears menu
    00:12 | kim presses 3         | kim hears announcement_3
    00:14 | kim hangs up          | kim is gone
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert facts.call is not None and facts.call.outcome == "announcement"


def test_all_lines_are_in_use_and_one_is_given_back(office: MakeOffice) -> None:
    here = office(licences=1, at_work="alice")
    assert here.config.lines_in == 2
    story = Story(here).tell("""
    at    | what happens          | how it is
    00:00 | kim calls             |
    00:01 | lee calls             |
    00:02 | park calls            |
    00:03 | -                     | park hears lines_full
    00:06 | -                     | park is gone
    00:07 | kim hangs up          |
    00:08 | choi calls            |
    00:09 | -                     | choi hears greeting
    """)
    facts = here.lookback.of(story.customers["park"])
    assert facts.call is not None and facts.call.outcome == "lines_full"


def test_nobody_is_logged_in_until_the_longest_wait(office: MakeOffice) -> None:
    here = office(at_work="", sales={"longest_wait_seconds": 60, "delay_interval_seconds": 20})
    story = Story(here).tell("""
    at    | what happens          | how it is
    00:00 | kim calls             |
    00:04 | kim presses 1         |
    00:07 | -                     | kim hears music; kim waits in sales at 1
    00:27 | -                     | kim hears delay
    00:30 | -                     | kim hears music
    00:50 | -                     | kim hears delay
    01:07 | -                     | kim hears unavailable
    01:10 | -                     | kim is gone
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert facts.call is not None
    assert (facts.call.outcome, facts.visits[0].outcome) == ("timeout", "timeout")
    assert facts.visits[0].wait_seconds == pytest.approx(60, abs=1)


def test_the_position_is_told(office: MakeOffice) -> None:
    here = office(at_work="", sales={"announce_position": True, "delay_interval_seconds": 10})
    Story(here).tell("""
    at    | what happens          | how it is
    00:00 | kim calls             |
    00:01 | lee calls             |
    00:04 | kim presses 1         |
    00:05 | lee presses 1         |
    00:06.5 | -                   | kim waits in sales at 1
    00:07.5 | -                   | lee waits in sales at 2
    00:17 | -                     | kim hears delay+position_1
    00:18 | -                     | lee hears delay+position_2
    00:19 | kim hangs up          |
    00:31.5 | -                   | lee hears delay+position_1; lee waits in sales at 1
    """)


def test_closing_time_with_somebody_waiting(office: MakeOffice) -> None:
    """17:59: the caller got in; when nobody is left after 18:00 he is told so instead of waiting for the night."""
    here = office(
        at_work="alice", start=datetime(2026, 11, 23, 8, 59, tzinfo=UTC), sales={"delay_interval_seconds": 20}
    )
    story = Story(here).tell("""
    at    | what happens          | how it is
    00:00 | kim calls             |
    00:01 | alice takes a break   |
    00:04 | kim presses 1         |
    00:30 | -                     | kim waits in sales
    01:05 | alice logs out        |
    01:12 | -                     | kim hears unavailable
    01:15 | -                     | kim is gone
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert facts.call is not None and facts.call.outcome == "unavailable"


def test_a_callback_by_key(office: MakeOffice) -> None:
    """Confirmed by 1, or another number keyed in; the place in the queue becomes a callback."""
    here = office(at_work="", sales={"callback": CallbackOffer.BY_KEY})
    story = Story(here).tell("""
    at    | what happens           | how it is
    00:00 | kim calls              |
    00:00.5 | lee calls            |
    00:04 | kim presses 1          |
    00:04.5 | lee presses 1        |
    00:08 | kim presses *          | kim hears callback_confirm
    00:08.5 | lee presses *        | lee hears callback_confirm
    00:10 | kim presses 1          | kim hears callback_done
    00:10.5 | lee presses 2        | lee hears callback_number
    00:12 | lee presses 0212345678# | lee hears callback_done
    00:13 | -                      | kim is gone
    00:15 | -                      | lee is gone
    """)
    for name, number in (("kim", "01020000000"), ("lee", "0212345678")):
        facts = here.lookback.of(story.customers[name])
        assert facts.call is not None
        assert (facts.call.outcome, facts.visits[0].outcome) == ("callback", "callback")
        assert [(back.number, back.queue_id) for back in facts.callbacks] == [(number, QUEUES["sales"])]


@pytest.mark.parametrize("latency", [0.0, 0.004])
def test_an_agent_comes_while_the_delay_prompt_is_said(office: MakeOffice, latency: float) -> None:
    """The prompt is cut short, the phone rings, and who answers it has the caller: at every moment of the prompt."""
    here = office(at_work="", sales={"delay_interval_seconds": 20}, latency=latency, spacing=latency)
    here.plug_in(AGENTS["alice"])
    story = Story(here).tell("""
    at    | what happens          | how it is
    00:00 | kim calls             |
    00:04 | kim presses 1         |
    00:28 | -                     | kim hears delay
    00:28 | alice logs in         |
    00:28.5 | -                   | alice rings; kim hears ringing
    00:29 | alice answers         |
    00:30 | -                     | kim talks to alice
    00:40 | kim hangs up          |
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert [offer.outcome for offer in facts.offers] == ["answered"]


@pytest.mark.parametrize("latency", [0.0, 0.004])
def test_an_offer_that_cut_the_delay_prompt_and_failed_leaves_music(office: MakeOffice, latency: float) -> None:
    here = office(at_work="", sales={"delay_interval_seconds": 20}, latency=latency, spacing=latency)
    here.plug_in(AGENTS["alice"])
    Story(here).tell("""
    at    | what happens          | how it is
    00:00 | kim calls             |
    00:04 | kim presses 1         |
    00:28 | alice logs in         |
    00:28.5 | -                   | alice rings
    00:29 | alice refuses         |
    00:29.5 | -                   | kim hears music
    00:34.5 | alice rings         |
    """.replace("00:34.5 | alice rings         |", "00:35 | -                     | alice rings"))


def test_the_longest_wait_lets_a_callback_be_left(office: MakeOffice) -> None:
    """kim confirms as the longest wait ends, lee thinks better of it: the one is called back, the other told."""
    here = office(at_work="", sales={"callback": CallbackOffer.BY_KEY, "longest_wait_seconds": 30})
    story = Story(here).tell("""
    at    | what happens           | how it is
    00:00 | kim calls              |
    00:00.5 | lee calls            |
    00:04 | kim presses 1          |
    00:04.5 | lee presses 1        |
    00:32 | kim presses *          | kim hears callback_confirm
    00:33 | lee presses *          | lee hears callback_confirm
    00:38 | kim presses 1          | kim hears callback_done
    00:41 | -                      | kim is gone; lee waits in sales
    00:45.5 | -                    | lee hears unavailable
    """)
    kim, lee = (here.lookback.of(story.customers[name]) for name in ("kim", "lee"))
    assert kim.call is not None and kim.call.outcome == "callback"
    assert [back.number for back in kim.callbacks] == ["01020000000"]
    assert lee.visits[0].outcome == "timeout" and not lee.callbacks


def test_a_new_publication_disturbs_no_call(office: MakeOffice, installation: Any) -> None:
    """적용 while one waits and one is in the menu: both go on; the next caller hears the new menu."""
    from tests.scenarios.calls.staff import MENU, publish

    here = office()
    story = Story(here).tell("""
    at    | what happens          | how it is
    00:00 | kim calls             |
    00:01 | alice takes a break   |
    00:01 | bob takes a break     |
    00:04 | kim presses 1         |
    00:06 | lee calls             | kim waits in sales
    00:09 | -                     | lee hears greeting
    """)
    import dataclasses

    ars = dataclasses.replace(here.config.ars, menu=(MENU[1],))
    config = dataclasses.replace(here.config, ars=ars, version=2)
    publish(installation, config, reload_of(here))
    here.publish(config)
    story.tell("""
    at    | what happens          | how it is
    00:10 | -                     | kim waits in sales; kim hears music
    00:11 | bob is available      | bob rings
    00:12 | bob answers           | bob talks to kim
    00:13 | park calls            |
    00:17.5 | -                   | park hears connecting
    00:19 | alice is available    | alice rings
    00:20 | alice answers         | alice talks to park
    """)


def reload_of(here: Any) -> Any:
    return lambda: f"+OK [{here.switch.reload()}]"
