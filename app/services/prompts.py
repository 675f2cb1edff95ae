"""Renders a tenant's announcements ahead of time: never a word is synthesised during a call."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from app.core.definitions import TenantConfig
from app.core.prompt_texts import texts_for
from app.ports import Speech


class PromptRenderer:
    """Text → sound file below ``root``/t<tenant>, named by text and ``voice``: what is there is not made again."""

    def __init__(self, speech: Speech, root: Path, voice: str) -> None:
        self._speech = speech
        self._root = root
        self._voice = voice

    def __call__(
        self, config: TenantConfig, texts: Mapping[str, str], uploads: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """Prompt name → absolute path, for everything that this tenant's calls can play; ``uploads`` win.

        Raises SpeechUnavailable or OSError; files of prompts no longer used stay for the calls that hear them.
        """
        folder = self._root / f"t{config.tenant_id}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        rendered: dict[str, str] = {}
        for name, text in texts_for(config, texts).items():
            if uploads and name in uploads:
                rendered[name] = uploads[name]
                continue
            mark = hashlib.sha256(f"{self._voice}\0{text}".encode()).hexdigest()[:32]
            path = folder / f"{mark}.wav"
            if not path.exists():
                self._speech.render(text, str(path))
            rendered[name] = str(path)
        return rendered
