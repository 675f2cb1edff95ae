"""Where an announcement's text and the hours say different things (``app.core.prompt_contradictions``), in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.services.ars_words import filled, index_of, weekdays

CLAIMS: dict[str, tuple[str, str]] = {
    "claimed_but_closed": (
        "{days} {start}–{end}: 문구에서는 상담한다고 하지만 상담시간이 아닙니다.{real}",
        "{days} {start}–{end}: the text says open, but it is closed then.{real}",
    ),
    "open_but_unsaid": (
        "{days} {start}–{end}: 상담시간이지만 문구에서 안내하지 않습니다.{real}",
        "{days} {start}–{end}: it is open, but the text does not say so.{real}",
    ),
    "break_but_open": (
        "{days} {start}–{end}: 문구에서는 쉬는 시간이라고 하지만 상담시간입니다.{real}",
        "{days} {start}–{end}: the text says there is a break, but it is open then.{real}",
    ),
    "day_off_but_open": (
        "{days} {start}–{end}: 문구에서는 쉬는 날이라고 하지만 상담시간입니다.{real}",
        "{days} {start}–{end}: the text says closed that day, but it is open then.{real}",
    ),
}

_REAL = (" 실제 상담시간: {hours}", " Really open: {hours}")


def contradiction_sentence(code: str, raw: Mapping[str, Any], language: str = "ko") -> str:
    """One contradiction; ``raw`` has weekdays, start, end and real, as seconds of the day or as HH:MM."""
    english = index_of(language)
    pair = CLAIMS.get(code)
    if pair is None:
        return code
    hours = ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in raw.get("real", ()))
    details = {
        "days": weekdays(raw.get("weekdays", ()), language),
        "start": _clock(raw.get("start")),
        "end": _clock(raw.get("end")),
        "real": filled(_REAL[english], {"hours": hours}) if hours else "",
    }
    return filled(pair[english], details)


def _clock(value: Any) -> str:
    return f"{value // 3600:02d}:{value // 60 % 60:02d}" if isinstance(value, int) else str(value)
