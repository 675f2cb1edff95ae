"""The product from outside, on both switches: what REST, the live events, the statistics and Excel say of calls that
are really there, and what is left of them when the controller or the switch is killed."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from tests.freeswitch.stack import Agent, around_today, eventually
from tests.spine.conftest import Product
from tests.spine.outside import Customer, begin_work

pytestmark = pytest.mark.timeout(180)


def ring(product: Product, number: str, agent: Agent) -> Customer:
    """A customer has chosen 1; the agent's telephone rings."""
    customer = product.telephones.call(number, product.tenant.did, "1")
    agent.wait("ringing")
    eventually(lambda: product.telephones.ringing(agent), 10, f"{agent.login}'s telephone rings")
    return customer


def talk(product: Product, number: str, agent: Agent) -> Customer:
    customer = ring(product, number, agent)
    product.telephones.lift(agent)
    agent.wait_phase("talking")
    return customer


class LiveEvents:
    """Listens to ``/api/v1/events`` as a browser does."""

    def __init__(self, product: Product) -> None:
        self.events: list[tuple[float, str, dict[str, Any]]] = []
        self._connection = http.client.HTTPConnection("127.0.0.1", product.stack.settings.web_port, timeout=30)
        token = product.tenant.api.token
        self._connection.request("GET", "/api/v1/events", headers={"Authorization": f"Bearer {token}"})
        self._answer = self._connection.getresponse()
        assert self._answer.headers["Content-Type"].startswith("text/event-stream")
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        name = ""
        try:
            for line in self._answer:
                word, _, value = line.decode().rstrip("\n").partition(": ")
                if word == "event":
                    name = value
                elif word == "data":
                    self.events.append((time.monotonic(), name, json.loads(value)))
        except (OSError, ValueError, AttributeError):
            return  # closed by the test

    def states(self, agent: Agent) -> list[str]:
        """The agent's states as they were told, each once."""
        found: list[str] = []
        for _, name, data in list(self.events):
            if name == "agent" and data["agent"]["id"] == agent.id:
                state = data["agent"]["state"]
                if not found or found[-1] != state:
                    found.append(state)
        return found

    def close(self) -> None:
        sock = self._connection.sock
        if sock is not None:
            sock.shutdown(socket.SHUT_RDWR)  # wakes who reads; closing alone would wait for the next event
        self._thread.join(5)
        self._connection.close()


def test_a_call_from_ring_to_excel(product: Product) -> None:
    """Live events, history, write-up, statistics and Excel say of a call what the telephones know."""
    tenant, agent = product.tenant, product.tenant.agents[0]
    begin_work(product.telephones, agent)
    live = LiveEvents(product)
    before = tenant.api.get("statistics/queues", **around_today())["lines"][0]
    customer = ring(product, "01030000100", agent)
    shown = agent.view()["call"]
    assert (shown["number"], shown["queue_id"], shown["phase"]) == ("01030000100", tenant.queues[0], "ringing")
    product.telephones.lift(agent)
    began = time.monotonic()
    agent.wait_phase("talking")
    eventually(lambda: time.monotonic() - began > 2, 5, "two seconds of talk")
    customer.hang_up()
    talked = time.monotonic() - began
    agent.wait("idle", "wrap_up")
    eventually(lambda: not product.telephones.talking(agent), 5, "the telephone is down")
    record = tenant.ended_call("01030000100")
    assert (record["outcome"], record["ended_by"], record["menu"]) == ("connected", "caller", "1")
    assert record["talk_seconds"] == pytest.approx(talked, abs=0.7)
    eventually(lambda: live.states(agent)[-3:] == ["ringing", "on_call", "idle"], 5, f"{live.states(agent)}")
    live.close()

    kind = agent.api.get("contact-types")[0]
    text = {"contact_type_id": kind["id"], "inquiry": "배송 문의", "action": "송장 안내"}
    assert agent.api.ask("PUT", f"calls/{record['id']}/wrap-up", text).status == 200
    agent.do("wrap-up", status="available")
    assert tenant.api.get(f"calls/{record['id']}")["wrap_ups"][0]["inquiry"] == "배송 문의"

    report = tenant.api.get("statistics/queues", **around_today())
    line = report["lines"][0]
    assert line["answered"] - before["answered"] == line["total"] - before["total"] == 1
    assert line["talk_total"] - before["talk_total"] == int(record["talk_seconds"] + 0.5)
    book = openpyxl.load_workbook(BytesIO(tenant.api.file("statistics/queues.xlsx", **around_today())))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    first = next(row for row in rows if row[0] == 1)
    keys = [column["key"] for column in report["columns"]]
    assert first[1 + keys.index("answered")] == line["answered"]
    assert first[1 + keys.index("total")] == line["total"]


