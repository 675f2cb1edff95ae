"""The states of a compiled dialplan over a year: open, closed, holiday, from boundary to boundary.

Nothing here knows the definition: the moments at which the state may change are read from the compiled conditions
(and from the zone's changes of the clock), and the state on both sides of each is what the conditions say there.
On a day on which the clock changes the wall clock counts, as on FreeSWITCH: hours that the clock skips are not
served, those that come twice are served twice.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from app.core.business_hours import DAY_SECONDS, OpenState, Window, zone
from dialplan.evaluator import state_of
from dialplan.model import Compiled, Condition, Context, Extension, When

SECOND = timedelta(seconds=1)
NOON = time(12)


@dataclass(frozen=True, slots=True)
class Boundary:
    """A moment at which the state may change: the state one second before, at it, and one second after."""

    at: datetime
    before: OpenState
    now: OpenState
    after: OpenState


@dataclass(frozen=True, slots=True)
class Day:
    """What a day is like by the tenant's wall clock: [start, end) in seconds of the day in which it is open."""

    day: date
    windows: tuple[Window, ...]
    is_holiday: bool
    clock_changes: bool = False


@dataclass(frozen=True, slots=True)
class Year:
    """What the sweep saw. ``unsteady``: moments at which the state changed away from every boundary (never, unless
    boundaries and conditions contradict each other). ``probes``: how often the compiled dialplan was asked."""

    days: tuple[Day, ...]
    boundaries: tuple[Boundary, ...]
    unsteady: tuple[datetime, ...]
    probes: int

    def usual(self) -> dict[int, tuple[Window, ...]]:
        """Weekday (Monday = 0) → the windows that most of its days have, holidays apart."""
        seen: dict[int, Counter[tuple[Window, ...]]] = {}
        for day in self.days:
            if not day.is_holiday and not day.clock_changes:
                seen.setdefault(day.day.weekday(), Counter())[day.windows] += 1
        return {weekday: counted.most_common(1)[0][0] for weekday, counted in sorted(seen.items())}

    def first(self, state: OpenState) -> datetime | None:
        """The first moment in that state."""
        return next((one.at for one in self.boundaries if one.now is state), None)


def has_hours(compiled: Compiled) -> bool:
    """Whether the dialplan asks for the time at all: not before the contract."""
    return any(extension.name == "hours" for extension in compiled.context.extensions)


def sweep(compiled: Compiled, start: date, days: int = 366) -> Year:
    """Asks the compiled extension ``hours`` at every boundary of ``days`` days from ``start``, and one second on
    either side. Raises InvalidDefinition for a zone that nobody knows."""
    return _Sweep(compiled, start, days).year()


