"""The downloads, opened again: headers, figures, definitions, and texts that stay texts."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from app.core.periods import Period, Unit
from app.core.reporting import ServiceLevelFormula, Targets, VisitFact, queue_report
from app.core.reporting_agents import AgentFacts, AgentName, DialFact, OfferFact, agent_report
from app.reports.columns import Column, Kind, as_json, queue_columns, text
from app.reports.figures import agent_workbook, queue_workbook
from app.reports.workbook import write_workbook

NOON = datetime(2026, 11, 23, 3, tzinfo=UTC)
DAY = Period(date(2026, 11, 23), date(2026, 11, 24))


def sheets(data: bytes) -> tuple[Any, Any]:
    book = load_workbook(io.BytesIO(data))
    assert len(book.worksheets) == 2
    return book.worksheets[0], book.worksheets[1]


def row_of(sheet: Any, first_cell: Any) -> int:
    return next(row[0].row for row in sheet.iter_rows() if row[0].value == first_cell)


def a_report(period: Period = DAY, targets: Targets | None = None) -> Any:
    visits = [
        VisitFact(1, NOON, "direct", "answered", 12.0, 90061.0),
        VisitFact(1, NOON, "direct", "abandoned", 4.0, 0),
        VisitFact(1, NOON + timedelta(days=1), "queue", "timeout", 600.0, 0),
    ]
    return queue_report(visits, period, targets or Targets(), {1: ("70164", "=배송 문의는")})


def test_the_queues_workbook_says_what_the_screen_says() -> None:
    report = a_report()
    sheet, definitions = sheets(queue_workbook(report, "demo"))
    top = row_of(sheet, "번호")
    groups = [cell.value for cell in sheet[top]]
    titles = [cell.value for cell in sheet[top + 1]]
    assert [g for g in groups if g] == [
        "번호", "CTI 큐번호", "CTI 큐이름", "인입호수", "처리호수", "서비스레벨", "인정시간내 포기호수",
        "인입호 대기시간", "포기호 대기시간", "응답호 처리시간",
    ]  # fmt: skip
    assert [t for t in titles if t] == [
        "총인입", "실인입", "타큐인입", "타센터인입", "내선호전환", "응답", "포기", "거부", "실패", "타큐전송",
        "타센터전송", "IR/콜백전환", "응답률", "SL내호수", "SL", "최대대기", "평균대기", "최대대기", "평균대기",
        "총통화", "평균통화",
    ]  # fmt: skip
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert f"D{top}:H{top}" in merged, "인입호수 stands over its five columns"
    assert f"I{top}:O{top}" in merged
    cells = list(sheet[top + 2])
    columns = queue_columns()
    for cell, column in zip(cells[1:], columns, strict=True):
        expected = column.value(report.lines[0])
        found = cell.value
        if column.kind is Kind.DURATION:
            found = round(found.total_seconds() if isinstance(found, timedelta) else _seconds(found))
            assert cell.number_format == "[hh]:mm:ss"
        elif column.kind is Kind.RATIO:
            assert cell.number_format == "0.00 %"
        assert found == expected, column.title
    assert sheet.cell(row_of(sheet, "합계"), 4).value == 3
    heading = {row[0].value: row[2].value for row in sheet.iter_rows(max_row=top) if row[0].value}
    assert heading["조회기간"] == "2026-11-23 ~ 2026-11-24"
    assert heading["시간"].startswith("00:00 ~ 23:59")
    assert heading["서비스레벨 기준시간 (T)"].startswith("20초")
    assert heading["인정시간 (A)"].startswith("5초")
    said = {row[0].value: row[1].value for row in definitions.iter_rows(min_row=2)}
    assert said["서비스레벨 응답률"] == "응답 ÷ 실인입 (실인입이 없으면 0)"
    assert len(said) == len(columns) + 4, "each column is defined, T, A, the formula and what is counted"


def _seconds(found: Any) -> float:
    if isinstance(found, datetime):  # openpyxl reads durations over a day as dates
        return (found - datetime(1899, 12, 30)).total_seconds()  # noqa: DTZ001 - Excel has no zones
    return float(found.hour * 3600 + found.minute * 60 + found.second)


def test_a_divided_period_has_its_parts_in_front() -> None:
    report = a_report(Period(date(2026, 11, 23), date(2026, 11, 24), unit=Unit.DAY))
    sheet, _ = sheets(queue_workbook(report, "demo"))
    top = row_of(sheet, "번호")
    assert sheet.cell(top, 2).value == "기간"
    assert [sheet.cell(top + 2 + n, 2).value for n in range(2)] == ["2026-11-23", "2026-11-24"]


def test_another_formula_is_said() -> None:
    report = a_report(targets=Targets(formula=ServiceLevelFormula.OFFERED))
    assert report.total.service_level == 0.5
    sheet, _ = sheets(queue_workbook(report, "demo"))
    assert sheet.cell(row_of(sheet, "SL 산식"), 3).value == "SL내호수 ÷ (응답 + 포기)"


@pytest.mark.parametrize("hostile", ["=1+1", "+82", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x")'])
def test_what_looks_like_a_formula_is_text(hostile: str) -> None:
    column = Column("name", "이름", Kind.TEXT, lambda line: line)
    sheet, _ = sheets(write_workbook("시험", [column], [hostile], heading=[("대상", hostile)]))
    for cell in (sheet.cell(row_of(sheet, 1), 2), sheet.cell(row_of(sheet, "대상"), 3)):
        assert cell.data_type == "s"
        assert cell.value.replace("_x000D_", "\r") == hostile
        assert cell.quotePrefix


def test_times_are_the_tenants() -> None:
    column = Column("at", "시각", Kind.TIME, lambda line: line)
    sheet, _ = sheets(write_workbook("시험", [column], [NOON]))
    assert sheet.cell(row_of(sheet, 1), 2).value == datetime(2026, 11, 23, 12, 0)  # noqa: DTZ001


def test_the_agents_workbook() -> None:
    facts = AgentFacts(
        [OfferFact(1, NOON, "answered"), OfferFact(1, NOON, "refused")], [], [DialFact(1, NOON, None)]
    )
    report = agent_report(facts, DAY, {1: AgentName("agent1", "상담원1", "공통그룹")})
    sheet, _ = sheets(agent_workbook(report, "demo"))
    top = row_of(sheet, "번호")
    assert [c.value for c in sheet[top] if c.value] == [
        "번호", "테넌트명", "로그인ID", "상담사명", "상담그룹명", "IB", "OB", "협의통화"
    ]  # fmt: skip
    assert [c.value for c in sheet[top + 2]][:10] == [
        1,
        "demo",
        "agent1",
        "상담원1",
        "공통그룹",
        2,
        1,
        0,
        1,
        0,
    ]


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (90 / 93, Kind.RATIO, "96.77 %"),
        (5 / 6, Kind.RATIO, "83.33 %"),
        (1.0, Kind.RATIO, "100.00 %"),
        (0.0, Kind.RATIO, "0.00 %"),
        (819, Kind.DURATION, "00:13:39"),
        (360000, Kind.DURATION, "100:00:00"),
        (0, Kind.COUNT, "0"),
        (None, Kind.TEXT, ""),
    ],
)
def test_texts(value: Any, kind: Kind, shown: str) -> None:
    assert text(value, kind) == shown


def test_programs_get_raw_values() -> None:
    line = as_json(a_report().lines[0], queue_columns())
    assert line["total"] == 3
    assert line["response_rate"] == 0.5
    assert line["talk_total"] == 90061
    assert len(line) == len(queue_columns()), "no two columns share a key"
