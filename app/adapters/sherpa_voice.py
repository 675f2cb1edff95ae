"""Text to sound with sherpa-onnx, as a program of its own: text on stdin, a WAV file on stdout.

A model takes some hundred megabytes, which are given back when the sentence is spoken. Started by
:mod:`app.adapters.engines` with one argument: JSON of ``kind``, ``files`` (as sherpa-onnx names them for that
kind of model) and ``speaker``.
"""

from __future__ import annotations

import json
import sys
import wave
from array import array
from collections.abc import Iterable, Mapping
from typing import Any

LANGUAGE = "ko"


def speak(sherpa: Any, kind: str, files: Mapping[str, str], speaker: int, text: str) -> tuple[int, Iterable[float]]:
    """(sample rate, samples from -1 to 1). Raises ValueError when the model cannot be used."""
    names = {
        "vits": "OfflineTtsVitsModelConfig",
        "matcha": "OfflineTtsMatchaModelConfig",
        "kokoro": "OfflineTtsKokoroModelConfig",
        "supertonic": "OfflineTtsSupertonicModelConfig",
    }
    model = sherpa.OfflineTtsModelConfig(**{kind: getattr(sherpa, names[kind])(**files)}, num_threads=1)
    config = sherpa.OfflineTtsConfig(model=model)
    if not config.validate():
        raise ValueError(f"sherpa-onnx refuses the {kind} model")
    engine = sherpa.OfflineTts(config)
    if kind == "supertonic":  # one model for many languages
        wish = sherpa.GenerationConfig()
        wish.sid = speaker
        wish.extra = {"lang": LANGUAGE}
        sound = engine.generate(text, wish)
    else:
        sound = engine.generate(text, sid=speaker, speed=1.0)
    return int(sound.sample_rate), sound.samples


def main() -> None:
    import sherpa_onnx

    order = json.loads(sys.argv[1])
    text = sys.stdin.buffer.read().decode()
    rate, samples = speak(sherpa_onnx, order["kind"], order["files"], order["speaker"], text)
    pcm = array("h", (round(32767 * max(-1.0, min(1.0, value))) for value in samples))
    with wave.open(sys.stdout.buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm.tobytes())


if __name__ == "__main__":
    main()
