"""Text to speech: the port ``Speech`` on espeak-ng, from the PATH or from the PyPI wheel.

What was spoken once is kept under the hash of text, voice and engine, so a tenant's publication only
speaks what is new. Without any engine an announcement is a gentle chime: a caller hears that somebody
is there, and ``doctor`` says what to install.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from app.adapters.sound import RATE, NotSound, telephone_wav
from app.core.tones import chime, wav_bytes
from app.ports import SpeechUnavailable

VOICE = "ko"
WORDS_PER_MINUTE = 150
TIMEOUT_SECONDS = 30
_LOOK = "2"
"""Version of what we do to the engine's sound; a new one speaks everything again."""

ADVICE = "Install espeak-ng (apt install espeak-ng), or the Python package espeakng-loader."


@dataclass(frozen=True, slots=True)
class Engine:
    """A way to have espeak-ng speak: the command that reads text and writes a WAV file."""

    name: str
    command: tuple[str, ...]


def find_engine(voice: str = VOICE, words_per_minute: int = WORDS_PER_MINUTE) -> Engine | None:
    """espeak-ng from the PATH, else its library from the wheel ``espeakng-loader``, else None."""
    speed = str(words_per_minute)
    program = shutil.which("espeak-ng")
    if program:
        arguments = (program, "-v", voice, "-s", speed, "--stdin", "--stdout")
        return Engine(f"espeak-ng {_program_version(program)}", arguments)
    spec = importlib.util.find_spec("espeakng_loader")
    if spec is None or spec.origin is None:
        return None
    import espeakng_loader

    library, data = espeakng_loader.get_library_path(), espeakng_loader.get_data_path()
    if not os.path.exists(library):
        return None
    child = str(Path(__file__).with_name("espeak_library.py"))
    command = (sys.executable, "-I", child, library, data, voice, speed)
    return Engine(f"espeakng-loader {_package_version('espeakng-loader')}", command)


class EspeakSpeech:
    """Speaks with espeak-ng; every text once, kept under ``cache``."""

    speaks = True

    def __init__(self, engine: Engine, cache: Path) -> None:
        self.engine = engine
        self._cache = cache

    @property
    def voice(self) -> str:
        """Names voice and engine; a text sounds the same as long as this is the same."""
        return f"{self.engine.name} {VOICE} {WORDS_PER_MINUTE} {_LOOK}"

    def render(self, text: str, path: str) -> None:
        """Write ``text`` as a 16 kHz mono WAV file. Raises SpeechUnavailable, ValueError, OSError."""
        text = " ".join(text.split())
        if not text:
            raise ValueError("there is nothing to say")
        key = hashlib.sha256(f"{self.voice}\0{text}".encode()).hexdigest()
        kept = self._cache / f"{key}.wav"
        if not kept.exists():
            write_file(kept, self._speak(text))
        write_file(Path(path), kept.read_bytes())

    def _speak(self, text: str) -> bytes:
        try:
            done = subprocess.run(
                self.engine.command,
                input=text.encode(),
                capture_output=True,
                timeout=TIMEOUT_SECONDS,
                check=True,
            )
            return telephone_wav(_with_true_length(done.stdout))
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode(errors="replace").strip()[-200:]
            raise SpeechUnavailable(f"{self.engine.name} failed: {said}. {ADVICE}") from error
        except subprocess.TimeoutExpired as error:
            raise SpeechUnavailable(f"{self.engine.name} did not finish in {TIMEOUT_SECONDS} s") from error
        except NotSound as error:
            raise SpeechUnavailable(f"{self.engine.name} said nothing for {text!r}") from error
        except OSError as error:
            raise SpeechUnavailable(f"{self.engine.name} cannot be started: {error}. {ADVICE}") from error


class ToneSpeech:
    """No engine: each announcement is a chime, a different one for each text, never silence."""

    speaks = False
    voice = "chime 1"

    def render(self, text: str, path: str) -> None:
        """Write a chime that lasts as long as a short sentence. Raises ValueError, OSError."""
        if not text.strip():
            raise ValueError("there is nothing to say")
        seed = hashlib.sha256(text.encode()).digest()
        scale = (60, 62, 65, 67, 69, 72)
        notes = [scale[byte % len(scale)] for byte in seed[:4]]
        write_file(Path(path), wav_bytes(RATE, chime(RATE, notes, 2.4)))


def open_speech(cache: Path) -> EspeakSpeech | ToneSpeech:
    """The best speech that this machine has; ``cache`` is a directory of its own (state/prompts/cache)."""
    engine = find_engine()
    return ToneSpeech() if engine is None else EspeakSpeech(engine, cache)


def describe() -> tuple[bool, str]:
    """For ``doctor``: can announcements be spoken, and with what or what to do."""
    engine = find_engine()
    if engine is None:
        return False, f"No speech engine: announcements are chimes until there is one. {ADVICE}"
    return True, f"Announcements are spoken by {engine.name}."


def render_upload(data: bytes, path: str) -> None:
    """Keep an uploaded WAV file, re-encoded to our format and level. Raises NotSound, OSError."""
    write_file(Path(path), telephone_wav(data))


def write_file(path: Path, data: bytes) -> None:
    """Write so that a reader sees the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


def _with_true_length(data: bytes) -> bytes:
    """espeak-ng --stdout cannot seek back and leaves the lengths in the header open."""
    at = data.find(b"data", 12)
    if not data.startswith(b"RIFF") or at < 0:
        return data
    length = (len(data) - at - 8).to_bytes(4, "little")
    whole = (len(data) - 8).to_bytes(4, "little")
    return data[:4] + whole + data[8 : at + 4] + length + data[at + 8 :]


def _program_version(program: str) -> str:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, timeout=5, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return "?"
    words: Sequence[str] = said.decode(errors="replace").split()
    return next((word for word in words if word[:1].isdigit()), "?")


def _package_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "?"
