"""Applications that take time: playing, asking for keys, sleeping.

Sources: switch_ivr_play_say.c (switch_ivr_play_file, switch_play_and_get_digits, switch_ivr_read,
switch_ivr_sleep), mod_dptools.c. Measured: commands run nested while a sound plays, and the sound waits for
them; keys are events only where an application reads them, which endless_playback does not.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Generator
from typing import Any

from simswitch.channel import Channel, Session
from simswitch.datetimes import c_int
from simswitch.dialplan import search
from simswitch.media import ENDLESS, NotFound, duration
from simswitch.session import app, run_commands, transfer
from simswitch.words import separate


class Played(enum.Enum):
    DONE = "FILE PLAYED"
    BREAK = "FILE PLAYED "
    NOT_FOUND = "FILE NOT FOUND"
    ERROR = "PLAYBACK ERROR"


OnKey = Callable[[str], bool]
"""Told of a key; True ends the sound."""

Playing = Generator[float | None, None, Played]


def play_file(channel: Channel, path: str, on_key: OnKey | None = None) -> Playing:
    """Play one file, stream or list of files."""
    clock = channel.switch.clock
    if not channel.ready and channel.switch.locate(channel.uuid) is None:
        return Played.ERROR
    try:
        length = duration(path, channel.switch.document.streams)
    except NotFound:
        return Played.NOT_FOUND
    began = clock.time()
    about = {"Playback-File-Path": path}
    if path.startswith(("local_stream://", "tone_stream://", "silence_stream://", "file_string://")):
        about["Playback-File-Type"] = path.partition("://")[0]
    channel.fire("PLAYBACK_START", about)
    end = began + length
    result = Played.DONE
    while True:
        if not channel.ready:
            result = Played.ERROR
            break
        if channel.commands or channel.priority_commands:
            before = clock.time()
            yield from run_commands(channel)
            end += clock.time() - before
            if not channel.ready:
                continue
        if channel.break_flag:
            channel.break_flag = 0
            result = Played.BREAK
            break
        if on_key is not None and channel.keys:
            if on_key(channel.dequeue_key()):
                result = Played.BREAK
                break
            continue
        if clock.time() >= end:
            break
        yield None if end == ENDLESS else end
    played = clock.time() - began
    channel.variables["playback_seconds"] = str(int(played))
    channel.variables["playback_ms"] = str(int(played * 1000))
    channel.variables["playback_samples"] = str(int(played * 8000))
    channel.fire("PLAYBACK_STOP", about | {"Playback-Status": "break" if result is Played.BREAK else "done"})
    return result


def _respond(channel: Channel, result: Played) -> None:
    channel.variables["current_application_response"] = result.value.strip()


@app("playback")
def playback(channel: Channel, data: str) -> Session:
    terminators = channel.text("playback_terminators") or "*"
    if terminators == "none":
        terminators = ""
    elif terminators == "any":
        terminators = "0123456789*#"
    channel.set_variable("playback_terminator_used", None)
    if terminators and "{timeout=" in data:
        # A prompt with a bounded wait behind it that a key ends: a question.
        channel.party.asked(channel)

    def on_key(key: str) -> bool:
        if key in terminators:
            channel.variables["playback_terminator_used"] = key
            return True
        return False

    result = yield from play_file(channel, data.partition("@@")[0], on_key)
    _respond(channel, result)


@app("endless_playback")
def endless_playback(channel: Channel, data: str) -> Session:
    result = Played.DONE
    while channel.ready:
        began = channel.switch.clock.time()
        result = yield from play_file(channel, data)
        if result not in (Played.DONE, Played.BREAK):
            break
        if result is Played.DONE and channel.switch.clock.time() == began:
            yield began + 0.02  # an empty file must not turn the media tick into a busy loop
    _respond(channel, result)


@app("loop_playback")
def loop_playback(channel: Channel, data: str) -> Session:
    loops, path = 1, data
    if data.startswith("+"):
        first, _, path = data.partition(" ")
        loops = -1 if first == "+-1" else c_int(first[1:])
    result = Played.DONE
    while channel.ready and loops:
        result = yield from play_file(channel, path.strip())
        if result is not Played.DONE:
            break
        loops -= 1
    _respond(channel, result)


@app("sleep")
def sleep(channel: Channel, data: str) -> Session:
    clock = channel.switch.clock
    end = clock.time() + c_int(data) / 1000
    eats = channel.true("sleep_eat_digits")
    while channel.ready and clock.time() < end:
        before = clock.time()
        yield from run_commands(channel)
        end += clock.time() - before
        if channel.break_flag:
            channel.break_flag = 0
            return
        if channel.keys:
            if not eats:
                return
            channel.dequeue_key()
            continue
        if channel.ready and clock.time() < end:
            yield end


@app("wait_for_silence")
@app("wait_for_answer")
def no_wait(channel: Channel, data: str) -> None:
    """Nothing is heard here, so there is nothing to wait for."""


# --- Keys ---


def _collect(
    channel: Channel, digits: str, longest: int, terminators: str, first: float, between: float
) -> Generator[float | None, None, tuple[str, str, bool]]:
    """Keys until there are enough, a terminator, or a time-out: (digits, terminator, timed out)."""
    clock = channel.switch.clock
    until = clock.time() + first
    while channel.ready:
        before = clock.time()
        yield from run_commands(channel)
        until += clock.time() - before
        if channel.break_flag:
            channel.break_flag = 0
            break
        while channel.keys:
            key = channel.dequeue_key()
            if key in terminators:
                return digits, key, False
            digits += key
            if len(digits) >= longest:
                return digits, "", False
            until = clock.time() + between
        if not channel.ready:
            break
        if clock.time() >= until:
            return digits, "", True
        yield until
    return digits, "", False


def _read(
    channel: Channel,
    least: int,
    longest: int,
    prompt: str,
    variable: str,
    timeout: float,
    terminators: str,
    digit_timeout: float,
) -> Generator[float | None, None, tuple[str, str]]:
    """switch_ivr_read: (digits, "success" | "timeout" | "failure")."""
    channel.set_variable("read_result", None)
    channel.set_variable("read_terminator_used", None)
    if variable:
        channel.set_variable(variable, None)
    digits, result = "", "success"
    channel.party.asked(channel)
    if prompt and prompt.lower() != "silence":
        heard: list[str] = []

        def on_key(key: str) -> bool:
            heard.append(key)
            return True

        played = yield from play_file(channel, prompt, on_key)
        if played in (Played.NOT_FOUND, Played.ERROR):
            return "", "failure"
        digits = "".join(heard)
    if digits and digits in terminators and longest != 1:
        channel.variables["read_terminator_used"], digits = digits, ""
        terminator = channel.variables["read_terminator_used"]
    elif len(digits) < max(least, longest):
        digits, terminator, timed_out = yield from _collect(
            channel, digits, longest, terminators, digit_timeout if digits else timeout, digit_timeout
        )
        if terminator:
            channel.variables["read_terminator_used"] = terminator
        if timed_out:
            result = "timeout"
    if least and len(digits) < least:
        result = "failure"
    channel.variables["read_result"] = result
    if longest == 1 and len(digits) == 1 and digits in terminators:
        digits = ""
    if variable and digits:
        channel.variables[variable] = digits
    return digits, result


def _milliseconds(text: str) -> float:
    return max(1000, c_int(text)) / 1000


@app("play_and_get_digits")
def play_and_get_digits(channel: Channel, data: str) -> Session:
    words = separate(data, " ", 11)
    if len(words) < 3:
        return
    words += [""] * (11 - len(words))
    least, longest, tries = max(0, c_int(words[0])), c_int(words[1]), c_int(words[2])
    longest = max(least, longest)
    terminators = words[4] or "#"
    variable, pattern = words[7], words[8]
    timeout = _milliseconds(words[3] or "1000")
    digit_timeout = c_int(words[9]) / 1000 or timeout
    if pattern and variable:
        channel.set_variable(f"{variable}_invalid", None)
    while channel.ready and tries:
        digits, result = yield from _read(
            channel, least, longest, words[5], variable, timeout, terminators, digit_timeout
        )
        if result == "timeout" and len(digits) >= least:
            result = "success"
        if not least and not digits and "read_terminator_used" in channel.variables:
            return
        if result == "success" and digits:
            if not pattern or search(digits, pattern):
                return
            channel.set_variable(variable, None)
            if variable:
                channel.set_variable(f"{variable}_invalid", digits)
        if not channel.ready:
            break
        if words[6]:
            yield from play_file(channel, words[6])
        tries -= 1
    if words[10] and channel.up and not channel.transfer:
        target: list[Any] = separate(words[10], " ", 3)
        transfer(channel, *target)


@app("read")
def read(channel: Channel, data: str) -> Session:
    words = separate(data, " ", 7)
    words += [""] * (7 - len(words))
    timeout = _milliseconds(words[4] or "1000")
    yield from _read(
        channel,
        c_int(words[0]),
        max(c_int(words[0]), c_int(words[1])),
        words[2],
        words[3],
        timeout,
        words[5] or "#",
        c_int(words[6]) / 1000 or timeout,
    )
