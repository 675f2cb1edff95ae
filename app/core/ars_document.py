"""The ARS as a JSON document, the shape in which drafts and versions are stored.

    {"menu": [{"digit": "1", "name": "회원 문의", "queue_id": 3, "announcement": null}],
     "slots": [{"weekdays": [0, 1, 2, 3, 4], "start": "09:00", "end": "18:00", "is_open": true, "name": "평일"}],
     "holidays": [{"day": "2026-01-01", "name": "신정", "kind": "public", "yearly": true}],
     "texts": {"greeting": "안녕하세요. …"},
     "prompts": {"greeting": "t1/3f…c2.wav"},
     "menu_tries": 3, "menu_timeout_seconds": 5}

``texts`` are what a person typed, ``prompts`` the rendered files relative to the prompts directory.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from pathlib import PurePosixPath
from typing import Any

from app.core.definitions import ArsDefinition, Holiday, MenuEntry, Slot
from app.core.errors import InvalidDefinition


def load(document: Mapping[str, Any], prompts_root: str) -> ArsDefinition:
    """The definition of ``document``; prompt paths are made absolute below ``prompts_root``.

    Raises InvalidDefinition for a document that is not of this shape.
    """
    try:
        return ArsDefinition(
            menu=tuple(
                MenuEntry(str(row["digit"]), row["name"], row.get("queue_id"), row.get("announcement"))
                for row in document.get("menu", ())
            ),
            slots=tuple(
                Slot(
                    frozenset(int(day) for day in row["weekdays"]),
                    time.fromisoformat(row["start"]),
                    time.fromisoformat(row["end"]),
                    bool(row.get("is_open", True)),
                    row.get("name", ""),
                )
                for row in document.get("slots", ())
            ),
            holidays=tuple(
                Holiday(
                    date.fromisoformat(row["day"]), row["name"], row.get("kind", "own"), bool(row.get("yearly", False))
                )
                for row in document.get("holidays", ())
            ),
            prompts={name: _absolute(prompts_root, path) for name, path in document.get("prompts", {}).items()},
            menu_tries=int(document.get("menu_tries", 3)),
            menu_timeout_seconds=int(document.get("menu_timeout_seconds", 5)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidDefinition(f"the ARS document is damaged: {error!r}") from error


def dump(ars: ArsDefinition, texts: Mapping[str, str], prompts: Mapping[str, str]) -> dict[str, Any]:
    """The document of a definition with its ``texts`` and relative ``prompts``; inverse of ``load``."""
    return {
        "menu": [
            {"digit": e.digit, "name": e.name, "queue_id": e.queue_id, "announcement": e.announcement} for e in ars.menu
        ],
        "slots": [
            {
                "weekdays": sorted(slot.weekdays),
                "start": slot.start.isoformat("minutes"),
                "end": slot.end.isoformat("minutes"),
                "is_open": slot.is_open,
                "name": slot.name,
            }
            for slot in ars.slots
        ],
        "holidays": [
            {"day": day.day.isoformat(), "name": day.name, "kind": day.kind, "yearly": day.yearly}
            for day in ars.holidays
        ],
        "texts": dict(texts),
        "prompts": dict(prompts),
        "menu_tries": ars.menu_tries,
        "menu_timeout_seconds": ars.menu_timeout_seconds,
    }


def _absolute(root: str, path: str) -> str:
    relative = PurePosixPath(path)
    # A document comes from a database that a portal writes: a prompt must stay in its directory.
    if relative.is_absolute() or ".." in relative.parts:
        raise ValueError(f"prompt path {path!r} leaves the prompts directory")
    return f"{root}/{relative}"
