"""FreeSWITCH's api commands that a call centre needs, each a value with checked arguments.

Give them to ``Connection.api`` or ``Connection.bgapi``. Arguments that FreeSWITCH splits at blanks
are quoted as it unquotes them (:func:`esl.values.token`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from esl import values
from esl.destinations import App, Destination, Extension, Inline
from esl.dialstring import DialString
from esl.errors import UnsafeValue


class ApiCall(ABC):
    """An api command: its name and its argument line."""

    __slots__ = ()

    @property
    @abstractmethod
    def command(self) -> str: ...

    @abstractmethod
    def arguments(self) -> str:
        """The rest of the line. Raises UnsafeValue."""

    def line(self) -> str:
        rest = values.line(self.arguments())
        return f"{values.name(self.command)} {rest}" if rest else values.name(self.command)

    def encode(self) -> bytes:
        """The blocking form; ``BgApi.of(call)`` is the other."""
        return values.encode(f"api {self.line()}\n\n")


@dataclass(frozen=True, slots=True)
class Api(ApiCall):
    """Any api command. ``args`` is sent as it is: build it from the program's own text only."""

    command: str
    args: str = ""

    def arguments(self) -> str:
        return self.args


# --- One leg ---


@dataclass(frozen=True, slots=True)
class _OfLeg(ApiCall):
    leg: str

    def _words(self, *more: str) -> str:
        return " ".join((values.uuid(self.leg), *more))

    def arguments(self) -> str:
        return self._words()


@dataclass(frozen=True, slots=True)
class UuidKill(_OfLeg):
    """Hang up now, whatever the leg is doing."""

    cause: str = "NORMAL_CLEARING"
    command = "uuid_kill"

    def arguments(self) -> str:
        return self._words(values.cause(self.cause))


@dataclass(frozen=True, slots=True)
class UuidBreak(_OfLeg):
    """Stop what is being played; ``all_queued`` also what is waiting to be played."""

    all_queued: bool = True
    command = "uuid_break"

    def arguments(self) -> str:
        return self._words(*(["all"] if self.all_queued else []))


@dataclass(frozen=True, slots=True)
class UuidTransfer(_OfLeg):
    """Send a leg elsewhere. ``which``: this leg, the one bridged to it ("bleg"), or "both"."""

    destination: Destination
    which: Literal["leg", "bleg", "both"] = "leg"
    command = "uuid_transfer"

    def arguments(self) -> str:
        flag = {"leg": [], "bleg": ["-bleg"], "both": ["-both"]}[self.which]
        return self._words(*flag, *self.destination.words())


@dataclass(frozen=True, slots=True)
class UuidDualTransfer(_OfLeg):
    """Part two bridged legs: ``leg`` goes to ``own``, the leg it was bridged to goes to ``other``."""

    own: Destination
    other: Destination
    command = "uuid_dual_transfer"

    def arguments(self) -> str:
        return self._words(_slashed(self.own), _slashed(self.other))


def _slashed(destination: Destination) -> str:
    if isinstance(destination, Inline):
        return values.token(destination.text() + "/inline")
    return values.token("/".join(destination.words()))


@dataclass(frozen=True, slots=True)
class UuidBridge(_OfLeg):
    """Join two answered legs."""

    other_leg: str
    command = "uuid_bridge"

    def arguments(self) -> str:
        return self._words(values.uuid(self.other_leg))


@dataclass(frozen=True, slots=True)
class UuidSetVar(_OfLeg):
    """Set a channel variable; an empty value unsets it."""

    name: str
    value: str = ""
    command = "uuid_setvar"

    def arguments(self) -> str:
        value = [values.token(self.value)] if self.value else []
        return self._words(values.variable(self.name), *value)


@dataclass(frozen=True, slots=True)
class UuidSetVars(_OfLeg):
    """Set several channel variables in one command."""

    variables: Mapping[str, str]
    command = "uuid_setvar_multi"

    def arguments(self) -> str:
        pairs = []
        for name, value in self.variables.items():
            values.token(value or "-")
            if any(mark in value for mark in ";'\\") or value != value.strip(" "):
                raise UnsafeValue(f"use UuidSetVar for {name}={value[:80]!r}")
            pairs.append(f"{values.variable(name)}={value}")
        if not pairs:
            raise UnsafeValue("no variable")
        return self._words(";".join(pairs))


@dataclass(frozen=True, slots=True)
class UuidGetVar(_OfLeg):
    """Answers the value, or ``_undef_``."""

    name: str
    command = "uuid_getvar"

    def arguments(self) -> str:
        return self._words(values.variable(self.name))


@dataclass(frozen=True, slots=True)
class UuidAudio(_OfLeg):
    """Mute one direction of a leg or change its volume (``level`` -4…4), or stop doing so.

    ``direction`` is FreeSWITCH's: "read" is what the leg says, "write" what it hears.
    """

    action: Literal["start", "stop"] = "start"
    direction: Literal["read", "write"] = "read"
    mute: bool = True
    level: int = 0
    command = "uuid_audio"

    def arguments(self) -> str:
        if self.action == "stop":
            return self._words("stop")
        if self.direction not in ("read", "write") or not -4 <= int(self.level) <= 4:
            raise UnsafeValue(f"no such direction or level: {self.direction} {self.level}")
        what = ["mute", "-1"] if self.mute else ["level", str(int(self.level))]
        return self._words("start", self.direction, *what)


