"""발신번호: which numbers a tenant may show when it calls (전기통신사업법 §84-2)."""

from __future__ import annotations

from typing import Any

from app.ports import Clock
from app.services.ars_outside import Outside


class CallerIds:
    """Use cases of one platform."""

    def __init__(self, store: Any, outside: Outside, clock: Clock) -> None:
        self._store = store
        self._outside = outside
        self._clock = clock
