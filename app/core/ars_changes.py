"""What differs between two ARS documents (the shape is told in ``ars_json``), as a person would tell it.

Things are recognised before they are compared: a menu entry by its queue, its name or its text, a slot by its name
or its times, a holiday by its day. What only stands elsewhere in a list is not a change, but for the order of a menu,
in which the announcement names the keys.

Kinds, stable for programs, with ``where`` (entries by the keys that lead to them, as in ``ArsDefinition.leaves``):

===================  ==================  =============================================================
kind                 where               before and after
===================  ==================  =============================================================
menu.added           menu.<keys>         None, the entry
menu.removed         menu.<keys before>  the entry, None
menu.moved           menu.<keys>         the keys
menu.order           menu or menu.<key>  the keys in the order in which they are announced
menu.renamed         menu.<keys>         the names
menu.target          menu.<keys>         where it leads: {"to": "agents"|"announcement"|"menu", "queue_id": …}
menu.announcement    menu.<keys>         the texts that were typed
menu.callback        menu.<keys>         {"callback": …, "callback_key": …, "callback_after_seconds": …}
menu.<setting>       menu.<keys>         the values of another setting of the entry's queue
slot.added           slots               None, the slot
slot.removed         slots               the slot, None
slot.changed         slots               the slots
slot.renamed         slots               the names of slots that are alike else
holiday.added        holidays.<day>      None, the holiday
holiday.removed      holidays.<day>      the holiday, None
holiday.moved        holidays.<day>      the days
holiday.renamed      holidays.<day>      the names
holiday.kind         holidays.<day>      the kinds
holiday.yearly       holidays.<day>      whether it is repeated every year
text.changed         texts.<prompt>      what was typed; None is the default text
upload.changed       uploads.<prompt>    the file that is played instead; None is none
tries.changed        menu_tries          the numbers
timeout.changed      menu_timeout_seconds  the seconds
===================  ==================  =============================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.core.ars_change import Change, Document, recognised, strangers
from app.core.ars_changes_menu import Menus

__all__ = ["Change", "changes"]


def changes(before: Document, after: Document) -> tuple[Change, ...]:
    """What is different in ``after``; empty when a caller, an agent and the page could not tell the two apart.

    Pure and deterministic. An empty document is one in which nothing was set up. An entry without "queue" counts as
    having the default settings: hand both documents in with the settings of the queues filled in.
    """
    menu = Menus(before, after)
    return (
        *menu.differences(),
        *_slots(before, after),
        *_holidays(before, after),
        *_texts(before, after, menu),
        *_numbers(before, after),
    )


# -- hours and holidays -----------------------------------------------------------------------------


def _slot(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A slot as it is meant: days in order and once, times to the minute where they are, 24:00 as 00:00."""
    return {
        "weekdays": sorted({int(day) for day in raw.get("weekdays") or ()}),
        "start": _clock(raw.get("start")),
        "end": _clock(raw.get("end")),
        "open": bool(raw.get("open", True)),
        "name": str(raw.get("name") or "").strip(),
    }


def _clock(text: Any) -> str:
    told = str(text or "").removesuffix(":00") if str(text or "").count(":") == 2 else str(text or "")
    return "00:00" if told == "24:00" else told


def _slot_likeness(old: Mapping[str, Any], new: Mapping[str, Any]) -> int:
    if old == new:
        return 100
    same = [name for name in ("weekdays", "start", "end") if old[name] == new[name]]
    if old["name"] and old["name"] == new["name"]:
        return 50 + len(same)
    if old["open"] is new["open"] and len(same) >= 2 or len(same) == 3:
        return 20 + len(same) + (old["open"] is new["open"])
    return 0


