"""The whole product, running as its processes, on the simulated switch and, where there is one, on FreeSWITCH."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.core.tones import RATES
from tests.freeswitch.harness import write_tone
from tests.freeswitch.stack import Stack, Tenant
from tests.spine.outside import RealTelephones, SimulatedTelephones, Telephones


class LeanStack(Stack):
    """Without the demo tenant, whose announcements take seconds to speak; and music that nobody hears is short."""

    def _demo(self) -> None:
        if self.switch == "simswitch":
            for rate in RATES:
                write_tone(self.settings.prompts_dir / "music" / str(rate) / "sangdam.wav", 440)


@dataclass
class Product:
    """The running product and its tenant; the telephones of everybody."""

    stack: Stack
    tenant: Tenant
    telephones: Telephones

    def rest(self) -> None:
        """Nobody in a call, nobody logged in."""
        for name in (self.stack.switch, "controller"):
            if not self.stack.is_alive(name):
                self.stack.start(name)
        for agent in self.tenant.agents:
            agent.stop_work()
            self.telephones.unplug(agent)


@pytest.fixture(
    scope="module", params=["simswitch", pytest.param("freeswitch", marks=pytest.mark.freeswitch)]
)
def running(request: pytest.FixtureRequest) -> Iterator[Product]:
    """One product for all tests of a file: it takes some seconds to start."""
    switch = str(request.param)
    with tempfile.TemporaryDirectory(prefix="sangdam-") as root, LeanStack(Path(root), switch=switch) as stack:
        tenant = stack.make_tenant(
            "spine", "07040000021", menu=("접수", "문의"), agents=3, licences=5, recall_seconds=6,
            misses_before_break=2, ars={"menu_timeout_seconds": 2, "menu_tries": 2},
        )  # fmt: skip
        stack.start_all()
        telephones = SimulatedTelephones(stack) if switch == "simswitch" else RealTelephones(stack)
        yield Product(stack, tenant, telephones)


@pytest.fixture
def product(running: Product) -> Iterator[Product]:
    """At rest before and after each test."""
    yield running
    running.rest()
    running.stack.wait_quiet()
