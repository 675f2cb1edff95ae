"""History, statistics and Excel agree to the second with what the telephones saw."""

from __future__ import annotations

from datetime import time, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from tests.freeswitch.stack import Stack, around_today, eventually, wait_tone

pytestmark = [pytest.mark.freeswitch, pytest.mark.timeout(300)]


def seconds(cell: Any) -> Any:
    """A cell's value; durations as seconds."""
    if isinstance(cell, timedelta):
        return round(cell.total_seconds())
    if isinstance(cell, time):
        return cell.hour * 3600 + cell.minute * 60 + cell.second
    return cell


def round_half_up(value: float) -> int:
    return int(value + 0.5)


def test_statistics_and_excel_say_what_the_telephones_saw(stack: Stack) -> None:
    count = stack.tenants["count"]
    agent = count.agents[0]
    phone = agent.start_work(on_invite="ring")
    talked, waited = [], []
    numbers = [stack.number() for _ in range(3)]
    for number, rung, packets in ((numbers[0], 10, 60), (numbers[1], 110, 130)):
        before = len(phone.calls)
        call = stack.caller(number).call(count.did).wait_state("talking", 15)
        at_agent = phone.wait_call(before + 1, 15)
        heard = len(call.rtp.heard.packets)
        eventually(lambda c=call, n=heard + rung: len(c.rtp.heard.packets) > n, 15, "lets it ring")
        at_agent.answer()
        wait_tone(call, agent.hertz)
        eventually(lambda at=at_agent, n=packets: len(at.rtp.heard.packets) > n, 15, "talk")
        call.hang_up()
        at_agent.wait_state("ended", 10)
        waited.append(at_agent.answered_at - at_agent.rang_at)  # it rang as soon as the call was in the queue
        talked.append(at_agent.ended_at - at_agent.answered_at)
        agent.wait("idle", "wrap_up")
        agent.available()
    agent.do("status", status="on_break", reason="식사")
    lost = stack.caller(numbers[2]).call(count.did).wait_state("talking", 15)
    eventually(lambda: count.waiting() == 1, 15, "waits")
    eventually(lambda: len(lost.rtp.heard.packets) > 120, 15, "over two seconds")
    lost.hang_up()
    records = [count.ended_call(number) for number in numbers]
    count.rest()
    assert [record["outcome"] for record in records] == ["connected", "connected", "queue_abandoned"]
    for record, seen in zip(records, talked, strict=False):
        assert record["talk_seconds"] == pytest.approx(seen, abs=0.7)

    waits = [record["visits"][0]["wait_seconds"] for record in records]
    for told, seen in zip(waits, waited, strict=False):
        assert told == pytest.approx(seen, abs=0.7)

    # All of the tenant's history, should the test have run before.
    history = [count.api.get(f"calls/{call['id']}") for call in count.calls()]
    talks = [round_half_up(call["talk_seconds"]) for call in history if call["outcome"] == "connected"]
    waits = [visit["wait_seconds"] for call in history for visit in call["visits"]]
    query = around_today()
    report = count.api.get("statistics/queues", **query)
    (line,) = report["lines"]
    assert (line["total"], line["direct"]) == (len(waits), len(waits))
    assert (line["answered"], line["abandoned"]) == (len(talks), len(waits) - len(talks))
    assert line["response_rate"] == pytest.approx(len(talks) / len(waits))
    assert (line["within_level"], line["service_level"]) == (len(talks), 1)
    assert line["talk_total"] == sum(talks)
    assert line["talk_mean"] == -(-sum(talks) // len(talks))
    assert line["wait_max"] == max(map(round_half_up, waits))
    agents = count.api.get("statistics/agents", **query)["lines"]
    assert [(a["login"], a["answered"], a["inbound_talk"]) for a in agents if a["offered"]] == [
        (agent.login, len(talks), sum(talks))
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
