"""통계: the reports of a period for screens, programs and Excel, and today's figures for the live screens."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any

from app.core.periods import Period, Unit
from app.core.reporting import ContactReport, QueueReport, ServiceLevelFormula, Targets
from app.core.reporting_agents import AgentReport
from app.ports import Clock
from app.reports.columns import Column, agent_columns, as_json, contact_columns, queue_columns
from app.reports.figures import agent_workbook, contact_workbook, queue_workbook
from app.services.errors import Refused
from app.services.history import History
from app.services.people import Person
from app.services.periods import check_days
from app.services.repository import Store, TenantStore

Report = QueueReport | AgentReport | ContactReport

KINDS = {"queues": "상담큐통계", "agents": "상담원별통계", "contact-types": "상담유형별통계"}
"""Reports by their name in addresses, with their name on screens and in 작업이력."""


@dataclass(frozen=True, slots=True)
class StatisticsFilter:
    """What a report covers. Days are the tenant's, both included; ``subjects`` are queues or agents, empty: all.
    T, A and the formula of SL are the tenant's own unless given."""

    first: date
    last: date
    from_time: time = time(0, 0)
    to_time: time = time(23, 59)
    unit: Unit = Unit.WHOLE
    subjects: tuple[int, ...] = ()
    service_level_seconds: int | None = None
    short_abandon_seconds: int | None = None
    formula: ServiceLevelFormula = ServiceLevelFormula.ANSWERED


@dataclass(frozen=True, slots=True)
class Shown:
    """A report with the columns that show it."""

    kind: str
    report: Report
    columns: Sequence[Column]
    targets: Targets

    def as_json(self) -> dict[str, Any]:
        """For programs: raw values (ratios unrounded, durations in whole seconds) by column key."""
        period = self.report.period
        return {
            "from": period.first, "to": period.last, "from_time": period.from_time, "to_time": period.to_time,
            "unit": period.unit.value, "timezone": period.timezone,
            "service_level_seconds": self.targets.service_level_seconds,
            "short_abandon_seconds": self.targets.short_abandon_seconds, "formula": self.targets.formula.value,
            "columns": [
                {"key": column.key, "title": column.title, "group": column.group, "kind": column.kind.value,
                 "definition": column.definition}
                for column in self.columns
            ],
            "lines": [as_json(line, self.columns) for line in self.report.lines],
            "total": as_json(self.report.total, self.columns),
        }


