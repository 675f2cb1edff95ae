"""Speaking: what is said, what is kept, what is said when there is no engine; with program and library."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.adapters import engines, speech
from app.adapters.children import ROOT, Children
from app.adapters.engines import ESPEAK_ADVICE, Engine
from app.adapters.speech import (
    LONGEST_PREVIEW,
    EngineSpeech,
    ToneSpeech,
    describe,
    open_speech,
)
from app.adapters.speech_cache import remove_unused
from app.ports import SpeechBusy, SpeechUnavailable, Unspeakable
from app.services.messages import TEXTS
from tests.unit.speech.measuring import (
    clipped,
    decibels,
    level,
    peak,
    power_at,
    quiet_runs,
    read_wav,
    tone_wav,
)

SENTENCE = "안녕하세요. 상담원에게 연결해 드리겠습니다. 잠시만 기다려 주십시오."


@pytest.fixture(params=["program", "library"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Engine:
    if request.param == "library":
        pytest.importorskip("espeakng_loader")
        monkeypatch.setattr(engines.shutil, "which", lambda _name: None)
    found = engines.espeak()
    if found is None:
        pytest.skip(ESPEAK_ADVICE)
    return found


@pytest.fixture
def counting(tmp_path: Path) -> Engine:
    """An engine that sounds a tone, and writes down each text that it was given."""
    (tmp_path / "tone.wav").write_bytes(tone_wav(1))
    script = f"cat >> {tmp_path}/said; echo >> {tmp_path}/said; cat {tmp_path}/tone.wav"
    return Engine("tone 1", ("/bin/sh", "-c", script))


def said(tmp_path: Path) -> list[str]:
    file = tmp_path / "said"
    return file.read_text().splitlines() if file.exists() else []


def test_a_sentence_is_loud_enough_never_clipped_and_without_holes(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    EngineSpeech(engine, tmp_path / "cache").render(SENTENCE, str(path))
    rate, samples = read_wav(path.read_bytes())
    assert rate == 16000
    assert 3 < len(samples) / rate < 12
    assert level(samples) == pytest.approx(-20, abs=1)
    assert -9 < decibels(peak(samples)) <= -2.9 and not clipped(samples)
    assert max(quiet_runs(samples)) < 1.0
    high = sum(power_at(samples, rate, hertz) for hertz in range(5000, 8000, 250))
    low = sum(power_at(samples, rate, hertz) for hertz in range(300, 3300, 250))
    assert high < low / 100


def test_a_text_is_no_command(engine: Engine, tmp_path: Path) -> None:
    target = tmp_path / "owned"
    text = f"$(touch {target}) ; touch {target} | -w {target} <break/>"
    EngineSpeech(engine, tmp_path / "cache").render(text, str(tmp_path / "a.wav"))
    assert not target.exists()


def test_a_text_begins_with_a_dash_and_is_text_still(engine: Engine, tmp_path: Path) -> None:
    assert EngineSpeech(engine, tmp_path / "cache").preview("--help -w x 안내")[:4] == b"RIFF"


def test_figures_are_written_out_for_the_engine_wherever_the_text_comes_from(
    counting: Engine, tmp_path: Path
) -> None:
    voice = EngineSpeech(counting, tmp_path / "cache")
    voice.render("2호점, 3명", str(tmp_path / "a.wav"))
    voice.preview("070-4000-0001")
    assert said(tmp_path) == ["이호점, 세 명", "공칠공, 사공공공, 공공공일"]


def test_what_would_be_more_than_text_to_the_engine_is_text(counting: Engine, tmp_path: Path) -> None:
    EngineSpeech(counting, tmp_path / "cache").preview("가\n나\t\x00다 [[h@'loU]] \u202e라")
    (given,) = said(tmp_path)
    assert given.startswith("가") and given.endswith("라")
    assert "[[" not in given and given.isprintable()


def test_what_was_said_once_is_kept_for_announcement_and_preview(counting: Engine, tmp_path: Path) -> None:
    voice = EngineSpeech(counting, tmp_path / "cache")
    voice.render("한 번", str(tmp_path / "t1" / "a.wav"))
    voice.render("한   번 ", str(tmp_path / "t2" / "a.wav"))
    assert voice.preview("한 번") == (tmp_path / "t1" / "a.wav").read_bytes()
    assert said(tmp_path) == ["한 번"]
    # One file under several names: the announcements of a thousand tenants are the same few.
    assert (tmp_path / "t1" / "a.wav").samefile(tmp_path / "t2" / "a.wav")


def test_a_new_voice_or_normaliser_speaks_anew(
    counting: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    EngineSpeech(counting, tmp_path / "cache").preview("가")
    other = EngineSpeech(Engine("tone 2", counting.command), tmp_path / "cache")
    other.preview("가")
    before = other.voice
    monkeypatch.setattr(speech, "NORMALISER", "another")
    assert other.voice != before
    other.preview("가")
    assert said(tmp_path) == ["가", "가", "가"]


def test_a_file_that_is_played_is_not_written_again(counting: Engine, tmp_path: Path) -> None:
    voice = EngineSpeech(counting, tmp_path / "cache")
    path = tmp_path / "a.wav"
    voice.render("가", str(path))
    with path.open("rb") as playing:
        voice.render("나", str(path))
        assert os.fstat(playing.fileno()).st_ino != path.stat().st_ino
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00"])
def test_nothing_to_say_is_said_so(counting: Engine, tmp_path: Path, text: str) -> None:
    for voice in (EngineSpeech(counting, tmp_path / "cache"), ToneSpeech()):
        with pytest.raises(Unspeakable) as caught:
            voice.render(text, str(tmp_path / "a.wav"))
        assert caught.value.code == "nothing_to_speak" and caught.value.code in TEXTS
    assert not (tmp_path / "a.wav").exists()


def test_a_preview_is_bounded_as_it_is_spoken(counting: Engine, tmp_path: Path) -> None:
    voice = EngineSpeech(counting, tmp_path / "cache")
    assert voice.preview("가" * LONGEST_PREVIEW)
    with pytest.raises(Unspeakable) as caught:
        voice.preview("9,999,999,999원 " * 40)
    assert caught.value.code == "text_too_long_to_speak"
    assert caught.value.details["limit"] == LONGEST_PREVIEW


def test_only_so_many_speak_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "tone.wav").write_bytes(tone_wav(1))
    script = (
        f"mkdir {tmp_path}/in.$$; ls -d {tmp_path}/in.* | wc -l >> {tmp_path}/seen; sleep 0.1; "
        f"rmdir {tmp_path}/in.$$; cat {tmp_path}/tone.wav"
    )
    voice = EngineSpeech(Engine("slow", ("/bin/sh", "-c", script)), tmp_path / "cache", Children(2))
    with ThreadPoolExecutor(8) as pool:
        sounds = list(pool.map(voice.preview, [f"문장 {letter}" for letter in "가나다라마바사아"]))
    assert len(sounds) == 8 and all(sound[:4] == b"RIFF" for sound in sounds)
    assert max(int(count) for count in (tmp_path / "seen").read_text().split()) == 2


def test_who_waits_too_long_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "begun")
    os.mkfifo(tmp_path / "end")
    holds = ("/bin/sh", "-c", f"echo > {tmp_path}/begun; read line < {tmp_path}/end")
    children = Children(1, patience_seconds=0.05)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(EngineSpeech(Engine("slow", holds), tmp_path / "cache", children).preview, "가")
        (tmp_path / "begun").read_text()  # from now on the only place is taken
        with pytest.raises(SpeechBusy) as caught:
            EngineSpeech(Engine("mute", ("/bin/true",)), tmp_path / "cache", children).preview("나")
        (tmp_path / "end").write_text("\n")
        assert isinstance(first.exception(), SpeechUnavailable)
    assert caught.value.code == "speech_busy" and caught.value.code in TEXTS


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("/bin/sh", "-c", "echo kaputt >&2; exit 3"), "kaputt"),
        (("/bin/true",), "said nothing"),
        (("/bin/sh", "-c", "echo this is no sound"), "said nothing"),
        (("/nonexistent",), "cannot be started"),
        (("/bin/sleep", "9"), "did not finish in 0.2 s"),
    ],
)
def test_an_engine_that_fails_says_so(tmp_path: Path, command: tuple[str, ...], says: str) -> None:
    voice = EngineSpeech(Engine("broken 0", command, 0.2 if "sleep" in command[0] else 5), tmp_path / "cache")
    with pytest.raises(SpeechUnavailable, match=says) as caught:
        voice.render("가", str(tmp_path / "a.wav"))
    assert caught.value.code == "speech_failed" and caught.value.code in TEXTS
    assert not (tmp_path / "a.wav").exists()


def test_without_an_engine_nothing_is_silent_and_everybody_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "espeak", lambda: None)
    chimes = open_speech(tmp_path)
    assert isinstance(chimes, ToneSpeech) and not chimes.speaks
    assert "apt install espeak-ng" in chimes.advice
    chimes.render("첫째", str(tmp_path / "a.wav"))
    chimes.render("둘째", str(tmp_path / "b.wav"))
    _, samples = read_wav((tmp_path / "a.wav").read_bytes())
    assert max(quiet_runs(samples)) < 1.0
    assert decibels(max(samples)) > -20
    assert (tmp_path / "a.wav").read_bytes() != (tmp_path / "b.wav").read_bytes()
    with pytest.raises(SpeechUnavailable) as caught:
        chimes.preview("첫째")
    assert caught.value.code == "no_speech" and caught.value.code in TEXTS
    spoken, _, remedy = describe()
    assert not spoken and "apt install espeak-ng" in remedy


def test_old_speech_goes_and_what_is_used_stays(counting: Engine, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    voice = EngineSpeech(counting, cache)
    voice.render("오래된 문장", str(tmp_path / "t1" / "live.wav"))
    voice.preview("쓰이는 문장")
    now = time.time()
    for path in cache.iterdir():
        os.utime(path, (now - 40 * 86_400, now - 40 * 86_400))
    (cache / ".draft.part").write_bytes(b"left by a process that was killed")
    os.utime(cache / ".draft.part", (now - 2 * 86_400, now - 2 * 86_400))
    voice.preview("쓰이는 문장")  # used again, now
    assert remove_unused(cache, now) == 2
    assert len(list(cache.iterdir())) == 1
    assert (tmp_path / "t1" / "live.wav").read_bytes()[:4] == b"RIFF", "a version refers to it"
    assert said(tmp_path) == ["오래된 문장", "쓰이는 문장"]


def test_the_cache_does_not_fill_the_disk(tmp_path: Path) -> None:
    now = 1_800_000_000.0
    for age in range(10):
        (tmp_path / f"{age}.wav").write_bytes(bytes(1000))
        os.utime(tmp_path / f"{age}.wav", (now - age, now - age))
    assert remove_unused(tmp_path, now, most=4500) == 6
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.wav", "1.wav", "2.wav", "3.wav"]
    assert remove_unused(tmp_path / "not there yet", now) == 0


UNDER_GEVENT = """
from gevent import monkey
monkey.patch_all()
import sys, time, gevent, gevent.hub
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from app.adapters.engines import Engine
from app.adapters.speech import EngineSpeech
folder = Path(sys.argv[1])
engine = Engine("slow tone", ("/bin/sh", "-c", f"sleep 0.3; cat {folder}/tone.wav"))
voice = EngineSpeech(engine, folder / "cache")
broken = EngineSpeech(Engine("none", ("/nonexistent",)), folder / "cache")
ticks = []
def tick():
    while True:
        ticks.append(time.monotonic())
        gevent.sleep(0.005)
