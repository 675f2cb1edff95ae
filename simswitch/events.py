"""Events as they go over the wire: headers, and their JSON and plain forms.

Sources: switch_event.c (switch_event_prep_for_delivery, switch_event_serialize…), switch_channel.c
(switch_channel_event_set_basic_data, …_extended_data).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from simswitch.channel import STATE_NAMES, Channel, State

if TYPE_CHECKING:
    from simswitch.switch import SimSwitch

NAMES = (
    "CUSTOM", "CLONE", "CHANNEL_CREATE", "CHANNEL_DESTROY", "CHANNEL_STATE", "CHANNEL_CALLSTATE",
    "CHANNEL_ANSWER", "CHANNEL_HANGUP", "CHANNEL_HANGUP_COMPLETE", "CHANNEL_EXECUTE",
    "CHANNEL_EXECUTE_COMPLETE", "CHANNEL_HOLD", "CHANNEL_UNHOLD", "CHANNEL_BRIDGE", "CHANNEL_UNBRIDGE",
    "CHANNEL_PROGRESS", "CHANNEL_PROGRESS_MEDIA", "CHANNEL_OUTGOING", "CHANNEL_PARK", "CHANNEL_UNPARK",
    "CHANNEL_APPLICATION", "CHANNEL_ORIGINATE", "CHANNEL_UUID", "API", "LOG", "INBOUND_CHAN",
    "OUTBOUND_CHAN", "STARTUP", "SHUTDOWN", "PUBLISH", "UNPUBLISH", "TALK", "NOTALK", "SESSION_CRASH",
    "MODULE_LOAD", "MODULE_UNLOAD", "DTMF", "MESSAGE", "PRESENCE_IN", "NOTIFY_IN", "PRESENCE_OUT",
    "PRESENCE_PROBE", "MESSAGE_WAITING", "MESSAGE_QUERY", "ROSTER", "CODEC", "BACKGROUND_JOB",
    "DETECTED_SPEECH", "DETECTED_TONE", "PRIVATE_COMMAND", "HEARTBEAT", "TRAP", "ADD_SCHEDULE",
    "DEL_SCHEDULE", "EXE_SCHEDULE", "RE_SCHEDULE", "RELOADXML", "NOTIFY", "PHONE_FEATURE",
    "PHONE_FEATURE_SUBSCRIBE", "SEND_MESSAGE", "RECV_MESSAGE", "REQUEST_PARAMS", "CHANNEL_DATA",
    "GENERAL", "COMMAND", "SESSION_HEARTBEAT", "CLIENT_DISCONNECTED", "SERVER_DISCONNECTED",
    "SEND_INFO", "RECV_INFO", "RECV_RTCP_MESSAGE", "SEND_RTCP_MESSAGE", "CALL_SECURE", "NAT",
    "RECORD_START", "RECORD_STOP", "PLAYBACK_START", "PLAYBACK_STOP", "CALL_UPDATE", "FAILURE",
    "SOCKET_DATA", "MEDIA_BUG_START", "MEDIA_BUG_STOP", "CONFERENCE_DATA_QUERY", "CONFERENCE_DATA",
    "CALL_SETUP_REQ", "CALL_SETUP_RESULT", "CALL_DETAIL", "DEVICE_STATE", "TEXT",
    "SHUTDOWN_REQUESTED", "ALL",
)  # fmt: skip
KNOWN = frozenset(NAMES)

# Events of a channel that do not carry its variables (switch_channel_event_set_extended_data).
BRIEF = frozenset({
    "CHANNEL_STATE", "CHANNEL_CALLSTATE", "CHANNEL_OUTGOING", "DTMF", "PRIVATE_COMMAND", "CODEC",
    "CHANNEL_APPLICATION", "TALK", "NOTALK", "PRESENCE_IN",
})  # fmt: skip

# Everything but SWITCH_URL_UNSAFE (switch_utils.c) and what is not printable stays as it is.
_SAFE = "!$'()*,-./_~"


def gmt(moment: datetime) -> str:
    return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")


def base_headers(switch: SimSwitch, name: str, subclass: str) -> dict[str, Any]:
    """What every event starts with."""
    micro = switch.microseconds()
    second = micro // 1_000_000
    if second != switch.stamped[0]:
        moment = datetime.fromtimestamp(second, UTC)
        local = moment.astimezone(switch.local_zone).strftime("%Y-%m-%d %H:%M:%S")
        switch.stamped = (second, local, gmt(moment))
    _, local, stamp = switch.stamped
    switch.sequence += 1
    out: dict[str, Any] = {"Event-Subclass": subclass} if subclass else {}
    out["Event-Name"] = name
    out.update(switch.fixed_headers)
    out["Event-Date-Local"] = local
    out["Event-Date-GMT"] = stamp
    out["Event-Date-Timestamp"] = str(micro)
    out["Event-Sequence"] = str(switch.sequence)
    return out


def channel_headers(channel: Channel) -> dict[str, Any]:
    """A channel's own headers, without its variables."""
    variables = channel.variables
    direction = "inbound" if channel.inbound else "outbound"
    if channel.state >= State.HANGUP:
        answer = "hangup"
    elif channel.answered:
        answer = "answered"
    else:
        answer = "early" if channel.early else "ringing"
    out: dict[str, Any] = {
        "Channel-State": STATE_NAMES[channel.running],
        "Channel-Call-State": channel.call_state,
        "Channel-State-Number": str(int(channel.state)),
        "Channel-Name": channel.name,
        "Unique-ID": channel.uuid,
        "Call-Direction": direction,
        "Presence-Call-Direction": direction,
        "Channel-HIT-Dialplan": "true" if channel.inbound or channel.dialplan_hit else "false",
        "Channel-Call-UUID": variables.get("call_uuid", channel.uuid),
        "Answer-State": answer,
    }
    if "presence_id" in variables:
        out["Channel-Presence-ID"] = variables["presence_id"]
    if channel.cause:
        out["Hangup-Cause"] = channel.cause
    if channel.answered or channel.early:
        out.update(_CODEC)
    out.update(channel.profile.headers("Caller"))
    if channel.other is not None:
        out["Other-Type"] = channel.other_type
        out.update(channel.other.headers("Other-Leg"))
    return out


