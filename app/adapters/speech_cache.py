"""Files of spoken text: written whole, shared where they are alike, and tidied away when nobody uses them."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

CACHE_DAYS = 30
CACHE_BYTES = 2 << 30
"""How much the cache may hold: some 10,000 sentences. What was unused the longest goes first."""


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


def link(kept: Path, path: Path) -> None:
    """Give the kept file another name too: most announcements of all tenants are the same few. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}.part")
    try:
        os.link(kept, draft)
        os.replace(draft, path)
    except OSError:  # another disk, or a file system without links
        write_file(path, kept.read_bytes())
    finally:
        draft.unlink(missing_ok=True)  # where both names were one file already, replace does nothing


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
