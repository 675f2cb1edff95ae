"""What can be said to FreeSWITCH, as values that encode themselves.

A command is checked when it is encoded, and one command is one command: ``encode`` raises
:class:`esl.errors.UnsafeValue` instead of producing bytes that mean something else. The api
commands (``UuidKill`` …) are in :mod:`esl.api` and can be imported from here as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from esl import values
from esl.api import (
    Api,
    ApiCall,
    Originate,
    ReloadXml,
    SchedDel,
    SchedHangup,
    SchedTransfer,
    ShowChannels,
    SofiaProfile,
    Status,
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
from esl.destinations import App, Extension, Inline
from esl.errors import UnsafeValue

__all__ = [
    "Api", "ApiCall", "App", "Auth", "BgApi", "Command", "Execute", "Exit", "Extension", "Filter",
    "FilterDelete", "HangupLeg", "Inline", "NoEvents", "Originate", "Ping", "ReloadXml", "SchedDel", "SchedHangup",
    "SchedTransfer", "SendEvent", "ShowChannels", "SofiaProfile", "Status", "SubscribeJson", "UuidAudio",
    "UuidBreak", "UuidBridge", "UuidBroadcast", "UuidBroadcastApp", "UuidDualTransfer", "UuidDump",
    "UuidExists", "UuidGetVar", "UuidKill", "UuidPark", "UuidPhoneEvent", "UuidRecord", "UuidSendDtmf",
    "UuidSetVar", "UuidSetVars", "UuidTransfer",
]  # fmt: skip

# FreeSWITCH reads header lines with one system call per byte but a body in one piece, so an argument
# that outweighs the two more lines a body needs is sent as a body.
_BODY_FROM_BYTES = 64


class Command(Protocol):
    """Anything with the bytes of exactly one Event Socket command."""

    def encode(self) -> bytes: ...


def _message(*lines: str, body: bytes = b"") -> bytes:
    head = "\n".join(values.line(line) for line in lines)
    return values.encode(head) + b"\n\n" + body


@dataclass(frozen=True, slots=True)
class Auth:
    password: str = field(repr=False)

    def encode(self) -> bytes:
        return _message(f"auth {self.password}")


@dataclass(frozen=True, slots=True)
class SubscribeJson:
    """Ask for events, as JSON. ``names`` are event names, ``customs`` subclasses of CUSTOM."""

    names: tuple[str, ...]
    customs: tuple[str, ...] = ()

    def encode(self) -> bytes:
        words = [values.name(name) for name in self.names if name != "CUSTOM"]
        if self.customs:
            # Everything after CUSTOM is read as a subclass, so it must come last.
            words += ["CUSTOM", *(_subclass(custom) for custom in self.customs)]
        if not words:
            raise UnsafeValue("a subscription to nothing")
        return _message("event json " + " ".join(words))


def _subclass(text: str) -> str:
    for part in text.split("::"):
        values.name(part)
    return text


@dataclass(frozen=True, slots=True)
class Filter:
    """Only events whose ``header`` has this value (several filters: any of them)."""

    header: str
    value: str

    def encode(self) -> bytes:
        return _message(f"filter add {values.name(self.header)} {self.value}")


@dataclass(frozen=True, slots=True)
class FilterDelete:
    header: str
    value: str

    def encode(self) -> bytes:
        return _message(f"filter delete {values.name(self.header)} {self.value}")


@dataclass(frozen=True, slots=True)
class BgApi:
    """An api command in the background; BACKGROUND_JOB with this ``job_uuid`` brings the answer.

    Without a ``job_uuid`` FreeSWITCH makes one and tells it in the reply.
    """

    command: str
    args: str = ""
    job_uuid: str = ""

    @classmethod
    def of(cls, call: ApiCall, job_uuid: str = "") -> BgApi:
        return cls(call.command, call.arguments(), job_uuid)

    def encode(self) -> bytes:
        first = f"bgapi {values.name(self.command)}"
        if self.args:
            first += " " + self.args
        if self.job_uuid:
            return _message(first, f"Job-UUID: {values.uuid(self.job_uuid)}")
        return _message(first)


@dataclass(frozen=True, slots=True)
class Execute:
    """Run a dialplan application on a leg; the reply says only that it was queued.

    ``event_uuid`` comes back as ``Application-UUID`` of CHANNEL_EXECUTE_COMPLETE. ``event_lock`` makes
    it wait for the one before. ``loops`` < 0 repeats for ever. ``arg`` may be long and may have any
    characters but line ends and NUL; ``${…}`` in it is refused unless ``expand``, which must be used
    only for arguments that are wholly the program's own.
    """

    leg: str
    app: str
    arg: str = ""
    event_uuid: str = ""
    event_lock: bool = False
    loops: int = 1
    expand: bool = False

    def encode(self) -> bytes:
        lines = [
            f"sendmsg {values.uuid(self.leg)}",
            "call-command: execute",
            f"execute-app-name: {values.name(self.app)}",
        ]
        if self.event_uuid:
            lines.append(f"event-uuid: {values.uuid(self.event_uuid)}")
        if self.event_lock:
            lines.append("event-lock: true")
        if self.loops != 1:
            lines.append(f"loops: {int(self.loops)}")
        arg = values.line(self.arg) if self.expand else values.unexpanded(self.arg)
        body = values.encode(arg)
        if len(body) < _BODY_FROM_BYTES and arg == arg.strip(" "):
            if arg:
                lines.append(f"execute-app-arg: {arg}")
            return _message(*lines)
        lines += ["content-type: text/plain", f"content-length: {len(body)}"]
        return _message(*lines, body=body)


@dataclass(frozen=True, slots=True)
class HangupLeg:
    """Hang up a leg from its own thread: after what was executed on it before."""

    leg: str
    cause: str = "NORMAL_CLEARING"

    def encode(self) -> bytes:
        return _message(
            f"sendmsg {values.uuid(self.leg)}",
            "call-command: hangup",
            f"hangup-cause: {values.cause(self.cause)}",
        )


@dataclass(frozen=True, slots=True)
class SendEvent:
    """Fire an event inside FreeSWITCH; the body may hold any text but NUL."""

    name: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    def encode(self) -> bytes:
        lines = [f"sendevent {values.name(self.name)}"]
        for header, value in self.headers.items():
            if header.lower() == "content-length":
                raise UnsafeValue("the length of the body is not the caller's to say")
            lines.append(f"{values.name(header)}: {value}")
        if not self.body:
            return _message(*lines)
        if "\0" in self.body:
            raise UnsafeValue("NUL in the body of an event")
        body = values.encode(self.body)
        return _message(*lines, f"content-length: {len(body)}", body=body)


@dataclass(frozen=True, slots=True)
class NoEvents:
    def encode(self) -> bytes:
        return _message("noevents")


@dataclass(frozen=True, slots=True)
class Ping:
    """Changes nothing: a listener that controls no call answers at once that it does not."""

    def encode(self) -> bytes:
        return _message("nolinger")


@dataclass(frozen=True, slots=True)
class Exit:
    def encode(self) -> bytes:
        return _message("exit")
