"""The outside of the ARS for the web's tests: a real compiler and publisher in a temporary place, a fake voice."""

from __future__ import annotations

import io
import wave
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from app.services.ars_outside import Outside
from app.services.prompts import PromptRenderer
from app.services.publishing import Publishing
from dialplan.publish import Publisher
from provisioning.directory import SipUser, directory_xml


class FakeVoice:
    """Says every text in a tenth of a second of nothing, and keeps what it was asked to say."""

    voice = "fake 1"
    speaks = True
    advice = ""

    def __init__(self) -> None:
        self.said: list[str] = []

    def render(self, text: str, path: str) -> None:
        self.said.append(text)
        Path(path).write_bytes(self.preview(text))

    def preview(self, text: str) -> bytes:
        return sound(0.1)


class Renderer(PromptRenderer):
    """With recordings, until app.services.prompts has them."""

    def __call__(self, config: Any, texts: Any, uploads: Any = None) -> dict[str, str]:
        rendered = super().__call__(config, texts)
        return {**rendered, **{name: path for name, path in (uploads or {}).items() if name in rendered}}

    def keep_upload(self, tenant_id: int, upload: Any, name: str) -> str:
        path = self._root / f"t{tenant_id}" / "uploads" / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(upload.wav)
        return str(path)


class PendingPublishing(Publishing):
    """As app.services.publishing is going to be."""

    def apply(self, tenant_id: int, by: str, *, document: Any = None, revision: Any = None, **values: Any) -> int:
        own = self._store.for_tenant(tenant_id)
        version = own.ars("draft") or own.ars("live")
        definition = dict(document if document is not None else version.definition if version else {})
        config = own.draft_config(definition)
        prompts = dict(self._render(config, definition.get("texts", {}), own.upload_paths(definition)))
        config = replace(config, ars=replace(config.ars, prompts=prompts))
        self._publish_files(config, self._directory(tenant_id, own.agents()))
        revision = "" if document is not None else revision
        own.publish({**definition, "prompts": prompts}, by, revision=revision, **values)
        self._notify(tenant_id)
        return int(own.config().version)


def sound(seconds: float) -> bytes:
    """A WAV of silence."""
    kept = io.BytesIO()
    with wave.open(kept, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(bytes(2 * round(16000 * seconds)))
    return kept.getvalue()


def read_upload(data: bytes, name: str) -> Any:
    """Takes any WAV for what it is."""
    with wave.open(io.BytesIO(data)) as file:
        return SimpleNamespace(wav=data, seconds=file.getnframes() / file.getframerate(), container="wav", name=name)


def holidays(year: int) -> dict[date, str]:
    return {date(year, 1, 1): "신정", date(year, 3, 1): "삼일절"}


def make_outside(store: Any, state: Path, notified: list[int]) -> Outside:
    """What the real one wires, below ``state``."""
    voice = FakeVoice()
    publisher = Publisher(state / "dialplan", lambda: None)
    renderer = Renderer(voice, state / "prompts", voice.voice)
    publishing = PendingPublishing(
        store,
        render=renderer,
        publish_files=publisher.publish,
        publish_directory=publisher.publish_directory,
        directory=lambda tenant_id, agents: directory_xml(
            SipUser(row.sip_user, row.sip_ha1, tenant_id, row.id, row.extension) for row in agents if row.active
        ),
        notify=notified.append,
    )
    return Outside(
        publishing=publishing,
        compile=publisher.compile,
        renderer=renderer,
        voice=voice,
        read_upload=read_upload,
        holidays=holidays,
        evidence_dir=state / "evidence",
        notify=notified.append,
    )
