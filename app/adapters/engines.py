"""Speech engines: programs that read a text and write a WAV file.

espeak-ng, from the system or from the wheel ``espeakng-loader``, is always there. sherpa-onnx with a neural
model that the operator chose sounds like a person; package and model are the operator's to install.

What was run here and what not: espeak-ng both ways; sherpa-onnx 2.0.1 with a VITS model made by hand (it
sounds a tone), the other kinds of model only up to the names that sherpa-onnx gives their files.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LANGUAGE = "ko"
WORDS_PER_MINUTE = 150

ESPEAK_ADVICE = "Install espeak-ng (apt install espeak-ng), or the Python package espeakng-loader."
SHERPA_ADVICE = "Install the Python package sherpa-onnx into this environment (pip install sherpa-onnx)."


@dataclass(frozen=True, slots=True)
class Engine:
    """A way to have a text spoken: the command that reads it on stdin and writes a WAV file to stdout.

    ``name`` tells engine, version, language and pace: a text sounds the same as long as it is the same.
    ``seconds`` is the time after which it has failed.
    """

    name: str
    command: tuple[str, ...]
    seconds: float = 30.0
    advice: str = ESPEAK_ADVICE


class NoEngine(Exception):
    """The engine that the settings ask for is not there; says in one sentence what is missing."""


def choose_engine(voice: str, model: Path | None = None, speaker: int = 0) -> Engine | None:
    """The engine for the setting SANGDAM_VOICE; None when announcements are to be chimes.

    ``auto`` is sherpa-onnx where a model is set, else espeak-ng where it is installed, else none. Raises
    NoEngine when what was asked for by name is not there.
    """
    if voice == "none":
        return None
    if voice == "sherpa" or (voice == "auto" and model is not None):
        return sherpa(model, speaker)
    engine = espeak()
    if engine is None and voice == "espeak":
        raise NoEngine(f"espeak-ng was not found. {ESPEAK_ADVICE}")
    return engine


# -- espeak-ng ------------------------------------------------------------------------------------


def espeak(language: str = LANGUAGE, words_per_minute: int = WORDS_PER_MINUTE) -> Engine | None:
    """espeak-ng from the PATH, else its library from the wheel ``espeakng-loader``, else None."""
    speed = str(words_per_minute)
    program = shutil.which("espeak-ng")
    if program:
        name = f"espeak-ng {_program_version(program)} {language} {speed}"
        return Engine(name, (program, "-v", language, "-s", speed, "--stdin", "--stdout"))
    spec = importlib.util.find_spec("espeakng_loader")
    if spec is None or spec.origin is None:
        return None
    import espeakng_loader

    library, data = espeakng_loader.get_library_path(), espeakng_loader.get_data_path()
    if not os.path.exists(library):
        return None
    child = str(Path(__file__).with_name("espeak_library.py"))
    name = f"espeakng-loader {_package_version('espeakng-loader')} {language} {speed}"
    return Engine(name, (sys.executable, "-I", child, library, data, language, speed))


def _program_version(program: str) -> str:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, timeout=5, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return "?"
    return next((word for word in said.decode(errors="replace").split() if word[:1].isdigit()), "?")


def _package_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "?"


# -- sherpa-onnx ----------------------------------------------------------------------------------


def sherpa(folder: Path | None, speaker: int = 0) -> Engine:
    """sherpa-onnx with the model in ``folder``. Raises NoEngine."""
    if folder is None:
        raise NoEngine("sherpa-onnx needs a model: set SANGDAM_VOICE_MODEL to the directory that holds it")
    if importlib.util.find_spec("sherpa_onnx") is None:
        raise NoEngine(f"the Python package sherpa-onnx is missing. {SHERPA_ADVICE}")
    kind, files = model_files(folder)
    order = json.dumps({"kind": kind, "files": files, "speaker": speaker}, sort_keys=True)
    child = str(Path(__file__).with_name("sherpa_voice.py"))
    name = f"sherpa-onnx {_package_version('sherpa-onnx')} {folder.name} {speaker} {_mark(files)}"
    # Loading a model of some hundred megabytes from a slow disk takes its time.
    return Engine(name, (sys.executable, "-I", child, order), 120.0, SHERPA_ADVICE)


def model_files(folder: Path) -> tuple[str, dict[str, str]]:
    """(kind of model, its files by the names of sherpa-onnx's configuration), from the layouts in which
    sherpa-onnx gives its models out. Raises NoEngine naming the layouts."""
    models = sorted(path.name for path in folder.glob("*.onnx"))
    parts = {
        name: found[0]
        for name in ("duration_predictor", "text_encoder", "vector_estimator", "vocoder")
        if (found := [model for model in models if model.startswith(name)])
    }
    extra = {
        "data_dir": _there(folder, "espeak-ng-data"),
        "dict_dir": _there(folder, "dict"),
        "lexicon": ",".join(str(path) for path in sorted(folder.glob("lexicon*.txt"))),
    }
    common = {"tokens": str(folder / "tokens.txt"), **{name: path for name, path in extra.items() if path}}
    vocoders = [name for name in models if name.startswith(("vocos", "hifigan"))]
    acoustic = [name for name in models if name not in vocoders]
    if len(parts) == 4 and (folder / "tts.json").is_file():
        kind, files = "supertonic", {
            **{name: str(folder / file) for name, file in parts.items()},
            "tts_json": str(folder / "tts.json"),
            "unicode_indexer": str(folder / "unicode_indexer.bin"),
            "voice_style": str(folder / "voice.bin"),
        }  # fmt: skip
    elif (folder / "voices.bin").is_file() and acoustic:
        kind, files = "kokoro", {"model": str(folder / acoustic[0]), "voices": str(folder / "voices.bin"), **common}
    elif vocoders and acoustic:
        kind = "matcha"
        files = {"acoustic_model": str(folder / acoustic[-1]), "vocoder": str(folder / vocoders[0]), **common}
    elif len(models) == 1:
        kind, files = "vits", {"model": str(folder / models[0]), **common}
    else:
        raise NoEngine(
            f"{folder} holds no model that is known here: a VITS model (one .onnx file), Matcha (with its vocoder), "
            "Kokoro (with voices.bin) or Supertonic (with tts.json), each as sherpa-onnx gives it out"
        )
    missing = [path for joined in files.values() for path in joined.split(",") if not os.path.exists(path)]
    if missing:
        raise NoEngine(f"the {kind} model in {folder} lacks {', '.join(os.path.basename(path) for path in missing)}")
    return kind, files


def _there(folder: Path, name: str) -> str:
    return str(folder / name) if (folder / name).is_dir() else ""


def _mark(files: dict[str, str]) -> str:
    """Changes with the model's files, so that a new model speaks everything again."""
    found = [
        (name, os.path.getsize(path), os.stat(path).st_mtime_ns)
        for name, joined in sorted(files.items())
        for path in joined.split(",")
        if os.path.isfile(path)
    ]
    return hashlib.sha256(repr(found).encode()).hexdigest()[:12]
