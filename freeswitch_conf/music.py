"""Puts the music on hold where FreeSWITCH streams it from."""

from __future__ import annotations

import os
import tempfile
from array import array
from pathlib import Path

from app.core.tones import RATES, compose, quiet_loop, wav_bytes

KEY_MUSIC_SECONDS = 30
"""As long as a tenant may give its callers to press a key."""

KEY_MUSIC_LEVEL = 0.3
"""Ten decibels below the music on hold: nobody has been put on hold yet."""


def ensure_music(directory: Path) -> dict[int, Path]:
    """Write the music under ``directory`` where it is missing; the folder of each sample rate.

    An operator's own WAV files in these folders are played instead when ours is deleted and the
    folder is not empty.
    """
    folders = {}
    for rate in RATES:
        folder = directory / str(rate)
        folder.mkdir(parents=True, exist_ok=True)
        if not any(folder.glob("*.wav")):
            write_wav(folder / "sangdam.wav", rate, compose(rate))
        folders[rate] = folder
    return folders


def ensure_key_music(directory: Path) -> Path:
    """Write what is heard while a key is awaited, where it is missing; its path."""
    path = directory / "keys.wav"
    if not path.exists():
        rate = max(RATES)
        write_wav(path, rate, quiet_loop(rate, KEY_MUSIC_SECONDS, KEY_MUSIC_LEVEL))
    return path


def write_wav(path: Path, rate: int, samples: array[int]) -> None:
    """Write mono 16-bit sound so that a reader sees the whole file or none. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(wav_bytes(rate, samples))
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
