"""상담원별 통계, and the identities that hold across reports (PRODUCT.md §5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.billing import whole_seconds
from app.core.definitions import AgentId
from app.core.periods import Period
from app.core.reporting import ContactReport, QueueReport, ceil_mean


@dataclass(frozen=True, slots=True)
class OfferFact:
    """An ended offer from a queue. ``counted_at`` is when the visit began: it and its visit must fall into
    the same period whatever midnight lies between."""

    agent_id: AgentId
    counted_at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class TalkFact:
    """A conversation of an agent. ``counted_at`` is when its visit began (inbound) or when it began itself.

    ``direction``: inbound, transfer, consult, internal_in, internal_out.
    """

    agent_id: AgentId
    counted_at: datetime
    direction: str
    talk_seconds: float


@dataclass(frozen=True, slots=True)
class DialFact:
    """An outgoing call that an agent tried; ``talk_seconds`` of the agent's own talk, None: not connected."""

    agent_id: AgentId
    counted_at: datetime
    talk_seconds: float | None


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """Everything that the agents' statistics count."""

    offers: Iterable[OfferFact] = ()
    talks: Iterable[TalkFact] = ()
    dials: Iterable[DialFact] = ()


@dataclass(frozen=True, slots=True)
class AgentName:
    """Who a line is about."""

    login: str
    name: str
    group: str = ""


@dataclass(slots=True)
class AgentLine:
    """A line of 상담원별 통계. Seconds are whole."""

    bucket: str = ""
    agent_id: AgentId | None = None
    login: str = ""
    name: str = ""
    group: str = ""
    answered: int = 0
    abandoned: int = 0
    refused: int = 0
    failed: int = 0
    inbound_talk: int = 0
    internal_in: int = 0
    internal_in_talk: int = 0
    reached: int = 0
    missed: int = 0
    outbound_talk: int = 0
    internal_out: int = 0
    internal_out_talk: int = 0
    consults: int = 0
    consult_talk: int = 0
    transfers_received: int = 0
    transfer_talk: int = 0

    @property
    def offered(self) -> int:
        """분배 = 응답 + 포기 + 거부 + 실패."""
        return self.answered + self.abandoned + self.refused + self.failed

    @property
    def attempts(self) -> int:
        """통화시도 = 성공 + 실패."""
        return self.reached + self.missed

    @property
    def inbound_mean(self) -> int:
        """IB 평균통화시간 = ceil(통화시간 ÷ 응답)."""
        return ceil_mean(self.inbound_talk, self.answered)

    @property
    def outbound_mean(self) -> int:
        """OB 평균통화시간 = ceil(통화시간 ÷ 시도)."""
        return ceil_mean(self.outbound_talk, self.attempts)

    def count_offer(self, offer: OfferFact) -> None:
        """Add one offer. No answer within the recall time, a phone that failed or an offer taken back: 실패."""
        match offer.outcome:
            case "answered":
                self.answered += 1
            case "caller_gone":
                self.abandoned += 1
            case "refused":
                self.refused += 1
            case _:
                self.failed += 1

    def count_talk(self, talk: TalkFact) -> None:
        """Add one conversation."""
        seconds = whole_seconds(talk.talk_seconds)
        match talk.direction:
            case "inbound":
                self.inbound_talk += seconds
            case "internal_in":
                self.internal_in += 1
                self.internal_in_talk += seconds
            case "internal_out":
                self.internal_out += 1
                self.internal_out_talk += seconds
            case "consult":
                self.consults += 1
                self.consult_talk += seconds
            case "transfer":
                self.transfers_received += 1
                self.transfer_talk += seconds

    def count_dial(self, dial: DialFact) -> None:
        """Add one outgoing call."""
        if dial.talk_seconds is None:
            self.missed += 1
        else:
            self.reached += 1
            self.outbound_talk += whole_seconds(dial.talk_seconds)


@dataclass(frozen=True, slots=True)
class AgentReport:
    """상담원별 통계: lines by part of the period and agent, and the sum of all of them."""

    period: Period
    lines: Sequence[AgentLine]
    total: AgentLine


def agent_report(facts: AgentFacts, period: Period, agents: Mapping[AgentId, AgentName]) -> AgentReport:
    """Lines for ``agents``; an undivided period has one for each, also an empty one."""
    lines: dict[tuple[str, AgentId], AgentLine] = {}
    total = AgentLine(name="합계")

    def line(bucket: str, agent_id: AgentId) -> AgentLine:
        who = agents[agent_id]
        return AgentLine(bucket, agent_id, who.login, who.name, who.group)

    if period.bucket(period.start) == "":
        lines = {("", agent_id): line("", agent_id) for agent_id in agents}

    def lines_for(agent_id: AgentId, at: datetime) -> tuple[AgentLine, ...]:
        if agent_id not in agents or not period.holds(at):
            return ()
        key = period.bucket(at), agent_id
        if key not in lines:
            lines[key] = line(*key)
        return lines[key], total

    for offer in facts.offers:
        for one in lines_for(offer.agent_id, offer.counted_at):
            one.count_offer(offer)
    for talk in facts.talks:
        for one in lines_for(talk.agent_id, talk.counted_at):
            one.count_talk(talk)
    for dial in facts.dials:
        for one in lines_for(dial.agent_id, dial.counted_at):
            one.count_dial(dial)
    ordered = sorted(lines.values(), key=lambda one: (one.bucket, one.login, one.agent_id))
    return AgentReport(period, ordered, total)


def broken_identities(
    queues: QueueReport, agents: AgentReport | None = None, contacts: ContactReport | None = None
) -> list[str]:
    """Sentences for the identities of PRODUCT.md §5 that do not hold; ``[]`` when all do.

    The queues' and the agents' report must be of the same period and of all queues and agents.
    """
    problems = []
    for line in [*queues.lines, queues.total]:
        if line.total != line.handled:
            problems.append(
                f"Queue {line.number} {line.name} {line.bucket}: 총인입 {line.total} is not the sum of what became "
                f"of the calls, {line.handled}."
            )
    for field in ("total", "answered", "abandoned", "talk_total", "wait_total"):
        parts, whole = sum(getattr(one, field) for one in queues.lines), getattr(queues.total, field)
        if parts != whole:
            problems.append(f"The queues' {field} add up to {parts}, their sum says {whole}.")
    if agents is not None:
        pairs = (
            ("응답", queues.total.answered, sum(one.answered for one in agents.lines)),
            ("통화시간", queues.total.talk_total, sum(one.inbound_talk for one in agents.lines)),
        )
        for what, of_queues, of_agents in pairs:
            if of_queues != of_agents:
                problems.append(f"The queues' {what} are {of_queues}, the agents' IB {what} are {of_agents}.")
    if contacts is not None:
        parts = sum(one.inbound + one.outbound for one in contacts.lines)
        if parts != contacts.total.total:
            problems.append(f"상담유형: the lines add up to {parts}, 합계 says {contacts.total.total}.")
    return problems
