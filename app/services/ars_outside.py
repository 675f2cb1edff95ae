"""What the use cases of the ARS need of the outside: voice, dialplan, publication, rehearsal, places for files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from app.core.definitions import TenantConfig, TenantId
from app.core.public_holidays import HolidayTable
from app.ports import Rehearse, UploadReader
from app.services.prompts import PromptRenderer
from dialplan.model import Compiled


class Voice(Protocol):
    """Text to speech for the portal (app.adapters.speech)."""

    @property
    def speaks(self) -> bool:
        """Whether there is an engine; without one uploads still work."""
        ...

    @property
    def advice(self) -> str:
        """What the operator should do when there is none."""
        ...

    def preview(self, text: str) -> bytes:
        """A WAV of the text, as a caller would hear it. Raises SpeechUnavailable with a code."""
        ...


class Publisher(Protocol):
    """적용 (app.services.publishing.Publishing)."""

    def apply(self, tenant_id: TenantId, by: str, **values: Any) -> int: ...
    def republish(self, tenant_id: TenantId, /) -> object: ...


@dataclass(frozen=True)
class Outside:
    """The adapters, ready made."""

    publishing: Publisher
    compile: Callable[[TenantConfig], Compiled]
    renderer: PromptRenderer
    voice: Voice
    read_upload: UploadReader
    holidays: HolidayTable
    evidence_dir: Path
    """Where the evidence for caller IDs is kept: below no web root, readable by this program only."""
    notify: Callable[[TenantId], None]
    """Has the controller load the tenant again."""
    rehearse: Rehearse
