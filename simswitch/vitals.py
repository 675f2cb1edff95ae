"""What the switch says of itself: HEARTBEAT and ``status``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simswitch.switch import SimSwitch


def vitals(switch: SimSwitch) -> dict[str, str]:
    """The headers of a HEARTBEAT."""
    return {
        "Event-Info": "System Ready",
        "Up-Time": uptime_text(switch),
        "FreeSWITCH-Version": "1.11.0-simswitch",
        "Uptime-msec": str(int((switch.clock.time() - switch.started) * 1000)),
        "Session-Count": str(len(switch.channels)),
        "Max-Sessions": "100000",
        "Session-Per-Sec": "10000",
        "Session-Since-Startup": str(switch.sessions),
        "Session-Peak-Max": str(switch.peak),
        "Idle-CPU": "99.000000",
    }


def uptime_text(switch: SimSwitch) -> str:
    micro = int((switch.clock.time() - switch.started) * 1_000_000)
    second, rest = divmod(micro, 1_000_000)
    days, second = divmod(second, 86400)
    return (
        f"0 years, {days} days, {second // 3600} hours, {second // 60 % 60} minutes, {second % 60} seconds, "
        f"{rest // 1000} milliseconds, {rest % 1000} microseconds"
    )
