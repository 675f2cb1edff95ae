"""The Event Socket package against a real FreeSWITCH: a private one, loopback only, a dozen lines of XML."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import gevent
import pytest

from esl.commands import (
    Api,
    App,
    Execute,
    Extension,
    HangupLeg,
    Inline,
    Originate,
    SchedDel,
    SchedTransfer,
    ShowChannels,
    SubscribeJson,
    UuidAudio,
    UuidBreak,
    UuidBroadcast,
    UuidDump,
    UuidExists,
    UuidGetVar,
    UuidKill,
    UuidRecord,
    UuidSendDtmf,
    UuidSetVar,
    UuidSetVars,
    UuidTransfer,
)
from esl.connection import Connection
from esl.dialstring import DialString, User, display_name
from esl.errors import AuthFailed, CommandFailed, Disconnected, EslError, UnsafeValue
from esl.frames import Event
from esl.supervised import SupervisedConnection

from .privateswitch import FREESWITCH, PASSWORD, Switch

NAMES = (
    "CHANNEL_CREATE", "CHANNEL_ANSWER", "CHANNEL_PARK", "CHANNEL_EXECUTE_COMPLETE",
    "CHANNEL_HANGUP_COMPLETE", "BACKGROUND_JOB", "HEARTBEAT",
)  # fmt: skip
CUSTOMS = ("sangdam::ars",)


pytestmark = [
    pytest.mark.freeswitch,
    pytest.mark.skipif(FREESWITCH is None, reason="FreeSWITCH is not installed"),
]


@pytest.fixture(scope="module")
def switch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Switch]:
    switch = Switch(tmp_path_factory.mktemp("freeswitch"))
    switch.start()
    yield switch
    switch.stop()


class Talk:
    """A connection and the events that came."""

    def __init__(self, switch: Switch) -> None:
        self.events: list[Event] = []
        self.connection = Connection("127.0.0.1", switch.port, PASSWORD, on_event=self.events.append)
        self.connection.connect()
        self.connection.subscribe(NAMES, CUSTOMS)

    def wait_for(self, name: str, **headers: str) -> Event:
        wanted = {key.replace("_", "-"): value for key, value in headers.items()}
        with gevent.Timeout(10, AssertionError(f"no {name} with {wanted}")):
            while True:
                for event in self.events:
                    same = all(event.get(key) == value for key, value in wanted.items())
                    if name in (event.name, event.subclass) and same:
                        return event
                gevent.sleep(0.01)

    def call(self, leg: str, target: App | Extension | Inline | None = None, **variables: str) -> Event:
        """Call 1001, who answers at once; the leg is ours to name."""
        dial = DialString((User("1001", "test.local"),), {"origination_uuid": leg, **variables})
        call = Originate(dial, target or App("park"), timeout=10)
        assert self.connection.bgapi(call).get(timeout=10).startswith("+OK")
        return self.wait_for("CHANNEL_ANSWER", Unique_ID=leg)


def shown_legs(talk: Talk) -> set[str]:
    return {row["uuid"] for row in json.loads(talk.connection.api(ShowChannels())).get("rows", [])}


@pytest.fixture
def talk(switch: Switch) -> Iterator[Talk]:
    talk = Talk(switch)
    yield talk
    talk.connection.api(Api("hupall"))
    talk.connection.close()


def test_a_wrong_password_is_said(switch: Switch) -> None:
    with pytest.raises(AuthFailed):
        Connection("127.0.0.1", switch.port, "wrong").connect()


def test_api_and_bgapi_bring_the_same_answer(talk: Talk) -> None:
    core = talk.connection.api(Api("global_getvar", "core_uuid")).strip()
    assert talk.connection.bgapi(Api("global_getvar", "core_uuid")).get(timeout=5).strip() == core
    assert talk.connection.core_uuid == core


def test_a_heartbeat_and_a_ping(talk: Talk) -> None:
    talk.connection.ping()
    assert talk.wait_for("HEARTBEAT").core_uuid == talk.connection.core_uuid


def test_failures_have_types(talk: Talk) -> None:
    with pytest.raises(CommandFailed):
        talk.connection.api(Api("no_such_command"))
    with pytest.raises(CommandFailed):
        talk.connection.bgapi(UuidKill("11111111-2222-3333-4444-555555555555")).get(timeout=5)
    with pytest.raises(CommandFailed):
        talk.connection.execute("11111111-2222-3333-4444-555555555555", "park")
    with pytest.raises(CommandFailed):
        talk.connection.send(SubscribeJson(("NO_SUCH_EVENT",)))


def test_a_call_from_its_creation_to_its_end(talk: Talk) -> None:
    leg = str(uuid.uuid4())
    caller = {"origination_caller_id_number": "01012345678", "origination_caller_id_name": "김 철수"}
    answered = talk.call(leg, **caller)
    assert answered.variable("origination_caller_id_number") == "01012345678"
    assert answered.variable("origination_caller_id_name") == "김 철수"
    # FreeSWITCH writes this table behind the call's back: it may lag, and has no rows when empty.
    with gevent.Timeout(5, AssertionError("the channel is not shown")):
        while leg not in shown_legs(talk):
            gevent.sleep(0.02)
    assert json.loads(talk.connection.api(UuidDump(leg)))["Unique-ID"] == leg
    talk.connection.send(HangupLeg(leg, "USER_BUSY"))
    assert talk.wait_for("CHANNEL_HANGUP_COMPLETE", Unique_ID=leg).get("Hangup-Cause") == "USER_BUSY"
    assert talk.connection.api(UuidExists(leg)).strip() == "false"


@pytest.mark.parametrize(
    "value",
    [
        "short", "", "x" * 3000, " blanks around ", "quotes ' and \" and \\ backslashes \\n", "a,b=c;d|e",
        "Bob%0AUnique-ID%3A%20x", "{curly}[square]<angle>", "한국어 값", "^^:a:b", "$ 5 {x}", "x:_:y",
    ],
)  # fmt: skip
def test_an_argument_arrives_as_it_was_sent(talk: Talk, value: str) -> None:
    leg, done = str(uuid.uuid4()), str(uuid.uuid4())
    talk.call(leg)
    talk.connection.send(Execute(leg, "set", f"sangdam_value={value}", event_uuid=done))
    complete = talk.wait_for("CHANNEL_EXECUTE_COMPLETE", Application_UUID=done)
    if value:
        assert complete.variable("sangdam_value") == value
    else:
        assert "variable_sangdam_value" not in complete.headers
    assert complete.leg == leg


@pytest.mark.parametrize(
    "value", ["plain", "two words", " around ", "it's", "back\\slash", '"', "a,b;c|d", "한국", "%0A"]
)
def test_a_variable_is_set_as_it_was_given(talk: Talk, value: str) -> None:
    leg = str(uuid.uuid4())
    talk.call(leg)
    talk.connection.api(UuidSetVar(leg, "sangdam_value", value))
    assert talk.connection.api(UuidGetVar(leg, "sangdam_value")) == value
    talk.connection.api(UuidSetVars(leg, {"sangdam_a": "1", "sangdam_b": "two words"}))
    assert talk.connection.api(UuidGetVar(leg, "sangdam_b")) == "two words"
    talk.connection.api(UuidSetVar(leg, "sangdam_value"))
    assert talk.connection.api(UuidGetVar(leg, "sangdam_value")) == "_undef_"


def test_what_is_done_to_a_leg(talk: Talk, switch: Switch) -> None:
    leg = str(uuid.uuid4())
    talk.call(leg)
    recording = switch.root / "recordings" / "with blank's.wav"
    connection = talk.connection
    for call in (
        UuidBroadcast(leg, "tone_stream://%(200,100,400);loops=2"),
        UuidAudio(leg, "start", "read", mute=True),
        UuidAudio(leg, "stop"),
        UuidSendDtmf(leg, "12#", tone_ms=100),
        UuidRecord(leg, "start", str(recording)),
        UuidBreak(leg),
        SchedTransfer(60, leg, Extension("mark")),
    ):
        assert connection.api(call).startswith("+OK"), call
    gevent.sleep(0.3)
    connection.api(UuidRecord(leg, "stop", str(recording)))
    with gevent.Timeout(5, AssertionError("no recording")):
        while not recording.is_file():
            gevent.sleep(0.02)
    assert connection.api(SchedDel(leg)).strip() == "+OK Deleted: 1"
    connection.api(UuidTransfer(leg, Extension("mark")))
    assert talk.wait_for("sangdam::ars", Unique_ID=leg).get("Step") == "menu"
    connection.api(UuidTransfer(leg, Inline((("set", "sangdam_list=a,b"), ("park", "")))))
    parked = [event for event in talk.events if event.name == "CHANNEL_PARK"]
    assert parked
    with gevent.Timeout(5):
        while connection.api(UuidGetVar(leg, "sangdam_list")) != "a,b":
            gevent.sleep(0.02)


def test_a_dial_string_means_what_it_says(talk: Talk) -> None:
    """Variables of all legs and of one leg, a name with a blank, and the comma of a tone."""
    dial = DialString(
        (
            User("1001", "test.local", {"origination_uuid": "leg-a", "sangdam_offer": "offer 1"}),
            User("1002", "test.local", {"origination_uuid": "leg-b", "leg_timeout": "20"}),
        ),
        {
            "ringback": "%(1000,4000,440,480)",
            "origination_caller_id_name": "Kim & Sons (3)",
            "absolute_codec_string": "PCMU,PCMA",
            "sip_h_X-Sangdam-Queue": "sales desk",
        },
    )
    talk.connection.bgapi(Originate(dial, App("park"), timeout=10)).get(timeout=10)
    a = talk.wait_for("CHANNEL_CREATE", Unique_ID="leg-a")
    b = talk.wait_for("CHANNEL_CREATE", Unique_ID="leg-b")
    for leg in (a, b):
        assert leg.variable("ringback") == "%(1000,4000,440,480)"
        assert leg.variable("origination_caller_id_name") == "Kim & Sons (3)"
        assert leg.variable("absolute_codec_string") == "PCMU,PCMA"
        assert leg.variable("sip_h_X-Sangdam-Queue") == "sales desk"
    assert (a.variable("sangdam_offer"), b.variable("sangdam_offer")) == ("offer 1", "")
    assert (a.variable("leg_timeout"), b.variable("leg_timeout")) == ("", "20")


# Every printable ASCII character, some in the spellings that FreeSWITCH knows something about.
HOSTILE = [f"a{chr(code)}b" for code in range(32, 127)] + [
    "x}[sangdam_evil=1]user/1002@test.local,{y", "a,sangdam_evil=1", "^^;a;sangdam_evil=1", "a:_:b",
    "${system(touch /tmp/x)}", "$${base_dir}", "origination_nested_vars=true", "\\,sangdam_evil=1",
    "'a,b'", "=", "%0A", "%2C", "a=b", "한국", "&park()", "a;sangdam_evil=1", "undef", "!a", "~b",
]  # fmt: skip


def test_a_hostile_value_in_a_dial_string_is_refused_or_stays_a_value(talk: Talk) -> None:
    """What the builder lets through, FreeSWITCH reads as exactly that, in both kinds of brackets."""
    accepted = {}
    for index, value in enumerate(HOSTILE):
        try:
            DialString((User("1001", "test.local"),), {f"sangdam_{index}": value}).text()
        except UnsafeValue:
            continue
        accepted[f"sangdam_{index}"] = value
    assert 60 < len(accepted) < len(HOSTILE) - 20
    for everyone in (accepted, {}):
        leg = str(uuid.uuid4())
        own = {"origination_uuid": leg, **({} if everyone else accepted)}
        dial = DialString((User("1001", "test.local", own),), everyone)
        assert talk.connection.bgapi(Originate(dial, App("park"), 10)).get(timeout=10).startswith("+OK")
        event = talk.wait_for("CHANNEL_ANSWER", Unique_ID=leg)
        assert {name: event.variable(name) for name in accepted} == accepted
        names = {name for name in event.headers if name.startswith("variable_sangdam_")}
        assert names == {"variable_" + name for name in accepted}


def test_a_callers_name_is_cleaned_and_arrives(talk: Talk) -> None:
    leg = str(uuid.uuid4())
    name = display_name("Bob%0AUnique-ID%3A x\nUnique-ID: y}[sangdam_evil=1]${system(id)}, 'Kim'")
    event = talk.call(leg, origination_caller_id_name=name)
    assert event.variable("origination_caller_id_name") == name
    assert "variable_sangdam_evil" not in event.headers
    assert event.leg == leg


def test_the_connection_comes_back_after_a_restart(tmp_path: Path) -> None:
    switch = Switch(tmp_path)
    switch.start()
    ups: list[str] = []
    downs: list[EslError] = []
    supervised = SupervisedConnection(
        lambda on_event: Connection("127.0.0.1", switch.port, PASSWORD, on_event=on_event),
        names=NAMES,
        on_up=lambda connection, core_uuid: ups.append(core_uuid),
        on_down=downs.append,
        on_event=lambda event: None,
        first_delay=0.2,
        max_delay=0.5,
    )
    try:
        supervised.start()
        assert supervised.wait_up(10)
        switch.stop()
        with gevent.Timeout(10, AssertionError("the loss was not noticed")):
            while not downs:
                gevent.sleep(0.02)
        with pytest.raises(Disconnected):
            supervised.send(SubscribeJson(NAMES))
        switch.start()
        assert supervised.wait_up(20)
        assert len(ups) == 2
        assert ups[0] != ups[1]
        assert supervised.api(Api("global_getvar", "core_uuid")).strip() == ups[1]
    finally:
        supervised.stop()
        switch.stop()
