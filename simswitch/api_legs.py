"""Api commands that act on one leg, and ``originate`` (mod_commands.c)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simswitch import causes, events
from simswitch.bridge import uuid_bridge
from simswitch.callerprofile import Instructions
from simswitch.channel import Channel, State
from simswitch.clock import Sleeper, Steps
from simswitch.datetimes import c_int
from simswitch.originate import originate
from simswitch.session import park_session, transfer
from simswitch.words import separate

if TYPE_CHECKING:
    from simswitch.switch import SimSwitch

Answer = str | Callable[[Sleeper], Steps]
Command = Callable[["SimSwitch", str], Answer]

NO_CHANNEL = "-ERR No such channel!\n"
NO_SESSION = "-ERR Cannot locate session!\n"
OK = "+OK\n"

COMMANDS: dict[str, Command] = {}


def _command(name: str) -> Callable[[Command], Command]:
    def register(function: Command) -> Command:
        COMMANDS[name] = function
        return function

    return register


@_command("uuid_kill")
def uuid_kill(switch: SimSwitch, text: str) -> str:
    words = text.split()
    if not words:
        return "-USAGE: <uuid> [cause]\n"
    channel = switch.locate(words[0])
    if channel is None:
        return NO_CHANNEL
    channel.hangup(causes.from_text(words[1]) if len(words) > 1 else "NORMAL_CLEARING")
    return OK


@_command("uuid_exists")
def uuid_exists(switch: SimSwitch, text: str) -> str:
    return "true" if switch.locate(text) is not None else "false"


@_command("uuid_break")
def uuid_break(switch: SimSwitch, text: str) -> str:
    uuid, _, flags = text.partition(" ")
    if not uuid:
        return "-USAGE: <uuid> [all|both|all both]\n"
    channel = switch.locate(uuid)
    if channel is None:
        return NO_CHANNEL
    partner = switch.partner(channel) if "both" in flags else None
    channel.stop_playing("all" in flags)
    if partner is not None:
        partner.stop_playing("all" in flags)
    return OK


@_command("uuid_transfer")
def uuid_transfer(switch: SimSwitch, text: str) -> str:
    words = separate(text, " ", 5)
    if len(words) < 2:
        return "-USAGE: <uuid> [-bleg|-both] <dest-exten> [<dialplan>] [<context>]\n"
    channel = switch.locate(words[0])
    if channel is None:
        return NO_CHANNEL
    flag = words[1].lower() if words[1].lower() in ("-bleg", "-both") else ""
    target = words[2:5] if flag else words[1:4]
    if not target:
        return "-USAGE: <uuid> [-bleg|-both] <dest-exten> [<dialplan>] [<context>]\n"
    partner = switch.partner(channel)
    if flag == "-both":
        # Both flags are up before either notices.
        if partner is not None:
            transfer(partner, *target)
        return OK if transfer(channel, *target) else "-ERR Operation failed\n"
    if flag == "-bleg":
        if partner is None:
            return "-ERR No such channel!\n"
        channel = partner
    return OK if transfer(channel, *target) else "-ERR Operation failed\n"


@_command("uuid_dual_transfer")
def uuid_dual_transfer(switch: SimSwitch, text: str) -> str:
    words = separate(text, " ", 3)
    if len(words) < 2:
        return "-USAGE: <uuid> <A-dest-exten>[/<A-dialplan>][/<A-context>] <B-dest-exten>[/…]\n"
    channel = switch.locate(words[0])
    if channel is None:
        return NO_CHANNEL
    partner = switch.partner(channel)
    if partner is not None and len(words) > 2:
        transfer(partner, *_slashed(words[2]))
    transfer(channel, *_slashed(words[1]))
    return OK


def _slashed(text: str) -> list[str]:
    """``exten/dialplan/context``; a stream in an inline argument has slashes of its own."""
    if text.endswith("/inline"):
        return [text[: -len("/inline")], "inline"]
    return text.split("/")[:3]


@_command("uuid_bridge")
def bridge_command(switch: SimSwitch, text: str) -> str:
    words = text.split()
    if len(words) != 2:
        return "-USAGE: <uuid> <other_uuid>\n"
    first, second = switch.locate(words[0]), switch.locate(words[1])
    if first is None or second is None or not uuid_bridge(first, second):
        return "-ERR Invalid uuid\n"
    return f"+OK {words[1]}\n"


@_command("uuid_park")
def uuid_park(switch: SimSwitch, text: str) -> str:
    channel = switch.locate(text)
    if channel is None:
        return NO_CHANNEL
    channel.transfer = True
    park_session(channel)
    return OK


@_command("uuid_setvar")
def uuid_setvar(switch: SimSwitch, text: str) -> str:
    words = separate(text, " ", 3)
    if len(words) < 2:
        return "-USAGE: <uuid> <var> [value]\n"
    channel = switch.locate(words[0])
    if channel is None:
        return NO_CHANNEL
    channel.set_variable(words[1], words[2] if len(words) > 2 else None)
    return OK


@_command("uuid_setvar_multi")
def uuid_setvar_multi(switch: SimSwitch, text: str) -> str:
    usage = "-USAGE: <uuid> <var>=<value>;<var>=<value>...\n"
    uuid, _, pairs = text.partition(" ")
    if not uuid or not pairs:
        return usage
    channel = switch.locate(uuid)
    if channel is None:
        return NO_CHANNEL + usage
    for pair in separate(pairs, ";"):
        name, equals, value = pair.partition("=")
        if name:
            channel.set_variable(name.strip(), value if equals else None)
    return OK


@_command("uuid_getvar")
def uuid_getvar(switch: SimSwitch, text: str) -> str:
    words = text.split()
    if len(words) < 2:
        return "-USAGE: <uuid> <var>\n"
    channel = switch.locate(words[0])
    if channel is None:
        return NO_CHANNEL
    return channel.text(words[1]) or "_undef_"


@_command("uuid_dump")
def uuid_dump(switch: SimSwitch, text: str) -> str:
    words = text.split()
    if not words:
        return "-USAGE: <uuid> [format]\n"
    channel = switch.locate(words[0])
    if channel is None:
        return NO_CHANNEL
    headers = events.build(switch, "CHANNEL_DATA", "", channel, None)
    if words[1:] == ["json"]:
        return events.to_json(headers).decode()
    return events.to_plain(headers, encode=False).decode("utf-8", "replace")


@_command("uuid_audio")
def uuid_audio(switch: SimSwitch, text: str) -> str:
    usage = "-USAGE: <uuid> [start [read|write] [mute|level <level>]|stop]\n"
    words = text.split()
    if len(words) < 2:
        return usage
    channel = switch.locate(words[0])
    if channel is None:
        return NO_CHANNEL
    if words[1] == "stop":
        channel.set_variable("simswitch_audio", None)
        return "+OK Success\n"
    if words[1] != "start" or len(words) < 5:
        return usage
    channel.variables["simswitch_audio"] = " ".join(words[2:])
    return "+OK Success\n"


@_command("uuid_send_dtmf")
def uuid_send_dtmf(switch: SimSwitch, text: str) -> str:
    uuid, _, digits = text.partition(" ")
    if not digits:
        return "-USAGE: <uuid> <dtmf_data>\n"
    channel = switch.locate(uuid)
    if channel is None:
        return NO_SESSION
    for digit in digits.partition("@")[0]:
        if digit in "0123456789*#ABCDabcd":
            channel.party.hears_digit(channel, digit)
    return f"+OK {uuid} sent DTMF {digits}.\n"


@_command("uuid_recv_dtmf")
def uuid_recv_dtmf(switch: SimSwitch, text: str) -> str:
    uuid, _, digits = text.partition(" ")
    channel = switch.locate(uuid)
    if channel is None:
        return NO_SESSION
    for digit in digits.partition("@")[0]:
        channel.far_digit(digit, "APP")
    return f"+OK {uuid} received DTMF {digits}.\n"


@_command("uuid_record")
def uuid_record(switch: SimSwitch, text: str) -> str:
    words = separate(text, " ", 5)
    if len(words) < 3:
        return "-USAGE: <uuid> [start|stop|mask|unmask|pause|resume] <path> [<limit>]\n"
    channel = switch.locate(words[0])
    if channel is None:
        return NO_SESSION
    action, path = words[1].lower(), words[2]
    if action == "start":
        limit = c_int(words[3]) if len(words) > 3 else 0
        return "+OK Success\n" if switch.record(channel, path, limit) else "-ERR Cannot record session!\n"
    if action == "stop" and path == "all":
        for recording in tuple(channel.recordings.values()):
            recording.stop()
        return "+OK Success\n"
    found = channel.recordings.get(path)
    if found is None:
        verb = "stop" if action == "stop" else "mask"
        return f"-ERR Cannot {verb} record session!\n"
    if action == "stop":
        found.stop()
    elif action in ("pause", "resume"):
        found.pause(action == "pause")
    return "+OK Success\n"


@_command("uuid_phone_event")
def uuid_phone_event(switch: SimSwitch, text: str) -> str:
    words = text.split()
    if len(words) < 2:
        return "-USAGE: <uuid>\n"
    channel = switch.locate(words[0])
    if channel is None:
        return "-ERR Operation failed\n"
    switch.clock.soon(channel.party.pressed, channel, words[1])
    return "+OK Success\n"


@_command("uuid_answer")
def uuid_answer(switch: SimSwitch, text: str) -> str:
    channel = switch.locate(text)
    if channel is None:
        return "-ERROR\n"
    channel.answer()
    return OK


@_command("uuid_hold")
def uuid_hold(switch: SimSwitch, text: str) -> str:
    words = text.split()
    if not words:
        return "-USAGE: [off|toggle] <uuid> [<display>]\n"
    off = words[0].lower() == "off"
    channel = switch.locate(words[1] if off or words[0].lower() == "toggle" else words[0])
    if channel is not None:
        channel.hold(not channel.held if words[0].lower() == "toggle" else not off)
    return "+OK Success\n"


@_command("uuid_broadcast")
def uuid_broadcast(switch: SimSwitch, text: str) -> str:
    words = separate(text, " ", 3)
    if len(words) < 2:
        return "-USAGE: <uuid> <path> [aleg|bleg|holdb|both]\n"
    if not switch.broadcast(words[0], words[1], words[2] if len(words) > 2 else "aleg"):
        return "-ERR invalid uuid\n"
    return "+OK Message sent\n"


@_command("uuid_buglist")
def uuid_buglist(switch: SimSwitch, text: str) -> str:
    channel = switch.locate(text)
    if channel is None:
        return ""
    names = "".join(f"<media-bug><function>session_record</function><target>{path}</target></media-bug>"
                    for path in channel.recordings)  # fmt: skip
    return f"<media-bugs>{names}</media-bugs>\n"


# --- Originate ---

_USAGE = (
    "-USAGE: <call url> <exten>|&<application_name>(<app_args>) [<dialplan>] [<context>] [<cid_name>] "
    "[<cid_num>] [<timeout_sec>]\n"
)


@_command("originate")
def originate_command(switch: SimSwitch, text: str) -> Answer:
    words = separate(text, " ", 10)
    if len(words) < 2:
        return _USAGE
    words = [*words, *[""] * 7][:7]
    dial, target, dialplan, context, name, number, timeout = (
        "" if word == "undef" else word for word in words
    )
    if name or number:
        given = {"origination_caller_id_name": name, "origination_caller_id_number": number}
        dial = "{" + ",".join(f"{key}={value}" for key, value in given.items() if value) + "}" + dial

    def steps(sleeper: Sleeper) -> Steps:
        peer, cause = yield from originate(switch, None, dial, c_int(timeout) or 60, sleeper)
        if peer is None:
            return f"-ERR {cause}\n"
        switch.clock.soon(_begin, peer, target, dialplan, context)
        return f"+OK {peer.uuid}\n"

    return steps


def _begin(peer: Channel, target: str, dialplan: str, context: str) -> None:
    """What the answered leg does: an application, or a place in the dialplan."""
    if not peer.up:
        return
    profile = peer.profile
    # A leg that called out and now runs the dialplan is shown the other way round.
    profile.caller_id_name, profile.callee_id_name = profile.callee_id_name, profile.caller_id_name
    profile.caller_id_number, profile.callee_id_number = profile.callee_id_number, profile.caller_id_number
    peer.dialplan_hit = True
    if target.startswith("&"):
        name, _, argument = target[1:].partition("(")
        profile.extension = Instructions(name, argument, [(name, argument.partition(")")[0])])
        peer.set_state(State.EXECUTE)
    else:
        transfer(peer, target, dialplan or "XML", context or "default")