class Statistics:
    """The reports of one platform, always asked for by a person and counted within that person's tenant."""

    def __init__(self, store: Store, clock: Clock, history: History) -> None:
        self._store = store
        self._clock = clock
        self._history = history

    def show(self, person: Person, kind: str, wanted: StatisticsFilter) -> Shown:
        """The report ``kind`` (one of KINDS); the view is written into 작업이력.

        Raises Refused ``not_found`` (kind), ``bad_period``, ``date_out_of_range``.
        """
        shown = self._make(person, kind, wanted)
        self._history.note(person, KINDS[kind], "view", **_words(wanted))
        return shown

    def workbook(self, person: Person, kind: str, wanted: StatisticsFilter) -> tuple[bytes, str]:
        """The same as an Excel file, and a name for it; the download is written into 작업이력."""
        shown = self._make(person, kind, wanted)
        self._history.note(person, KINDS[kind], "download", **_words(wanted))
        writers: dict[str, Callable[..., bytes]] = {
            "queues": queue_workbook, "agents": agent_workbook, "contact-types": contact_workbook,
        }
        store = self._store.for_tenant(person.tenant_id)
        body = writers[kind](shown.report, person.service_name, self._subject(store, kind, wanted.subjects))
        return body, f"{KINDS[kind]}_{wanted.first:%Y%m%d}-{wanted.last:%Y%m%d}.xlsx"

    def _make(self, person: Person, kind: str, wanted: StatisticsFilter) -> Shown:
        if kind not in KINDS:
            raise Refused("not_found")
        check_days(wanted.first, wanted.last)
        store = self._store.for_tenant(person.tenant_id)
        period = Period(
            wanted.first, wanted.last, wanted.from_time, wanted.to_time, wanted.unit, person.timezone
        )
        targets = store.targets(wanted.formula)
        if wanted.service_level_seconds is not None:
            targets = replace(targets, service_level_seconds=wanted.service_level_seconds)
        if wanted.short_abandon_seconds is not None:
            targets = replace(targets, short_abandon_seconds=wanted.short_abandon_seconds)
        divided = wanted.unit is not Unit.WHOLE
        chosen: Collection[int] | None = wanted.subjects or None
        report: Report
        if kind == "queues":
            report = store.queue_statistics(period, chosen, targets=targets)
            return Shown(kind, report, queue_columns(divided), targets)
        if kind == "agents":
            report = store.agent_statistics(period, chosen)
            return Shown(kind, report, agent_columns(divided, person.service_name), targets)
        report = store.contact_statistics(period)
        return Shown(kind, report, contact_columns(divided), targets)

    @staticmethod
    def _subject(store: TenantStore, kind: str, subjects: tuple[int, ...]) -> str:
        rows = store.queues(deleted=True) if kind == "queues" else store.agents(deleted=True)
        names = [row.name for row in rows if row.id in subjects]
        return ", ".join(names) if names and kind != "contact-types" else "전체"

    # -- today --------------------------------------------------------------------------------

    def summary(self, person: Person) -> dict[str, Any]:
        """The agent desktop's main screen: today and yesterday of the tenant, and the own results today."""
        store = self._store.for_tenant(person.tenant_id)
        figures = store.today(self._clock.now())
        day = figures.queues.period
        before = replace(day, first=_day_before(day.first), last=_day_before(day.last))
        own = next((line for line in figures.agents.lines if line.agent_id == person.agent_id), None)
        return {
            "today": _calls(figures.queues),
            "yesterday": _calls(store.queue_statistics(before)),
            "mine": None if own is None else {
                "answered": own.answered, "dialled": own.attempts,
                "talk_seconds": own.inbound_talk + own.outbound_talk,
                "mean_talk_seconds": _mean(own.inbound_talk + own.outbound_talk, own.answered + own.reached),
            },
        }

    def dashboard(self, person: Person) -> dict[str, Any]:
        """통합대시보드's figures of today; the live ones come with the snapshot."""
        store = self._store.for_tenant(person.tenant_id)
        now = self._clock.now()
        figures, arrivals = store.today(now), store.arrivals(now)
        total = figures.queues.total
        tenant = store.tenant()
        return {
            "at": now,
            "inbound": figures.inbound, "consult_requests": figures.consult_requests,
            "internal": figures.internal, "callbacks": figures.callbacks,
            "offered": total.direct, "total": total.total, "answered": total.answered,
            "abandoned": total.abandoned, "refused": total.refused, "failed": total.failed,
            "response_rate": total.response_rate, "service_level": total.service_level,
            "within_level": total.within_level,
            "response_target": tenant.response_target / 100, "service_level_target": tenant.service_level_target / 100,
            "service_level_seconds": figures.queues.targets.service_level_seconds,
            "queues": [
                {
                    "id": line.queue_id, "name": line.name, "total": line.total, "offered": line.direct,
                    "answered": line.answered, "abandoned": line.abandoned, "response_rate": line.response_rate,
                    "service_level": line.service_level,
                }
                for line in figures.queues.lines
            ],
            "arrivals": {"yesterday": list(arrivals.yesterday), "today": list(arrivals.today)},
        }


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def _mean(total: int, count: int) -> int:
    return -(-total // count) if count else 0


def _calls(report: QueueReport) -> dict[str, Any]:
    total = report.total
    return {
        "offered": total.total, "direct": total.direct, "answered": total.answered, "rate": total.response_rate * 100,
        "mean_wait_seconds": total.wait_mean, "longest_wait_seconds": total.wait_max,
    }


def _words(wanted: StatisticsFilter) -> dict[str, Any]:
    return {"from": wanted.first.isoformat(), "to": wanted.last.isoformat(), "unit": wanted.unit.value}
