"""A stage for the tests of the adapter: one FreeSWITCH for a file of tests, a connection for each test."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import gevent
import pytest

from app.adapters.freeswitch.switch import FreeSwitchNode
from app.core import effects as fx
from app.core import events as ev
from tests.freeswitch.harness import CALLER, DID, Mailbox, RealSwitch
from tests.freeswitch.rtp import strength
from tests.freeswitch.softphone import Call, SoftPhone

MUSIC = "local_stream://sangdam"


@pytest.fixture(scope="module")
def switch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealSwitch]:
    with RealSwitch(tmp_path_factory.mktemp("adapter")) as started:
        yield started


@dataclass
class Stage:
    """A node, what it said, and who was put on stage; all gone after the test."""

    switch: RealSwitch
    node: FreeSwitchNode
    box: Mailbox
    phones: list[SoftPhone] = field(default_factory=list)

    def phone(self, number: int = 1, **options: object) -> SoftPhone:
        found = self.switch.phone(number, **options)  # type: ignore[arg-type]
        self.phones.append(found)
        return found

    def queued(self, adopt: bool = True, music: bool = True, **options: object) -> tuple[Call, str]:
        """A caller who waits in queue 1, and the leg."""
        caller = self.switch.caller(**options)  # type: ignore[arg-type]
        self.phones.append(caller)
        seen = len(self.box.all(ev.CallQueued))
        call = caller.call(DID)
        leg = self.box.wait(ev.CallQueued, 15, after=seen).leg
        if adopt:
            self.node.perform(fx.Adopt(leg, 1, 60, {"call": leg}))
        if music:
            self.node.perform(fx.PlayMusic(leg, MUSIC))
        return call, leg

    def offer(self, leg: str, number: int = 1, seconds: int = 5, **changes: object) -> str:
        agent_leg = str(uuid.uuid4())
        values = {
            "leg": leg, "agent_leg": agent_leg, "tenant_id": 1, "agent_id": 10 + number,
            "sip_user": f"demo-100{number}", "timeout_seconds": seconds, "shown_number": CALLER,
            "shown_name": "홍길동", "music": MUSIC, "call_id": leg, "queue_id": 1, "queue_name": "상담",
        }  # fmt: skip
        self.node.perform(fx.Offer(**{**values, **changes}))  # type: ignore[arg-type]
        return agent_leg

    def talking(self, number: int = 1) -> tuple[Call, str, Call, str]:
        """Caller and agent in talk: caller's call and leg, agent's call and leg."""
        phone = self.phone(number)
        call, leg = self.queued()
        agent_leg = self.offer(leg, number)
        self.box.wait(ev.LegsBridged, leg=leg, other=agent_leg)
        return call, leg, phone.wait_call().wait_state("talking"), agent_leg


@pytest.fixture
def stage(switch: RealSwitch) -> Iterator[Stage]:
    node, box = switch.connect()
    it = Stage(switch, node, box)
    yield it
    for phone in it.phones:
        phone.close()
    for leg in {event.leg for event in box.events if hasattr(event, "leg")} - {
        event.leg for event in box.all(ev.LegHungUp)
    }:
        if node.is_up:
            node.perform(fx.HangUpLeg(leg))
    gevent.sleep(0.1)
    node.stop()


def heard_now(call: Call, seconds: float = 0.5) -> list[int]:
    """What the call hears in the next moment."""
    since = time.monotonic() + 0.08
    gevent.sleep(0.08 + seconds)
    return call.rtp.heard.audio(since)


def hears_at(samples: list[int], hertz: float, rate: int) -> bool:
    """In some eighth of a second at least: where legs are joined, or the machine was busy, the tone jumps."""
    window = rate // 8
    pieces = [samples[start : start + window] for start in range(0, max(1, len(samples) - window + 1), window)]
    return any(strength(piece, hertz * 8000 / rate) > 0.8 for piece in pieces)
