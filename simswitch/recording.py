"""Recordings: real WAV files of the right length, one tone for each side.

Left is the recorded leg, right is whoever it is bridged to (switch_ivr_async.c, RECORD_STEREO), so that a
player shows what a real recording would: two voices on two channels, silence where nobody spoke.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from math import pi, sin
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simswitch.channel import Channel
    from simswitch.clock import Timer

RATE = 8000
_LEFT_HZ, _RIGHT_HZ = 440, 620
_LOUD = 4000


class Recording:
    """One recording of one leg. Pauses are cut out; a mask is silence."""

    def __init__(self, channel: Channel, path: str, limit: int = 0, waits_for_bridge: bool = False) -> None:
        self._channel = channel
        self.path = path
        self.stereo = channel.true("RECORD_STEREO") or channel.true("RECORD_STEREO_SWAP")
        self._swap = channel.true("RECORD_STEREO_SWAP")
        self._shortest = channel.text("RECORD_MIN_SEC")
        self._limit = limit
        self._timer: Timer | None = None
        self._pieces: list[tuple[float, bool]] = []
        """(seconds, somebody was at the other side)."""
        self._since: float | None = None
        self._accompanied = False
        self.waiting = waits_for_bridge
        if not waits_for_bridge:
            self._start()

    def _start(self) -> None:
        clock = self._channel.switch.clock
        self.waiting = False
        self._since = clock.time()
        self._accompanied = self._channel.bridged
        if self._limit:
            self._timer = clock.after(self._limit, self.stop)
        self._channel.fire("RECORD_START", {"Record-File-Path": self.path})

    def bridged(self, together: bool) -> None:
        """The leg was joined to another or parted from it."""
        if self.waiting:
            if together:
                self._start()
                self._accompanied = True
            return
        self._cut()
        self._accompanied = together

    def _cut(self) -> None:
        if self._since is not None:
            now = self._channel.switch.clock.time()
            self._pieces.append((now - self._since, self._accompanied))
            self._since = now

    def pause(self, on: bool) -> None:
        if on and self._since is not None:
            self._cut()
            self._since = None
        elif not on and self._since is None and not self.waiting:
            self._since = self._channel.switch.clock.time()

    @property
    def seconds(self) -> float:
        running = 0.0 if self._since is None else self._channel.switch.clock.time() - self._since
        return sum(length for length, _ in self._pieces) + running

    def drop(self) -> None:
        """The switch dies: nothing is completed, nothing is told."""
        if self._timer is not None:
            self._timer.cancel()

    def stop(self) -> None:
        """End it: the file is complete, then RECORD_STOP is told."""
        channel = self._channel
        if channel.recordings.pop(self.path, None) is not self:
            return
        if self._timer is not None:
            self._timer.cancel()
        if self.waiting:
            return
        self._cut()
        seconds = self.seconds
        shortest = int(self._shortest) if self._shortest.isdigit() else 3
        variables = channel.variables
        variables["record_seconds"] = str(int(seconds))
        variables["record_ms"] = str(int(seconds * 1000))
        variables["record_samples"] = str(int(seconds * RATE))
        cause = "success-silence" if seconds >= shortest else "input-too-short"
        if seconds >= shortest and channel.switch.write_recordings:
            size = write_wav(Path(self.path), self._pieces, self.stereo, self._swap)
            variables["record_file_size"] = str(size)
        variables["record_completion_cause"] = cause
        channel.fire("RECORD_STOP", {"Record-File-Path": self.path, "Record-Completion-Cause": cause})


@lru_cache(maxsize=16)
def _second(left: int, right: int) -> bytes:
    """One second of interleaved samples; both tones return to their start after a second."""
    samples = []
    for position in range(RATE):
        samples.append(int(_LOUD * sin(2 * pi * left * position / RATE)) if left else 0)
        samples.append(int(_LOUD * sin(2 * pi * right * position / RATE)) if right else 0)
    return struct.pack(f"<{len(samples)}h", *samples)


@lru_cache(maxsize=4)
def _mono_second(left: int) -> bytes:
    return struct.pack(
        f"<{RATE}h", *(int(_LOUD * sin(2 * pi * left * position / RATE)) for position in range(RATE))
    )


def write_wav(path: Path, pieces: list[tuple[float, bool]], stereo: bool, swap: bool = False) -> int:
    """Write the file and return its size in bytes."""
    frame = 4 if stereo else 2
    total = sum(int(seconds * RATE) for seconds, _ in pieces) * frame
    channels = 2 if stereo else 1
    head = (
        b"RIFF"
        + struct.pack("<I", 36 + total)
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, channels, RATE, RATE * frame, frame, 16)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(head + b"data" + struct.pack("<I", total))
        for seconds, accompanied in pieces:
            right = _RIGHT_HZ if accompanied else 0
            if stereo:
                block = _second(right, _LEFT_HZ) if swap else _second(_LEFT_HZ, right)
            else:
                block = _mono_second(_LEFT_HZ)
            size = int(seconds * RATE) * frame
            whole, rest = divmod(size, len(block))
            for _ in range(whole):
                file.write(block)
            file.write(block[:rest])
    return 44 + total
