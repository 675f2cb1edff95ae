"""What is spoken, measured: level, silence, band, cache; with the program and with the wheel's library."""

from __future__ import annotations

import math
from array import array
from pathlib import Path

import pytest

from app.adapters import speech
from app.adapters.sound import NotSound, levels, read_wav, telephone_wav
from app.adapters.speech import EspeakSpeech, ToneSpeech, find_engine, open_speech
from app.core.tones import RATES, compose, wav_bytes
from app.ports import SpeechUnavailable
from app.services.prompts import PromptRenderer
from dialplan.compiler import compile_tenant
from tests.unit.dialplan.example import tenant

SENTENCE = "안녕하세요. 상담원에게 연결해 드리겠습니다. 잠시만 기다려 주십시오."
QUIET = 0.003


def decibels(value: float) -> float:
    return 20 * math.log10(value)


def longest_quiet(samples: array[float], rate: int) -> float:
    longest = run = 0
    for level in levels(samples, rate):
        run = run + 1 if level < QUIET else 0
        longest = max(longest, run)
    return longest * 0.02


def power_at(samples: array[float], rate: int, hertz: float) -> float:
    """Share of the power that lies at one frequency (Goertzel)."""
    factor, a, b = 2 * math.cos(2 * math.pi * hertz / rate), 0.0, 0.0
    for sample in samples:
        a, b = sample + factor * a - b, a
    total = math.fsum(sample * sample for sample in samples)
    return 2 * (a * a + b * b - factor * a * b) / (len(samples) * total)


