"""What is done to sound before a caller hears it: band, level, peaks, silence at the ends and inside."""

from __future__ import annotations

import random
from array import array

import pytest

from app.adapters.decoding import NotSound
from app.adapters.sound import telephone_wav
from app.core.tones import RATES, compose, wav_bytes
from tests.unit.speech.measuring import (
    clipped,
    decibels,
    level,
    peak,
    power_at,
    quiet_runs,
    read_wav,
    rms,
    sine,
)


def silence(seconds: float, rate: int = 16000) -> array[int]:
    return array("h", bytes(2 * int(rate * seconds)))


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000])
@pytest.mark.parametrize("loud", [0.003, 0.02, 0.95])
def test_sound_of_any_rate_and_level_comes_to_ours(rate: int, loud: float) -> None:
    quiet = silence(2, rate)
    out_rate, samples = read_wav(telephone_wav(wav_bytes(rate, quiet + sine(1000, rate, 1, loud) + quiet)))
    assert out_rate == 16000
    assert len(samples) / out_rate == pytest.approx(1.35, abs=0.06)  # what is more than ours at the ends is cut
    middle = samples[len(samples) // 3 : len(samples) // 2]
    assert decibels(rms(middle)) == pytest.approx(-20, abs=1)
    assert power_at(middle, out_rate, 1000) > 0.98
    assert not clipped(samples)


def test_a_long_pause_is_shortened_without_a_click() -> None:
    tone = sine(800, 16000, 0.5, 0.2)
    _, samples = read_wav(telephone_wav(wav_bytes(16000, tone + silence(5) + tone)))
    assert 0.5 < quiet_runs(samples)[1] <= 0.62
    steps = [abs(samples[n + 1] - samples[n]) for n in range(len(samples) - 1)]
    assert max(steps) < 0.06, "a tone of 800 Hz at this level has no steeper step"


def test_a_slammed_door_does_not_keep_the_voice_low() -> None:
    noise = random.Random(7)
    door = array("h", (round(32000 * noise.uniform(-1, 1)) for _ in range(1600)))  # 100 ms
    voice = sine(900, 16000, 4, 0.01)
    _, samples = read_wav(telephone_wav(wav_bytes(16000, voice + door + voice)))
    for part in (samples[8000:48000], samples[80000:120000]):
        assert decibels(rms(part)) == pytest.approx(-20, abs=1.5)
    assert decibels(peak(samples)) <= -2.9
    assert not clipped(samples)


def test_pauses_do_not_count_as_quiet_speech() -> None:
    words = sine(700, 16000, 0.4, 0.1) + silence(0.5)
    _, samples = read_wav(telephone_wav(wav_bytes(16000, words * 10)))
    assert level(samples) == pytest.approx(-20, abs=1)


def test_what_a_telephone_does_not_carry_is_taken_out() -> None:
    voice, hum, hiss = (sine(hertz, 16000, 2, 0.2) for hertz in (1000, 50, 6000))
    mixed = array("h", (a + b + c for a, b, c in zip(voice, hum, hiss, strict=True)))
    rate, samples = read_wav(telephone_wav(wav_bytes(16000, mixed)))
    middle = samples[8000:24000]
    assert power_at(middle, rate, 1000) > 100 * (power_at(middle, rate, 50) + power_at(middle, rate, 6000))


@pytest.mark.parametrize("data", [b"", b"RIFF", b"MThd....", wav_bytes(16000, silence(1))])
def test_what_cannot_be_heard_is_refused(data: bytes) -> None:
    with pytest.raises(NotSound):
        telephone_wav(data)


def test_the_music_is_pleasant_to_measure() -> None:
    for rate in RATES:
        _, samples = read_wav(wav_bytes(rate, compose(rate)))
        assert len(samples) == 40 * rate
        assert decibels(rms(samples)) == pytest.approx(-20, abs=2)
        assert decibels(peak(samples)) <= -5.9
        assert quiet_runs(samples)[1] == 0
        # The loop: the step from its end to its beginning is no larger than steps inside.
        steps = [abs(samples[n + 1] - samples[n]) for n in range(rate)]
        assert abs(samples[0] - samples[-1]) <= max(steps)
