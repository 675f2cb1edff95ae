"""A difference between two ARS documents, and how things are recognised before they are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

Document = Mapping[str, Any]
"""An ARS document as JSON (``ars_json``)."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``before`` and ``after`` are JSON values; ``name`` is what people call the thing, if anything."""

    kind: str
    where: str
    before: Any = None
    after: Any = None
    name: str = ""

    def to_json(self) -> dict[str, Any]:
        """As a JSON object; inverse of :meth:`from_json`."""
        return {
            "kind": self.kind, "where": self.where, "before": self.before, "after": self.after, "name": self.name,
        }  # fmt: skip

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Change:
        """The change that ``to_json`` wrote. Raises KeyError without kind or place."""
        return cls(raw["kind"], raw["where"], raw.get("before"), raw.get("after"), raw.get("name", ""))


def recognised(
    before: Sequence[Any], after: Sequence[Any], likeness: Callable[[Any, Any], int]
) -> list[tuple[int, int]]:
    """Which of ``before`` is which of ``after``: the most alike first, 0 is a stranger. Places, by place after."""
    wanted = sorted(
        (-score, at, to)
        for at, old in enumerate(before)
        for to, new in enumerate(after)
        if (score := likeness(old, new)) > 0
    )
    taken: dict[int, int] = {}
    used: set[int] = set()
    for _, at, to in wanted:
        if at not in used and to not in taken:
            taken[to] = at
            used.add(at)
    return sorted(((at, to) for to, at in taken.items()), key=lambda pair: pair[1])


def strangers(values: Sequence[T], paired: Iterable[int]) -> list[T]:
    """Those that were not recognised."""
    known = set(paired)
    return [value for place, value in enumerate(values) if place not in known]
