"""Makes an announcement fit for the telephone: band, silence at the ends, level, sample rate.

Plain Python on 16-bit mono; a sentence of ten seconds takes a fraction of a second.
"""

from __future__ import annotations

import io
import math
import wave
from array import array
from collections.abc import Sequence

from app.core.tones import wav_bytes

RATE = 16000
TARGET_RMS = 10 ** (-20 / 20)
"""Level of the passages in which somebody speaks, of full scale: -20 dBFS, as the music on hold."""

PEAK = 10 ** (-3 / 20)
LOW_HERTZ, HIGH_HERTZ = 180.0, 3600.0
"""What a telephone carries (G.711: 300 to 3,400 Hz, with its slopes)."""

_QUIET = 10 ** (-45 / 20)
_LEAD_SECONDS, _TAIL_SECONDS = 0.10, 0.25
_LONGEST_PAUSE_SECONDS = 0.6
_FRAME_SECONDS = 0.02


class NotSound(ValueError):
    """Not a WAV file of 8 or 16 bit, or nothing can be heard in it."""


def telephone_wav(data: bytes) -> bytes:
    """Turn any PCM WAV into 16 kHz mono at our level. Raises NotSound."""
    rate, samples = read_wav(data)
    limited = _band(samples, rate)
    frames = _frames(limited, round(rate * _FRAME_SECONDS))
    loud = [level for level in frames if level > _QUIET * max(frames, default=0.0) * 4]
    if not frames or max(frames) < 1e-4:
        raise NotSound("nothing can be heard")
    spoken = math.sqrt(math.fsum(level * level for level in loud) / len(loud))
    trimmed = _trim(limited, frames, rate)
    peak = max(max(trimmed), -min(trimmed))
    gain = min(TARGET_RMS / spoken, PEAK / peak)
    return wav_bytes(RATE, _resample(trimmed, rate, gain * 32767))


def read_wav(data: bytes) -> tuple[int, array[float]]:
    """(sample rate, samples from -1 to 1), channels mixed to one. Raises NotSound."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            raw = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise NotSound(f"not a WAV file: {error}") from error
    if width == 2:
        whole = array("h", raw[: len(raw) - len(raw) % 2])
        scaled = array("d", (value / 32768 for value in whole))
    elif width == 1:
        scaled = array("d", ((value - 128) / 128 for value in raw))
    else:
        raise NotSound(f"{8 * width} bit samples are not supported; save it with 16 bit")
    if channels > 1:
        frames = len(scaled) // channels
        scaled = array(
            "d", (math.fsum(scaled[i * channels : (i + 1) * channels]) / channels for i in range(frames))
        )
    if not scaled or not 4000 <= rate <= 192_000:
        raise NotSound("the file is empty or has an unusual sample rate")
    return rate, scaled


def levels(samples: Sequence[float], rate: int) -> list[float]:
    """RMS of each 20 ms; for tests and for the portal's level meter."""
    return _frames(samples, round(rate * _FRAME_SECONDS))


def _frames(samples: Sequence[float], size: int) -> list[float]:
    return [
        math.sqrt(math.fsum(value * value for value in samples[at : at + size]) / size)
        for at in range(0, len(samples) - size + 1, size)
    ]


def _band(samples: array[float], rate: int) -> array[float]:
    """High pass, then a steep low pass: biquads by R. Bristow-Johnson's Audio EQ Cookbook."""
    result = _biquad(samples, *_coefficients(LOW_HERTZ, rate, math.sqrt(0.5), high_pass=True))
    if rate > 2 * HIGH_HERTZ * 1.1:
        for quality in (0.5412, 1.3066):  # two sections make a Butterworth filter of order 4
            result = _biquad(result, *_coefficients(HIGH_HERTZ, rate, quality, high_pass=False))
    return result


def _coefficients(
    hertz: float, rate: int, quality: float, *, high_pass: bool
) -> tuple[float, float, float, float, float]:
    angle = 2 * math.pi * hertz / rate
    cosine, alpha = math.cos(angle), math.sin(angle) / (2 * quality)
    scale = 1 + alpha
    middle = -(1 + cosine) if high_pass else 1 - cosine
    outer = abs(middle) / 2
    return outer / scale, middle / scale, outer / scale, -2 * cosine / scale, (1 - alpha) / scale


def _biquad(samples: array[float], b0: float, b1: float, b2: float, a1: float, a2: float) -> array[float]:
    result = array("d", bytes(8 * len(samples)))
    first = second = 0.0
    for index, value in enumerate(samples):
        out = b0 * value + first
        first = b1 * value - a1 * out + second
        second = b2 * value - a2 * out
        result[index] = out
    return result


def _trim(samples: array[float], frames: Sequence[float], rate: int) -> array[float]:
    """Cut the silence at both ends and shorten long pauses inside: a caller takes them for the end."""
    size = round(rate * _FRAME_SECONDS)
    limit = _QUIET * max(frames) * 4
    heard = [index for index, level in enumerate(frames) if level > limit]
    first = max(0, heard[0] * size - round(_LEAD_SECONDS * rate))
    last = min(len(samples), (heard[-1] + 1) * size + round(_TAIL_SECONDS * rate))
    longest = round(_LONGEST_PAUSE_SECONDS / _FRAME_SECONDS)
    keep = array("d", samples[first : heard[0] * size])
    previous = heard[0] - 1
    for index in heard:
        gap = index - previous - 1
        if gap > longest:
            half = longest // 2
            keep.extend(samples[(previous + 1) * size : (previous + 1 + half) * size])
            keep.extend(samples[(index - half) * size : index * size])
        elif gap:
            keep.extend(samples[(previous + 1) * size : index * size])
        keep.extend(samples[index * size : (index + 1) * size])
        previous = index
    keep.extend(samples[(heard[-1] + 1) * size : last])
    return keep


def _resample(samples: array[float], rate: int, scale: float) -> array[int]:
    """Linear interpolation: what lies above half the new rate has been filtered away before."""
    count = (len(samples) - 1) * RATE // rate
    step = rate / RATE
    result = array("h", bytes(2 * count))
    for index in range(count):
        place = index * step
        whole = int(place)
        left = samples[whole]
        result[index] = round((left + (samples[whole + 1] - left) * (place - whole)) * scale)
    return result
