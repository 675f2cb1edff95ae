"""Dialplan applications that take no time: variables, events, transfers, timers, limits."""

from __future__ import annotations

from simswitch import causes
from simswitch.channel import Channel, Session
from simswitch.datetimes import c_int
from simswitch.events import KNOWN
from simswitch.session import app, execute, park, transfer
from simswitch.words import separate


@app("answer", media=False)
def answer(channel: Channel, data: str) -> None:
    channel.answer()


@app("pre_answer", media=False)
def pre_answer(channel: Channel, data: str) -> None:
    channel.pre_answer()


@app("ring_ready", media=False)
def ring_ready(channel: Channel, data: str) -> None:
    channel.far_ringing()


@app("set", media=False, inline=True)
def set_variable(channel: Channel, data: str) -> None:
    name, equals, value = data.partition("=")
    if name:
        channel.set_variable(name.strip(), value if equals and value != "_undef_" else None)


@app("multiset", media=False, inline=True)
def multiset(channel: Channel, data: str) -> None:
    delimiter = " "
    if data.startswith("^^"):
        delimiter, data = data[2], data[3:]
    for pair in separate(data, delimiter):
        set_variable(channel, pair)


@app("unset", media=False, inline=True)
def unset(channel: Channel, data: str) -> None:
    channel.set_variable(data, None)


@app("export", media=False, inline=True)
def export(channel: Channel, data: str) -> None:
    """``name=value``, or ``nolocal:name=value`` for legs to come only (switch_channel_export_variable)."""
    name, equals, value = data.partition("=")
    local = True
    if name.startswith("nolocal:"):
        local, name = False, name[8:]
    elif name.startswith("_nolocal_"):
        local, name = False, name[9:]
    if not name or not equals:
        return
    if local:
        channel.set_variable(name, value)
    else:
        channel.variables[f"nolocal:{name}"] = value
        name = f"nolocal:{name}"
    before = channel.text("export_vars")
    channel.variables["export_vars"] = f"{before},{name}" if before else name


@app("push", media=False, inline=True)
def push(channel: Channel, data: str) -> None:
    name, _, value = data.partition("=")
    if name:
        channel.push_variable(name, value)


@app("log", media=False, inline=True)
@app("info", media=False, inline=True)
@app("verbose_events", media=False, inline=True)
@app("set_audio_level", media=False)
@app("bind_digit_action", media=False)
@app("presence", media=False)
def nothing(channel: Channel, data: str) -> None:
    """Applications whose effect nobody here can see."""


@app("event", media=False)
def event(channel: Channel, data: str) -> None:
    name, subclass, extra = "CHANNEL_APPLICATION", "", {}
    for item in separate(data, ",", 25):
        header, equals, value = item.partition("=")
        header, value = header.strip(" "), value.lstrip(" ")
        if not equals:
            continue
        if header.lower() == "event-name":
            name = value.upper() if value.upper() in KNOWN else name
        elif header.lower() == "event-subclass":
            subclass = value
        elif header:
            extra[header] = value
    if channel.switch.wanted(name, subclass):
        # The channel's own headers come after: what the caller's data set first, they override.
        channel.switch.deliver(name, subclass, channel, None, extra)


@app("transfer", media=False)
def transfer_app(channel: Channel, data: str) -> None:
    words = separate(data, " ", 4)
    if not words:
        return
    flag = words[0].lower()
    if flag in ("-bleg", "-both"):
        words = words[1:]
        partner = channel.switch.partner(channel)
        if partner is not None:
            transfer(partner, *words[:3])
        if flag == "-bleg" or partner is None:
            return
    transfer(channel, *words[:3])


@app("park", media=False)
def park_app(channel: Channel, data: str) -> Session:
    return park(channel)


@app("hangup", media=False)
def hangup(channel: Channel, data: str) -> None:
    channel.hangup(causes.from_text(data) if data else "NORMAL_CLEARING")


@app("respond", media=False)
def respond(channel: Channel, data: str) -> None:
    """A SIP response; a final one ends the call with the cause that belongs to it."""
    status = c_int(data) or 488
    if status >= 300 and not channel.answered:
        channel.hangup(causes.from_sip(status))


