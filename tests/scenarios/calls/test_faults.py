"""The controller dies, or is not there at all; FreeSWITCH dies. Nobody who talks notices the first, nobody is
stuck after the second, and no record is missing or doubled after either."""

from __future__ import annotations

import pytest

from app.core.records import CallFacts
from tests.scenarios.calls.conftest import MakeOffice
from tests.scenarios.calls.office import Office
from tests.scenarios.calls.staff import AGENTS, QUEUES
from tests.scenarios.calls.story import Story

SERVED_WITHIN = 5
"""Seconds after its return in which a controller must have served who waited (issue: 5 s)."""


def died(here: Office, caller: object) -> CallFacts:
    return here.lookback.of(caller)


@pytest.mark.parametrize("latency", [0.0, 0.004])
def test_killed_while_calls_are_everywhere(office: MakeOffice, latency: float) -> None:
    """In the menu, waiting, ringing, talking, held: all at once, for three seconds."""
    here = office(at_work="alice bob carol dave", latency=latency, sales={"agents": "alice bob carol"})
    story = Story(here).tell("""
    at    | what happens          | how it is
    00:00 | ann calls             |
    00:00 | ben calls             |
    00:04 | ann presses 1         |
    00:04 | ben presses 2         |
    00:10 | alice answers         |
    00:10 | bob answers           |
    00:11 | -                     | ann talks to alice; ben talks to bob
    00:12 | bob holds             |
    00:20 | cat calls             |
    00:24 | cat presses 1         |
    00:27 | carol takes a break   |
    00:28 | dan calls             |
    00:32 | dan presses 2         |
    00:35 | -                     | cat waits in sales; dave rings
    00:36 | eve calls             |
    00:41 | -                     | eve hears menu
    00:42 | the controller dies   | ann talks to alice; ben hears music; cat hears music; dan hears ringing; dave rings
    00:44 | -                     | ann talks to alice; ben hears music; cat hears music; dan hears ringing; dave rings
    00:45 | the controller returns |
    00:46 | -                     | alice is on_call; bob is holding; cat waits in sales at 1; dave is ringing
    00:46 | -                     | carol is idle/on_break
    00:47 | carol is available    |
    00:48 | -                     | carol rings; cat hears ringing
    00:49 | carol answers         |
    00:49 | dave answers          |
    00:50 | -                     | cat talks to carol; dan talks to dave
    00:51 | bob resumes           |
    00:52 | -                     | ben talks to bob
    01:00 | ann hangs up          |
    01:01 | -                     | alice is idle/wrap_up
    01:02 | ben hangs up          |
    """)
    ann, ben, cat, dan = (died(here, story.customers[name]) for name in ("ann", "ben", "cat", "dan"))
    for facts, who in ((ann, "alice"), (ben, "bob"), (cat, "carol"), (dan, "dave")):
        assert facts.call is not None and facts.call.outcome in ("connected", "")
        assert [t.agent_id for t in facts.talks] == [AGENTS[who]], facts.talks
        assert [v.outcome for v in facts.visits] == ["answered"]
    assert ann.talks[0].talk_seconds == pytest.approx(50, abs=0.2)
    assert ben.talks[0].hold_seconds == pytest.approx(39, abs=0.5)
    assert round(cat.visits[0].wait_seconds) == pytest.approx(23, abs=1)


@pytest.mark.parametrize(
    ("meanwhile", "then", "visit"),
    [
        ("kim hangs up", "alice is quiet; alice is idle/available", "abandoned"),
        ("alice answers", "kim talks to alice; alice is on_call", "answered"),
        ("alice refuses", "alice rings", "answered"),
    ],
)
def test_killed_while_ringing_and_something_happens(
    office: MakeOffice, meanwhile: str, then: str, visit: str
) -> None:
    here = office(at_work="alice")
    story = Story(here).tell(f"""
    at    | what happens          | how it is
    00:00 | kim calls             |
    00:04 | kim presses 1         |
    00:08 | -                     | alice rings
    00:09 | the controller dies   |
    00:10 | {meanwhile}           |
    00:12 | the controller returns |
    00:13 | -                     | {then}
    """)
    if meanwhile == "alice refuses":
        # Nobody saw that: asked again, and the first offer is not counted as open beside the second.
        story.tell("00:14 | alice answers | kim talks to alice")
    facts = died(here, story.customers["kim"])
    if meanwhile == "alice refuses":
        assert [offer.outcome for offer in facts.offers] == ["failed", "answered"]
    assert [v.outcome for v in facts.visits] == [visit]