_CODEC = {
    "Channel-Read-Codec-Name": "PCMU",
    "Channel-Read-Codec-Rate": "8000",
    "Channel-Read-Codec-Bit-Rate": "64000",
    "Channel-Write-Codec-Name": "PCMU",
    "Channel-Write-Codec-Rate": "8000",
    "Channel-Write-Codec-Bit-Rate": "64000",
}


class _Keys(dict[str, str]):
    """Names of variables as headers, made once each (a hostile caller cannot make it grow for ever)."""

    def __missing__(self, name: str) -> str:
        key = "variable_" + name
        if len(self) < 10_000:
            self[name] = key
        return key


_KEYS = _Keys()


def variable_headers(channel: Channel) -> dict[str, Any]:
    return {_KEYS[name]: value for name, value in channel.variables.items()}


def build(
    switch: SimSwitch, name: str, subclass: str, channel: Channel | None, extra: dict[str, Any] | None
) -> dict[str, Any]:
    """All headers of an event; a body stands under ``_body``."""
    out = base_headers(switch, name, subclass)
    if channel is not None:
        out.update(channel_headers(channel))
        if name not in BRIEF:
            out.update(variable_headers(channel))
    if extra:
        out.update(extra)
    return out


class Event:
    """An event that is built only as far as somebody looks at it."""

    __slots__ = (
        "_channel",
        "_extra",
        "_first",
        "_headers",
        "_json",
        "_lower",
        "_plain",
        "_switch",
        "name",
        "subclass",
    )

    def __init__(
        self,
        switch: SimSwitch,
        name: str,
        subclass: str,
        channel: Channel | None,
        extra: dict[str, Any] | None,
        first: dict[str, Any] | None,
    ) -> None:
        self._switch, self.name, self.subclass, self._channel = switch, name, subclass, channel
        self._extra, self._first = extra, first
        self._headers: dict[str, Any] | None = None
        self._lower: dict[str, Any] | None = None
        self._json: bytes | None = None
        self._plain: bytes | None = None

    def headers(self) -> dict[str, Any]:
        if self._headers is None:
            built = build(self._switch, self.name, self.subclass, self._channel, self._extra)
            self._headers = {**self._first, **built} if self._first else built
        return self._headers

    def get(self, header: str) -> str | None:
        """A header by its name in lower case. Those that filters usually ask for cost nothing."""
        if header == "event-name":
            return self.name
        if header == "event-subclass":
            return self.subclass or None
        if header == "unique-id" and self._channel is not None:
            return self._channel.uuid
        if header == "application-uuid":
            value = self._extra.get("Application-UUID") if self._extra else None
            return None if value is None else str(value)
        if self._lower is None:
            self._lower = {key.lower(): value for key, value in self.headers().items()}
        found = self._lower.get(header)
        return None if found is None else array(found)

    def json(self) -> bytes:
        if self._json is None:
            self._json = to_json(self.headers())
        return self._json

    def plain(self) -> bytes:
        if self._plain is None:
            self._plain = to_plain(self.headers())
        return self._plain


def to_json(headers: dict[str, Any]) -> bytes:
    if "_body" in headers:
        headers = {**headers, "Content-Length": str(len(headers["_body"].encode("utf-8", "replace")))}
    try:
        data: bytes = orjson.dumps(headers)
    except (TypeError, ValueError):
        # A caller's bytes that are not UTF-8 must not silence the event.
        data = orjson.dumps({key: _clean(value) for key, value in headers.items()})
    return bytes(data)


def _clean(value: Any) -> Any:
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return str(value).encode("utf-8", "replace").decode("utf-8")


def array(value: Any) -> str:
    return "ARRAY::" + "|:".join(value) if isinstance(value, list) else str(value)


def url_encode(text: str) -> str:
    return quote(text, safe=_SAFE, errors="replace")


def to_plain(headers: dict[str, Any], encode: bool = True) -> bytes:
    """switch_event_serialize: one header a line, values percent-encoded, the body after an empty line."""
    lines = []
    for key, value in headers.items():
        if key != "_body":
            text = array(value)
            lines.append(f"{key}: {url_encode(text) if encode else text}")
    body: str | None = headers.get("_body")
    if body is None:
        return ("\n".join(lines) + "\n\n").encode("utf-8", "replace")
    data = body.encode("utf-8", "replace")
    head = "\n".join(lines) + f"\nContent-Length: {len(data)}\n\n"
    return head.encode("utf-8", "replace") + data
