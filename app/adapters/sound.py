"""Makes an announcement fit for the telephone: band, level, silence at the ends and inside, sample rate.

The filters are FFmpeg's (PyAV); what is measured and decided is here. The level is measured as telephone
networks measure speech, by ITU-T P.56, method B: the power over the time in which somebody speaks, pauses
left out. EBU R128 is made for programmes that are heard in a room at full bandwidth; within a telephone's
band its weighting shifts high voices against low ones by up to 2 dB and says nothing more.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from operator import mul

from app.adapters.decoding import RATE, Silent, decode, run_chain
from app.core.tones import wav_bytes

TARGET_LEVEL = 10 ** (-20 / 20)
"""Active speech level, of full scale: -20 dBFS, as loud as the music on hold."""

PEAK = 10 ** (-3 / 20)
"""No sample is higher. A click or a slammed door is limited; it does not keep the voice low."""

SILENT_LEVEL = 10 ** (-60 / 20)
"""Speech below this is not raised any more: what would be heard is the noise of the recording."""

LOW_HERTZ, HIGH_HERTZ = 180.0, 3600.0
"""What a telephone carries (G.711: 300 to 3,400 Hz, with its slopes)."""

LONGEST_SECONDS = 600.0
"""More than any text takes to be spoken; an engine that goes on for longer has lost its way."""

_FRAME = RATE // 50  # 20 ms
_QUIET = 10 ** (-26 / 20)
"""Below the active level by this much nobody speaks: breath and the noise of the room."""

_MARGIN = 10 ** (15.9 / 10)
_HANGOVER = 10  # frames, 200 ms: P.56 counts the gaps between syllables as speech
_LOUDEST_SHARE = 0.02
_LEAD_SECONDS, _TAIL_SECONDS = 0.10, 0.25
"""Quiet at the ends: the first syllable survives a path that is just opening, and two announcements in a row
do not run into each other."""

ENDS_SECONDS = _LEAD_SECONDS + _TAIL_SECONDS
"""Of every announcement, this much is the quiet at its ends."""

_LONGEST_PAUSE_SECONDS = 0.6
_FADE = RATE // 200  # 5 ms, where something was cut

_BAND = [
    ("highpass", f"f={LOW_HERTZ}:t=q:w=0.7071"),
    # Two sections make a Butterworth filter of order 4.
    ("lowpass", f"f={HIGH_HERTZ}:t=q:w=0.5412"),
    ("lowpass", f"f={HIGH_HERTZ}:t=q:w=1.3066"),
]


def telephone_wav(data: bytes) -> bytes:
    """What a speech engine wrote as 16-bit mono WAV at RATE and our level. Raises NotSound and its subclasses."""
    return wav_bytes(RATE, fit(decode(data, LONGEST_SECONDS, trusted=True).samples))


def fit(samples: array[float]) -> array[int]:
    """Samples at RATE, limited to the band, cut and raised or lowered to our level. Raises Silent."""
    banded = array("f", run_chain([*_BAND, ("aformat", "sample_fmts=flt")], samples))
    powers = frame_powers(banded)
    level = active_level(powers)
    if level < SILENT_LEVEL:
        raise Silent("nothing that a telephone carries can be heard")
    kept = _cut(banded, powers, (level * _QUIET) ** 2)
    limiter = f"limit={PEAK}:attack=5:release=60:level=0:latency=1"
    volume = f"volume={TARGET_LEVEL / level}:precision=double"
    return array("h", run_chain([("volume", volume), ("alimiter", limiter), ("aformat", "sample_fmts=s16")], kept))


def frame_powers(samples: Sequence[float]) -> list[float]:
    """Mean square of each 20 ms; an end that is shorter is left out."""
    powers = []
    for at in range(0, len(samples) - _FRAME + 1, _FRAME):
        frame = samples[at : at + _FRAME]
        powers.append(math.fsum(map(mul, frame, frame)) / _FRAME)
    return powers


def active_level(powers: Sequence[float]) -> float:
    """Active speech level (ITU-T P.56, method B, by frames of 20 ms), of full scale; 0.0 for silence.

    The loudest frames, 2 % and at least 100 ms, count as the next ones do: noises that are not the voice.
    """
    if not powers:
        return 0.0
    ordered = sorted(powers, reverse=True)
    highest = ordered[min(max(5, round(len(ordered) * _LOUDEST_SHARE)), len(ordered) - 1)]
    capped = [min(power, highest) for power in powers]
    energy = math.fsum(capped)
    # With its hangover, each frame is as loud as the loudest of the last 200 ms.
    heard = sorted(max(capped[max(0, at - _HANGOVER) : at + 1]) for at in range(len(capped)))
    for below, threshold in enumerate(heard):
        # The more is left out as silence, the louder is the rest; speech begins 15.9 dB below its own level.
        level = energy / (len(heard) - below)
        if level <= threshold * _MARGIN:
            return math.sqrt(level)
    return 0.0


def _cut(samples: array[float], powers: Sequence[float], quiet: float) -> array[float]:
    """With the same short silence at both ends, and long pauses shortened: a caller takes them for the end."""
    heard = [index for index, power in enumerate(powers) if power > quiet]
    first, last = heard[0] * _FRAME, (heard[-1] + 1) * _FRAME
    lead, tail = round(_LEAD_SECONDS * RATE), round(_TAIL_SECONDS * RATE)
    longest = round(_LONGEST_PAUSE_SECONDS * RATE)
    pieces = []
    start = max(0, first - lead)
    for before, after in zip(heard, heard[1:], strict=False):
        pause_start, pause_end = (before + 1) * _FRAME, after * _FRAME
        if pause_end - pause_start > longest:
            pieces.append(samples[start : pause_start + longest // 2])
            start = pause_end - longest // 2
    pieces.append(samples[start : last + tail])
    kept = _silence(lead - first)
    for piece in pieces:
        for index in range(min(_FADE, len(piece))):
            piece[index] *= index / _FADE
            piece[-1 - index] *= index / _FADE
        kept.extend(piece)
    kept.extend(_silence(last + tail - len(samples)))
    return kept


def _silence(samples: int) -> array[float]:
    return array("f", bytes(4 * max(0, samples)))
