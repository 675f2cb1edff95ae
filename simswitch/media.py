"""How long things sound: files, tones, silence, endless streams."""

from __future__ import annotations

import os
import re
import wave
from functools import lru_cache

ENDLESS = float("inf")
_TONE = re.compile(r"%\(\s*([\d.]+)\s*,\s*([\d.]+)")
_PARAMETERS = re.compile(r"^\{([^}]*)\}")
_TIMEOUT = re.compile(r"(?:^|,)timeout=(\d+)")
_LOOPS = re.compile(r"(?:loops=|L=)(-?\d+)")
_COMPRESSED_BYTES_PER_SECOND = 4000


class NotFound(Exception):
    """There is no such sound."""


def duration(path: str, streams: set[str] | None = None) -> float:
    """Seconds that playing ``path`` takes; ENDLESS for music. Raises NotFound.

    ``streams``: names of the music that exists (None: any does). ``{timeout=5000}`` before it bounds the time, in
    milliseconds (switch_core_perform_file_open).
    """
    given = _PARAMETERS.match(path)
    if given:
        limit = _TIMEOUT.search(given[1])
        seconds = duration(path[given.end() :], streams)
        return min(seconds, int(limit[1]) / 1000) if limit and int(limit[1]) else seconds
    if path.startswith("file_string://"):
        return _joined(path[14:], streams)
    if path.startswith("local_stream://"):
        if streams and path[15:] not in streams:
            raise NotFound(path)
        return ENDLESS
    if path.startswith("silence_stream://"):
        milliseconds = re.match(r"-?\d+", path[17:])
        value = int(milliseconds.group()) if milliseconds else 0
        return ENDLESS if value < 0 else value / 1000
    if path.startswith("tone_stream://"):
        seconds = sum(float(on) + float(off) for on, off in _TONE.findall(path)) / 1000
        loops = _LOOPS.search(path)
        times = int(loops.group(1)) if loops else 1
        return ENDLESS if times < 0 else seconds * max(1, times)
    if "://" in path or not path:
        raise NotFound(path)
    try:
        modified = os.stat(path).st_mtime_ns
    except (OSError, ValueError) as error:
        raise NotFound(path) from error
    return _file_seconds(path, modified)


def _joined(text: str, streams: set[str] | None) -> float:
    total, found = 0.0, False
    for part in text.split("!"):
        try:
            total += duration(part, streams)
        except NotFound:
            continue
        found = True
    if not found:
        raise NotFound(text)
    return total


@lru_cache(maxsize=4096)
def _file_seconds(path: str, modified: int) -> float:
    try:
        with wave.open(path, "rb") as sound:
            return sound.getnframes() / sound.getframerate()
    except (wave.Error, EOFError, OSError, ZeroDivisionError):
        # Not a plain WAV: the length is guessed from its size, as nothing here decodes sound.
        return max(0.1, os.path.getsize(path) / _COMPRESSED_BYTES_PER_SECOND)
