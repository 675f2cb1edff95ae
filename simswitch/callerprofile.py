"""A caller profile: who calls whom in which context, with its times (switch_caller.c)."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field


@dataclass(slots=True)
class Times:
    """All in microseconds since the epoch; 0 is "not (yet)"."""

    created: int = 0
    profile_created: int = 0
    answered: int = 0
    progress: int = 0
    progress_media: int = 0
    hungup: int = 0
    transferred: int = 0
    resurrected: int = 0
    bridged: int = 0
    last_hold: int = 0
    hold_accum: int = 0


@dataclass(slots=True)
class Instructions:
    """An extension that was found, with its applications; ``position`` is the next one to run."""

    name: str
    number: str
    apps: list[tuple[str, str]]
    position: int = 0


@dataclass(slots=True)
class Profile:
    direction: str = "inbound"
    logical_direction: str = "inbound"
    username: str = ""
    dialplan: str = "XML"
    caller_id_name: str = ""
    caller_id_number: str = ""
    orig_caller_id_name: str = ""
    orig_caller_id_number: str = ""
    callee_id_name: str = ""
    callee_id_number: str = ""
    network_addr: str = ""
    ani: str = ""
    destination_number: str = ""
    uuid: str = ""
    source: str = "mod_sofia"
    transfer_source: str = ""
    context: str = ""
    rdnis: str = ""
    chan_name: str = ""
    index: int = 1
    times: Times = field(default_factory=Times)
    extension: Instructions | None = None

    def copy(self) -> Profile:
        new = copy.copy(self)
        new.times = copy.copy(self.times)
        return new

    def get(self, name: str) -> str | None:
        """A field by the name the dialplan uses (switch_caller_get_field_by_name); None: no such field."""
        if name in _FIELDS:
            return str(getattr(self, name))
        if name in _TIMES:
            return str(getattr(self.times, _TIMES[name]))
        return str(self.index) if name == "profile_index" else None

    def headers(self, prefix: str) -> dict[str, str]:
        """As events carry it; ``prefix`` is ``Caller`` or ``Other-Leg``. What is empty is left out."""
        times = self.times
        values = (
            self.direction, self.logical_direction, self.username, self.dialplan, self.caller_id_name,
            self.caller_id_number, self.caller_id_name and self.orig_caller_id_name,
            self.caller_id_number and self.orig_caller_id_number, self.callee_id_name,
            self.callee_id_number, self.network_addr, self.ani, self.destination_number, self.uuid,
            self.source, self.transfer_source, self.context, self.rdnis, self.chan_name,
            str(self.index) if prefix == "Caller" else "", str(times.profile_created), str(times.created),
            str(times.answered), str(times.progress), str(times.progress_media), str(times.hungup),
            str(times.transferred), str(times.resurrected), str(times.bridged), str(times.last_hold),
            str(times.hold_accum), "true", "false", "false",
        )  # fmt: skip
        return {key: value for key, value in zip(_KEYS[prefix], values, strict=True) if value}


_FIELDS = frozenset({
    "dialplan", "username", "caller_id_name", "caller_id_number", "orig_caller_id_name",
    "orig_caller_id_number", "callee_id_name", "callee_id_number", "ani", "network_addr", "rdnis",
    "destination_number", "uuid", "source", "transfer_source", "context", "chan_name",
})  # fmt: skip

_TIMES = {
    "profile_created_time": "profile_created", "created_time": "created", "answered_time": "answered",
    "progress_time": "progress", "progress_media_time": "progress_media", "hangup_time": "hungup",
    "transferred_time": "transferred",
}  # fmt: skip

_NAMES = (
    "Direction", "Logical-Direction", "Username", "Dialplan", "Caller-ID-Name", "Caller-ID-Number",
    "Orig-Caller-ID-Name", "Orig-Caller-ID-Number", "Callee-ID-Name", "Callee-ID-Number", "Network-Addr",
    "ANI", "Destination-Number", "Unique-ID", "Source", "Transfer-Source", "Context", "RDNIS",
    "Channel-Name", "Profile-Index", "Profile-Created-Time", "Channel-Created-Time",
    "Channel-Answered-Time", "Channel-Progress-Time", "Channel-Progress-Media-Time",
    "Channel-Hangup-Time", "Channel-Transfer-Time", "Channel-Resurrect-Time", "Channel-Bridged-Time",
    "Channel-Last-Hold", "Channel-Hold-Accum", "Screen-Bit", "Privacy-Hide-Name", "Privacy-Hide-Number",
)  # fmt: skip
_KEYS = {prefix: tuple(f"{prefix}-{name}" for name in _NAMES) for prefix in ("Caller", "Other-Leg")}
