"""The outside of the ARS for the web's tests: a real compiler and publisher in a temporary place, a fake voice."""

from __future__ import annotations

import contextlib
import io
import wave
from datetime import date
from pathlib import Path
from typing import Any

from app.core.definitions import TenantConfig
from app.core.rehearsed import Came, Fault, Rehearsal, Rehearsed
from app.ports import BadUpload, RehearsalFailed, Upload
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


def sound(seconds: float) -> bytes:
    """A WAV of silence."""
    kept = io.BytesIO()
    with wave.open(kept, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(bytes(2 * round(16000 * seconds)))
    return kept.getvalue()


def read_upload(data: bytes, name: str) -> Upload:
    """Takes any WAV for what it is."""
    if not data.startswith(b"RIFF"):
        raise BadUpload("upload_not_sound")
    with wave.open(io.BytesIO(data)) as file:
        return Upload(data, file.getnframes() / file.getframerate(), "wav", name)


def holidays(year: int) -> dict[date, str]:
    return {date(year, 1, 1): "신정", date(year, 3, 1): "삼일절"}


def rehearse(config: TenantConfig) -> Rehearsal:
    """One call that passes and one that does not; busy for a centre that nobody calls."""
    if not config.dids:
        raise RehearsalFailed("busy")
    missing = [path for path in config.ars.prompts.values() if not Path(path).is_file()]
    assert not missing, "a rehearsal plays what is there"
    open_ = Came(heard=("greeting",), end="talked")
    calls = (
        Rehearsed("did.answers", {"did": config.dids[0]}, "2026-11-20T10:00:00+09:00", (), open_, open_),
        Rehearsed(
            "menu.silent", {}, "2026-11-20T10:00:00+09:00", (), open_, Came(end="gave_up"),
            faults=(Fault("end", {"expected": "talked", "met": "gave_up"}),),
        ),
    )  # fmt: skip
    return Rehearsal(calls, seconds=0.1)


class FakeSwitch:
    """A FreeSWITCH that reads its XML whenever it is told to; ``reply`` None: none is running."""

    def __init__(self) -> None:
        self.reply: str | None = None
        self.reloads = 0

    def reload(self) -> str | None:
        self.reloads += 1
        return self.reply


def make_outside(store: Any, state: Path, notified: list[int], switch: FakeSwitch | None = None) -> Outside:
    """What the real one wires, below ``state``."""
    voice = FakeVoice()
    publisher = Publisher(state / "dialplan", (switch or FakeSwitch()).reload)
    renderer = PromptRenderer(voice, state / "prompts", voice.voice)
    publishing = Publishing(
        store,
        render=renderer,
        publish_files=publisher.publish,
        publish_directory=publisher.publish_directory,
        directory=lambda tenant_id, agents: directory_xml(
            SipUser(row.sip_user, row.sip_ha1, tenant_id, row.id, row.extension) for row in agents if row.active
        ),
        notify=notified.append,
        lock=lambda tenant_id: contextlib.nullcontext(),
        remove_files=publisher.remove,
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
        rehearse=rehearse,
    )
