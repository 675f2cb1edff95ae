"""The sound files of a tenant's announcements: name → path, as ArsDefinition.prompts wants them.

A file's name holds the hash of what is said and of the voice: a new text is a new file, and a caller who
is listening to the old one hears it to its end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from app.core.definitions import TenantConfig
from app.core.prompt_texts import texts_for
from dialplan.compiler import context_name


class Voice(Protocol):
    """The port Speech, and the name of its voice."""

    @property
    def voice(self) -> str: ...

    def render(self, text: str, path: str) -> None: ...


def render_prompts(
    config: TenantConfig,
    own_texts: Mapping[str, str],
    speech: Voice,
    directory: Path,
    uploads: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Have every announcement of the tenant spoken that is not there yet; the path of each.

    ``directory``: settings.prompts_dir; each tenant has a folder in it. ``uploads``: name → path of an
    uploaded sound file, which is played instead. Raises SpeechUnavailable, OSError.
    """
    folder = directory / context_name(config.tenant_id)
    paths: dict[str, str] = {}
    for name, text in texts_for(config, own_texts).items():
        upload = (uploads or {}).get(name)
        if upload:
            paths[name] = upload
            continue
        digest = hashlib.sha256(f"{speech.voice}\0{text}".encode()).hexdigest()[:16]
        path = folder / f"{name}-{digest}.wav"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            speech.render(text, str(path))
        paths[name] = str(path)
    return paths


def renderer(speech: Voice, directory: Path) -> Callable[[TenantConfig, Mapping[str, str]], dict[str, str]]:
    """``render_prompts`` with its outside filled in, as app.services.publishing takes it."""

    def render(config: TenantConfig, own_texts: Mapping[str, str]) -> dict[str, str]:
        return render_prompts(config, own_texts, speech, directory)

    return render


def sweep(config: TenantConfig, directory: Path, keep: int = 2) -> list[Path]:
    """Remove announcements that the configuration no longer plays, but for the newest ``keep`` of each name.

    A caller may be listening to one that was replaced a moment ago.
    """
    used = set(config.ars.prompts.values())
    older: dict[str, list[Path]] = {}
    for path in (directory / context_name(config.tenant_id)).glob("*-*.wav"):
        if str(path) not in used:
            older.setdefault(path.stem.rpartition("-")[0], []).append(path)
    removed = []
    for paths in older.values():
        for path in sorted(paths, key=lambda item: item.stat().st_mtime, reverse=True)[keep:]:
            path.unlink(missing_ok=True)
            removed.append(path)
    return removed
