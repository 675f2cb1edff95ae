"""Puts the music on hold where FreeSWITCH streams it from."""

from __future__ import annotations

import os
import tempfile
from array import array
from pathlib import Path

from app.core.tones import RATES, compose, wav_bytes


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
