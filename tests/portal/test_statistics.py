"""통계: the page, the API and the Excel file say the same."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import openpyxl
import pytest

from app.reports.columns import Kind, text
from tests.portal.world import add_call

ALWAYS = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


@pytest.fixture
def day(world) -> None:
    """Ten calls of today: seven answered (one slowly), three abandoned (one shortly)."""
    for number in range(6):
        add_call(world, call_id=f"a{number}", minutes_ago=10 + number, talk=20 + number, wait=5)
    add_call(world, call_id="slow", minutes_ago=30, talk=60, wait=45, agent="agent2")
    add_call(world, call_id="short", minutes_ago=31, wait=3, agent=None, outcome="queue_abandoned")
    for number in range(2):
        add_call(world, call_id=f"gone{number}", minutes_ago=40, wait=50, outcome="ringing_abandoned")
    add_call(world, call_id="out", direction="outbound", talk=12, agent="agent2")


def rows_of(page: str) -> list[list[str]]:
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row)]
        for row in re.findall(r"<tr>.*?</tr>", body, re.S)
    ]


def test_queue_statistics_follow_the_formulas(day, program) -> None:
    report = program("demo", "admin").get("/statistics/queues").json
    first = report["lines"][0]
    assert (first["total"], first["answered"], first["abandoned"], first["short_abandons"]) == (10, 7, 3, 1)
    assert first["response_rate"] == pytest.approx(0.7)
    assert (first["within_level"], first["service_level"]) == (6, pytest.approx(6 / 7))
    assert first["talk_total"] == sum(20 + number for number in range(6)) + 60
    assert report["total"]["total"] == 10
    stricter = program("demo", "admin").get("/statistics/queues?service_level_seconds=4&formula=offered").json
    assert (stricter["lines"][0]["within_level"], stricter["service_level_seconds"]) == (0, 4)


@pytest.mark.parametrize("kind", ["queues", "agents", "contact-types"])
@pytest.mark.parametrize("query", ["", "?unit=hour", "?from_time=14:00&to_time=14:10"])
def test_page_api_and_excel_agree(day, program, log_in, client, kind, query) -> None:
    program("demo", "agent1").put("/calls/a0/wrap-up", json={"contact_type_id": 1})
    manager = program("demo", "admin")
    api = manager.get(f"/statistics/{kind}{query}").json
    log_in("admin", role="manager")
    page = rows_of(client.get(f"/statistics/{kind}{query}").get_data(as_text=True))
    file = client.get(f"/statistics/{kind}.xlsx{query}")
    assert file.data == manager.get(f"/statistics/{kind}.xlsx{query}").data or file.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(file.data)).worksheets[0]
    kinds = [Kind(column["kind"]) for column in api["columns"]]
    keys = [column["key"] for column in api["columns"]]
    expected = [
        [text(line[key], kind) for key, kind in zip(keys, kinds, strict=True)] for line in api["lines"]
    ]
    shown = [row[1:] for row in page] if api["lines"] else []
    assert shown == expected
    excel = [list(row) for row in sheet.iter_rows(values_only=True)]
    start = next(i for i, row in enumerate(excel) if row[0] == "번호") + 2
    for number, line in enumerate(api["lines"]):
        cells = excel[start + number][1 : 1 + len(keys)]
        for key, kind, cell in zip(keys, kinds, cells, strict=True):
            if kind is Kind.DURATION:
                seconds = cell.total_seconds() if hasattr(cell, "total_seconds") else _seconds(cell)
                assert round(seconds) == line[key]
            elif kind is Kind.TEXT:
                assert (cell or "") == line[key]
            else:
                assert cell == pytest.approx(line[key])
    assert len(openpyxl.load_workbook(io.BytesIO(file.data)).worksheets) == 2


def _seconds(cell) -> float:
    return cell.hour * 3600 + cell.minute * 60 + cell.second if hasattr(cell, "hour") else cell * 86400


def test_the_chosen_queues_alone_are_counted(day, program) -> None:
    report = program("demo", "admin").get("/statistics/queues?id=2&id=3").json
    assert [line["name"] for line in report["lines"]] == ["배송 문의", "기타 문의"]
    assert report["total"]["total"] == 0


def test_queues_and_agents_agree_with_each_other(day, program) -> None:
    manager = program("demo", "admin")
    queues, agents = (manager.get(f"/statistics/{kind}").json["total"] for kind in ("queues", "agents"))
    assert queues["answered"] == agents["answered"] == 7
    assert queues["talk_total"] == agents["inbound_talk"]


def test_summary_and_dashboard_agree_with_the_report(day, program) -> None:
    dashboard = program("demo", "admin").get("/dashboard").json
    assert (dashboard["inbound"], dashboard["answered"], dashboard["abandoned"]) == (10, 7, 3)
    assert sum(dashboard["arrivals"]["today"]) == 10
    summary = program("demo", "agent2").get("/summary").json
    assert (summary["today"]["offered"], summary["today"]["answered"]) == (10, 7)
    assert summary["today"]["rate"] == pytest.approx(70)
    assert summary["mine"] == {"answered": 1, "dialled": 1, "talk_seconds": 72, "mean_talk_seconds": 36}


@pytest.mark.parametrize("kind", ["queues", "agents", "contact-types"])
def test_titles_and_definitions_are_in_the_readers_language(program, kind) -> None:
    manager = program("demo", "admin")
    korean, english = (
        manager.get(f"/statistics/{kind}?unit=day", headers={"Accept-Language": language}).json["columns"]
        for language in ("ko", "en")
    )
    assert [column["key"] for column in korean] == [column["key"] for column in english]
    for part in ("title", "group", "definition"):
        assert any(re.search("[가-힣]", column[part]) for column in korean)
        assert not any(re.search("[가-힣]", column[part]) for column in english)


@pytest.mark.parametrize("query", ["?unit=fortnight", "?id=x", "?formula=best", "?service_level_seconds=0"])
def test_malformed_filters_are_refused(program, query) -> None:
    assert program("demo", "admin").get(f"/statistics/queues{query}").status_code == 422
    assert program("demo", "admin").get("/statistics/moods").status_code == 404


def test_views_and_downloads_are_noted(program, world) -> None:
    manager = program("demo", "admin")
    manager.get("/statistics/queues")
    manager.get("/statistics/agents.xlsx")
    rows, _ = world.tenants["demo"].audits(*ALWAYS, 10, 0)
    assert [(row.subject, row.action) for row in reversed(rows)] == [
        ("상담큐통계", "view"),
        ("상담원별통계", "download"),
    ]
