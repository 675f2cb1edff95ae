"""Renders a tenant's announcements ahead of time: never a word is synthesised during a call."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.core.definitions import TenantConfig, TenantId
from app.core.errors import InvalidDefinition
from app.core.prompt_texts import texts_for
from app.ports import Speech, Upload

AT_ONCE = 2
"""Announcements that are spoken at the same time: the calls on the same machine go first."""

_UPLOADS = "uploads"


class PromptFileMissing(InvalidDefinition):
    """The recording of an announcement is not where it was put; ``details`` name it (``field``, ``path``)."""

    code = "prompt_file_missing"


class PromptRenderer:
    """Announcement → sound file below ``root``/t<tenant>, named by what is in it: spoken text by text and
    ``voice``, recordings by their bytes. What is there is not made again and never overwritten; it may be
    playing."""

    def __init__(self, speech: Speech, root: Path, voice: str) -> None:
        self._speech = speech
        self._root = root
        self._voice = voice

    def keep_upload(self, tenant_id: TenantId, upload: Upload, name: str) -> str:
        """Write an accepted recording as ``name`` (letters and figures, new for each) and return its path.

        Raises ValueError for another kind of name, OSError.
        """
        if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name) is None:
            raise ValueError(f"{name!r} is no name for a recording")
        folder = self._folder(tenant_id) / _UPLOADS
        folder.mkdir(mode=0o700, exist_ok=True)
        path, draft = folder / f"{name}.wav", folder / f".{name}.part"
        draft.write_bytes(upload.wav)
        os.replace(draft, path)
        return str(path)

    def upload_file(self, tenant_id: TenantId, path: str) -> Path:
        """Where the recording lies now that ``keep_upload`` has written to ``path``; the directory may have moved."""
        return self._folder(tenant_id) / _UPLOADS / Path(path).name

    def drop_upload(self, tenant_id: TenantId, path: str) -> None:
        """Remove a recording that nothing plays. Raises OSError."""
        self.upload_file(tenant_id, path).unlink(missing_ok=True)

    def __call__(
        self, config: TenantConfig, texts: Mapping[str, str], uploads: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """Prompt name → absolute path, for everything that this tenant's calls can play.

        A recording in ``uploads`` (prompt name → path, as ``keep_upload`` returned it) wins over the text; one
        for an announcement that no call plays is left out. Of a path the name counts: it is looked for among
        this tenant's recordings, also after the state directory has moved.

        Raises PromptFileMissing, SpeechUnavailable, OSError; files of prompts no longer used stay for the calls
        that hear them.
        """
        folder = self._folder(config.tenant_id)
        spoken = texts_for(config, texts)
        rendered = {
            name: _keep(name, Path(path), folder) for name, path in (uploads or {}).items() if name in spoken
        }
        wanted: dict[Path, str] = {}
        for name, text in spoken.items():
            if name not in rendered:
                path = self._path(folder, text)
                wanted[path] = text
                rendered[name] = str(path)
        self._speak({path: text for path, text in wanted.items() if not path.exists()})
        return {name: rendered[name] for name in spoken}

    def _folder(self, tenant_id: TenantId) -> Path:
        folder = self._root / f"t{tenant_id}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def _path(self, folder: Path, text: str) -> Path:
        mark = hashlib.sha256(f"{self._voice}\0{text}".encode()).hexdigest()[:32]
        return folder / f"{mark}.wav"

    def _speak(self, missing: Mapping[Path, str]) -> None:
        if not missing:
            return
        with ThreadPoolExecutor(AT_ONCE) as pool:
            # The first failure is raised; what has not begun by then is not begun any more.
            for _ in pool.map(lambda item: self._speech.render(item[1], str(item[0])), missing.items()):
                pass


def _keep(name: str, path: Path, folder: Path) -> str:
    """A name of its own for a recording: it may be removed or replaced while this version is live."""
    mine = folder / _UPLOADS / path.name
    if not mine.is_file():
        raise PromptFileMissing(f"the recording of {name} is not there", field=name, path=path.name)
    mark = hashlib.sha256(mine.read_bytes()).hexdigest()[:32]
    kept = folder / f"{mark}.wav"
    if not kept.exists():
        try:
            os.link(mine, kept)
        except FileExistsError:
            pass  # published twice at the same moment
    return str(kept)