@pytest.fixture(params=["program", "library"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> speech.Engine:
    if request.param == "library":
        pytest.importorskip("espeakng_loader")
        monkeypatch.setattr(speech.shutil, "which", lambda _name: None)
    found = find_engine()
    if found is None:
        pytest.skip(speech.ADVICE)
    return found


def test_a_sentence_is_loud_enough_never_clipped_and_without_holes(
    engine: speech.Engine, tmp_path: Path
) -> None:
    path = tmp_path / "a.wav"
    EspeakSpeech(engine, tmp_path / "cache").render(SENTENCE, str(path))
    rate, samples = read_wav(path.read_bytes())
    peak = max(max(samples), -min(samples))
    rms = math.sqrt(math.fsum(s * s for s in samples) / len(samples))
    assert rate == 16000
    assert 3 < len(samples) / rate < 12
    assert -9 < decibels(peak) <= -2.9
    assert -27 < decibels(rms) < -18
    assert longest_quiet(samples, rate) < 1.0
    high = sum(power_at(samples, rate, hertz) for hertz in range(5000, 8000, 250))
    low = sum(power_at(samples, rate, hertz) for hertz in range(300, 3300, 250))
    assert high < low / 100


def test_what_was_said_once_is_kept(engine: speech.Engine, tmp_path: Path) -> None:
    voice = EspeakSpeech(engine, tmp_path / "cache")
    voice.render("한 번", str(tmp_path / "a.wav"))
    broken = EspeakSpeech(speech.Engine(engine.name, ("/nonexistent",)), tmp_path / "cache")
    broken.render("한   번 ", str(tmp_path / "b.wav"))
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    with pytest.raises(SpeechUnavailable, match="apt install espeak-ng"):
        broken.render("두 번", str(tmp_path / "c.wav"))
    assert not (tmp_path / "c.wav").exists()
    with pytest.raises(ValueError, match="nothing to say"):
        voice.render(" \n", str(tmp_path / "c.wav"))


def test_a_text_is_no_command(engine: speech.Engine, tmp_path: Path) -> None:
    target = tmp_path / "owned"
    text = f"$(touch {target}) ; touch {target} | -w {target} <break/>"
    EspeakSpeech(engine, tmp_path / "cache").render(text, str(tmp_path / "a.wav"))
    assert not target.exists()


def test_an_engine_that_fails_says_so(tmp_path: Path) -> None:
    failing = EspeakSpeech(
        speech.Engine("espeak-ng 0", ("/bin/sh", "-c", "echo kaputt >&2; exit 3")), tmp_path
    )
    with pytest.raises(SpeechUnavailable, match="kaputt"):
        failing.render("가", str(tmp_path / "a.wav"))
    mute = EspeakSpeech(speech.Engine("espeak-ng 0", ("/bin/true",)), tmp_path)
    with pytest.raises(SpeechUnavailable, match="said nothing"):
        mute.render("가", str(tmp_path / "a.wav"))


def test_without_an_engine_nothing_is_silent_and_doctor_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speech, "find_engine", lambda: None)
    chimes = open_speech(tmp_path)
    assert isinstance(chimes, ToneSpeech)
    chimes.render("첫째", str(tmp_path / "a.wav"))
    chimes.render("둘째", str(tmp_path / "b.wav"))
    rate, samples = read_wav((tmp_path / "a.wav").read_bytes())
    assert longest_quiet(samples, rate) < 1.0
    assert decibels(max(samples)) > -20
    assert (tmp_path / "a.wav").read_bytes() != (tmp_path / "b.wav").read_bytes()
    spoken, advice = speech.describe()
    assert not spoken
    assert "apt install espeak-ng" in advice


def sine(hertz: float, rate: int, seconds: float, level: float) -> array[int]:
    return array(
        "h",
        (round(32767 * level * math.sin(2 * math.pi * hertz * n / rate)) for n in range(int(rate * seconds))),
    )


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100])
def test_an_upload_of_any_rate_comes_to_our_level(rate: int) -> None:
    silence = array("h", bytes(2 * rate * 2))
    sound = telephone_wav(wav_bytes(rate, silence + sine(1000, rate, 1, 0.02) + silence))
    out_rate, samples = read_wav(sound)
    assert out_rate == 16000
    assert len(samples) / out_rate == pytest.approx(1.35, abs=0.06)  # the silence at the ends is cut
    middle = samples[len(samples) // 3 : len(samples) // 2]
    assert decibels(math.sqrt(math.fsum(s * s for s in middle) / len(middle))) == pytest.approx(-20, abs=1)
    assert power_at(middle, out_rate, 1000) > 0.98


def test_a_long_pause_is_shortened() -> None:
    tone, pause = sine(800, 16000, 0.5, 0.2), array("h", bytes(2 * 16000 * 5))
    rate, samples = read_wav(telephone_wav(wav_bytes(16000, tone + pause + tone)))
    assert longest_quiet(samples, rate) <= 0.62


@pytest.mark.parametrize("data", [b"", b"RIFF", b"MThd....", wav_bytes(16000, array("h", bytes(32000)))])
def test_what_cannot_be_heard_is_refused(data: bytes) -> None:
    with pytest.raises(NotSound):
        telephone_wav(data)


def test_the_music_is_pleasant_to_measure() -> None:
    for rate in RATES:
        data = wav_bytes(rate, compose(rate))
        _, samples = read_wav(data)
        assert len(samples) == 40 * rate
        peak = max(max(samples), -min(samples))
        rms = math.sqrt(math.fsum(s * s for s in samples) / len(samples))
        assert decibels(rms) == pytest.approx(-20, abs=2)
        assert decibels(peak) <= -5.9
        assert longest_quiet(samples, rate) == 0
        # The loop: the step from its end to its beginning is no larger than steps inside.
        steps = [abs(samples[n + 1] - samples[n]) for n in range(rate)]
        assert abs(samples[0] - samples[-1]) <= max(steps)


class Counting:
    def __init__(self) -> None:
        self.said: list[str] = []

    def render(self, text: str, path: str) -> None:
        self.said.append(text)
        Path(path).write_text(text)


def test_a_publication_speaks_only_what_is_new(tmp_path: Path) -> None:
    voice = Counting()
    render = PromptRenderer(voice, tmp_path, "test 1")
    first = render(tenant(), {})
    assert all(Path(path).read_text() for path in first.values())
    voice.said.clear()
    second = render(tenant(), {"greeting": "새 인사말입니다."})
    assert voice.said == ["새 인사말입니다."]
    assert {name for name in first if first[name] != second[name]} == {"greeting"}
    assert Path(first["greeting"]).exists(), "somebody may be listening to it"
    compile_tenant(tenant(second))