@dataclass(frozen=True, slots=True)
class UuidSendDtmf(_OfLeg):
    """Dial keys into the call. ``tone_ms``: how long each, 0 for FreeSWITCH's default."""

    digits: str
    tone_ms: int = 0
    command = "uuid_send_dtmf"

    def arguments(self) -> str:
        length = f"@{int(self.tone_ms)}" if self.tone_ms > 0 else ""
        return self._words(values.digits(self.digits) + length)


@dataclass(frozen=True, slots=True)
class UuidBroadcast(_OfLeg):
    """Play a file or stream into the leg, its partner ("bleg"), or both."""

    path: str
    to: Literal["aleg", "bleg", "holdb", "both"] = "aleg"
    command = "uuid_broadcast"

    def arguments(self) -> str:
        if "::" in self.path:
            raise UnsafeValue(f"that would run an application: {self.path[:80]!r}")
        return self._words(values.token(self.path), values.name(self.to))


@dataclass(frozen=True, slots=True)
class UuidBroadcastApp(_OfLeg):
    """Run an application on a leg without taking it out of its bridge or park."""

    app: str
    arg: str = ""
    to: Literal["aleg", "bleg", "holdb", "both"] = "aleg"
    command = "uuid_broadcast"

    def arguments(self) -> str:
        text = f"{values.name(self.app)}::{self.arg}"
        return self._words(values.token(text), values.name(self.to))


@dataclass(frozen=True, slots=True)
class UuidRecord(_OfLeg):
    """Start, stop, pause … the recording of a leg into ``path``; ``limit`` in seconds, 0 for none."""

    action: Literal["start", "stop", "mask", "unmask", "pause", "resume"]
    path: str
    limit: int = 0
    command = "uuid_record"

    def arguments(self) -> str:
        limit = [values.seconds(self.limit)] if self.limit else []
        return self._words(values.name(self.action), values.token(self.path), *limit)


@dataclass(frozen=True, slots=True)
class UuidDump(_OfLeg):
    """All headers and variables of a leg, as JSON."""

    command = "uuid_dump"

    def arguments(self) -> str:
        return self._words("json")


@dataclass(frozen=True, slots=True)
class UuidExists(_OfLeg):
    """Answers ``true`` or ``false``."""

    command = "uuid_exists"


@dataclass(frozen=True, slots=True)
class UuidPark(_OfLeg):
    command = "uuid_park"


@dataclass(frozen=True, slots=True)
class UuidPhoneEvent(_OfLeg):
    """Press a key of a SIP phone by NOTIFY: ``talk`` answers, ``hold`` holds."""

    event: Literal["talk", "hold"] = "talk"
    command = "uuid_phone_event"

    def arguments(self) -> str:
        return self._words(values.name(self.event))


# --- Later ---


@dataclass(frozen=True, slots=True)
class SchedTransfer(ApiCall):
    """Transfer a leg in ``seconds`` unless ``SchedDel(leg)`` comes first."""

    seconds: int
    leg: str
    destination: Extension
    command = "sched_transfer"

    def arguments(self) -> str:
        when = "+" + values.seconds(self.seconds, 1)
        return " ".join((when, values.uuid(self.leg), *self.destination.words()))


@dataclass(frozen=True, slots=True)
class SchedHangup(ApiCall):
    """Hang up a leg in ``seconds`` unless ``SchedDel(leg)`` comes first."""

    seconds: int
    leg: str
    cause: str = "ALLOTTED_TIMEOUT"
    command = "sched_hangup"

    def arguments(self) -> str:
        when = "+" + values.seconds(self.seconds, 1)
        return f"{when} {values.uuid(self.leg)} {values.cause(self.cause)}"


@dataclass(frozen=True, slots=True)
class SchedDel(ApiCall):
    """Cancel a task by its number, or everything that is scheduled for a leg."""

    task: str
    command = "sched_del"

    def arguments(self) -> str:
        return values.uuid(self.task)


# --- The whole switch ---


@dataclass(frozen=True, slots=True)
class ShowChannels(ApiCall):
    """All channels, as JSON: ``{"row_count": n, "rows": [...]}``, without ``rows`` when there are none.

    FreeSWITCH answers from a table that it writes in the background: a channel that was just created or
    has just ended may be missing or still there. :class:`UuidExists` and :class:`UuidDump` know at once.
    """

    command = "show"

    def arguments(self) -> str:
        return "channels as json"


@dataclass(frozen=True, slots=True)
class ReloadXml(ApiCall):
    """Read configuration, directory and dialplan anew; answers an error if the XML is broken."""

    command = "reloadxml"

    def arguments(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Status(ApiCall):
    command = "status"

    def arguments(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class SofiaProfile(ApiCall):
    """``rescan`` finds new gateways without touching calls; ``killgw`` removes one."""

    profile: str
    action: Literal["rescan", "killgw", "start", "stop", "restart"]
    gateway: str = ""
    command = "sofia"

    def arguments(self) -> str:
        gateway = [values.name(self.gateway)] if self.gateway else []
        return " ".join(("profile", values.name(self.profile), values.name(self.action), *gateway))


@dataclass(frozen=True, slots=True)
class Originate(ApiCall):
    """Call ``dial``; whoever answers goes to ``target``. Give it to ``bgapi``: it waits for the answer.

    ``timeout``: seconds until giving up. The BACKGROUND_JOB says ``+OK <uuid>`` or ``-ERR <cause>``.
    """

    dial: DialString
    target: Extension | App | Inline
    timeout: int = 60
    command = "originate"

    def arguments(self) -> str:
        words = self.target.words()
        # The positions of dialplan, context, caller name and number; "undef" leaves the default.
        words += ["undef"] * (5 - len(words))
        return " ".join((values.token(self.dial.text()), *words, values.seconds(self.timeout, 1)))
