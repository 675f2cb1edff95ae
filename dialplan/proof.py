"""The year proof: what callers will meet in the coming 366 days, on the very dialplan that FreeSWITCH runs.

Hours and holidays are read off the compiled dialplan at each boundary and one second on either side (``year``), the
ways through the menu are walked on it to their ends (``proof_ways``); what was entered is only compared with that.
Pure: no sound file is opened, no clock is asked.

Codes, with severity and ``details`` (places: see ``Finding``):

======================  =======  =================================================================
hours.never_open        error    days
hours.unsteady          error    the state changes where no boundary is (never)
day.unlike_its_weekday  error    days: closed, no holiday, though the weekday is open (never)
day.holiday_differs     error    days: a holiday that is served, or a day off that is none (never)
menu.empty              error
way.dead_end            error    keys, extension, step: neither a queue nor an announcement and the end
way.circle              error    extension: never ends
way.wrong               error    name, keys: leads elsewhere than the entry says
prompt.unknown          error    path, extension: a sound file that belongs to no prompt
announcement.empty      error    name
text.too_long           error    length, longest
slots.overlap           warning  other (place), names, weekdays, start, end
slots.short_gap         warning  weekdays, start, end, seconds: a slip of the finger
slot.unreachable        warning  name, weekdays: open, but closed slots cover it
holiday.moves           warning  name, year, day (or None): entered as yearly, but on another day then
menu.nobody             warning  name, queue_id, assigned, callback: no active agent
menu.unsaid             warning  entries: keys that the typed text does not say
menu.said_wrongly       warning  digits: keys that it says and that lead nowhere
text.contradicts_hours  warning  claim (a code of prompt_claims), weekdays, start, end, real, words
prompt.missing          warning  prompt: a waiting caller would not hear it
number.missing          warning  no public number leads here
contract.missing        warning  before the contract nobody is let in: hours and menu are not proved
slots.gap               note     weekdays, start, end, seconds: lunch?
weekday.closed          note     weekdays: closed between working days
holiday.past            note     count, names
holiday.missing         note     count, names, days: public holidays that are not entered
======================  =======  =================================================================
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.business_hours import OpenState, holiday_on
from app.core.definitions import TenantConfig
from app.core.public_holidays import HolidayTable
from dialplan.findings import Finding, Severity, clock
from dialplan.model import Compiled
from dialplan.proof_hours import holiday_findings, hours_findings
from dialplan.proof_texts import text_findings
from dialplan.proof_ways import Way, ways_findings
from dialplan.year import Year, has_hours, sweep

DAYS = 366

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of the calendar: when it is open ([start, end) in seconds of the wall clock's day), and its holiday."""

    day: date
    windows: tuple[tuple[int, int], ...]
    holiday: str | None = None

    def to_json(self) -> dict[str, Any]:
        """``{"day": "2026-03-02", "open": [["09:00", "12:00"]], "holiday": null}``."""
        hours = [[clock(start), clock(end)] for start, end in self.windows]
        return {"day": self.day.isoformat(), "open": hours, "holiday": self.holiday}


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found, errors first; the calendar; where each entry leads; how often the dialplan was asked."""

    findings: tuple[Finding, ...]
    calendar: tuple[CalendarDay, ...]
    ways: tuple[Way, ...]
    probes: int

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What forbids 적용."""
        return tuple(one for one in self.findings if one.severity is Severity.ERROR)

    def to_json(self) -> dict[str, Any]:
        """As the API gives it."""
        return {
            "findings": [one.to_json() for one in self.findings],
            "calendar": [one.to_json() for one in self.calendar],
            "ways": [
                {"keys": way.keys, "name": way.name, "ends": way.ends, "rings": way.rings} for way in self.ways
            ],
            "probes": self.probes,
        }


def prove(
    compiled: Compiled,
    config: TenantConfig,
    texts: Mapping[str, str],
    start: date,
    days: int = DAYS,
    *,
    public_holidays: HolidayTable | None = None,
    uploads: Collection[str] = (),
) -> Proof:
    """Proves ``days`` days from ``start`` (the tenant's today).

    ``compiled`` is what ``compile_tenant`` made of ``config``; ``texts`` is what the tenant typed, ``uploads`` the
    names of the prompts that are played from files; ``public_holidays`` says the public holidays of a year. Raises
    InvalidDefinition for an unknown zone, ValueError for no days.
    """
    if days < 1:
        raise ValueError("a proof needs a day")
    findings = list(text_findings(config, texts, uploads))
    calendar: tuple[CalendarDay, ...] = ()
    ways: tuple[Way, ...] = ()
    probes = 0
    if has_hours(compiled):
        year = sweep(compiled, start, days)
        findings += hours_findings(year, config.ars)
        findings += holiday_findings(year, config.ars, public_holidays)
        found = {state: at for state in OpenState if (at := year.first(state)) is not None}
        ways, wrong = ways_findings(compiled, config, found)
        findings += wrong
        calendar, probes = _calendar(year, config), year.probes
    else:
        findings.append(Finding(Severity.WARNING, "contract.missing", "contract"))
    return Proof(tuple(sorted(findings, key=lambda one: _ORDER.index(one.severity))), calendar, ways, probes)


def _calendar(year: Year, config: TenantConfig) -> tuple[CalendarDay, ...]:
    """The names of holidays are the tenant's; that a day is one is what the dialplan says."""
    return tuple(
        CalendarDay(one.day, one.windows, _name(config, one.day) if one.is_holiday else None) for one in year.days
    )


def _name(config: TenantConfig, day: date) -> str:
    holiday = holiday_on(config.ars.holidays, day)
    return holiday.name if holiday else ""
