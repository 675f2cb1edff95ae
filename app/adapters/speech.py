"""Text to speech: the port ``Speech`` on an engine, and without one.

Every text goes through the Korean normaliser here, so that figures are read as a person reads them wherever
the text came from; one that is written out already (``texts_for``) stays as it is. What was spoken once is kept under the hash of text, voice and normaliser,
so a tenant's publication only speaks what is new. Without any engine an announcement is a gentle chime: a
caller hears that somebody is there, and ``doctor`` says what to install.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from pathlib import Path

import structlog

from app.adapters.children import Busy, Children, TimedOut
from app.adapters.decoding import RATE, NotSound
from app.adapters.engines import ESPEAK_ADVICE, Engine, NoEngine, choose_engine
from app.adapters.sound import telephone_wav
from app.core.korean import NORMALISER, speakable
from app.core.tones import chime, wav_bytes
from app.ports import SpeechBusy, SpeechUnavailable, Unspeakable

log = structlog.get_logger(__name__)

LONGEST_PREVIEW = 400
"""Characters of a preview as they are spoken: the 200 that may be typed, with figures written out. It is half
a minute of speech; what is longer is not tried out but mistyped."""

CACHE_DAYS = 30
CACHE_BYTES = 2 << 30
"""How much the cache may hold: some 10,000 sentences. What was unused the longest goes first."""

_LOOK = "3"
"""Version of what we do to the engine's sound; a new one speaks everything again."""

_MOST_BYTES = 64 << 20
"""Largest output of an engine that is read: ten minutes at its usual rate. It is trusted, and may go wrong."""


class EngineSpeech:
    """Speaks with an engine; every text once, kept under ``cache``."""

    speaks = True
    advice = ""

    def __init__(self, engine: Engine, cache: Path, children: Children | None = None) -> None:
        self.engine = engine
        self._cache = cache
        self._children = children or Children()

    @property
    def voice(self) -> str:
        """Names voice, engine and normaliser; a text sounds the same as long as this is the same."""
        return f"{self.engine.name} look {_LOOK} normaliser {NORMALISER}"

    def render(self, text: str, path: str) -> None:
        """Write ``text`` as a 16 kHz mono WAV file. Raises SpeechUnavailable, Unspeakable, OSError."""
        kept = self._kept(_spoken(text))
        _link(kept, Path(path))

    def preview(self, text: str) -> bytes:
        """The WAV file of ``text``, for the browser. Raises SpeechUnavailable, Unspeakable, OSError."""
        spoken = _spoken(text)
        if len(spoken) > LONGEST_PREVIEW:
            raise Unspeakable("text_too_long_to_speak", limit=LONGEST_PREVIEW, length=len(spoken))
        return self._kept(spoken).read_bytes()

    def _kept(self, spoken: str) -> Path:
        key = hashlib.sha256(f"{self.voice}\0{spoken}".encode()).hexdigest()
        kept = self._cache / f"{key}.wav"
        try:
            os.utime(kept)  # housekeeping leaves alone what is used
        except FileNotFoundError:
            write_file(kept, self._speak(spoken))
        return kept

    def _speak(self, spoken: str) -> bytes:
        name = self.engine.name
        try:
            done = self._children.run(
                self.engine.command, spoken.encode(), seconds=self.engine.seconds, most_bytes=_MOST_BYTES
            )
        except Busy as error:
            raise SpeechBusy() from error
        except TimedOut as error:
            raise SpeechUnavailable(f"{name} did not finish in {self.engine.seconds:g} s") from error
        except OSError as error:
            raise SpeechUnavailable(f"{name} cannot be started: {error}. {self.engine.advice}") from error
        if done.code:
            raise SpeechUnavailable(f"{name} failed: {done.errors[-200:]}. {self.engine.advice}")
        try:
            return telephone_wav(done.output)
        except NotSound as error:
            raise SpeechUnavailable(f"{name} said nothing for {spoken!r}") from error


