"""The product's own music on hold: eight bars of soft chords, composed here, forty seconds, seamless.

Pure arithmetic, no samples: the same bytes on every machine. Everything lies below 3 kHz, so that a
telephone carries all of it, and the level is that of quiet speech (about -20 dBFS RMS) so that
neither the announcement that follows nor the agent's first word is a shock.
"""

from __future__ import annotations

import io
import math
import wave
from array import array
from collections.abc import Callable, Iterator, Sequence

BAR_SECONDS = 5.0
RATES = (8000, 16000)
"""Sample rates for narrowband (G.711) and wideband (Opus, G.722) legs."""

_TARGET_RMS = 0.1  # -20 dBFS
_PEAK = 0.5  # -6 dBFS

# Chords as MIDI notes (69 = A4 = 440 Hz), low to high: a progression that leads back into itself.
_CHORDS = (
    (53, 60, 64, 69),  # F major 7
    (52, 60, 64, 67),  # C over E
    (50, 60, 65, 69),  # D minor 7
    (48, 59, 64, 67),  # C major 7
    (46, 58, 62, 65),  # B flat major 7
    (45, 60, 64, 67),  # A minor 7
    (43, 58, 62, 65),  # G minor 7
    (48, 58, 65, 67),  # C 7 sus 4
)
# Which chord tone, how many octaves up, and on which eighth of the bar a bell-like note falls.
_MELODY = ((0, 3, 0), (1, 1, 1), (2, 2, 1), (4, 3, 0), (5, 2, 1), (7, 1, 1))

_PAD_PARTIALS = ((1, 1.0), (2, 0.35), (3, 0.12))
_BELL_PARTIALS = ((1, 1.0), (2, 0.25), (4, 0.06))


def compose(rate: int) -> array[int]:
    """The whole piece as signed 16-bit samples; its end runs into its beginning without a click."""
    total = round(BAR_SECONDS * len(_CHORDS) * rate)
    mix = array("d", bytes(8 * total))
    for bar, chord in enumerate(_CHORDS):
        start = round(bar * BAR_SECONDS * rate)
        for position, note in enumerate(chord):
            # The chord swells and fades over the next bar: no chord begins or ends audibly.
            loud = 0.9 if position == 0 else 0.5
            _add(mix, start, rate, _pitch(note), BAR_SECONDS * 1.6, _PAD_PARTIALS, loud, _swell)
        for eighth, tone, octave in _MELODY:
            at = start + round(eighth * BAR_SECONDS / 8 * rate)
            note = chord[tone] + 12 * octave if tone else chord[3]
            _add(mix, at, rate, _pitch(note), 2.4, _BELL_PARTIALS, 0.55, _strike)
    return _to_samples(mix)


def quiet_loop(rate: int, seconds: float, level: float) -> array[int]:
    """The piece again, at ``level`` (1: as loud as it is) and ``seconds`` long: music that one can think beside."""
    piece = compose(rate)
    return array("h", (round(piece[index % len(piece)] * level) for index in range(round(seconds * rate))))


def chime(rate: int, notes: Sequence[int] = (72, 69, 65), seconds: float = 2.4) -> array[int]:
    """A gentle falling sign, for an announcement that has no words yet: something is heard at least."""
    mix = array("d", bytes(8 * round(seconds * rate)))
    step = seconds / (len(notes) + 1)
    for index, note in enumerate(notes):
        _add(mix, round(index * step * rate), rate, _pitch(note), step * 2, _BELL_PARTIALS, 0.8, _strike)
    return _to_samples(mix)


def wav_bytes(rate: int, samples: array[int]) -> bytes:
    """Mono 16-bit sound as the bytes of a WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()


Shape = Callable[[float], float]
"""Loudness of a note at a share (0 to 1) of its length."""


def _pitch(note: int) -> float:
    return 440.0 * math.pow(2.0, (note - 69) / 12)


def _swell(position: float) -> float:
    return math.pow(math.sin(math.pi * position), 1.5)


def _strike(position: float) -> float:
    attack = min(1.0, position / 0.012)
    release = min(1.0, (1.0 - position) / 0.1)
    return attack * release * math.exp(-4.2 * position)


def _envelope(shape: Shape, length: int) -> Iterator[tuple[int, int, float, float]]:
    """The envelope in straight pieces of 64 samples: (from, to, level, slope per sample)."""
    for begin in range(0, length, 64):
        end = min(begin + 64, length)
        first, last = shape(begin / length), shape(end / length)
        yield begin, end, first, (last - first) / (end - begin)


def _add(
    mix: array[float],
    start: int,
    rate: int,
    frequency: float,
    seconds: float,
    partials: Sequence[tuple[int, float]],
    loud: float,
    shape: Shape,
) -> None:
    """Add one note. What rings beyond the end of the piece falls onto its beginning: it is a loop."""
    length, total = round(seconds * rate), len(mix)
    audible = [(n, level) for n, level in partials if n * frequency < 3000]
    # One period pair of oscillators by recurrence: sin(a+d) = 2·cos(d)·sin(a) - sin(a-d).
    state = []
    for number, level in audible:
        step = 2 * math.pi * frequency * number / rate
        state.append([2 * math.cos(step), 0.0, -math.sin(step), level * loud])
    for begin, end, level, slope in _envelope(shape, length):
        piece = [level + slope * k for k in range(end - begin)]
        at = (start + begin) % total
        for oscillator in state:
            factor, now, before, amount = oscillator
            index = at
            for gain in piece:
                mix[index] += now * gain * amount
                now, before = factor * now - before, now
                index += 1
                if index == total:
                    index = 0
            oscillator[1], oscillator[2] = now, before


def _to_samples(mix: array[float]) -> array[int]:
    """Scale to the target level without ever reaching full scale."""
    rms = math.sqrt(math.fsum(value * value for value in mix) / len(mix))
    peak = max(max(mix), -min(mix))
    scale = 32767 * min(_TARGET_RMS / rms, _PEAK / peak)
    return array("h", (round(value * scale) for value in mix))
