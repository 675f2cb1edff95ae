"""Measures what is heard in a WAV file, and makes sound files of every kind, for the tests here."""

from __future__ import annotations

import io
import math
import wave
from array import array
from collections.abc import Iterable

import av

from app.adapters.sound import active_level, frame_powers
from app.core.tones import wav_bytes

QUIET = 10 ** (-50 / 20)
"""Nobody hears this on a telephone."""


def read_wav(data: bytes) -> tuple[int, array[float]]:
    """(sample rate, samples from -1 to 1) of a 16-bit mono file."""
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        raw = array("h", file.readframes(file.getnframes()))
        return file.getframerate(), array("d", (value / 32768 for value in raw))


def decibels(value: float) -> float:
    return 20 * math.log10(value) if value > 0 else -math.inf


def rms(samples: Iterable[float]) -> float:
    squares = [value * value for value in samples]
    return math.sqrt(math.fsum(squares) / len(squares))


def peak(samples: array[float]) -> float:
    return max(max(samples), -min(samples))


def level(samples: array[float]) -> float:
    """Active speech level, dBFS."""
    return decibels(active_level(frame_powers(samples)))


def quiet_runs(samples: array[float], floor: float = QUIET) -> tuple[float, float, float]:
    """Seconds of quiet at the beginning, the longest inside, at the end."""
    heard = [index for index, power in enumerate(frame_powers(samples)) if power > floor * floor]
    inside = max((after - before - 1 for before, after in zip(heard, heard[1:], strict=False)), default=0)
    return heard[0] * 0.02, inside * 0.02, len(samples) / 16000 - (heard[-1] + 1) * 0.02


def clipped(samples: array[float]) -> int:
    """Samples at full scale, and flat tops: three neighbours of the same height at the highest level."""
    top = peak(samples)
    flat = sum(
        1
        for index in range(2, len(samples))
        if abs(samples[index]) == top and samples[index] == samples[index - 1] == samples[index - 2]
    )
    return flat + sum(1 for value in samples if abs(value) >= 32767 / 32768)


def power_at(samples: array[float], rate: int, hertz: float) -> float:
    """Share of the power that lies at one frequency (Goertzel)."""
    factor, a, b = 2 * math.cos(2 * math.pi * hertz / rate), 0.0, 0.0
    for sample in samples:
        a, b = sample + factor * a - b, a
    total = math.fsum(sample * sample for sample in samples)
    return 2 * (a * a + b * b - factor * a * b) / (len(samples) * total)


def sine(hertz: float, rate: int, seconds: float, loud: float) -> array[int]:
    return array(
        "h",
        (round(32767 * loud * math.sin(2 * math.pi * hertz * n / rate)) for n in range(int(rate * seconds))),
    )


def tone_wav(seconds: float = 3.0, rate: int = 16000, loud: float = 0.3) -> bytes:
    return wav_bytes(rate, sine(800, rate, seconds, loud))


def encoded(container: str, codec: str, seconds: float = 3.0, rate: int = 44100, layout: str = "stereo") -> bytes:
    """A tone of 800 Hz as a file of that kind, made with the encoders of the same wheel."""
    sink = io.BytesIO()
    with av.open(sink, "w", format=container) as file:
        # FFmpeg's own Vorbis encoder is good enough for a tone, and has to be asked for twice.
        stream = file.add_stream(codec, rate=rate, layout=layout, options={"strict": "experimental"})
        context = stream.codec_context
        context.open()
        pcm = (sine(800, rate, 1, 0.3) * math.ceil(seconds))[: round(seconds * rate)]
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(pcm))
        frame.sample_rate = rate
        frame.planes[0].update(pcm.tobytes() + bytes(frame.planes[0].buffer_size - 2 * len(pcm)))
        resampler = av.AudioResampler(context.format.name, layout, rate, frame_size=context.frame_size or 1024)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return sink.getvalue()
