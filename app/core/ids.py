"""Identities that are made, not drawn: the same thing gets the same name whoever makes it."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.core.definitions import CallId, Leg, TenantId


def visit_id(call_id: CallId, number: int) -> str:
    """The ``number``-th queue visit (from 1) of a call."""
    return f"{call_id}#{number}"


def callback_id(call_id: CallId) -> str:
    """The callback that a caller asked for in this call: one at most."""
    return f"{call_id}/callback"


def consult_talk_id(leg: Leg) -> str:
    """The consultation on ``leg``, apart from the talk with the customer that may follow on the same leg."""
    return f"{leg}:consult"


def recording_path(tenant_id: TenantId, call_id: CallId, started: datetime, timezone: str) -> str:
    """Where a call is recorded, under the recordings directory: ``t<id>/YYYY/MM/DD/<call>.wav``, local date."""
    day = started.astimezone(_zone(timezone))
    return f"t{tenant_id}/{day:%Y/%m/%d}/{call_id}.wav"


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC  # a machine without zone data: the path is a name only, times are kept elsewhere


def micros(at: datetime) -> str:
    """A time as our channel variables carry it: microseconds since the epoch."""
    return str(int(at.timestamp() * 1_000_000))


def from_micros(text: str | None) -> datetime | None:
    """Inverse of ``micros``; None for what is not a time (a variable that was never set, or forged)."""
    if not text or not (text.isascii() and text.isdigit()) or len(text) > 17:
        return None
    seconds, rest = divmod(int(text), 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def talk_mark(leg: Leg, talk_id: str, began: datetime) -> str:
    """Which talk goes on at an agent's new ``leg``, and since when: for who adopts the call later."""
    return f"{leg}/{micros(began)}/{talk_id}"


def talk_at(leg: Leg, since: datetime, mark: str) -> tuple[str, datetime]:
    """Identity and beginning of the talk at an agent's leg: by ``mark`` if it is of this leg, else the leg's own."""
    of, _, rest = mark.partition("/")
    began, _, talk_id = rest.partition("/")
    known = from_micros(began)
    return (talk_id, known) if of == leg and known is not None and talk_id else (leg, since)