@pytest.mark.parametrize("who", ["kim hangs up", "alice hangs up"])
def test_killed_while_talking_and_they_end(office: MakeOffice, who: str) -> None:
    """The end is told by the switch's own record; the agent is not stuck, and writes up."""
    here = office(at_work="alice")
    story = Story(here).tell(f"""
    at    | what happens          | how it is
    00:00 | kim calls             |
    00:04 | kim presses 1         |
    00:10 | alice answers         |
    00:20 | the controller dies   | kim talks to alice
    00:30 | {who}                 | kim is gone; alice is quiet
    00:40 | the controller returns |
    00:41 | -                     | alice is idle
    """)
    facts = died(here, story.customers["kim"])
    assert facts.call is not None
    assert (facts.call.outcome, facts.call.ended_by) == ("connected", "caller" if who.startswith("kim") else "agent")
    assert facts.talks[0].talk_seconds == pytest.approx(20, abs=0.3)


@pytest.mark.parametrize("how", ["answers", "nobody"])
def test_no_controller_at_all(office: MakeOffice, how: str) -> None:
    """Five seconds after parking FreeSWITCH rings the assigned agents by itself; the record tells it all."""
    here = office(controller=False, at_work="", recall_seconds=20)
    for name in ("alice", "bob"):
        here.plug_in(AGENTS[name])
    story = Story(here).tell("""
    at    | what happens          | how it is
    00:00 | kim calls             |
    00:04 | kim presses 1         |
    00:08 | -                     | kim hears music; alice is quiet
    00:12 | -                     | kim hears ringing; alice rings; bob rings
    """)
    if how == "answers":
        story.tell("""
        00:15 | bob answers           | kim talks to bob; alice is quiet
        00:35 | kim hangs up          | bob is quiet
        """)
    else:
        story.tell("""
        01:00 | -                     |
        01:10 | -                     | kim is gone; alice is quiet
        """)
    facts = died(here, story.customers["kim"])
    assert facts.call is not None and facts.call.number == "01020000000"
    if how == "answers":
        assert facts.call.outcome == "connected"
        assert [(v.queue_id, v.outcome) for v in facts.visits] == [(QUEUES["sales"], "answered")]
        assert [(t.agent_id, round(t.talk_seconds)) for t in facts.talks] == [(AGENTS["bob"], 20)]
    else:
        assert facts.call.outcome in ("unavailable", "failed") and not facts.talks


def test_a_controller_that_comes_while_the_fallback_rings(office: MakeOffice) -> None:
    """Who the fallback is ringing for is left alone; the agents are not offered anything else meanwhile."""
    here = office(controller=False, at_work="")
    for name in ("alice", "bob"):
        here.plug_in(AGENTS[name])
    Story(here).tell("""
    at    | what happens           | how it is
    00:00 | kim calls              |
    00:04 | kim presses 1          |
    00:12 | -                      | alice rings; bob rings
    00:13 | the controller returns |
    00:15 | bob answers            |
    00:16 | -                      | kim talks to bob
    00:30 | kim hangs up           | bob is quiet; kim is gone
    """)


def test_a_controller_that_was_held_up_does_not_offer_whom_the_fallback_has(office: MakeOffice) -> None:
    """Its machine stood still for nine seconds: what it hears then is old. It looks again instead of acting on it."""
    here = office()
    story = Story(here).tell("""
    at    | what happens            | how it is
    00:00 | kim calls               |
    00:04 | kim presses 1           |
    00:05 | the controller stalls   |
    00:13 | -                       | alice rings; bob rings
    00:14 | the controller goes on  | alice rings; bob rings
    00:16 | bob answers             |
    00:17 | -                       | kim talks to bob; alice is quiet
    00:18 | lee calls               |
    00:22 | lee presses 1           |
    00:26 | -                       | alice rings; kim talks to bob
    00:27 | alice answers           | lee talks to alice
    00:30 | kim hangs up            | bob is quiet
    00:31 | lee hangs up            |
    """)
    facts = here.lookback.of(story.customers["kim"])
    assert facts.call is not None and facts.call.outcome == "connected"


