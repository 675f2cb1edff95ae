"""What the year proof points out."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


class Severity(enum.StrEnum):
    """How bad it is. An error is refused at 적용: callers would meet something that nobody can mean."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. ``code`` is stable, for programs; the words are the screen's.

    ``where``: ``slots``, ``slots.<place from 0>``, ``holidays``, ``holidays.<day>``, ``menu``, ``menu.<keys>``,
    ``texts.<prompt>``, ``calendar``, ``contract``. ``details``: JSON values that fill the sentence. ``moments``: the
    first days (2026-03-02) or moments (2026-03-02T09:00:00+09:00) at which it happens, if it happens at some.
    """

    severity: Severity
    code: str
    where: str
    details: Mapping[str, Any] = field(default_factory=dict)
    moments: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "severity": str(self.severity), "code": self.code, "where": self.where,
            "details": dict(self.details), "moments": list(self.moments),
        }  # fmt: skip


MOST_MOMENTS = 5
"""How many days or moments a finding names."""


def first(moments: Iterable[date | datetime]) -> tuple[str, ...]:
    """The first of them, as a finding names them."""
    return tuple(one.isoformat() for one in sorted(moments)[:MOST_MOMENTS])


def clock(second: int) -> str:
    """Second of the day as people write it, with seconds only where there are some; the end of the day is 24:00."""
    told = f"{second // 3600:02}:{second // 60 % 60:02}"
    return f"{told}:{second % 60:02}" if second % 60 else told