def _slots(before: Document, after: Document) -> Iterator[Change]:
    old = [_slot(raw) for raw in before.get("slots") or ()]
    new = [_slot(raw) for raw in after.get("slots") or ()]
    pairs = recognised(old, new, _slot_likeness)
    for slot in strangers(old, (at for at, _ in pairs)):
        yield Change("slot.removed", "slots", slot, None, slot["name"])
    for at, to in pairs:
        different = {name for name in old[at] if old[at][name] != new[to][name]}
        if different == {"name"}:
            yield Change("slot.renamed", "slots", old[at]["name"], new[to]["name"], new[to]["name"])
        elif different:
            yield Change("slot.changed", "slots", old[at], new[to], new[to]["name"])
    for slot in strangers(new, (to for _, to in pairs)):
        yield Change("slot.added", "slots", None, slot, slot["name"])


def _holiday(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "day": str(raw.get("day") or ""),
        "name": str(raw.get("name") or "").strip(),
        "kind": str(raw.get("kind") or "own"),
        "yearly": bool(raw.get("yearly", False)),
    }


def _holiday_likeness(old: Mapping[str, Any], new: Mapping[str, Any]) -> int:
    same_name = bool(old["name"]) and old["name"] == new["name"]
    alike: int = 4 * same_name + 2 * (old["kind"] == new["kind"]) + (old["yearly"] == new["yearly"])
    if old["day"] == new["day"]:
        return 50 + alike
    # Moved within the year; next year's Seollal is another holiday than this year's.
    if same_name and alike == 7 and old["day"][:4] == new["day"][:4]:
        return 10
    return 0


def _holidays(before: Document, after: Document) -> Iterator[Change]:
    old = sorted((_holiday(raw) for raw in before.get("holidays") or ()), key=_by_day)
    new = sorted((_holiday(raw) for raw in after.get("holidays") or ()), key=_by_day)
    pairs = recognised(old, new, _holiday_likeness)
    told = [
        Change("holiday.removed", f"holidays.{one['day']}", one, None, one["name"])
        for one in strangers(old, (at for at, _ in pairs))
    ]
    told += [
        Change("holiday.added", f"holidays.{one['day']}", None, one, one["name"])
        for one in strangers(new, (to for _, to in pairs))
    ]
    for at, to in pairs:
        for name, kind in (("day", "moved"), ("name", "renamed"), ("kind", "kind"), ("yearly", "yearly")):
            if old[at][name] != new[to][name]:
                where = f"holidays.{new[to]['day']}"
                told.append(Change(f"holiday.{kind}", where, old[at][name], new[to][name], new[to]["name"]))
    yield from sorted(told, key=lambda change: change.where)


def _by_day(holiday: Mapping[str, Any]) -> tuple[str, str, str, bool]:
    return holiday["day"], holiday["name"], holiday["kind"], holiday["yearly"]


# -- what is said, and numbers ----------------------------------------------------------------------


def _texts(before: Document, after: Document, menu: Menus) -> Iterator[Change]:
    for part, kind in (("texts", "text.changed"), ("uploads", "upload.changed")):
        # An entry's own prompts move with it, and go with it.
        old = {now: value for name, value in _said(before, part).items() if (now := menu.later_name(name))}
        new = {name: value for name, value in _said(after, part).items() if menu.is_played(name)}
        for name in sorted({*old, *new}):
            if old.get(name) != new.get(name):
                yield Change(kind, f"{part}.{name}", old.get(name), new.get(name), name)


def _said(document: Document, part: str) -> dict[str, Any]:
    said = {}
    for name, value in dict(document.get(part) or {}).items():
        value = value.strip() if isinstance(value, str) else value
        if value not in (None, ""):
            said[str(name)] = value
    return said


def _numbers(before: Document, after: Document) -> Iterator[Change]:
    for name, kind, default in (("menu_tries", "tries.changed", 3), ("menu_timeout_seconds", "timeout.changed", 5)):
        values = [document.get(name) for document in (before, after)]
        old, new = (default if value is None else value for value in values)
        if old != new:
            yield Change(kind, name, old, new)
