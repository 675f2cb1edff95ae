"""What sounds, what stops it, and who hears the keys. Measured on FreeSWITCH where it is odd."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import pytest

from simswitch.media import ENDLESS, NotFound, duration
from tests.scenarios.simswitch_harness import DID, Lab

TONE = "tone_stream://%({},0,500)"


def story(lab: Lab, leg: str) -> list[tuple[float, str, str]]:
    began = lab.marked  # type: ignore[attr-defined]
    return [
        (
            round(lab.at(event) - began, 2),
            event["Event-Name"].removeprefix("CHANNEL_"),
            event.get("Application-UUID") or event.get("DTMF-Digit") or event.get("Playback-Status") or "",
        )
        for event in lab.seen(
            "CHANNEL_EXECUTE", "CHANNEL_EXECUTE_COMPLETE", "PLAYBACK_START", "PLAYBACK_STOP", "DTMF", of=leg
        )
    ]


@pytest.fixture
def waiting(lab: Lab) -> Any:
    caller = lab.queued()
    lab.forget()
    lab.marked = lab.clock.time() - lab._began  # type: ignore[attr-defined]
    return caller


def test_a_sound_waits_for_what_is_run_inside_it(lab: Lab, waiting: Any) -> None:
    leg = waiting.channel.uuid
    lab.run(leg, "playback", TONE.format(2000), "outer")
    lab.pass_time(0.5)
    lab.run(leg, "playback", TONE.format(300), "inner")
    lab.pass_time(3)
    assert story(lab, leg) == [
        (0.0, "EXECUTE", "outer"),
        (0.0, "PLAYBACK_START", ""),
        (0.5, "EXECUTE", "inner"),
        (0.5, "PLAYBACK_START", ""),
        (0.8, "PLAYBACK_STOP", "done"),
        (0.8, "EXECUTE_COMPLETE", "inner"),
        (2.3, "PLAYBACK_STOP", "done"),
        (2.3, "EXECUTE_COMPLETE", "outer"),
    ]


def test_endless_playback_begins_again_when_broken(lab: Lab, waiting: Any) -> None:
    leg = waiting.channel.uuid
    lab.run(leg, "endless_playback", "local_stream://sangdam", "music")
    lab.pass_time(1)
    lab.api(f"uuid_break {leg} all")
    lab.pass_time(1)
    assert story(lab, leg) == [
        (0.0, "EXECUTE", "music"),
        (0.0, "PLAYBACK_START", ""),
        (1.0, "PLAYBACK_STOP", "break"),
        (1.0, "PLAYBACK_START", ""),
    ]


def test_playback_of_a_stream_can_be_broken(lab: Lab, waiting: Any) -> None:
    leg = waiting.channel.uuid
    lab.run(leg, "playback", "local_stream://sangdam", "music")
    lab.pass_time(1)
    lab.api(f"uuid_break {leg}")
    lab.pass_time(1)
    assert story(lab, leg)[-2:] == [(1.0, "PLAYBACK_STOP", "break"), (1.0, "EXECUTE_COMPLETE", "music")]
    assert waiting.channel.parked


def test_keys_are_told_where_somebody_reads_them(lab: Lab, waiting: Any) -> None:
    leg = waiting.channel.uuid
    waiting.press("1")  # park reads
    lab.pass_time(0.1)
    lab.run(leg, "endless_playback", "local_stream://sangdam", "music")
    lab.pass_time(1)
    waiting.press("2")  # endless_playback does not
    lab.pass_time(1)
    assert [event["DTMF-Digit"] for event in lab.seen("DTMF")] == ["1"]
    lab.run(leg, "playback", TONE.format(1000), "prompt")  # playback does
    lab.pass_time(0.2)
    assert [event["DTMF-Digit"] for event in lab.seen("DTMF")] == ["1", "2"]


@pytest.mark.parametrize(
    ("terminators", "key", "stops"), [("none", "*", 1.0), ("#", "#", 0.2), ("#", "*", 1.0), ("any", "4", 0.2)]
)
def test_which_key_ends_a_sound(lab: Lab, waiting: Any, terminators: str, key: str, stops: float) -> None:
    leg = waiting.channel.uuid
    lab.api(f"uuid_setvar {leg} playback_terminators {terminators}")
    lab.run(leg, "playback", TONE.format(1000), "p")
    lab.pass_time(0.2)
    waiting.press(key)
    lab.pass_time(2)
    assert story(lab, leg)[-1] == (stops, "EXECUTE_COMPLETE", "p")


def test_a_star_ends_a_sound_unless_told_otherwise(lab: Lab, waiting: Any) -> None:
    leg = waiting.channel.uuid
    lab.api(f"uuid_setvar {leg} playback_terminators")
    lab.run(leg, "playback", TONE.format(1000), "p")
    lab.pass_time(0.2)
    waiting.press("*")
    lab.pass_time(0.1)
    assert waiting.channel.variables["playback_terminator_used"] == "*"


@pytest.mark.parametrize(
    ("keys", "answer", "at"),
    [
        ([(0.3, "12")], "12", 2.5),  # the second key is the last: the pause after it decides
        ([(0.3, "123")], "123", 0.7),  # enough
        ([(0.3, "1"), (0.6, "#")], "1", 0.6),  # ended by the terminator
        ([], "", 3.51),
        ([(1.0, "9")], "9", 3.0),
    ],
)
def test_asking_for_keys(keys: list[tuple[float, str]], answer: str, at: float) -> None:
    xml = (
        '<context name="public"><extension name="x"><condition><action application="answer"/>'
        '<action application="play_and_get_digits" data="1 3 1 3000 # tone_stream://%(500,0,500) '
        'silence_stream://10 got \\d+ 2000"/><action application="park"/></condition></extension></context>'
    )
    lab = Lab(xml)
    leg = lab.switch.call("1", keys=keys).channel
    lab.pass_time(6)
    assert leg.variables.get("got", "") == answer
    done = [event for event in lab.seen("CHANNEL_EXECUTE_COMPLETE") if "digits" in event["Application"]]
    assert lab.at(done[0]) == pytest.approx(at, abs=0.001)


def test_a_wrong_key_is_noted_and_asked_again() -> None:
    xml = (
        '<context name="public"><extension name="x"><condition><action application="answer"/>'
        '<action application="play_and_get_digits" data="1 1 2 1000 # tone_stream://%(100,0,500) '
        "tone_stream://%(200,0,300) got ^[12]$ 1000 'lost XML t1'\"/>"
        '<action application="park"/></condition></extension></context>'
        '<context name="t1"><extension name="lost"><condition><action application="hangup" data="USER_BUSY"/>'
        "</condition></extension></context>"
    )
    lab = Lab(xml)
    leg = lab.switch.call("1", keys=[(0.05, "7"), (0.7, "2")]).channel
    lab.pass_time(3)
    assert (leg.variables["got"], leg.variables["got_invalid"]) == ("2", "7")
    leg = lab.switch.call("1").channel
    lab.pass_time(5)
    assert lab.one("CHANNEL_HANGUP_COMPLETE", of=leg.uuid)["Hangup-Cause"] == "USER_BUSY"


def test_a_broadcast_that_has_begun_keeps_commands_waiting(lab: Lab) -> None:
    """Measured: what sched_broadcast plays holds the event lock."""
    leg = lab.switch.call(DID, keys=[(0.5, "1")]).channel
    lab.pass_time(2.0)
    lab.api(f"sched_del {leg.uuid}")
    lab.forget()
    lab.run(leg.uuid, "playback", TONE.format(300), "mine")
    lab.pass_time(1)
    assert not lab.seen("CHANNEL_EXECUTE")
    lab.api(f"uuid_break {leg.uuid}")
    lab.pass_time(0.1)
    assert lab.one("CHANNEL_EXECUTE")["Application-UUID"] == "mine"


def test_break_all_forgets_what_waits(lab: Lab) -> None:
    leg = lab.switch.call(DID, keys=[(0.5, "1")]).channel
    lab.pass_time(2.0)
    lab.api(f"sched_del {leg.uuid}")
    lab.forget()
    lab.run(leg.uuid, "playback", TONE.format(300), "mine")
    lab.api(f"uuid_break {leg.uuid} all")
    lab.pass_time(1)
    assert not lab.seen("CHANNEL_EXECUTE")


def test_locked_commands_come_one_after_the_other(lab: Lab, waiting: Any) -> None:
    leg = waiting.channel.uuid
    for token in "ab":
        lab.run(leg, "playback", TONE.format(500), token, event_lock="true")
    lab.pass_time(2)
    assert [(at, token) for at, name, token in story(lab, leg) if name == "EXECUTE"] == [
        (0.0, "a"),
        (0.5, "b"),
    ]


def test_a_loop_ends_with_break(lab: Lab, waiting: Any) -> None:
    leg = waiting.channel.uuid
    lab.run(leg, "playback", TONE.format(1000), "again", loops="-1")
    lab.pass_time(2.5)
    lab.api(f"uuid_break {leg}")
    lab.pass_time(3)
    assert [at for at, name, _ in story(lab, leg) if name == "EXECUTE"] == [0.0, 1.0, 2.0]
    assert story(lab, leg)[-1] == (2.5, "EXECUTE_COMPLETE", "again")


def test_sleep_ends_with_a_key_and_leaves_it(lab: Lab, waiting: Any) -> None:
    leg = waiting.channel.uuid
    lab.run(leg, "sleep", "1000", "sleep")
    lab.pass_time(0.2)
    waiting.press("3")
    lab.pass_time(0.1)
    assert story(lab, leg) == [
        (0.0, "EXECUTE", "sleep"),
        (0.2, "EXECUTE_COMPLETE", "sleep"),
        (0.2, "DTMF", "3"),
    ]


@pytest.mark.parametrize(
    ("path", "response"), [("/no/such.wav", "FILE NOT FOUND"), (TONE.format(10), "FILE PLAYED")]
)
def test_what_an_application_answers(lab: Lab, waiting: Any, path: str, response: str) -> None:
    lab.run(waiting.channel.uuid, "playback", path, "p")
    lab.pass_time(1)
    assert lab.one("CHANNEL_EXECUTE_COMPLETE")["Application-Response"] == response


def test_an_unknown_application_ends_the_call(lab: Lab, waiting: Any) -> None:
    lab.run(waiting.channel.uuid, "no_such_application")
    lab.pass_time(0.1)
    assert lab.one("CHANNEL_HANGUP_COMPLETE")["Hangup-Cause"] == "DESTINATION_OUT_OF_ORDER"


def test_parking_what_is_parked_does_nothing(lab: Lab, waiting: Any) -> None:
    lab.run(waiting.channel.uuid, "park", "", "p")
    lab.pass_time(0.1)
    assert not lab.seen("CHANNEL_PARK")
    assert lab.one("CHANNEL_EXECUTE_COMPLETE")["Application-UUID"] == "p"


def test_park_timeout(lab: Lab, waiting: Any) -> None:
    leg = waiting.channel.uuid
    lab.api(f"uuid_setvar {leg} park_timeout 2:USER_BUSY")
    lab.api(f"uuid_transfer {leg} park inline")
    lab.pass_time(5)
    end = lab.one("CHANNEL_HANGUP_COMPLETE")
    assert (end["Hangup-Cause"], lab.at(end)) == ("USER_BUSY", pytest.approx(2.6))


def sound(path: Path, seconds: float) -> str:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(int(16000 * seconds)))
    return str(path)


def test_how_long_things_sound(tmp_path: Path) -> None:
    one = sound(tmp_path / "one.wav", 1.5)
    assert duration(one) == 1.5
    assert duration(f"file_string://{one}!{one}!/no/such.wav") == 3.0
    assert duration(f"file_string://{one}!{{timeout=5000}}local_stream://sangdam") == 6.5
    assert duration(f"{{timeout=500}}{one}") == 0.5
    assert duration(f"{{timeout=5000}}{one}") == 1.5
    assert duration("silence_stream://250") == 0.25
    assert duration("tone_stream://%(200,300,440);loops=2") == 1.0
    assert duration("tone_stream://%(200,300,440);loops=-1") == ENDLESS
    assert duration("local_stream://sangdam", {"sangdam"}) == ENDLESS
    for missing in ("/no/such.wav", "local_stream://other", "http://x/y.wav", ""):
        with pytest.raises(NotFound):
            duration(missing, {"sangdam"})