def test_refused_not_answered_and_given_up(product: Product) -> None:
    """The customer keeps the place while the telephones say no; misses end in a break; the records tell it."""
    tenant, (first, second, _) = product.tenant, product.tenant.agents
    begin_work(product.telephones, first)
    customer = ring(product, "01030000200", first)
    product.telephones.refuse(first)
    first.wait("idle", "available")
    assert tenant.waiting() == 1
    begin_work(product.telephones, second, idle=False)
    second.wait("ringing")
    first.do("status", status="on_break", reason="식사")
    second.do("reject")
    second.wait("idle", seconds=5)
    eventually(lambda: not product.telephones.ringing(second), 5, "it stops at once")
    customer.hang_up()
    record = tenant.ended_call("01030000200")
    assert record["outcome"] in ("queue_abandoned", "ringing_abandoned")
    outcomes = [(offer["agent_id"], offer["outcome"]) for offer in record["offers"]]
    assert outcomes[:2] == [(first.id, "refused"), (second.id, "refused")]


def test_hold_consult_and_connect(product: Product) -> None:
    tenant, (first, second, _) = product.tenant, product.tenant.agents
    begin_work(product.telephones, first)
    customer = talk(product, "01030000300", first)
    begin_work(product.telephones, second)
    first.do("hold")
    first.wait("holding")
    first.do("resume")
    first.wait_phase("talking")
    first.do("transfer/consult", target_agent=second.id)
    eventually(lambda: product.telephones.ringing(second), 10, "the colleague's telephone rings")
    product.telephones.lift(second)
    first.wait_phase("consulting")
    first.do("transfer/complete")
    first.wait("idle", "wrap_up")
    second.wait_phase("talking")
    product.telephones.hang_up(second)
    second.wait("idle", "wrap_up")
    eventually(lambda: not customer.up, 5, "the customer's call has ended")
    record = tenant.ended_call("01030000300")
    assert [(t["agent_id"], t["direction"]) for t in record["talks"]] == [
        (first.id, "inbound"), (second.id, "consult"), (second.id, "transfer"),
    ]  # fmt: skip
    assert record["ended_by"] == "agent"


def test_commands_that_make_no_sense_are_refused_in_two_languages(product: Product) -> None:
    agent = product.tenant.agents[2]
    port, token = product.stack.settings.web_port, agent.api.token

    def ask(command: str, body: dict[str, Any], language: str) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        headers = {
            "Authorization": f"Bearer {token}", "Content-Type": "application/json", "Accept-Language": language,
        }  # fmt: skip
        connection.request("POST", f"/api/v1/agent/{command}", json.dumps(body), headers)
        answer = connection.getresponse()
        found = answer.status, json.loads(answer.read())
        connection.close()
        return found

    agent.do("login")
    assert agent.refused("dial", number="0212345678") == "phone_not_registered"
    begin_work(product.telephones, agent)
    for command, body, code in (
        ("hold", {}, "no_call"),
        ("answer", {}, "not_ringing"),
        ("transfer/complete", {}, "no_call"),
        ("dial", {"number": "abc"}, "bad_number"),
        ("dial", {"number": "0018005551234"}, "international_refused"),
        ("status", {"status": "asleep"}, None),
        ("dial", {}, None),
    ):
        korean, english = ask(command, body, "ko"), ask(command, body, "en")
        assert 400 <= korean[0] < 500 and korean[0] == english[0], (command, korean)
        assert korean[1]["code"] == english[1]["code"] and code in (None, korean[1]["code"]), korean
        assert korean[1]["message"] and korean[1]["message"] != english[1]["message"], (command, korean, english)
        assert english[1]["message"].isascii(), english


