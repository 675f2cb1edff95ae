"""FreeSWITCH's events → the core's. The only place that knows FreeSWITCH's header names.

Rules that were measured on FreeSWITCH 1.11.0:

- One CHANNEL_BRIDGE and one CHANNEL_UNBRIDGE come for a pair, on the leg that bridged.
- CHANNEL_PARK comes once for a leg that comes to rest. An application that ends *within* park (an offer
  that failed) brings no second one: its ``AppFinished`` says that the leg is back.
- Applications that we execute have an ``event-uuid`` that begins with :data:`TOKEN_PREFIX`. All others
  are the dialplan's own and of no interest.
- For a bridge, ``originate_disposition`` is why it did not connect, or SUCCESS; then
  ``bridge_hangup_cause`` is how it ended.
- FreeSWITCH has percent-decoded what SIP addresses carry: a caller's ``%0A`` arrives as a line end.
- What the agents' phones and callers sent (names, numbers) goes through :mod:`.clean`; identities come
  only from FreeSWITCH's own identifiers and from our ``sangdam_*`` variables, which no SIP header sets.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app.adapters.freeswitch import clean
from app.core import events as ev
from app.core.definitions import Node
from esl.frames import Event

TOKEN_PREFIX = "sg-"
MUSIC_TOKEN = "music"
"""The token of music, whose end interests only the adapter."""

EVENT_NAMES = (
    "CHANNEL_PARK",
    "CHANNEL_ANSWER",
    "CHANNEL_BRIDGE",
    "CHANNEL_UNBRIDGE",
    "CHANNEL_HANGUP_COMPLETE",
    "CHANNEL_EXECUTE_COMPLETE",
    "DTMF",
    "RECORD_STOP",
)
CUSTOM_NAMES = ("sangdam::ars", "sofia::register", "sofia::unregister", "sofia::expire")
UNFILTERED = (*(name for name in EVENT_NAMES if name != "CHANNEL_EXECUTE_COMPLETE"),
              "CUSTOM", "BACKGROUND_JOB", "HEARTBEAT")  # fmt: skip
"""All that passes whole; of CHANNEL_EXECUTE_COMPLETE only our own executions do (see switch.py)."""

_UNSAFE = re.compile(r"[^0-9A-Ya-z-]")
_ESCAPED = re.compile(r"Z([0-9a-f]{2})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FAR_END = frozenset({"recv_bye", "recv_cancel", "recv_refuse"})


def time_of(microseconds: str) -> datetime | None:
    """FreeSWITCH's microseconds since 1970 (UTC) as an aware datetime; None for 0 or nonsense."""
    if (
        not (microseconds.isascii() and microseconds.isdigit())
        or len(microseconds) > 17
        or not int(microseconds)
    ):
        return None
    return _EPOCH + timedelta(microseconds=int(microseconds))


def integer(text: str) -> int | None:
    """A decimal identity of ours, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def event_uuid(token: str) -> str:
    """The ``event-uuid`` for an effect's token: what is no letter, figure or hyphen is written ``Zhh``."""
    return TOKEN_PREFIX + _UNSAFE.sub(lambda found: f"Z{ord(found[0]):02x}", token)


def application_token(event: Event) -> str:
    """The effect's token of a CHANNEL_EXECUTE_COMPLETE; empty if it is not ours."""
    full = event.application_uuid
    if not full.startswith(TOKEN_PREFIX):
        return ""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), full.removeprefix(TOKEN_PREFIX))


def translate(event: Event, node: Node) -> list[ev.SwitchEvent]:
    """The core events that one FreeSWITCH event means; none for what the core does not need."""
    handler = _CUSTOM.get(event.subclass) if event.name == "CUSTOM" else _NAMED.get(event.name)
    if handler is None:
        return []
    at = time_of(event.get("Event-Date-Timestamp"))
    if at is None:
        return []
    found = handler(event, node, at)
    return [found] if found is not None else []


Handler = Callable[[Event, Node, datetime], ev.SwitchEvent | None]


def _caller(event: Event) -> tuple[str, str]:
    number, name = event.get("Caller-Caller-ID-Number"), event.get("Caller-Caller-ID-Name")
    return clean.number(number), clean.caller_name(name, number)


