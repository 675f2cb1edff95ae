"""Every announcement of the default centre, rendered, decoded and measured (``-s`` prints the table)."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from app.adapters import engines
from app.adapters.engines import ESPEAK_ADVICE
from app.adapters.speech import EngineSpeech
from app.core.definitions import QueueConfig
from app.core.korean import speakable
from app.core.prompt_texts import default_texts
from app.services.prompts import PromptRenderer
from tests.unit.dialplan.example import REPAIRS, SALES, tenant
from tests.unit.speech.measuring import clipped, decibels, level, peak, quiet_runs, read_wav

LEVEL = (-21.5, -19.0)
"""dBFS, active speech level."""
PEAK = -2.9
"""dBFS at most."""
PAUSE = 1.0
"""Seconds of quiet inside, at most."""
LEAD, TAIL = (0.06, 0.16), (0.2, 0.32)
"""Seconds of quiet before the first word and after the last."""
PACE = (3.0, 7.5)
"""Syllables a second, pauses included. Korean is read aloud at 4 to 6; one word alone is quicker or slower."""


def syllables(text: str) -> int:
    """How many are spoken: the letters of the text with its figures written out."""
    return sum("가" <= char <= "힣" for char in speakable(text))


@pytest.mark.parametrize("kind", ["program", "library"])
def test_every_announcement_of_the_default_centre(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "library":
        pytest.importorskip("espeakng_loader")
        monkeypatch.setattr(engines.shutil, "which", lambda _name: None)
    engine = engines.espeak()
    if engine is None:
        pytest.skip(ESPEAK_ADVICE)
    centre = tenant(queues={SALES: QueueConfig(SALES, "", announce_position=True), REPAIRS: QueueConfig(REPAIRS, "")})
    speech = EngineSpeech(engine, tmp_path / "cache")
    render = PromptRenderer(speech, tmp_path / "prompts", speech.voice)

    began = time.monotonic()
    paths = render(centre, {})
    cold = time.monotonic() - began
    again = PromptRenderer(speech, tmp_path / "others", speech.voice)
    began = time.monotonic()
    again(centre, {})
    warm = time.monotonic() - began

    texts = default_texts(centre)
    assert set(paths) == set(texts) and len(texts) > 25
    rows, wrong = [], []
    for name, text in texts.items():
        rate, samples = read_wav(Path(paths[name]).read_bytes())
        seconds = len(samples) / rate
        lead, pause, tail = quiet_runs(samples)
        loud, top, flat = level(samples), decibels(peak(samples)), clipped(samples)
        pace = syllables(text) / seconds
        rows.append(
            f"{name:18}{seconds:7.2f}{loud:8.1f}{top:7.1f}{flat:6}{lead:7.2f}{pause:7.2f}{tail:7.2f}{pace:7.1f}"
        )
        good = {
            "rate": rate == 16000,
            "level": LEVEL[0] <= loud <= LEVEL[1],
            "peak": top <= PEAK,
            "clipped": flat == 0,
            "silence inside": pause < PAUSE,
            "silence at the ends": LEAD[0] <= lead <= LEAD[1] and TAIL[0] <= tail <= TAIL[1],
            "pace": PACE[0] <= pace <= PACE[1],
        }
        wrong += [f"{name}: {what}" for what, fine in good.items() if not fine]
    head = f"{'':18}{'s':>7}{'dBFS':>8}{'peak':>7}{'clip':>6}{'lead':>7}{'pause':>7}{'tail':>7}{'syl/s':>7}"
    print(f"\n{engine.name}: {len(rows)} announcements, {cold:.2f} s, from the cache {warm * 1000:.0f} ms")
    print("\n".join([head, *rows]))
    assert not wrong, "\n".join([*wrong, head, *rows])
