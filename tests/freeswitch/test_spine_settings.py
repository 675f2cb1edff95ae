"""적용 under calls: the next caller meets the new centre, the present ones keep theirs; two hundred in a row."""

from __future__ import annotations

import os
import time
import uuid
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.bootstrap import setup
from tests.freeswitch.harness import write_tone
from tests.freeswitch.stack import (
    Stack,
    Tenant,
    assert_never_silent,
    eventually,
    wait_music,
    wait_prompt,
    wait_tone,
)
from tests.freeswitch.test_spine_faults import longest_gap
from tests.freeswitch.test_spine_talk import both_hear, talk, talk_on

pytestmark = [pytest.mark.freeswitch, pytest.mark.timeout(300)]

NEW_GREETING, NEW_MENU, NEW_CLOSED = 3000.0, 3100.0, 3200.0
APPLICATIONS = 200


@pytest.fixture
def centre(stack: Stack) -> Iterator[Tenant]:
    """Queue 1: agents 1 and 2; queue 2: agents 3 and 4. Live again afterwards what was live before."""
    tenant = stack.tenants["team"]
    first = tenant.api.get("ars/versions")["items"][0]["id"]
    yield tenant
    tenant.rest()
    stack.wait_quiet()
    if tenant.api.get("ars/versions")["items"][0]["id"] != first:
        tenant.api.post(f"ars/versions/{first}/restore")


def upload(stack: Stack, tenant: Tenant, hertz: float) -> int:
    """A recording of one tone, as a manager would upload it; its id."""
    path = Path(stack.settings.state) / f"{uuid.uuid4().hex}.wav"
    write_tone(path, hertz, 1.5)
    mark = uuid.uuid4().hex
    body = (
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="녹음.wav"\r\n'
        f"Content-Type: audio/wav\r\n\r\n"
    ).encode() + path.read_bytes() + f"\r\n--{mark}--\r\n".encode()  # fmt: skip
    answer = tenant.api.send("POST", "ars/prompts", body, f"multipart/form-data; boundary={mark}")
    assert answer.status == 201, answer.body
    return int(answer.json["id"])


def change(tenant: Tenant, **values: Any) -> None:
    """Edit the draft and apply it."""
    draft = tenant.api.get("ars/draft")
    document = {**draft["document"], **values}
    answer = tenant.api.ask("PUT", "ars/draft", {"document": document, "revision": draft["revision"]})
    assert answer.status == 200, answer.body
    tenant.api.post("ars/apply", revision=answer.json["revision"])


def test_applied_under_calls_that_go_on(stack: Stack, centre: Tenant) -> None:
    """| who                 | before the application         | after it                                  |
    | talks with agent 1  | goes on                        | goes on, ends as always                   |
    | waits for agent 1   | first in queue 1               | is still first, and served                |
    | hears the old menu  | presses 1                      | lands in queue 1, where 1 led             |
    | calls afterwards    |                                | new greeting, new menu: 1 leads to queue 2 |
    | calls after the hours changed |                      | hears that it is closed                   |"""
    agent, other = centre.agents[0], centre.agents[2]
    other.start_work()
    talking, at_agent = talk(stack, centre, agent)
    waiting, in_menu = (stack.caller(stack.number()).call(centre.did).wait_state("talking", 15) for _ in range(2))
    wait_prompt(waiting, "menu")
    waiting.rtp.press("1")
    eventually(lambda: centre.waiting() == 1, 15, "one waits")
    wait_music(waiting)
    wait_prompt(in_menu, "menu")

    before = time.monotonic()
    document = centre.api.get("ars/draft")["document"]
    swapped = [{**entry, "digit": {"1": "2", "2": "1"}[entry["digit"]]} for entry in document["menu"]]
    swapped.sort(key=lambda entry: entry["digit"])
    files = {
        "greeting": upload(stack, centre, NEW_GREETING), "menu": upload(stack, centre, NEW_MENU),
        "after_hours": upload(stack, centre, NEW_CLOSED),
    }  # fmt: skip
    change(centre, menu=swapped, uploads=files)

    in_menu.rtp.press("1")
    eventually(lambda: centre.waiting() == 2, 15, "the key means what the caller was told")
    queue = next(one for one in centre.live()["queues"] if one["id"] == centre.queues[0])
    assert queue["waiting"] == 2
    later = stack.caller(stack.number()).call(centre.did).wait_state("talking", 15)
    wait_tone(later, NEW_GREETING)
    wait_tone(later, NEW_MENU)
    later.rtp.press("1")
    assert other.phone is not None
    at_other = other.phone.wait_call(1, 20).wait_state("talking", 10)
    both_hear(later, at_other, other)
    both_hear(talking, at_agent, agent)

    today = datetime.now(ZoneInfo("Asia/Seoul")).weekday()
    others = [day for day in range(7) if day not in (today, (today + 1) % 7)]
    change(centre, slots=[{"weekdays": others, "start": "00:00", "end": "24:00", "open": True, "name": ""}])
    closed = stack.caller(stack.number()).call(centre.did).wait_state("talking", 15)
    wait_tone(closed, NEW_CLOSED)
    closed.wait_state("ended", 20)
    both_hear(later, at_other, other)
    both_hear(talking, at_agent, agent)
    for call in (talking, at_agent):
        assert longest_gap(call, before, time.monotonic()) < 0.3
    talking.hang_up()
    agent.wait("idle", "wrap_up")
    agent.do("wrap-up", status="available")
    assert agent.phone is not None
    at_agent = agent.phone.wait_call(2, 20).wait_state("talking", 10)
    both_hear(waiting, at_agent, agent)  # who came first
    talk_on(waiting, later)
    for call in (waiting, later, in_menu):
        call.hang_up()
    for call in (talking, waiting, later, in_menu, closed):
        assert_never_silent(call, call.answered_at, call.ended_at)
    outcomes = [centre.ended_call(call.phone.user)["outcome"] for call in (talking, waiting, later, in_menu, closed)]
    assert outcomes == ["connected", "connected", "connected", "queue_abandoned", "after_hours"]