class _Sweep:
    def __init__(self, compiled: Compiled, start: date, days: int) -> None:
        self.compiled = compiled
        self.zone = zone(compiled.timezone)
        self.start, self.days = start, days
        self.hours = next(one for one in compiled.context.extensions if one.name == "hours")
        self.edges = sorted(set(_edges(self.hours)) | {0})
        self.probes = 0
        self.of_day: tuple[date, Compiled] | None = None

    def year(self) -> Year:
        changes = frozenset(self._changes())
        moments = self._moments(changes)
        windows: dict[date, list[Window]] = {day: [] for day in self._dates()}
        holidays: set[date] = set()
        boundaries: list[Boundary] = []
        unsteady: list[datetime] = []
        for at, upcoming in zip(moments, [*moments[1:], None], strict=True):
            boundary = Boundary(at, self._state(at - SECOND), self._state(at), self._state(at + SECOND))
            if boundaries and boundary.before is not boundaries[-1].now:
                unsteady.append(at - SECOND)
            if upcoming != at + SECOND and boundary.after is not boundary.now:
                unsteady.append(at + SECOND)
            boundaries.append(boundary)
            day = at.astimezone(self.zone).date()
            if boundary.now is OpenState.HOLIDAY:
                holidays.add(day)
            if boundary.now is OpenState.OPEN:
                windows[day].append(self._window(at, upcoming))
        changed = {at.astimezone(self.zone).date() for at in changes}
        days = (Day(day, _joined(found), day in holidays, day in changed) for day, found in windows.items())
        return Year(tuple(days), tuple(boundaries), tuple(unsteady), self.probes)

    def _dates(self) -> Iterator[date]:
        return (self.start + timedelta(days=n) for n in range(self.days))

    def _moments(self, changes: Iterable[datetime]) -> list[datetime]:
        """All boundaries in order, in UTC."""
        found = set(changes)
        for day in self._dates():
            for edge in self.edges:
                wall = datetime.combine(day, time(edge // 3600, edge // 60 % 60, edge % 60))
                for fold in (0, 1):
                    moment = wall.replace(tzinfo=self.zone, fold=fold).astimezone(UTC)
                    # A time that the clock skips does not come back as itself.
                    if moment.astimezone(self.zone).replace(tzinfo=None) == wall:
                        found.add(moment)
        return sorted(found)

    def _changes(self) -> Iterator[datetime]:
        """The moments from which the clock goes differently, to the second."""
        low = datetime.combine(self.start, time(0), self.zone).astimezone(UTC) - SECOND
        end = datetime.combine(self.start + timedelta(days=self.days), time(0), self.zone).astimezone(UTC)
        while low < end:
            high = min(low + timedelta(days=1), end)
            upper = high
            while self._offset(low) != self._offset(upper) and upper - low > SECOND:
                middle = low + timedelta(seconds=int((upper - low).total_seconds()) // 2)
                if self._offset(middle) == self._offset(low):
                    low = middle
                else:
                    upper = middle
            if self._offset(low) != self._offset(upper) and upper < end:
                yield upper
            low = high

    def _offset(self, moment: datetime) -> timedelta | None:
        return moment.astimezone(self.zone).utcoffset()

    def _state(self, moment: datetime) -> OpenState:
        self.probes += 1
        here = moment.astimezone(self.zone)
        if self.of_day is None or self.of_day[0] != here.date():
            self.of_day = (here.date(), self._compiled_on(here.date()))
        return state_of(self.of_day[1], here)

    def _compiled_on(self, day: date) -> Compiled:
        """The compiled extension ``hours`` alone, without those conditions that can hold on other days only."""
        noon = datetime.combine(day, NOON, self.zone)
        conditions = tuple(one for one in self.hours.conditions if not _never_holds_on(one, noon))
        hours = dataclasses.replace(self.hours, conditions=conditions)
        return dataclasses.replace(self.compiled, context=Context(self.compiled.context.name, (hours,)))

    def _window(self, at: datetime, end: datetime | None) -> Window:
        """From a boundary to the next one on the wall clock."""
        first = at.astimezone(self.zone)
        if end is None:
            return _second(first), DAY_SECONDS
        return _second(first), _second((end - SECOND).astimezone(self.zone)) + 1


def _never_holds_on(condition: Condition, noon: datetime) -> bool:
    if condition.when is None or condition.break_ != "on-true":
        return False
    return not dataclasses.replace(condition.when, time_of_day="").holds(noon)


def _edges(hours: Extension) -> Iterator[int]:
    """Every second of the day at which a compiled range begins or is over."""
    whens: list[When] = [one.when for one in hours.conditions if one.when is not None and one.when.time_of_day]
    for when in whens:
        for part in when.time_of_day.split(","):
            low, _, high = part.partition("-")
            yield _parsed(low)
            yield (_parsed(high) + 1) % DAY_SECONDS


def _parsed(text: str) -> int:
    hours, minutes, *rest = (int(item) for item in text.split(":"))
    return hours * 3600 + minutes * 60 + (rest[0] if rest else 0)


def _second(at: datetime) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


def _joined(windows: list[Window]) -> tuple[Window, ...]:
    """Windows that touch, or overlap because the clock was put back, are one."""
    joined: list[Window] = []
    for start, end in sorted(windows):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)
