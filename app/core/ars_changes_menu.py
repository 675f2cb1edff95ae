"""What differs between the menus of two ARS documents. The kinds of changes are told in ``ars_changes``."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.ars_change import Change, Document, recognised, strangers
from app.core.definitions import QueueConfig

_CALLBACK = ("callback", "callback_key", "callback_after_seconds")
_SETTINGS = ("strategy", "delay_interval_seconds", "longest_wait_seconds", "announce_position", "priority")
_DEFAULTS: dict[str, Any] = {
    one.name: one.default.value if hasattr(one.default, "value") else one.default
    for one in dataclasses.fields(QueueConfig)
    if one.name in (*_CALLBACK, *_SETTINGS)
}
_OF_AN_ENTRY = re.compile(r"(announcement|menu)_([1-9]{1,2})")


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    raw: Mapping[str, Any]
    parent: _Entry | None
    place: int

    @property
    def digit(self) -> str:
        return str(self.raw.get("digit", ""))

    @property
    def keys(self) -> str:
        return (self.parent.keys if self.parent else "") + self.digit

    @property
    def name(self) -> str:
        return str(self.raw.get("name") or "").strip()

    @property
    def queue_id(self) -> Any:
        return None if self.inner else self.raw.get("queue_id")

    @property
    def announcement(self) -> str:
        return str(self.raw.get("announcement") or "").strip()

    @property
    def inner(self) -> Sequence[Mapping[str, Any]]:
        return self.raw.get("entries") or ()

    @property
    def leads_to(self) -> str:
        if self.inner:
            return "menu"
        return "announcement" if self.queue_id is None and self.announcement else "agents"

    @property
    def target(self) -> dict[str, Any]:
        to = self.leads_to
        return {"to": to, "queue_id": self.queue_id} if to == "agents" else {"to": to}

    def setting(self, name: str) -> Any:
        value = (self.raw.get("queue") or {}).get(name)
        return _DEFAULTS.get(name) if value is None else value

    def value(self) -> dict[str, Any]:
        """As it is told: what was not written is left out."""
        return _written(self.raw)


def _written(raw: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in raw.items() if value not in (None, [], {}, ())}
    return told | {"entries": [_written(inner) for inner in told["entries"]]} if "entries" in told else told


def _entries(document: Document) -> list[_Entry]:
    found: list[_Entry] = []
    for place, raw in enumerate(document.get("menu") or ()):
        entry = _Entry(raw, None, place)
        found.append(entry)
        found += [_Entry(inner, entry, at) for at, inner in enumerate(entry.inner)]
    return found


def _entry_likeness(old: _Entry, new: _Entry) -> int:
    score = 0
    same_name = bool(old.name) and old.name == new.name
    if old.queue_id is not None and old.queue_id == new.queue_id:
        score = 100
    elif old.leads_to == new.leads_to and (old.leads_to != "agents" or None in (old.queue_id, new.queue_id)):
        if same_name:
            score = 50
        elif old.announcement and old.announcement == new.announcement:
            score = 45
        elif old.leads_to == "menu" and _share_inner(old, new):
            score = 40
    elif same_name and old.keys == new.keys:
        # A wish for other agents, or for an announcement in their place.
        score = 20
    if score == 0:
        return 0
    nested_alike = (old.parent is None) == (new.parent is None)
    return score + 4 * (old.keys == new.keys) + 2 * same_name + nested_alike


def _share_inner(old: _Entry, new: _Entry) -> bool:
    def marks(entry: _Entry) -> set[Any]:
        return {one.get("queue_id") or one.get("name") for one in entry.inner} - {None, ""}

    return bool(marks(old) & marks(new))


@dataclass(slots=True)
class Menus:
    """The menus of both documents, their entries recognised."""

    before: Document
    after: Document
    pairs: list[tuple[_Entry, _Entry]] = field(init=False)
    gone: list[_Entry] = field(init=False)
    new: list[_Entry] = field(init=False)

    def __post_init__(self) -> None:
        old, new = _entries(self.before), _entries(self.after)
        places = recognised(old, new, _entry_likeness)
        self.pairs = [(old[at], new[to]) for at, to in places]
        self.gone = strangers(old, (at for at, _ in places))
        self.new = strangers(new, (to for _, to in places))

    def later_name(self, name: str) -> str | None:
        """What a prompt of the earlier document is called in the later one; None when its entry is no more."""
        found = _OF_AN_ENTRY.fullmatch(name)
        if found is None:
            return name
        return next((f"{found[1]}_{new.keys}" for old, new in self.pairs if old.keys == found[2]), None)

    def is_played(self, name: str) -> bool:
        """Whether the later document has the entry that the prompt belongs to, if it belongs to one."""
        found = _OF_AN_ENTRY.fullmatch(name)
        entries = (*(new for _, new in self.pairs), *self.new)
        return found is None or any(entry.keys == found[2] for entry in entries)

    def differences(self) -> Iterator[Change]:
        for entry in self.gone:
            # A menu that goes takes what stands in it along.
            if entry.parent is None or entry.parent not in self.gone:
                yield Change("menu.removed", f"menu.{entry.keys}", entry.value(), None, entry.name)
        for entry in self.new:
            if entry.parent is None or entry.parent not in self.new:
                yield Change("menu.added", f"menu.{entry.keys}", None, entry.value(), entry.name)
        for old, new in self.pairs:
            yield from self._entry(old, new)
        yield from self._order()

    def _entry(self, old: _Entry, new: _Entry) -> Iterator[Change]:
        def told(kind: str, before: Any, after: Any) -> Iterator[Change]:
            if before != after:
                yield Change(kind, f"menu.{new.keys}", before, after, new.name)

        if self._moved(old, new):
            yield Change("menu.moved", f"menu.{new.keys}", old.keys, new.keys, new.name)
        yield from told("menu.renamed", old.name, new.name)
        yield from told("menu.target", old.target, new.target)
        yield from told("menu.announcement", old.announcement, new.announcement)
        if "agents" in (old.leads_to, new.leads_to) and old.leads_to == new.leads_to:
            offers = [{name: one.setting(name) for name in _CALLBACK} for one in (old, new)]
            yield from told("menu.callback", offers[0], offers[1])
            others = {*(old.raw.get("queue") or ()), *(new.raw.get("queue") or ())} - {*_CALLBACK, *_SETTINGS}
            for name in (*_SETTINGS, *sorted(others)):
                yield from told(f"menu.{name}", old.setting(name), new.setting(name))

    def _moved(self, old: _Entry, new: _Entry) -> bool:
        """By a key of its own, or into another menu; a menu that moves takes its entries along."""
        home = next((after for before, after in self.pairs if before is old.parent), None)
        return old.digit != new.digit or home is not new.parent or (old.parent is None) != (new.parent is None)

    def _order(self) -> Iterator[Change]:
        for menu in (None, *(new for _, new in self.pairs if new.inner)):
            stayed = [(old, new) for old, new in self.pairs if new.parent is menu and not self._moved(old, new)]
            order = [new.keys for _, new in sorted(stayed, key=lambda pair: pair[0].place)]
            present = [new.keys for _, new in sorted(stayed, key=lambda pair: pair[1].place)]
            if order != present:
                where = f"menu.{menu.keys}" if menu else "menu"
                yield Change("menu.order", where, order, present, menu.name if menu else "")
