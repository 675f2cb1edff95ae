"""Moments at which a tenant's hours and holidays are tried: either side of every boundary of the coming days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from app.core.business_hours import OpenState, holiday_on, open_windows, state_at, zone
from app.core.definitions import TenantConfig

DAYS = 8
"""A week and the day on which it began: every weekday's boundaries come once."""

HOLIDAYS = 3
LOOK_AHEAD = 366
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment to call at, and what the definition says of it."""

    at: datetime
    state: OpenState
    edge: str
    """``before`` (the last second of what was), ``from`` (the first second of what is now), ``within``."""
    holiday: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """[begin, end): open all the time."""

    begin: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        return (self.end - self.begin).total_seconds()


class Hours:
    """A tenant's hours from ``start`` on. Raises InvalidDefinition for slots or a zone that cannot be meant."""

    def __init__(self, config: TenantConfig, start: datetime) -> None:
        self._ars = config.ars
        self._zone: tzinfo = zone(config.timezone)
        self._windows = open_windows(config.ars.slots)
        self.start = start.astimezone(self._zone)

    def state(self, at: datetime) -> OpenState:
        return state_at(self._ars.slots, self._ars.holidays, at, self._zone)

    def moments(self) -> tuple[Moment, ...]:
        """Boundaries of the coming week, alike ones once, then the next holidays."""
        found: list[Moment] = []
        seen: set[tuple[object, ...]] = set()
        for at in self._boundaries(DAYS):
            before, after = self.state(at - SECOND), self.state(at)
            over_midnight = before is after is OpenState.OPEN and at.time() == time(0)
            if (before is after and not over_midnight) or at - SECOND < self.start:
                continue
            key = (before, after, at.time(), self._windows[at.weekday()])
            if key not in seen:
                seen.add(key)
                found += [Moment(at - SECOND, before, "before"), Moment(at, after, "from")]
        if not any(one.state is not OpenState.HOLIDAY for one in found):
            found.append(Moment(self.start, self.state(self.start), "within"))
        told = [self._named(one) for one in found]
        return (*told, *self._holidays({one.at.date() for one in told if one.state is OpenState.HOLIDAY}))

    def _named(self, one: Moment) -> Moment:
        holiday = holiday_on(self._ars.holidays, one.at.date()) if one.state is OpenState.HOLIDAY else None
        return Moment(one.at, one.state, one.edge, holiday.name if holiday else "")

    def _holidays(self, done: set[date]) -> Iterator[Moment]:
        """The next holidays, at a moment at which it would be open on another day of that kind."""
        day, left = self.start.date(), HOLIDAYS
        for _ in range(LOOK_AHEAD):
            day += timedelta(days=1)
            holiday = holiday_on(self._ars.holidays, day)
            if holiday is None or day in done:
                continue
            windows = self._windows[day.weekday()]
            begin, end = windows[0] if windows else (43200, 43201)
            at = self._at(day, (begin + end) // 2)
            if at is not None:
                yield Moment(at, self.state(at), "within", holiday.name)
            left -= 1
            if not left:
                return

    def stretches(self, days: int = 14) -> tuple[Stretch, ...]:
        """When it is open, from ``start`` on; one that is cut at the end of the ``days`` ends there."""
        marks = [self.start, *(at for at in self._boundaries(days) if at > self.start)]
        found: list[Stretch] = []
        for begin, end in zip(marks, marks[1:], strict=False):
            if self.state(begin) is not OpenState.OPEN:
                continue
            if found and found[-1].end == begin:
                found[-1] = Stretch(found[-1].begin, end)
            else:
                found.append(Stretch(begin, end))
        return tuple(found)

    def open_for(self, seconds: float) -> Stretch | None:
        """The first stretch that is open so long, else the longest of the coming year's; None: never open."""
        for days in (14, LOOK_AHEAD):
            found = self.stretches(days)
            for one in found:
                if one.seconds >= seconds:
                    return one
            if found:
                return max(found, key=lambda one: one.seconds)
        return None

    def _boundaries(self, days: int) -> list[datetime]:
        """Midnights and the windows' ends, in order; wall-clock times that do not exist are left out."""
        first = self.start.date()
        found = set()
        for number in range(days + 1):
            day = first + timedelta(days=number)
            for second in {0, *(edge for window in self._windows[day.weekday()] for edge in window)}:
                at = self._at(day, second)
                if at is not None:
                    found.add(at)
        return sorted(found)

    def _at(self, day: date, second: int) -> datetime | None:
        wall = datetime.combine(day, time(0)) + timedelta(seconds=second)
        at = wall.replace(tzinfo=self._zone)
        there_and_back = at.astimezone(UTC).astimezone(self._zone)
        return at if there_and_back.replace(tzinfo=None) == wall else None
