"""The formulas of the statistics (PRODUCT.md §5), purely: facts in, lines out.

T is the service-level time, A the 인정시간, both inclusive. Durations of single visits and talks are rounded
to whole seconds first (``whole_seconds``), so that sums and the calls behind them agree; means are rounded
up, as the seeds' own rows show. A ratio over nothing is 0. Only visits that have ended are counted: then
총인입 = 실인입 + 타큐인입 + 타센터인입 + 내선호전환 = 응답 + 포기 + 거부 + 실패 + 타큐전송 + 타센터전송 + IR/콜백전환.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.core.billing import whole_seconds
from app.core.definitions import AgentId, QueueId
from app.core.periods import Period


class ServiceLevelFormula(enum.StrEnum):
    """What the answers within T are divided by."""

    ANSWERED = "answered"
    """응답: the seeds' own."""
    OFFERED = "offered"
    """응답 + 포기."""
    OFFERED_WITHOUT_SHORT = "offered_without_short"
    """응답 + 포기, less the short abandons (within A)."""


@dataclass(frozen=True, slots=True)
class Targets:
    """T and A in seconds, and the formula of SL. Printed in every report."""

    service_level_seconds: int = 20
    short_abandon_seconds: int = 5
    formula: ServiceLevelFormula = ServiceLevelFormula.ANSWERED


@dataclass(frozen=True, slots=True)
class VisitFact:
    """An ended stay in a queue, as far as statistics need it. Times of day go by ``entered_at``."""

    queue_id: QueueId
    entered_at: datetime
    origin: str
    outcome: str
    wait_seconds: float
    talk_seconds: float


_ORIGINS = {"direct": "direct", "queue": "from_queue", "centre": "from_centre", "extension": "from_extension"}

_OUTCOMES = {
    "answered": "answered",
    "abandoned": "abandoned",
    "refused": "refused",
    "queue_transfer": "to_queue",
    "centre_transfer": "to_centre",
    "callback": "to_callback",
}
"""Everything else (failed, timeout, unavailable, lost) is 실패."""


@dataclass(slots=True)
class QueueLine:
    """A line of 상담큐 통계. Seconds are whole; see the properties for what is derived."""

    bucket: str = ""
    queue_id: QueueId | None = None
    number: str = ""
    name: str = ""
    direct: int = 0
    from_queue: int = 0
    from_centre: int = 0
    from_extension: int = 0
    answered: int = 0
    abandoned: int = 0
    refused: int = 0
    failed: int = 0
    to_queue: int = 0
    to_centre: int = 0
    to_callback: int = 0
    within_level: int = 0
    short_abandons: int = 0
    wait_total: int = 0
    wait_max: int = 0
    abandon_wait_total: int = 0
    abandon_wait_max: int = 0
    answer_wait_total: int = 0
    talk_total: int = 0
    formula: ServiceLevelFormula = ServiceLevelFormula.ANSWERED

    @property
    def total(self) -> int:
        """총인입."""
        return self.direct + self.from_queue + self.from_centre + self.from_extension

    @property
    def handled(self) -> int:
        """응답 + 포기 + 거부 + 실패 + 타큐전송 + 타센터전송 + IR/콜백전환; equals ``total``."""
        return (
            self.answered + self.abandoned + self.refused + self.failed
            + self.to_queue + self.to_centre + self.to_callback
        )  # fmt: skip

    @property
    def response_rate(self) -> float:
        """응답률 = 응답 ÷ 실인입."""
        return ratio(self.answered, self.direct)

    @property
    def service_level(self) -> float:
        """SL by the formula in use; the seeds' is (응답 within T) ÷ 응답."""
        base = self.answered
        if self.formula is not ServiceLevelFormula.ANSWERED:
            base += self.abandoned
        if self.formula is ServiceLevelFormula.OFFERED_WITHOUT_SHORT:
            base -= self.short_abandons
        return ratio(self.within_level, base)

    @property
    def wait_mean(self) -> int:
        """인입호 평균대기: total wait ÷ 총인입, abandons included."""
        return ceil_mean(self.wait_total, self.total)

    @property
    def abandon_wait_mean(self) -> int:
        """포기호 평균대기."""
        return ceil_mean(self.abandon_wait_total, self.abandoned)

    @property
    def answer_wait_mean(self) -> int:
        """ASA: mean wait of the answered."""
        return ceil_mean(self.answer_wait_total, self.answered)

    @property
    def talk_mean(self) -> int:
        """평균통화 = ceil(총통화 ÷ 응답)."""
        return ceil_mean(self.talk_total, self.answered)

    def count(self, visit: VisitFact, targets: Targets) -> None:
        """Add one visit."""
        origin = _ORIGINS.get(visit.origin, "direct")
        outcome = _OUTCOMES.get(visit.outcome, "failed")
        setattr(self, origin, getattr(self, origin) + 1)
        setattr(self, outcome, getattr(self, outcome) + 1)
        wait = whole_seconds(visit.wait_seconds)
        self.wait_total += wait
        self.wait_max = max(self.wait_max, wait)
        if outcome == "answered":
            self.answer_wait_total += wait
            self.talk_total += whole_seconds(visit.talk_seconds)
            self.within_level += visit.wait_seconds <= targets.service_level_seconds
        elif outcome == "abandoned":
            self.abandon_wait_total += wait
            self.abandon_wait_max = max(self.abandon_wait_max, wait)
            self.short_abandons += visit.wait_seconds <= targets.short_abandon_seconds


@dataclass(frozen=True, slots=True)
class QueueReport:
    """상담큐 통계: lines by part of the period and queue, and the sum of all of them."""

    period: Period
    targets: Targets
    lines: Sequence[QueueLine]
    total: QueueLine


