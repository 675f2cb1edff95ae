"""One running product for all the tests that drive it from outside: it takes some ten seconds to start."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.core.definitions import CallbackOffer, Holiday, Slot
from app.services.onboarding import EVERY_DAY
from tests.freeswitch.stack import Stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The demo tenant and some with settings of their own, running."""
    with tempfile.TemporaryDirectory(prefix="sangdam-") as root, Stack(Path(root)) as running:
        today = datetime.now(ZoneInfo("Asia/Seoul")).date()
        around = tuple(Holiday(today + timedelta(days=n), "쉬는 날") for n in range(-1, 3))
        closed = (Slot(EVERY_DAY, time(0), time(0), False, "닫힘"),)
        running.make_tenant("closed", "07040000011", slots=closed)
        running.make_tenant("holiday", "07040000012", ars={"holidays": around})
        # One licence: two lines.
        running.make_tenant(
            "small", "07040000013", licences=1,
            queue={"longest_wait_seconds": 8, "delay_interval_seconds": 3},
        )  # fmt: skip
        running.make_tenant(
            "team", "07040000014", menu=("접수", "문의"), agents=4, recall_seconds=4, misses_before_break=2,
            ars={"menu_tries": 2}, assigned=lambda agent, queue: agent // 2 == queue,
        )  # fmt: skip
        running.make_tenant(
            "fault", "07040000015", agents=4, licences=10, recall_seconds=25, status_after_call="available"
        )
        running.make_tenant("count", "07040000016", agents=1)
        running.make_tenant(
            "patient", "07040000017", agents=2, misses_before_break=0, recall_seconds=10, delay_seconds=6.0,
            queue={"delay_interval_seconds": 3, "callback": CallbackOffer.BY_KEY},
        )  # fmt: skip
        running.start_all()
        yield running
