"""A small tenant, made by hand, for the tests of the dialplan here and on FreeSWITCH."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from app.core.definitions import (
    AgentConfig,
    ArsDefinition,
    Holiday,
    MenuEntry,
    QueueConfig,
    Slot,
    TenantConfig,
)

DID = "07040000001"
SALES, REPAIRS = 11, 12
WEEKDAYS = frozenset(range(5))

PROMPTS = (
    "greeting",
    "menu",
    "after_hours",
    "holiday",
    "connecting",
    "delay",
    "unavailable",
    "invalid",
    "no_digit",
    "wrong_digit",
    "lines_full",
    "forced_end",
    "announcement_3",
)

MENU = (
    MenuEntry("1", "구매 상담", SALES),
    MenuEntry("2", "수리 접수", REPAIRS),
    MenuEntry("3", "찾아오시는 길", None, "서울시 중구 세종대로 1번지입니다."),
)


def prompt_paths(directory: str = "/prompts/t1", names: tuple[str, ...] = PROMPTS) -> dict[str, str]:
    return {name: f"{directory}/{name}.wav" for name in names}


def tenant(prompts: Mapping[str, str] | None = None, **changes: Any) -> TenantConfig:
    """Open on weekdays 09:00-18:00 with lunch 12:00-13:00 closed; closed on 1 January of every year.

    ``ars_…`` changes a field of the ArsDefinition, everything else one of the TenantConfig.
    """
    ars = ArsDefinition(
        menu=MENU,
        slots=(
            Slot(WEEKDAYS, time(9), time(18), name="평일"),
            Slot(WEEKDAYS, time(12), time(13), is_open=False, name="점심시간"),
        ),
        holidays=(
            Holiday(date(2026, 1, 1), "새해", yearly=True),
            Holiday(date(2026, 3, 2), "임시", "temporary"),
        ),
        prompts=prompts or prompt_paths(),
    )
    of_ars = {key.removeprefix("ars_"): changes.pop(key) for key in list(changes) if key.startswith("ars_")}
    config = TenantConfig(
        tenant_id=1,
        service_name="demo",
        under_contract=True,
        licences=4,
        dids=(DID,),
        caller_id=DID,
        ars=dataclasses.replace(ars, **of_ars),
        queues={
            SALES: QueueConfig(SALES, "구매 상담", tiers={101: 1, 102: 1, 103: 2}),
            REPAIRS: QueueConfig(REPAIRS, "수리 접수"),
        },
        agents={
            101: AgentConfig(101, "agent1", "김상담", "1001", "demo-1001"),
            102: AgentConfig(102, "agent2", "이상담", "1002", "demo-1002"),
            103: AgentConfig(103, "agent3", "박상담", "1003", "demo-1003"),
        },
        version=7,
    )
    return dataclasses.replace(config, **changes)
