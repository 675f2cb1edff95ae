"""Tenants to rehearse, with sound files that are there, and a rehearsal that takes no process."""

from __future__ import annotations

import dataclasses
import wave
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.bootstrap.rehearsal.run import run_rehearsal
from app.core.definitions import MenuEntry, QueueConfig, TenantConfig
from app.core.prompt_texts import default_texts
from app.core.rehearsed import Rehearsal, Rehearsed
from tests.unit.dialplan.example import SALES, tenant

MONDAY_TEN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""10:00 in Seoul, a working day."""


def write_sound(path: Path, seconds: float) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(int(8000 * seconds) * 2))
    return str(path)


def furnished(config: TenantConfig, folder: Path) -> TenantConfig:
    """With a sound file for everything that its calls can play, each of another length."""
    prompts = {
        name: write_sound(folder / f"{name}.wav", 1.0 + 0.1 * number)
        for number, name in enumerate(default_texts(config))
    }
    return dataclasses.replace(config, ars=dataclasses.replace(config.ars, prompts=prompts))


def with_queue(config: TenantConfig, queue_id: int = SALES, **changes: Any) -> TenantConfig:
    queues = {**config.queues, queue_id: dataclasses.replace(config.queues[queue_id], **changes)}
    return dataclasses.replace(config, queues=queues)


def small(**changes: Any) -> TenantConfig:
    """The example's tenant; both of its queues have agents."""
    return with_queue(tenant(**changes), 12, tiers={101: 1})


def wide(top: int, inner: int, agents: int = 20) -> TenantConfig:
    """A menu of ``top`` entries with ``inner`` each, every one a queue of its own with two agents."""
    config = tenant(licences=agents)
    people = {
        1000 + number: dataclasses.replace(
            config.agents[101], agent_id=1000 + number, login=f"a{number}", sip_user=f"demo-{1000 + number}",
            extension=str(1000 + number),
        )
        for number in range(agents)
    }  # fmt: skip
    queues = {
        10 * one + two: QueueConfig(
            10 * one + two,
            f"큐 {one}-{two}",
            tiers={1000 + (one + two) % agents: 1, 1000 + (one * two) % agents: 2},
        )
        for one in range(1, top + 1)
        for two in range(1, inner + 1)
    }
    menu = tuple(
        MenuEntry(
            str(one), f"메뉴 {one}",
            entries=tuple(MenuEntry(str(two), f"큐 {one}-{two}", 10 * one + two) for two in range(1, inner + 1)),
        )
        for one in range(1, top + 1)
    )  # fmt: skip
    ars = dataclasses.replace(config.ars, menu=menu)
    return dataclasses.replace(config, agents=people, queues=queues, ars=ars)


def rehearse(config: TenantConfig, folder: Path, **more: Any) -> Rehearsal:
    key_music = write_sound(folder / "system" / "keys.wav", 30)
    return run_rehearsal(config, MONDAY_TEN, **{"key_music": key_music, "most_seconds": 60.0, **more})


def failed(rehearsal: Rehearsal) -> dict[str, list[str]]:
    """The codes of the faults, by the name of the call."""
    found: dict[str, list[str]] = {}
    for call in rehearsal.calls:
        if not call.passed:
            found.setdefault(call.name, []).extend(fault.code for fault in call.faults)
    return {name: sorted(set(codes)) for name, codes in found.items()}


def named(rehearsal: Rehearsal, name: str) -> list[Rehearsed]:
    return [call for call in rehearsal.calls if call.name == name]


def names(calls: Iterable[Rehearsed]) -> set[str]:
    return {call.name for call in calls}
