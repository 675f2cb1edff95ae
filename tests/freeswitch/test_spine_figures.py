"""History, statistics and Excel agree to the second with what the telephones saw."""

from __future__ import annotations

from datetime import time, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from tests.freeswitch.stack import Stack, around_today, eventually, wait_prompt, wait_tone

pytestmark = [pytest.mark.freeswitch, pytest.mark.timeout(300)]


def seconds(cell: Any) -> Any:
    """A cell's value; durations as seconds."""
    if isinstance(cell, timedelta):
        return round(cell.total_seconds())
    if isinstance(cell, time):
        return cell.hour * 3600 + cell.minute * 60 + cell.second
    return cell


def test_statistics_and_excel_say_what_the_telephones_saw(stack: Stack) -> None:
    count = stack.tenants["count"]
    agent = count.agents[0]
    phone = agent.start_work(on_invite="ring")
    talked, waited = [], []
    for number, packets in (("01020000301", 120), ("01020000302", 200)):
        call = stack.caller(number).call(count.did).wait_state("talking", 15)
        before = len(phone.calls)
        at_agent = phone.wait_call(before + 1, 15)
        wait_prompt(call, "connecting")
        queued = call.rtp.heard.packets[-1].at
        at_agent.answer()
        wait_tone(call, agent.hertz)
        eventually(lambda at=at_agent, n=packets: len(at.rtp.heard.packets) > n, 15, "talk")
        call.hang_up()
        at_agent.wait_state("ended", 10)
        waited.append(at_agent.answered_at - queued)
        talked.append(at_agent.ended_at - at_agent.answered_at)
        agent.wait("idle", "wrap_up")
        agent.available()
    agent.do("status", status="on_break", reason="식사")
    lost = stack.caller("01020000303").call(count.did).wait_state("talking", 15)
    eventually(lambda: count.waiting() == 1, 15, "waits")
    eventually(lambda: len(lost.rtp.heard.packets) > 200, 15, "four seconds")
    lost.hang_up()
    records = [count.ended_call(f"0102000030{n}") for n in (1, 2, 3)]
    count.rest()
    assert [record["outcome"] for record in records] == ["connected", "connected", "queue_abandoned"]
    for record, seen in zip(records, talked, strict=False):
        assert record["talk_seconds"] == pytest.approx(seen, abs=0.7)

    query = around_today()
    report = count.api.get("statistics/queues", **query)
    (line,) = report["lines"]
    assert (line["total"], line["direct"], line["answered"], line["abandoned"]) == (3, 3, 2, 1)
    assert line["response_rate"] == pytest.approx(2 / 3)
    assert (line["within_level"], line["service_level"]) == (2, 1)
    assert line["talk_total"] == sum(int(record["talk_seconds"] + 0.5) for record in records)
    assert line["talk_total"] == pytest.approx(sum(talked), abs=1.5)
    assert line["talk_mean"] == -(-line["talk_total"] // 2)
    waits = [record["visits"][0]["wait_seconds"] for record in records]
    assert line["wait_max"] == max(int(wait + 0.5) for wait in waits)
    agents = count.api.get("statistics/agents", **query)["lines"]
    assert [(a["login"], a["answered"], a["inbound_talk"]) for a in agents if a["offered"]] == [
        (agent.login, 2, line["talk_total"])
    ]

    for kind, lines in (("queues", [line]), ("agents", agents)):
        columns = count.api.get(f"statistics/{kind}", **query)["columns"]
        book = openpyxl.load_workbook(BytesIO(count.api.file(f"statistics/{kind}.xlsx", **query)))
        rows = list(book.worksheets[0].iter_rows(values_only=True))
        assert len(book.worksheets) == 2, "the definitions"
        at = next(n for n, row in enumerate(rows) if row[0] == 1)
        for row, told in zip(rows[at:], lines, strict=False):
            for column, cell in zip(columns, row[1:], strict=False):
                value = told[column["key"]]
                if column["kind"] == "ratio":
                    assert cell == pytest.approx(value), column
                elif value not in (None, ""):
                    assert seconds(cell) == value, column
