"""FreeSWITCH's XML dialplan as values, no more of it than we use.

The meaning is mod_dialplan_xml's: a context's extensions are tried in order; an extension's conditions
are tried in order; a condition that holds adds its actions; ``break`` says when the rest is skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Action:
    """One application with its argument."""

    application: str
    data: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """A condition on date and time, in FreeSWITCH's own notation, evaluated in the tenant's zone.

    Numbers and days are comma lists with ranges; ``wday`` counts Sunday as 1; both ends of a
    ``time_of_day`` range belong to it, to the second (switch_utils.c: switch_number_cmp,
    switch_dow_cmp, switch_tod_cmp). All that are given have to hold.
    """

    year: str = ""
    mon: str = ""
    mday: str = ""
    wday: str = ""
    time_of_day: str = ""

    def attributes(self) -> Iterator[tuple[str, str]]:
        """As XML attributes; the ones that are not given are left out."""
        for name in ("year", "mon", "mday", "wday", "time_of_day"):
            value = getattr(self, name)
            if value:
                yield name.replace("_", "-"), value

    def holds(self, moment: datetime) -> bool:
        """Does the condition hold on this wall clock?"""
        numbers = ((self.year, moment.year), (self.mon, moment.month), (self.mday, moment.day))
        if any(text and not _number_in(text, value) for text, value in numbers):
            return False
        if self.wday and not _number_in(self.wday, moment.isoweekday() % 7 + 1):
            return False
        second = moment.hour * 3600 + moment.minute * 60 + moment.second
        return not self.time_of_day or _second_in(self.time_of_day, second)


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when ``field`` matches ``expression``, or at the time ``when``, or always if neither is given.

    ``field`` and ``when`` never stand together: FreeSWITCH would let the field decide alone.
    """

    field: str = ""
    expression: str = ""
    when: When | None = None
    actions: tuple[Action, ...] = ()
    break_: str = "on-false"

    def __post_init__(self) -> None:
        if self.field and self.when is not None:
            raise ValueError("a condition has either a field or a time")
        if self.break_ not in ("on-false", "on-true", "always", "never"):
            raise ValueError(f"break={self.break_!r}")


@dataclass(frozen=True, slots=True)
class Extension:
    """A named sequence of conditions. ``description`` is for people who read the file."""

    name: str
    conditions: tuple[Condition, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """Extensions that are tried in order."""

    name: str
    extensions: tuple[Extension, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """What one tenant contributes: its entries in context ``public`` and contexts of its own.

    ``context`` is the tree that callers walk. Its name changes with its content, so that a call goes to its end
    in the tree in which it began, whatever is published meanwhile. ``doorway`` has the tenant's lasting name and
    leads into the present tree: that is where the controller transfers to.
    """

    tenant_id: int
    version: int
    timezone: str
    entries: tuple[Extension, ...]
    context: Context
    doorway: Context
    prompts: tuple[str, ...] = field(default=())
    """Every sound file that the dialplan plays: all of them have to exist before it is published."""

    def contexts(self) -> tuple[Context, ...]:
        """Context ``public`` as this tenant sees it, and its own."""
        return Context("public", self.entries), self.doorway, self.context


def context_name(tenant_id: int) -> str:
    """Lasting name of the tenant's context, and of its files and folders."""
    return f"t{tenant_id}"


def set_variable(name: str, value: str) -> Action:
    """Sets a channel variable."""
    return Action("set", f"{name}={value}")


def named(name: str, actions: Iterable[Action], description: str = "") -> Extension:
    """The extension that is entered by ``transfer <name>``."""
    return Extension(
        name, (Condition("destination_number", f"^{name}$", actions=tuple(actions)),), description
    )


def _number_in(text: str, value: int) -> bool:
    for part in text.split(","):
        low, dash, high = part.partition("-")
        first, last = int(low), int(high) if dash else int(low)
        inside = first <= value <= last if first <= last else value >= first or value <= last
        if inside:
            return True
    return False


def _second_in(text: str, value: int) -> bool:
    for part in text.split(","):
        low, high = (_seconds(item) for item in part.split("-"))
        if low <= value <= high if low <= high else value >= low or value <= high:
            return True
    return False


def _seconds(text: str) -> int:
    hours, minutes, *rest = (int(item) for item in text.split(":"))
    return hours * 3600 + minutes * 60 + (rest[0] if rest else 0)
