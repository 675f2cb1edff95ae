"""RTP for tests: one end of a conversation that speaks a tone, presses keys, and remembers what it heard."""

from __future__ import annotations

import contextlib
import math
import random
import socket
import struct
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

RATE = 8000
FRAME = 160
TELEPHONE_EVENT = 101
_DTMF = "0123456789*#ABCD"


def _decode_ulaw(byte: int) -> int:
    byte = ~byte & 0xFF
    magnitude = (((byte & 0x0F) << 3) + 0x84 << ((byte & 0x70) >> 4)) - 0x84
    return -magnitude if byte & 0x80 else magnitude


def _encode_ulaw(sample: int) -> int:
    sign = 0x80 if sample < 0 else 0
    value = min(32635, abs(sample)) + 0x84
    exponent = max(0, value.bit_length() - 8)
    return ~(sign | exponent << 4 | value >> exponent + 3 & 0x0F) & 0xFF


_TO_LINEAR = tuple(_decode_ulaw(byte) for byte in range(256))


def tone(hertz: float, seconds: float = 1.0, level: float = 8000.0) -> bytes:
    """A sine as G.711 µ-law; 0 Hz is silence."""
    count = int(RATE * seconds)
    if not hertz:
        return b"\xff" * count
    step = 2 * math.pi * hertz / RATE
    return bytes(_encode_ulaw(int(level * math.sin(step * n))) for n in range(count))


def linear(payload: bytes) -> list[int]:
    return [_TO_LINEAR[byte] for byte in payload]


def rms(samples: Sequence[int]) -> float:
    return math.sqrt(sum(s * s for s in samples) / len(samples)) if samples else 0.0


def strength(samples: Sequence[int], hertz: float) -> float:
    """Share (0…1) of the power that lies at one frequency (Goertzel)."""
    if not samples:
        return 0.0
    coefficient = 2 * math.cos(2 * math.pi * hertz / RATE)
    a = b = 0.0
    for sample in samples:
        a, b = sample + coefficient * a - b, a
    power = a * a + b * b - coefficient * a * b
    total = sum(s * s for s in samples) * len(samples) / 2
    return power / total if total else 0.0


@dataclass
class Packet:
    """One RTP packet that arrived: when (monotonic seconds), type and payload."""

    at: float
    kind: int
    payload: bytes
    stamp: int = 0


@dataclass
class Heard:
    """What arrived, for questions about it."""

    packets: list[Packet] = field(default_factory=list)

    def audio(self, since: float = 0.0, until: float = math.inf) -> list[int]:
        """Linear samples of the audio packets that came in ``[since, until)``."""
        data = b"".join(p.payload for p in list(self.packets) if p.kind == 0 and since <= p.at < until)
        return linear(data)

    def digits(self) -> str:
        """The RFC 4733 keys that came, each once."""
        seen: dict[int, str] = {}
        for packet in list(self.packets):
            if packet.kind == TELEPHONE_EVENT and packet.payload:
                seen.setdefault(packet.stamp, _DTMF[packet.payload[0] & 0x0F])
        return "".join(seen.values())

    def longest_silence(self, since: float, until: float, quiet: float = 60.0) -> float:
        """The longest time (s) in ``[since, until)`` in which nothing louder than ``quiet`` (RMS) came."""
        last, longest = since, 0.0
        for packet in list(self.packets):
            if packet.kind == 0 and since <= packet.at < until and rms(linear(packet.payload)) > quiet:
                longest = max(longest, packet.at - last)
                last = packet.at
        return max(longest, until - last)


class Rtp:
    """A socket with a sender and a receiver thread. ``say`` changes the tone; 0 is silence.

    It sends to ``remote``, or, while nobody has set that, to where the first packet came from.
    """

    def __init__(self, address: str = "127.0.0.1", hertz: float = 0.0) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.socket.settimeout(0.2)
        self.port: int = self.socket.getsockname()[1]
        self.heard = Heard()
        self.remote: tuple[str, int] | None = None
        self._tone = tone(hertz)
        self._sequence = random.randrange(1 << 15)
        self._stamp = random.randrange(1 << 30)
        self._source = random.randrange(1 << 32)
        self._keys: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._receive, self._send)]
        for thread in self._threads:
            thread.start()

    def say(self, hertz: float) -> None:
        self._tone = tone(hertz)

    def press(self, digits: str) -> None:
        """Send keys as RFC 4733 events, 100 ms each."""
        self._keys.extend(digits)

    def close(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(1)
        self.socket.close()

    def _receive(self) -> None:
        while not self._stop.is_set():
            try:
                data, source = self.socket.recvfrom(2048)
            except TimeoutError:
                continue
            except OSError:
                return
            if len(data) >= 12 and data[0] >> 6 == 2:
                self.remote = self.remote or source
                stamp = struct.unpack_from("!I", data, 4)[0]
                offset = 12 + 4 * (data[0] & 0x0F)
                self.heard.packets.append(Packet(time.monotonic(), data[1] & 0x7F, data[offset:], stamp))

    def _packet(self, kind: int, payload: bytes, stamp: int, mark: bool = False) -> None:
        header = struct.pack(
            "!BBHII",
            0x80,
            kind | (0x80 if mark else 0),
            self._sequence & 0xFFFF,
            stamp & 0xFFFFFFFF,
            self._source,
        )
        self._sequence += 1
        if self.remote is not None:
            with contextlib.suppress(OSError):
                self.socket.sendto(header + payload, self.remote)

    def _send(self) -> None:
        at, due = 0, time.monotonic()
        while not self._stop.is_set():
            if self._keys:
                event, start = _DTMF.index(self._keys.pop(0)), self._stamp
                for step in range(8):
                    ended = 0x80 if step >= 5 else 0
                    duration = min(step + 1, 6) * FRAME
                    self._packet(
                        TELEPHONE_EVENT, struct.pack("!BBH", event, ended | 10, duration), start, step == 0
                    )
                    due = self._pace(due)
                self._stamp += 8 * FRAME
                for _ in range(3):
                    self._packet(0, b"\xff" * FRAME, self._stamp)
                    self._stamp += FRAME
                    due = self._pace(due)
                continue
            self._packet(0, self._tone[at : at + FRAME], self._stamp)
            at = (at + FRAME) % len(self._tone)
            self._stamp += FRAME
            due = self._pace(due)

    def _pace(self, due: float) -> float:
        due += 0.02
        wait = due - time.monotonic()
        if wait > 0:
            self._stop.wait(wait)
            return due
        return time.monotonic()