@app("sched_transfer", media=False)
def sched_transfer(channel: Channel, data: str) -> None:
    words = separate(data, " ", 4)
    if len(words) >= 2:
        when, rest = channel.switch.tasks.moment(words[0]), words[1:]
        channel.variables["last_sched_id"] = str(channel.switch.tasks.transfer(when, channel.uuid, rest))


@app("sched_hangup", media=False)
def sched_hangup(channel: Channel, data: str) -> None:
    words = separate(data, " ", 3)
    if words:
        when = channel.switch.tasks.moment(words[0])
        cause = causes.from_text(words[1]) if len(words) > 1 else "ALLOTTED_TIMEOUT"
        channel.variables["last_sched_id"] = str(channel.switch.tasks.hangup(when, channel.uuid, cause))


@app("sched_broadcast", media=False)
def sched_broadcast(channel: Channel, data: str) -> None:
    words = separate(data, " ", 6)
    if len(words) >= 2:
        when = channel.switch.tasks.moment(words[0])
        to = words[2] if len(words) > 2 else "aleg"
        number = channel.switch.tasks.broadcast(when, channel.uuid, words[1], to)
        channel.variables["last_sched_id"] = str(number)


@app("sched_cancel", media=False)
def sched_cancel(channel: Channel, data: str) -> None:
    channel.switch.tasks.delete(data or channel.uuid)


@app("limit", media=False)
def limit(channel: Channel, data: str) -> None:
    """``hash realm key max [extension dialplan context]``: over the limit the call goes there."""
    words = separate(data, " ", 8)
    if len(words) < 3 or words[0] != "hash":
        channel.hangup("DESTINATION_OUT_OF_ORDER")
        return
    realm, key = words[1], words[2]
    maximum = c_int(words[3].split("/")[0]) if len(words) > 3 else -1
    target = words[4] if len(words) > 4 else "limit_exceeded"
    if channel.switch.take_limit(channel, realm, key, maximum):
        return
    if target.startswith("!"):
        channel.hangup(causes.from_text(target[1:]))
    else:
        transfer(channel, target, *(words[5:7] if len(words) > 5 else ()))


@app("limit_hash", media=False)
def limit_hash(channel: Channel, data: str) -> None:
    limit(channel, f"hash {data}")


@app("stop_record_session", media=False)
def stop_record_session(channel: Channel, data: str) -> None:
    for path, recording in tuple(channel.recordings.items()):
        if data in ("all", path):
            recording.stop()


@app("record_session", media=False)
def record_session(channel: Channel, data: str) -> None:
    path, _, limit_text = data.strip().partition("+")
    channel.switch.record(channel, path.strip(), c_int(limit_text))


@app("break", media=False)
def break_app(channel: Channel, data: str) -> None:
    channel.break_flag = 1


@app("hold", media=False)
def hold(channel: Channel, data: str) -> None:
    channel.hold(True)


@app("unhold", media=False)
def unhold(channel: Channel, data: str) -> None:
    channel.hold(False)


@app("send_dtmf", media=False)
def send_dtmf(channel: Channel, data: str) -> None:
    for digit in data.partition("@")[0]:
        if digit not in "wW":
            channel.party.hears_digit(channel, digit)


@app("execute_extension", media=False)
def execute_extension(channel: Channel, data: str) -> Session:
    """Run an extension's actions and come back."""
    words = separate(data, " ", 3)
    return _execute_extension(channel, words) if words else None  # type: ignore[return-value]


def _execute_extension(channel: Channel, words: list[str]) -> Session:
    actions = channel.switch.hunt(channel, words[0], words[2] if len(words) > 2 else channel.profile.context)
    for name, data in actions or ():
        if not channel.ready:
            return
        done = yield from execute(channel, name, data)
        if not done:
            return


@app("system", media=False)
@app("bgsystem", media=False)
def system(channel: Channel, data: str) -> None:
    """Never run; kept for tests to see that nobody got here."""
    channel.switch.system_calls.append(data)