def test_the_controller_is_killed(product: Product) -> None:
    """Who talks notices nothing, who waits keeps the place and is served within five seconds of its return."""
    tenant, stack, (first, second, _) = product.tenant, product.stack, product.tenant.agents
    begin_work(product.telephones, first)
    talking = talk(product, "01030000400", first)
    waiting = product.telephones.call("01030000410", tenant.did, "1")
    eventually(lambda: tenant.waiting() == 1, 10, "one waits")
    stack.kill("controller")
    assert talking.up and waiting.up and product.telephones.talking(first)
    stack.start("controller")
    returned = time.monotonic()
    begin_work(product.telephones, second, idle=False)
    eventually(lambda: product.telephones.ringing(second), 5, "who waited is served")
    assert time.monotonic() - returned < 5
    assert first.view()["state"] == "on_call" and product.telephones.talking(first)
    product.telephones.lift(second)
    second.wait_phase("talking")
    talking.hang_up()
    waiting.hang_up()
    for agent in (first, second):
        agent.wait("idle", "wrap_up")
    for number, agent in (("01030000400", first), ("01030000410", second)):
        record = tenant.ended_call(number)
        assert record["outcome"] == "connected"
        assert [t["agent_id"] for t in record["talks"]] == [agent.id]
        assert [v["outcome"] for v in record["visits"]] == ["answered"]


def test_without_a_controller_the_fallback_rings(product: Product) -> None:
    """And the worker tells the call from the switch's own records."""
    tenant, stack, (first, *_) = product.tenant, product.stack, product.tenant.agents
    product.telephones.plug_in(first)
    stack.kill("controller")
    customer = product.telephones.call("01030000500", tenant.did, "1")
    eventually(lambda: product.telephones.ringing(first), 20, "the fallback rings an assigned agent")
    product.telephones.lift(first)
    eventually(lambda: product.telephones.talking(first), 5, "they talk")
    began = time.monotonic()
    eventually(lambda: time.monotonic() - began > 1, 5, "for a second: the two are joined after the answer")
    customer.hang_up()
    eventually(lambda: not product.telephones.talking(first), 5, "down")
    stack.start("controller")
    record = tenant.ended_call("01030000500", 30)
    assert (record["outcome"], [t["agent_id"] for t in record["talks"]]) == ("connected", [first.id])


def test_the_switch_is_killed(product: Product) -> None:
    """Its calls are lost and said to be; the agents are free; the next call is taken."""
    tenant, stack, (first, *_) = product.tenant, product.stack, product.tenant.agents
    begin_work(product.telephones, first)
    talk(product, "01030000600", first)
    stack.kill(stack.switch)
    eventually(lambda: tenant.live()["switch"] == "down", 15, "the screens say that the switch is away")
    assert first.refused("hold") == "no_switch"
    stack.start(stack.switch)
    # Its attempts are five seconds apart at most.
    eventually(lambda: tenant.live()["switch"] == "up", 30, "and that it is back")
    first.wait("idle")
    record = tenant.ended_call("01030000600")
    assert record["ended_by"] == "lost"
    begin_work(product.telephones, first)
    customer = talk(product, "01030000610", first)
    customer.hang_up()
    assert tenant.ended_call("01030000610")["outcome"] == "connected"