def queue_report(
    visits: Iterable[VisitFact],
    period: Period,
    targets: Targets,
    queues: Mapping[QueueId, tuple[str, str]],
) -> QueueReport:
    """Lines for ``queues`` (id → 큐번호, 큐이름), visits of other queues left out.

    Undivided periods have a line for each queue, also an empty one; divided ones only where there is something.
    """
    lines: dict[tuple[str, QueueId], QueueLine] = {}
    total = QueueLine(name="합계", formula=targets.formula)

    def line(bucket: str, queue_id: QueueId) -> QueueLine:
        number, name = queues[queue_id]
        return QueueLine(bucket, queue_id, number, name, formula=targets.formula)

    if period.bucket(period.start) == "":
        lines = {("", queue_id): line("", queue_id) for queue_id in queues}
    for visit in visits:
        if visit.queue_id not in queues or not visit.outcome or not period.holds(visit.entered_at):
            continue
        key = period.bucket(visit.entered_at), visit.queue_id
        if key not in lines:
            lines[key] = line(*key)
        lines[key].count(visit, targets)
        total.count(visit, targets)
    ordered = sorted(lines.values(), key=lambda one: (one.bucket, one.number, one.queue_id))
    return QueueReport(period, targets, ordered, total)


# --- 상담유형별 ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ContactFact:
    """A written-up call: its contact type (None: none chosen), direction, start, and the agent's talk."""

    contact_type_id: int | None
    direction: str
    started_at: datetime
    talk_seconds: float


@dataclass(slots=True)
class ContactLine:
    """A line of 상담유형별 통계."""

    bucket: str = ""
    contact_type_id: int | None = None
    name: str = ""
    inbound: int = 0
    inbound_talk: int = 0
    outbound: int = 0
    outbound_talk: int = 0

    @property
    def total(self) -> int:
        """합계 = IB + OB."""
        return self.inbound + self.outbound

    @property
    def total_talk(self) -> int:
        """총 통화시간 of both."""
        return self.inbound_talk + self.outbound_talk

    @property
    def inbound_mean(self) -> int:
        """IB 평균 통화시간."""
        return ceil_mean(self.inbound_talk, self.inbound)

    @property
    def outbound_mean(self) -> int:
        """OB 평균 통화시간."""
        return ceil_mean(self.outbound_talk, self.outbound)

    @property
    def mean(self) -> int:
        """평균 통화시간 of both."""
        return ceil_mean(self.total_talk, self.total)

    def count(self, fact: ContactFact) -> None:
        """Add one written-up call."""
        talk = whole_seconds(fact.talk_seconds)
        if fact.direction == "outbound":
            self.outbound += 1
            self.outbound_talk += talk
        else:
            self.inbound += 1
            self.inbound_talk += talk


NO_CONTACT_TYPE = "기타"
"""Under this name stands what was written up without a contact type, as in the seeds' histories."""


@dataclass(frozen=True, slots=True)
class ContactReport:
    """상담유형별 통계. Counts calls that were written up; internal calls are none."""

    period: Period
    lines: Sequence[ContactLine]
    total: ContactLine


def contact_report(facts: Iterable[ContactFact], period: Period, types: Mapping[int, str]) -> ContactReport:
    """Lines for ``types`` (id → name) and for calls without a type, if there are any."""
    lines: dict[tuple[str, int | None], ContactLine] = {}
    if period.bucket(period.start) == "":
        lines = {("", type_id): ContactLine("", type_id, name) for type_id, name in types.items()}
    total = ContactLine(name="합계")
    for fact in facts:
        if fact.direction == "internal" or not period.holds(fact.started_at):
            continue
        type_id = fact.contact_type_id if fact.contact_type_id in types else None
        key = period.bucket(fact.started_at), type_id
        if key not in lines:
            name = NO_CONTACT_TYPE if type_id is None else types[type_id]
            lines[key] = ContactLine(key[0], type_id, name)
        lines[key].count(fact)
        total.count(fact)
    order = {type_id: index for index, type_id in enumerate(types)}
    ordered = sorted(
        lines.values(), key=lambda one: (one.bucket, order.get(one.contact_type_id or 0, len(order)))
    )
    return ContactReport(period, ordered, total)


# --- 상담사 상태별 ---------------------------------------------------------------------------------


@dataclass(slots=True)
class StatusLine:
    """How long and how often an agent was in each status, within the period."""

    agent_id: AgentId
    login: str = ""
    name: str = ""
    seconds: dict[str, int] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)


def status_lines(
    intervals: Iterable[tuple[AgentId, str, datetime, datetime | None]],
    period: Period,
    now: datetime,
    agents: Mapping[AgentId, tuple[str, str]],
) -> list[StatusLine]:
    """Lines for ``agents`` (id → login, name). Intervals (agent, status, start, end) are cut to the days of
    the period; open ones last until ``now``. The time of day is not looked at: a status runs on."""
    lines = {agent_id: StatusLine(agent_id, *names) for agent_id, names in agents.items()}
    for agent_id, status, start, end in intervals:
        low, high = max(start, period.start), min(end or now, period.end)
        if agent_id in lines and low < high:
            line = lines[agent_id]
            line.seconds[status] = line.seconds.get(status, 0) + whole_seconds((high - low).total_seconds())
            line.times[status] = line.times.get(status, 0) + 1
    return sorted(lines.values(), key=lambda one: one.login)


def ceil_mean(total: int, count: int) -> int:
    """Total ÷ count, rounded up to whole seconds; 0 over nothing."""
    return -(-total // count) if count else 0


def ratio(part: int, whole: int) -> float:
    """Part ÷ whole; 0 over nothing (PRODUCT.md §5)."""
    return part / whole if whole > 0 else 0.0
