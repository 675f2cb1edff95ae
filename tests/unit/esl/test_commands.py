"""Commands: the bytes they are, and what they refuse to be."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esl import values
from esl.commands import (
    Api,
    App,
    Auth,
    BgApi,
    Command,
    Execute,
    Exit,
    Extension,
    Filter,
    FilterDelete,
    HangupLeg,
    Inline,
    NoEvents,
    Originate,
    ReloadXml,
    SchedDel,
    SchedHangup,
    SchedTransfer,
    SendEvent,
    ShowChannels,
    SofiaProfile,
    Status,
    SubscribeJson,
    UuidAudio,
    UuidBreak,
    UuidBridge,
    UuidBroadcast,
    UuidBroadcastApp,
    UuidDualTransfer,
    UuidDump,
    UuidExists,
    UuidGetVar,
    UuidKill,
    UuidPark,
    UuidPhoneEvent,
    UuidRecord,
    UuidSendDtmf,
    UuidSetVar,
    UuidSetVars,
    UuidTransfer,
)
from esl.dialstring import DialString, Gateway, User
from esl.errors import UnsafeValue

LEG = "5e2b8f30-41a4-4d0e-9a10-5f7d8c1e7a11"
JOB = "00000000-0000-4000-8000-000000000001"
DIAL = DialString((User("1001", "demo.local"),), {"origination_caller_id_name": "Kim Su"})
WAITING = Extension("waiting", "queue")

BYTES: list[tuple[Command, str]] = [
    (Auth("secret"), "auth secret"),
    (Exit(), "exit"),
    (NoEvents(), "noevents"),
    (SubscribeJson(("CHANNEL_PARK", "HEARTBEAT")), "event json CHANNEL_PARK HEARTBEAT"),
    (
        SubscribeJson(("CUSTOM", "HEARTBEAT"), ("sangdam::ars", "sofia::register")),
        "event json HEARTBEAT CUSTOM sangdam::ars sofia::register",
    ),
    (Filter("Unique-ID", LEG), f"filter add Unique-ID {LEG}"),
    (FilterDelete("Unique-ID", LEG), f"filter delete Unique-ID {LEG}"),
    (Api("status"), "api status"),
    (Api("show", "channels count"), "api show channels count"),
    (BgApi("status"), "bgapi status"),
    (BgApi.of(UuidKill(LEG), JOB), f"bgapi uuid_kill {LEG} NORMAL_CLEARING\nJob-UUID: {JOB}"),
    (
        Execute(LEG, "playback", "/prompts/1.wav", event_uuid=JOB, event_lock=True, loops=-1),
        f"sendmsg {LEG}\ncall-command: execute\nexecute-app-name: playback\nevent-uuid: {JOB}\n"
        "event-lock: true\nloops: -1\nexecute-app-arg: /prompts/1.wav",
    ),
    (Execute(LEG, "park"), f"sendmsg {LEG}\ncall-command: execute\nexecute-app-name: park"),
    (HangupLeg(LEG, "USER_BUSY"), f"sendmsg {LEG}\ncall-command: hangup\nhangup-cause: USER_BUSY"),
    (
        SendEvent("CUSTOM", {"Event-Subclass": "sangdam::note"}),
        "sendevent CUSTOM\nEvent-Subclass: sangdam::note",
    ),
    (UuidKill(LEG), f"api uuid_kill {LEG} NORMAL_CLEARING"),
    (UuidBreak(LEG), f"api uuid_break {LEG} all"),
    (UuidBreak(LEG, all_queued=False), f"api uuid_break {LEG}"),
    (UuidTransfer(LEG, WAITING), f"api uuid_transfer {LEG} waiting XML queue"),
    (UuidTransfer(LEG, WAITING, "bleg"), f"api uuid_transfer {LEG} -bleg waiting XML queue"),
    (UuidTransfer(LEG, Inline((("park", ""),))), f"api uuid_transfer {LEG} park inline"),
    (
        UuidTransfer(LEG, Inline((("set", "a=1,2"), ("playback", "/x y.wav")))),
        f"api uuid_transfer {LEG} 'm:|:set:a=1,2|playback:/x y.wav' inline",
    ),
    (
        UuidDualTransfer(LEG, WAITING, Inline((("park", ""),))),
        f"api uuid_dual_transfer {LEG} waiting/XML/queue park/inline",
    ),
    (UuidBridge(LEG, JOB), f"api uuid_bridge {LEG} {JOB}"),
    (UuidSetVar(LEG, "hangup_after_bridge", "true"), f"api uuid_setvar {LEG} hangup_after_bridge true"),
    (UuidSetVar(LEG, "sangdam_x", "it's a \\"), f"api uuid_setvar {LEG} sangdam_x 'it\\'s a \\\\'"),
    (UuidSetVar(LEG, "sangdam_x"), f"api uuid_setvar {LEG} sangdam_x"),
    (UuidSetVars(LEG, {"a": "1", "b": "x y"}), f"api uuid_setvar_multi {LEG} a=1;b=x y"),
    (UuidGetVar(LEG, "sangdam_x"), f"api uuid_getvar {LEG} sangdam_x"),
    (UuidAudio(LEG), f"api uuid_audio {LEG} start read mute -1"),
    (UuidAudio(LEG, mute=False, level=2), f"api uuid_audio {LEG} start read level 2"),
    (UuidAudio(LEG, "stop"), f"api uuid_audio {LEG} stop"),
    (UuidSendDtmf(LEG, "12#w3", 200), f"api uuid_send_dtmf {LEG} 12#w3@200"),
    (UuidBroadcast(LEG, "/prompts/1.wav", "both"), f"api uuid_broadcast {LEG} /prompts/1.wav both"),
    (UuidBroadcastApp(LEG, "playback", "/a b.wav"), f"api uuid_broadcast {LEG} 'playback::/a b.wav' aleg"),
    (UuidRecord(LEG, "start", "/rec/a.wav", 60), f"api uuid_record {LEG} start /rec/a.wav 60"),
    (UuidDump(LEG), f"api uuid_dump {LEG} json"),
    (UuidExists(LEG), f"api uuid_exists {LEG}"),
    (UuidPark(LEG), f"api uuid_park {LEG}"),
    (UuidPhoneEvent(LEG, "hold"), f"api uuid_phone_event {LEG} hold"),
    (SchedTransfer(5, LEG, WAITING), f"api sched_transfer +5 {LEG} waiting XML queue"),
    (SchedHangup(5, LEG), f"api sched_hangup +5 {LEG} ALLOTTED_TIMEOUT"),
    (SchedDel(LEG), f"api sched_del {LEG}"),
    (ShowChannels(), "api show channels as json"),
    (ReloadXml(), "api reloadxml"),
    (Status(), "api status"),
    (SofiaProfile("external", "rescan"), "api sofia profile external rescan"),
    (SofiaProfile("external", "killgw", "trunk1"), "api sofia profile external killgw trunk1"),
    (
        Originate(DIAL, App("park"), 20),
        "api originate '{origination_caller_id_name=Kim Su}user/1001@demo.local' &park()"
        " undef undef undef undef 20",
    ),
    (
        Originate(DialString((Gateway("trunk1", "01012345678"),)), WAITING),
        "api originate sofia/gateway/trunk1/01012345678 waiting XML queue undef undef 60",
    ),
]


@pytest.mark.parametrize(("command", "expected"), BYTES, ids=[expected[:50] for _, expected in BYTES])
def test_a_command_is_these_bytes(command: Command, expected: str) -> None:
    assert command.encode() == expected.encode() + b"\n\n"


def test_the_password_is_not_shown() -> None:
    assert "secret" not in repr(Auth("secret"))


@pytest.mark.parametrize("arg", ["x" * 64, " leading", "trailing ", "한" * 30, "/long/" + "path/" * 200])
def test_an_argument_that_is_long_or_has_outer_blanks_goes_as_a_body(arg: str) -> None:
    head, body = Execute(LEG, "set", arg).encode().split(b"\n\n", 1)
    assert body == arg.encode()
    assert head.endswith(b"content-type: text/plain\ncontent-length: %d" % len(arg.encode()))


def test_an_event_may_have_a_body() -> None:
    assert SendEvent("CUSTOM", {"A": "b"}, "x\n\ny").encode() == (
        b"sendevent CUSTOM\nA: b\ncontent-length: 4\n\nx\n\ny"
    )


# Every place where a value enters a command.
PLACES: dict[str, Callable[[str], Command]] = {
    "password": Auth,
    "event name": lambda v: SubscribeJson((v,)),
    "subclass": lambda v: SubscribeJson((), (v,)),
    "filter header": lambda v: Filter(v, "x"),
    "filter value": lambda v: Filter("Unique-ID", v),
    "api command": Api,
    "api args": lambda v: Api("show", v),
    "bgapi command": BgApi,
    "bgapi args": lambda v: BgApi("show", v),
    "bgapi job": lambda v: BgApi("show", "", v),
    "execute leg": lambda v: Execute(v, "set"),
    "execute app": lambda v: Execute(LEG, v),
    "execute arg": lambda v: Execute(LEG, "set", v),
    "execute long arg": lambda v: Execute(LEG, "set", "x" * 100 + v),
    "execute expanded arg": lambda v: Execute(LEG, "set", v, expand=True),
    "execute event": lambda v: Execute(LEG, "set", event_uuid=v),
    "hangup leg": HangupLeg,
    "hangup cause": lambda v: HangupLeg(LEG, v),
    "sendevent name": SendEvent,
    "sendevent header": lambda v: SendEvent("CUSTOM", {v: "x"}),
    "sendevent value": lambda v: SendEvent("CUSTOM", {"x": v}),
    "kill leg": UuidKill,
    "kill cause": lambda v: UuidKill(LEG, v),
    "transfer extension": lambda v: UuidTransfer(LEG, Extension(v)),
    "transfer context": lambda v: UuidTransfer(LEG, Extension("1", v)),
    "transfer dialplan": lambda v: UuidTransfer(LEG, Extension("1", dialplan=v)),
    "inline app": lambda v: UuidTransfer(LEG, Inline(((v, ""),))),
    "inline arg": lambda v: UuidTransfer(LEG, Inline((("set", "a=" + v + "b"),))),
    "bridge": lambda v: UuidBridge(LEG, v),
    "setvar name": lambda v: UuidSetVar(LEG, v, "x"),
    "setvar value": lambda v: UuidSetVar(LEG, "sangdam_x", v),
    "setvars value": lambda v: UuidSetVars(LEG, {"sangdam_x": "a" + v + "b"}),
    "digits": lambda v: UuidSendDtmf(LEG, v),
    "broadcast path": lambda v: UuidBroadcast(LEG, "/x" + v),
    "broadcast app arg": lambda v: UuidBroadcastApp(LEG, "playback", v),
    "record path": lambda v: UuidRecord(LEG, "start", "/x" + v),
    "sched leg": lambda v: SchedTransfer(1, v, WAITING),
    "sched_del": SchedDel,
    "originate app arg": lambda v: Originate(DIAL, App("set", "a=" + v)),
    "originate domain": lambda v: Originate(DialString((User("1", v),)), App("park")),
}
INJECTIONS = ["\n", "\r", "\0", "x\n\napi system id", "\r\nJob-UUID: x", "x\n"]


@pytest.mark.parametrize("value", INJECTIONS, ids=[repr(value) for value in INJECTIONS])
@pytest.mark.parametrize("place", PLACES)
def test_no_value_ends_a_line(place: str, value: str) -> None:
    with pytest.raises(UnsafeValue):
        PLACES[place](value).encode()


@pytest.mark.parametrize("place", PLACES)
def test_a_value_that_is_no_utf8_is_refused(place: str) -> None:
    with pytest.raises(UnsafeValue):
        PLACES[place]("x\udc80").encode()


@given(st.sampled_from(sorted(PLACES)), st.text(max_size=30))
def test_whatever_the_value_one_command_is_one_command(place: str, value: str) -> None:
    try:
        data = PLACES[place](value).encode()
    except UnsafeValue:
        return
    head, body = data.split(b"\n\n", 1)
    assert b"\r" not in data and b"\0" not in data
    if body:
        assert head.split(b"content-length: ")[1] == str(len(body)).encode()


EXPANSIONS = ["${system(id)}", "$${domain}", "a ${b} c", "$\\{x}", "$$\\\\{x}"]


@pytest.mark.parametrize("value", EXPANSIONS)
@pytest.mark.parametrize(
    "place",
    ["execute arg", "execute long arg", "inline arg", "setvar value", "setvars value", "broadcast path",
     "broadcast app arg", "record path", "originate app arg"],
)  # fmt: skip
def test_nothing_is_expanded(place: str, value: str) -> None:
    with pytest.raises(UnsafeValue):
        PLACES[place](value).encode()


def test_expansion_can_be_asked_for() -> None:
    assert b"execute-app-arg: ${uuid}\n" in Execute(LEG, "set", "${uuid}", expand=True).encode()


REFUSED: list[Command] = [
    UuidKill("x" * 65),
    UuidKill(""),
    UuidKill("a b"),
    UuidKill(LEG, "normal"),
    HangupLeg(LEG, ""),
    SubscribeJson(()),
    UuidSetVar(LEG, "execute_on_answer", "system id"),
    UuidSetVar(LEG, "API_HANGUP_HOOK", "system id"),
    UuidSetVar(LEG, "a b", "x"),
    UuidSetVars(LEG, {}),
    UuidSetVars(LEG, {"a": "1;execute_on_answer=system"}),
    UuidBroadcast(LEG, "system::id"),
    UuidAudio(LEG, level=5),
    UuidSendDtmf(LEG, "12x"),
    UuidSendDtmf(LEG, ""),
    SchedTransfer(0, LEG, WAITING),
    SchedHangup(-1, LEG),
    SchedDel("@all x"),
    UuidTransfer(LEG, Extension("a b")),
    UuidTransfer(LEG, Inline(())),
    UuidTransfer(LEG, Inline((("set", "it's"),))),
    UuidTransfer(LEG, Inline((("set", "a,b|c~d^e"),))),
    Originate(DIAL, App("playback", "a) &system(id")),
    SendEvent("CUSTOM", {"Content-Length": "5"}),
    SendEvent("CUSTOM", {}, "\0"),
]


@pytest.mark.parametrize("command", REFUSED, ids=[repr(command)[:70] for command in REFUSED])
def test_what_is_refused(command: Command) -> None:
    with pytest.raises(UnsafeValue):
        command.encode()


def split_as_freeswitch(line: str) -> list[str]:
    """switch_separate_string with a blank as separator, from FreeSWITCH's source."""
    pieces, at = [], 0
    while at < len(line):
        while at < len(line) and line[at] == " ":
            at += 1
        start, quoted = at, False
        while at < len(line) and not (line[at] == " " and not quoted):
            if line[at] == "\\":
                at += 1
            elif line[at] == "'":
                quoted = not quoted
            at += 1
        pieces.append(line[start:at])
        while at < len(line) and line[at] == " ":
            at += 1
    return [unquote_as_freeswitch(piece) for piece in pieces]


def unquote_as_freeswitch(piece: str) -> str:
    """cleanup_separated_string: quotes go, escapes are resolved, blanks outside quotes are trimmed."""
    escapes = {"n": "\n", "r": "\r", "t": "\t", "s": " ", "'": "'", '"': '"', "\\": "\\"}
    out, end, quoted, at = "", 0, False, 0
    while at < len(piece):
        mark, following = piece[at], piece[at + 1 : at + 2]
        if mark == "\\" and following in escapes and following:
            out += escapes[following]
            end = len(out)
            at += 2
            continue
        if mark == "'" and (quoted or "'" in piece[at + 1 :]):
            quoted = not quoted
            if quoted:
                end = len(out)
        else:
            out += mark
            if mark != " " or quoted:
                end = len(out)
        at += 1
    return out[:end]


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), min_size=1, max_size=40))
def test_a_quoted_word_is_read_back_as_one_word(text: str) -> None:
    try:
        word = values.token(text)
    except UnsafeValue:
        assert "$" in text
        return
    assert split_as_freeswitch(f"first {word} last") == ["first", text, "last"]