class ToneSpeech:
    """No engine: each announcement is a chime, a different one for each text, never silence."""

    speaks = False
    voice = "chime 1"

    def __init__(self, advice: str = f"There is no speech engine. {ESPEAK_ADVICE}") -> None:
        self.advice = advice

    def render(self, text: str, path: str) -> None:
        """Write a chime that lasts as long as a short sentence. Raises Unspeakable, OSError."""
        seed = hashlib.sha256(_spoken(text).encode()).digest()
        scale = (60, 62, 65, 67, 69, 72)
        notes = [scale[byte % len(scale)] for byte in seed[:4]]
        write_file(Path(path), wav_bytes(RATE, chime(RATE, notes, 2.4)))

    def preview(self, text: str) -> bytes:
        """There is nothing to try out. Raises SpeechUnavailable with what to do."""
        raise SpeechUnavailable(self.advice, code="no_speech")


def open_speech(
    cache: Path, *, voice: str = "auto", model: Path | None = None, speaker: int = 0, children: Children | None = None
) -> EngineSpeech | ToneSpeech:
    """The speech that the settings ask for; ``cache`` is a directory of its own (state/prompts/cache).

    Raises SpeechUnavailable when an engine that was asked for by name is not there.
    """
    try:
        engine = choose_engine(voice, model, speaker)
    except NoEngine as error:
        raise SpeechUnavailable(str(error), code="no_speech") from error
    if engine is not None:
        return EngineSpeech(engine, cache, children)
    if voice == "none":
        return ToneSpeech("SANGDAM_VOICE is none: announcements are chimes until recordings are uploaded.")
    return ToneSpeech()


def describe(*, voice: str = "auto", model: Path | None = None, speaker: int = 0) -> tuple[bool, str, str]:
    """For ``doctor``: are announcements spoken, with what, and what to do when they are not."""
    try:
        engine = choose_engine(voice, model, speaker)
    except NoEngine as error:
        return False, f"Announcements cannot be spoken: {error}", "install what is missing, or change SANGDAM_VOICE"
    if engine is not None:
        return True, f"Announcements are spoken by {engine.name}", ""
    if voice == "none":
        return False, "Announcements are chimes, because SANGDAM_VOICE is none", "set it to auto for speech"
    return False, "No speech engine: announcements are chimes until recordings are uploaded", ESPEAK_ADVICE


def remove_unused(cache: Path, now: float | None = None, *, days: float = CACHE_DAYS, most: int = CACHE_BYTES) -> int:
    """Delete from the cache what has not been used for ``days``, and then what is above ``most`` bytes, the
    longest unused first; how many files. The announcements of the tenants lie elsewhere and stay.
    """
    now = time.time() if now is None else now
    found = []
    for path in cache.glob("*"):
        try:
            entry = path.stat()
        except FileNotFoundError:
            continue  # another worker was quicker
        # A draft that is a day old was left by a process that was killed.
        limit = 1 if path.name.startswith(".") else days
        found.append((now - entry.st_mtime > limit * 86_400, -entry.st_mtime, entry.st_size, path))
    total = removed = 0
    for old, _, size, path in sorted(found):
        total += size
        if old or total > most:
            path.unlink(missing_ok=True)
            removed += 1
    if removed:
        log.info("speech_cache_tidied", removed=removed)
    return removed


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


def _spoken(text: str) -> str:
    """What the engine is given: normalised, on one line, without what espeak-ng would read as phonemes."""
    shown = "".join(char if char.isprintable() else " " for char in speakable(text))
    spoken = " ".join(shown.replace("[[", "[ [").split())
    if not spoken:
        raise Unspeakable("nothing_to_speak")
    return spoken


def _link(kept: Path, path: Path) -> None:
    """The kept file under another name too; most announcements of all tenants are the same few."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}.part")
    try:
        os.link(kept, draft)
        os.replace(draft, path)
    except OSError:  # another disk, or a file system without links
        write_file(path, kept.read_bytes())
    finally:
        draft.unlink(missing_ok=True)  # where both names were one file already, replace does nothing
