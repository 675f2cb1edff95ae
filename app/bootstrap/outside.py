"""Wires what the use cases of the ARS need of the outside, for the web process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.adapters.children import Children
from app.adapters.public_holidays import korean_holidays
from app.adapters.uploads import UploadDecoder
from app.bootstrap import setup
from app.bootstrap.rehearsal import rehearser
from app.services.ars_outside import Outside
from app.services.prompts import PromptRenderer

if TYPE_CHECKING:
    from app.adapters.sql.store import Store
    from app.config import Settings


def make_outside(settings: Settings, store: Store) -> Outside:
    """The adapters of this installation."""
    children = Children()
    speech = setup.speech_of(settings, children)
    return Outside(
        publishing=setup.publishing(settings, store),
        compile=setup.publisher_of(settings).compile,
        renderer=PromptRenderer(speech, settings.prompts_dir, speech.voice),
        voice=speech,
        read_upload=UploadDecoder(children),
        holidays=korean_holidays,
        evidence_dir=settings.evidence_dir,
        notify=lambda tenant_id: setup.tell_controller(settings, tenant_id),
        rehearse=rehearser(settings),
    )