@pytest.mark.timeout(600)
def test_two_hundred_applications_leave_nothing_behind_and_lose_no_call(stack: Stack, centre: Tenant) -> None:
    """One talks, one waits, one is in the menu while the dialplan changes two hundred times under them."""
    agent = centre.agents[0]
    talking, at_agent = talk(stack, centre, agent)
    waiting = stack.caller(stack.number()).call(centre.did).wait_state("talking", 15)
    wait_prompt(waiting, "greeting")
    waiting.rtp.press("1")
    eventually(lambda: centre.waiting() == 1, 15, "one waits")
    file = stack.settings.dialplan_dir / "tenants" / f"t{centre.id}.xml"
    sounds = len(list((stack.settings.prompts_dir / f"t{centre.id}").rglob("*.wav")))
    sizes = []
    store = setup.open_store(stack.settings)
    publishing = setup.publishing(stack.settings, store)
    own = store.for_tenant(centre.id)
    live = own.ars("live")
    assert live is not None
    began = time.monotonic()
    for turn in range(APPLICATIONS):
        own.save_draft({**live.definition, "menu_timeout_seconds": 5 + turn % 20, "menu_tries": 2 + turn // 20 % 7})
        publishing.apply(centre.id, "test")
        if turn % (APPLICATIONS // 4) == 0:
            sizes.append(resident(stack))
    took = time.monotonic() - began
    both_hear(talking, at_agent, agent)
    wait_music(waiting)
    assert centre.waiting() == 1
    for call in (talking, waiting):
        assert longest_gap(call, began, time.monotonic()) < 0.5
    sizes.append(resident(stack))
    shown = " ".join(f"{size / 1024:.0f}" for size in sizes)
    print(f"{APPLICATIONS} applications in {took:.1f} s, FreeSWITCH's MB meanwhile: {shown}")
    # The present tree, the one before, and the one in which these two calls began.
    assert len(list(ElementTree.parse(file).iterfind("context"))) <= 4
    assert len(list((stack.settings.prompts_dir / f"t{centre.id}").rglob("*.wav"))) == sounds
    assert len(list(stack.settings.dialplan_dir.rglob(f"t{centre.id}.*"))) == len(
        list(stack.settings.dialplan_dir.glob(f"*/t{centre.id}.xml"))
    )
    # Its allocator fills up first; then the memory stays what it is, but for what the two calls themselves take.
    assert sizes[-1] - sizes[2] < 15_000, shown
    talking.hang_up()
    agent.wait("idle", "wrap_up")
    agent.do("wrap-up", status="available")
    assert agent.phone is not None
    at_agent = agent.phone.wait_call(2, 20).wait_state("talking", 10)
    both_hear(waiting, at_agent, agent)
    waiting.hang_up()
    assert [centre.ended_call(call.phone.user)["outcome"] for call in (talking, waiting)] == ["connected"] * 2
    stack.wait_quiet()
    publishing.apply(centre.id, "test")
    own.save_draft({**live.definition, "menu_timeout_seconds": 29})
    publishing.apply(centre.id, "test")
    # Nobody is in a tree of before any more: only the one that a call might be about to enter is kept.
    assert len(list(ElementTree.parse(file).iterfind("context"))) == 3


def resident(stack: Stack) -> int:
    """FreeSWITCH's memory, kB."""
    popen = stack.processes[stack.switch].popen
    assert popen is not None
    for pid in [popen.pid, *children(popen.pid)]:
        text = Path(f"/proc/{pid}/status").read_text()
        if "Name:\tfreeswitch" in text:
            return int(text.partition("VmRSS:")[2].split()[0])
    raise AssertionError("no process is FreeSWITCH")


def children(pid: int) -> list[int]:
    found: list[int] = []
    for task in os.listdir(f"/proc/{pid}/task"):
        direct = [int(word) for word in Path(f"/proc/{pid}/task/{task}/children").read_text().split()]
        found += direct
        for child in direct:
            found += children(child)
    return found
