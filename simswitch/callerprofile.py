"""A caller profile: who calls whom in which context, with its times (switch_caller.c)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace


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
    keep_times: bool = True
    """False for the copy of another leg's profile: its times are not this leg's."""

    def copy(self) -> Profile:
        return replace(self, times=replace(self.times))

    def get(self, name: str) -> str | None:
        """A field by the name the dialplan uses (switch_caller_get_field_by_name); None: no such field."""
        if name in _FIELDS:
            return str(getattr(self, name))
        if name in _TIMES:
            return str(getattr(self.times, _TIMES[name]))
        return str(self.index) if name == "profile_index" else None

    def headers(self, prefix: str) -> dict[str, str]:
        """As events carry it."""
        out = {
            f"{prefix}-Direction": self.direction,
            f"{prefix}-Logical-Direction": self.logical_direction,
        }
        for name, header in _HEADERS:
            value = getattr(self, name)
            if value:
                out[prefix + header] = value
        if self.caller_id_name:
            out[f"{prefix}-Orig-Caller-ID-Name"] = self.orig_caller_id_name
        if self.caller_id_number:
            out[f"{prefix}-Orig-Caller-ID-Number"] = self.orig_caller_id_number
        if self.index and prefix == "Caller":
            out["Caller-Profile-Index"] = str(self.index)
        times = self.times
        for name, header in _TIME_HEADERS:
            out[prefix + header] = str(getattr(times, name))
        out[f"{prefix}-Screen-Bit"] = "true"
        out[f"{prefix}-Privacy-Hide-Name"] = "false"
        out[f"{prefix}-Privacy-Hide-Number"] = "false"
        return out


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

_HEADERS = (
    ("username", "-Username"), ("dialplan", "-Dialplan"), ("caller_id_name", "-Caller-ID-Name"),
    ("caller_id_number", "-Caller-ID-Number"), ("callee_id_name", "-Callee-ID-Name"),
    ("callee_id_number", "-Callee-ID-Number"), ("network_addr", "-Network-Addr"), ("ani", "-ANI"),
    ("destination_number", "-Destination-Number"), ("uuid", "-Unique-ID"), ("source", "-Source"),
    ("transfer_source", "-Transfer-Source"), ("context", "-Context"), ("rdnis", "-RDNIS"),
    ("chan_name", "-Channel-Name"),
)  # fmt: skip

_TIME_HEADERS = (
    ("profile_created", "-Profile-Created-Time"), ("created", "-Channel-Created-Time"),
    ("answered", "-Channel-Answered-Time"), ("progress", "-Channel-Progress-Time"),
    ("progress_media", "-Channel-Progress-Media-Time"), ("hungup", "-Channel-Hangup-Time"),
    ("transferred", "-Channel-Transfer-Time"), ("resurrected", "-Channel-Resurrect-Time"),
    ("bridged", "-Channel-Bridged-Time"), ("last_hold", "-Channel-Last-Hold"),
    ("hold_accum", "-Channel-Hold-Accum"),
)  # fmt: skip
