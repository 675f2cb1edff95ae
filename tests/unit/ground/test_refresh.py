"""FreeSWITCH is about to start: what keeps one tenant from being published keeps no other tenant's calls."""

from __future__ import annotations

from typing import Any

import pytest

from app.bootstrap import setup
from app.core.errors import InvalidDefinition
from app.ports import SpeechUnavailable
from dialplan.publish import PublicationRejected


class Store:
    def tenant_ids(self) -> list[int]:
        return [1, 2, 3]


@pytest.mark.parametrize(
    "trouble",
    [
        InvalidDefinition("no such queue"),
        SpeechUnavailable("install espeak-ng"),
        PublicationRejected("-ERR"),
        OSError(28, "No space left on device"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_the_others_are_published(monkeypatch: pytest.MonkeyPatch, trouble: Exception) -> None:
    class Publishing:
        def refresh(self, tenant_id: int) -> bool:
            if tenant_id == 2:
                raise trouble
            return True

    settings: Any = object()
    monkeypatch.setattr(setup, "open_store", lambda settings: Store())
    monkeypatch.setattr(setup, "publishing", lambda settings, store, notify: Publishing())
    assert setup.refresh_all(settings) == 2