@pytest.mark.parametrize("seconds", [1, 9])
def test_a_controller_that_was_held_up_during_talk_and_wait(office: MakeOffice, seconds: int) -> None:
    """Talk is not touched, who hung up meanwhile is gone, who waits keeps the place."""
    here = office(at_work="alice")
    story = Story(here).tell(f"""
    at    | what happens            | how it is
    00:00 | kim calls               |
    00:04 | kim presses 1           |
    00:08 | alice answers           | kim talks to alice
    00:10 | lee calls               |
    00:11 | park calls              |
    00:14 | lee presses 1           |
    00:15 | park presses 1          |
    00:20 | -                       | lee waits in sales at 1; park waits in sales at 2
    00:21 | the controller stalls   |
    00:21.5 | lee hangs up          |
    00:{21 + seconds} | the controller goes on | kim talks to alice
    00:40 | -                       | park waits in sales at 1
    00:41 | kim hangs up            |
    00:42 | alice is done           | alice rings
    00:43 | alice answers           | park talks to alice
    00:50 | park hangs up           |
    """)
    for name, outcome in (("kim", "connected"), ("lee", "queue_abandoned"), ("park", "connected")):
        facts = here.lookback.of(story.customers[name])
        assert facts.call is not None and facts.call.outcome == outcome, name


RESTARTED = {
    "menu": "",
    "waiting": """
    00:03 | alice takes a break   |
    00:04 | kim presses 1         |
    00:10 | -                     | kim waits in sales
    """,
    "ringing": """
    00:04 | kim presses 1         |
    00:10 | -                     | alice rings
    """,
    "talking": """
    00:04 | kim presses 1         |
    00:10 | alice answers         | kim talks to alice
    """,
    "held": """
    00:04 | kim presses 1         |
    00:10 | alice answers         | kim talks to alice
    00:11 | alice holds           |
    """,
}


@pytest.mark.parametrize("phase", RESTARTED)
def test_the_switch_restarts(office: MakeOffice, phase: str) -> None:
    """Its calls are lost and closed so; the agents are free; the next call is taken."""
    here = office(at_work="alice")
    story = Story(here).tell("00:00 | kim calls |" + RESTARTED[phase])
    story.tell(f"{'00:06' if phase == 'menu' else '00:20'} | the switch restarts |")
    facts = here.lookback.of(story.customers["kim"])
    assert facts.call is not None and facts.call.ended_at is not None
    assert facts.call.ended_by == "lost"
    if phase not in ("talking", "held"):
        assert facts.call.outcome == "lost"
    assert [v.outcome for v in facts.visits] == {"menu": [], "waiting": ["lost"], "ringing": ["lost"]}.get(
        phase, ["answered"]
    )
    here.callers.clear()  # the telephone only saw the line go dead: its own times say nothing
    done = {"talking": "00:22 | alice is done |", "held": "00:22 | alice is done |",
            "waiting": "00:22 | alice is available |"}.get(phase, "")  # fmt: skip
    story.tell(f"""
    00:21 | -                     | alice is idle
    {done}
    00:30 | lee calls             |
    00:34 | lee presses 1         |
    00:38 | alice answers         | lee talks to alice
    00:50 | lee hangs up          |
    """)


def test_the_connection_breaks_while_the_switch_lives(office: MakeOffice) -> None:
    """Only the Event Socket is cut: nothing is lost, what happened meanwhile is caught up with."""
    here = office(at_work="alice bob")
    story = Story(here).tell("""
    at    | what happens          | how it is
    00:00 | kim calls             |
    00:00 | lee calls             |
    00:04 | kim presses 1         |
    00:10 | alice answers         | kim talks to alice
    00:12 | lee presses 1         |
    """)
    for connection in list(here.switch.connections):
        if connection is not here.lookback.tape.connection:
            connection.tear()
    here.hurry()
    story.tell("""
    00:13 | kim hangs up          | alice is quiet
    """)
    here.wait_connected()
    story.tell("""
    00:20 | -                     | alice is idle/wrap_up; bob rings; lee hears ringing
    00:21 | bob answers           | lee talks to bob
    """)