clock = gevent.spawn(tick)
pool = gevent.hub.get_hub().threadpool
def fails(text):
    try:
        broken.preview(text)
    except Exception as error:
        return type(error).__name__
def many(texts):
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(voice.preview, texts))
jobs = [gevent.spawn(voice.preview, text) for text in "가나"]
jobs += [gevent.spawn(pool.apply, voice.preview, (text,)) for text in "다라"]
jobs += [gevent.spawn(many, "마바"), gevent.spawn(pool.apply, many, ("사아",))]
jobs += [gevent.spawn(fails, "자"), gevent.spawn(pool.apply, fails, ("차",))]
gevent.joinall(jobs, timeout=30, raise_error=True)
sounds = [job.value for job in jobs[:4]] + jobs[4].value + jobs[5].value
print(all(sound[:4] == b"RIFF" for sound in sounds), [job.value for job in jobs[6:]])
gaps = sorted(later - earlier for earlier, later in zip(ticks, ticks[1:]))
print(sum(gap > 0.25 for gap in gaps))
"""


def test_under_gevent_greenlets_and_threads_may_ask_and_the_loop_goes_on(tmp_path: Path) -> None:
    (tmp_path / "tone.wav").write_bytes(tone_wav(1))
    done = subprocess.run(
        [sys.executable, "-c", UNDER_GEVENT, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=50
    )
    lines = done.stdout.splitlines()
    assert lines[:1] == ["True ['SpeechUnavailable', 'SpeechUnavailable']"], done.stderr
    assert lines[1] == "0", "the loop stood still while an engine worked"
