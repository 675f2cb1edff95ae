"""The seeds' own sample rows come out of the formulas, figure by figure."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.core.periods import Period
from app.core.reporting import ContactFact, QueueReport, Targets, VisitFact, contact_report, queue_report
from app.core.reporting_agents import (
    AgentFacts,
    AgentName,
    DialFact,
    OfferFact,
    TalkFact,
    agent_report,
    broken_identities,
)

DECEMBER = Period(date(2019, 12, 1), date(2019, 12, 19))
NOON = datetime(2019, 12, 10, 3, tzinfo=UTC)


def visits(queue: int, origin: str, outcome: str, waits: list[float], talk: float = 0.0) -> list[VisitFact]:
    """Visits of one kind; the first bears all the talk."""
    return [
        VisitFact(queue, NOON, origin, outcome, wait, talk if index == 0 else 0.0)
        for index, wait in enumerate(waits)
    ]


# Waits that the sample's figures leave open are chosen so that its maxima and means come out.
SAMPLE = [
    *visits(1, "direct", "answered", [5.0] * 86, talk=19 * 60 + 38),
    *visits(1, "direct", "answered", [20.0, 20.0]),  # exactly T is within T
    *visits(1, "direct", "answered", [20.4, 13 * 60 + 39]),
    *visits(1, "direct", "abandoned", [4.0, 4.0, 4.0]),
    *visits(1, "extension", "failed", [60.0, 60.0, 40.0, 40.0]),
    *visits(2, "direct", "answered", [10.0] * 5, talk=15 * 60 + 35),
    *visits(2, "direct", "answered", [110.0]),
    *visits(2, "direct", "abandoned", [115.0, 35.0]),
    *visits(2, "extension", "failed", [87.0, 87.0, 87.0, 89.0]),
    *visits(3, "direct", "abandoned", [53.0]),
]
QUEUES = {1: ("70164", "아이엠스쿨"), 2: ("70244", "아이엠클래스"), 3: ("70245", "핑다올")}


@pytest.fixture
def report() -> QueueReport:
    # 인정시간내 포기 is 0 although three abandoned after 4 s: that tenant's A was below 4 s.
    return queue_report(SAMPLE, DECEMBER, Targets(20, 3), QUEUES)


@pytest.mark.parametrize(
    ("number", "counts", "rate", "level", "waits", "talk"),
    [
        # 총인입 실인입 내선호전환 응답 포기 실패 | 응답률 | SL내호수 SL | 인정시간내, 대기, 포기호 대기 | 통화
        ("70164", (97, 93, 4, 90, 3, 4), 96.77, (88, 97.78), (0, 819, 16, 4, 4), (1178, 14)),
        ("70244", (12, 8, 4, 6, 2, 4), 75.00, (5, 83.33), (0, 115, 55, 115, 75), (935, 156)),
        ("70245", (1, 1, 0, 0, 1, 0), 0.00, (0, 0.00), (0, 53, 53, 53, 53), (0, 0)),
    ],
)
def test_queue_rows(
    report: QueueReport,
    number: str,
    counts: tuple[int, ...],
    rate: float,
    level: tuple[int, float],
    waits: tuple[int, ...],
    talk: tuple[int, int],
) -> None:
    (line,) = [one for one in report.lines if one.number == number]
    assert (
        line.total, line.direct, line.from_extension, line.answered, line.abandoned, line.failed
    ) == counts  # fmt: skip
    assert (
        line.from_queue,
        line.from_centre,
        line.refused,
        line.to_queue,
        line.to_centre,
        line.to_callback,
    ) == ((0,) * 6)
    assert round(line.response_rate * 100, 2) == rate
    assert (line.within_level, round(line.service_level * 100, 2)) == level
    found = (
        line.short_abandons,
        line.wait_max,
        line.wait_mean,
        line.abandon_wait_max,
        line.abandon_wait_mean,
    )
    assert found == waits
    assert (line.talk_total, line.talk_mean) == talk


AGENTS = {
    4: AgentName("agent4", "상담사4", "공통그룹"),
    1: AgentName("agent1", "상담원1", "공통그룹"),
    2: AgentName("agent2", "상담원2", "공통그룹"),
}


def agent_facts() -> AgentFacts:
    def offers(agent: int, outcome: str, count: int) -> list[OfferFact]:
        return [OfferFact(agent, NOON, outcome)] * count

    def talks(agent: int, total: int, count: int) -> list[TalkFact]:
        rest = [TalkFact(agent, NOON, "inbound", 1.0)] * (count - 1)
        return [TalkFact(agent, NOON, "inbound", total - count + 1.0), *rest]

    def dials(agent: int, total: int, reached: int, missed: int) -> list[DialFact]:
        first = DialFact(agent, NOON, total - reached + 1.0)
        return [first, *[DialFact(agent, NOON, 1.0)] * (reached - 1), *[DialFact(agent, NOON, None)] * missed]

    return AgentFacts(
        offers=[
            *offers(4, "answered", 5),
            *offers(1, "answered", 12), *offers(1, "no_answer", 5), *offers(1, "failed", 2),
            *offers(2, "answered", 79), *offers(2, "withdrawn", 1),
        ],
        talks=[*talks(4, 31, 5), *talks(1, 1257, 12), *talks(2, 825, 79)],
        dials=[*dials(4, 27, 4, 0), *dials(1, 36, 2, 0), *dials(2, 493, 81, 4)],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("login", "inbound", "outbound"),
    [
        # 분배 응답 포기 거부 실패 통화시간 평균 | 시도 성공 실패 통화시간 평균
        ("agent4", (5, 5, 0, 0, 0, 31, 7), (4, 4, 0, 27, 7)),
        ("agent1", (19, 12, 0, 0, 7, 1257, 105), (2, 2, 0, 36, 18)),
        ("agent2", (80, 79, 0, 0, 1, 825, 11), (85, 81, 4, 493, 6)),
    ],
)
def test_agent_rows(login: str, inbound: tuple[int, ...], outbound: tuple[int, ...]) -> None:
    report = agent_report(agent_facts(), DECEMBER, AGENTS)
    (line,) = [one for one in report.lines if one.login == login]
    found = (line.offered, line.answered, line.abandoned, line.refused, line.failed)
    assert (*found, line.inbound_talk, line.inbound_mean) == inbound
    assert (line.attempts, line.reached, line.missed, line.outbound_talk, line.outbound_mean) == outbound


def test_the_samples_fit_together(report: QueueReport) -> None:
    agents = agent_report(agent_facts(), DECEMBER, AGENTS)
    assert report.total.answered == 96
    assert report.total.talk_total == 2113
    assert broken_identities(report, agents) == []


def test_a_missing_answer_is_seen(report: QueueReport) -> None:
    facts = agent_facts()
    lame = AgentFacts(list(facts.offers)[1:], list(facts.talks)[1:], facts.dials)
    problems = broken_identities(report, agent_report(lame, DECEMBER, AGENTS))
    assert [problem.split(" are ")[1].split(",")[0] for problem in problems] == ["96", "2113"]


def test_contact_type_rows() -> None:
    rows = {
        # IB 인입 총 평균 | OB 인입 총 평균 | 합계 총 평균
        "배송문의": ((4, 28, 7), (2, 16, 8), (6, 44, 8)),
        "취소문의": ((1, 6, 6), (2, 10, 5), (3, 16, 6)),
        "반품문의": ((2, 11, 6), (2, 10, 5), (4, 21, 6)),
        "기타상담": ((1, 7, 7), (0, 0, 0), (1, 7, 7)),
        "기타": ((0, 0, 0), (3, 25, 9), (3, 25, 9)),
    }
    types = {1: "배송문의", 2: "취소문의", 3: "반품문의", 4: "기타상담"}
    ids = {name: type_id for type_id, name in types.items()} | {"기타": None}
    facts = []
    for name, (inbound, outbound, _) in rows.items():
        for direction, (count, total, _) in (("inbound", inbound), ("outbound", outbound)):
            for index in range(count):
                talk = total // count + (1 if index < total % count else 0)
                facts.append(ContactFact(ids[name], direction, NOON, talk))
    report = contact_report(facts, DECEMBER, types)
    assert {
        line.name: (
            (line.inbound, line.inbound_talk, line.inbound_mean),
            (line.outbound, line.outbound_talk, line.outbound_mean),
            (line.total, line.total_talk, line.mean),
        )
        for line in report.lines
    } == rows