def _park(event: Event, node: Node, at: datetime) -> ev.SwitchEvent | None:
    step = event.variable("sangdam_step")
    tenant = integer(event.variable("sangdam_tenant"))
    number, name = _caller(event)
    if step == "queue" and tenant is not None:
        queue = integer(event.variable("sangdam_queue"))
        if queue is not None:
            return ev.CallQueued(
                node, at, event.leg, tenant, queue, clean.number(event.variable("sangdam_did")), number, name,
                time_of(event.get("Caller-Channel-Created-Time")) or at, clean.name(event.variable("sangdam_menu")),
            )  # fmt: skip
    if step == "dial" and tenant is not None:
        agent = integer(event.variable("sangdam_agent"))
        if agent is not None:
            dialled = clean.number(event.get("Caller-Destination-Number"))
            return ev.AgentDialled(node, at, event.leg, tenant, agent, dialled)
    return ev.LegParked(node, at, event.leg)


def _answer(event: Event, node: Node, at: datetime) -> ev.SwitchEvent | None:
    return ev.LegAnswered(node, at, event.leg)


def _pair(event: Event) -> tuple[str, str]:
    return event.get("Bridge-A-Unique-ID") or event.leg, event.get("Bridge-B-Unique-ID") or event.other_leg


def _bridge(event: Event, node: Node, at: datetime) -> ev.SwitchEvent | None:
    return ev.LegsBridged(node, at, *_pair(event))


def _unbridge(event: Event, node: Node, at: datetime) -> ev.SwitchEvent | None:
    return ev.LegsUnbridged(node, at, *_pair(event))


def _hangup(event: Event, node: Node, at: datetime) -> ev.SwitchEvent | None:
    return ev.LegHungUp(
        node,
        at,
        event.leg,
        event.get("Hangup-Cause") or event.variable("hangup_cause"),
        event.variable("sip_hangup_disposition") in _FAR_END,
        integer(event.variable("sangdam_tenant")),
        event.variable("sangdam_call") or None,
    )


def _executed(event: Event, node: Node, at: datetime) -> ev.SwitchEvent | None:
    token = application_token(event)
    if not token or token == MUSIC_TOKEN:
        return None
    app = event.get("Application")
    cause = ""
    if app == "bridge":
        disposition = event.variable("originate_disposition")
        if disposition == "SUCCESS":
            # With early media the bridge is a success before anybody has answered, or refused.
            cause = event.variable("bridge_hangup_cause") or "NORMAL_CLEARING"
        else:
            cause = disposition
    elif (response := event.get("Application-Response")) not in ("FILE PLAYED", "_none_"):
        cause = response
    return ev.AppFinished(node, at, event.leg, token, app, cause)


def _dtmf(event: Event, node: Node, at: datetime) -> ev.SwitchEvent | None:
    digit = event.get("DTMF-Digit")
    if len(digit) != 1 or digit not in "0123456789*#ABCD":
        return None
    return ev.DigitPressed(node, at, event.leg, digit)


def _record_stop(event: Event, node: Node, at: datetime) -> ev.SwitchEvent | None:
    milliseconds = event.variable("record_ms")
    seconds = int(milliseconds) / 1000 if milliseconds.isascii() and milliseconds.isdigit() else 0.0
    return ev.RecordingStopped(node, at, event.leg, event.get("Record-File-Path"), seconds)


def _ars(event: Event, node: Node, at: datetime) -> ev.SwitchEvent | None:
    tenant = integer(event.variable("sangdam_tenant"))
    step = event.get("sangdam_step")
    if tenant is None or not step:
        return None
    if step == "did":
        number, name = _caller(event)
        return ev.CallArrived(
            node, at, event.leg, tenant, clean.number(event.variable("sangdam_did")), number, name
        )
    return ev.ArsStep(
        node, at, event.leg, tenant, clean.name(step, 32), clean.name(event.get("sangdam_detail"), 32)
    )


def _register(event: Event, node: Node, at: datetime) -> ev.SwitchEvent | None:
    agent = clean.name(event.get("user-agent"))
    return ev.PhoneRegistered(node, at, event.get("from-user"), agent, event.get("network-ip"))


def _unregister(event: Event, node: Node, at: datetime) -> ev.SwitchEvent | None:
    return ev.PhoneUnregistered(node, at, event.get("from-user") or event.get("user"))


_NAMED: dict[str, Handler] = {
    "CHANNEL_PARK": _park,
    "CHANNEL_ANSWER": _answer,
    "CHANNEL_BRIDGE": _bridge,
    "CHANNEL_UNBRIDGE": _unbridge,
    "CHANNEL_HANGUP_COMPLETE": _hangup,
    "CHANNEL_EXECUTE_COMPLETE": _executed,
    "DTMF": _dtmf,
    "RECORD_STOP": _record_stop,
}
_CUSTOM: dict[str, Handler] = {
    "sangdam::ars": _ars,
    "sofia::register": _register,
    "sofia::unregister": _unregister,
    "sofia::expire": _unregister,
}
