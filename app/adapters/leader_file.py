"""Proof on one machine that the last leader is dead: a lock of the kernel's that ends with its holder.

A lease has to run out before somebody else may take it, because its owner may live and merely be slow.
Where both share a state directory the kernel knows better: the lock is free when the process is gone.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class LeaderFile:
    """A file that the leader keeps locked, with its fencing token in it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: int | None = None

    def take(self, token: int) -> bool:
        """Hold the lock as long as this process lives, and say under which token. False: another process that
        still lives holds it (its lease was lost); then nobody gets a proof, and leases just run out."""
        handle = self._open()
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(token).encode(), 0)
        self._held = handle
        return True

    def dead_owner(self) -> int | None:
        """The token of a leader that is proven dead, else None."""
        handle = self._open()
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            text = os.pread(handle, 32, 0).decode("ascii", "replace").strip()
        except BlockingIOError:
            return None
        finally:
            os.close(handle)
        return int(text) if text.isascii() and text.isdigit() else None

    def _open(self) -> int:
        return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
