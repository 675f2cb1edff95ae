"""The ARS definition as JSON: what stands in ``ars_versions.definition``.

Shape (what is not needed for calls, such as ``texts``, is left alone)::

    {"menu": [{"digit": "1", "name": "배송 문의는", "queue_id": 3, "announcement": null, "entries": []}],
     "slots": [{"weekdays": [0, 1, 2, 3, 4], "start": "09:00", "end": "18:00", "open": true, "name": "평일"}],
     "holidays": [{"day": "2026-01-01", "name": "신정", "kind": "public", "yearly": true}],
     "prompts": {"greeting": "/absolute/path.wav"},      rendered sound files, by prompt name
     "texts": {"greeting": "안녕하세요."},                  what was typed, for the portal
     "uploads": {"holiday": 7},                         ids of uploaded files that are played instead
     "menu_tries": 3, "menu_timeout_seconds": 5}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from app.core.definitions import ArsDefinition, Holiday, MenuEntry, Slot
from app.core.errors import InvalidDefinition


def ars_from_json(raw: Mapping[str, Any]) -> ArsDefinition:
    """The definition that ``raw`` describes. Raises InvalidDefinition naming the field that is wrong."""
    field = "menu"
    try:
        menu = tuple(_entry(one) for one in raw.get("menu", ()))
        field = "slots"
        slots = tuple(
            Slot(
                frozenset(int(day) for day in one["weekdays"]),
                time.fromisoformat(one["start"]),
                _end(one["end"]),
                bool(one.get("open", True)),
                str(one.get("name", "")),
            )
            for one in raw.get("slots", ())
        )
        field = "holidays"
        holidays = tuple(
            Holiday(
                date.fromisoformat(one["day"]),
                str(one.get("name", "")),
                str(one.get("kind", "own")),
                bool(one.get("yearly", False)),
            )
            for one in raw.get("holidays", ())
        )
        field = "prompts"
        prompts = {str(name): str(path) for name, path in dict(raw.get("prompts", {})).items()}
        field = "menu_tries"
        tries = int(raw.get("menu_tries", 3))
        field = "menu_timeout_seconds"
        seconds = int(raw.get("menu_timeout_seconds", 5))
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidDefinition(
            f"the ARS definition's {field} cannot be read: {error!r}", field=field
        ) from error
    return ArsDefinition(menu, slots, holidays, prompts, tries, seconds)


def ars_to_json(ars: ArsDefinition, texts: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Inverse of ``ars_from_json``; ``texts`` are kept beside."""
    return {
        "menu": [_entry_json(entry) for entry in ars.menu],
        "slots": [
            {
                "weekdays": sorted(slot.weekdays),
                "start": _clock(slot.start),
                "end": _clock(slot.end),
                "open": slot.is_open,
                "name": slot.name,
            }
            for slot in ars.slots
        ],
        "holidays": [
            {"day": one.day.isoformat(), "name": one.name, "kind": one.kind, "yearly": one.yearly}
            for one in ars.holidays
        ],
        "prompts": dict(ars.prompts),
        "texts": dict(texts or {}),
        "menu_tries": ars.menu_tries,
        "menu_timeout_seconds": ars.menu_timeout_seconds,
    }


def _entry(raw: Mapping[str, Any]) -> MenuEntry:
    entries = tuple(_entry(one) for one in raw.get("entries") or ())
    return MenuEntry(
        str(raw["digit"]), str(raw["name"]), raw.get("queue_id"), raw.get("announcement"), entries
    )


def _entry_json(entry: MenuEntry) -> dict[str, Any]:
    return {
        "digit": entry.digit,
        "name": entry.name,
        "queue_id": entry.queue_id,
        "announcement": entry.announcement,
        "entries": [_entry_json(inner) for inner in entry.entries],
    }


def _clock(value: time) -> str:
    return value.isoformat("seconds" if value.second else "minutes")


def _end(text: str) -> time:
    """``24:00`` is how people write the end of a day; the definitions say 00:00."""
    return time(0, 0) if text == "24:00" else time.fromisoformat(text)
