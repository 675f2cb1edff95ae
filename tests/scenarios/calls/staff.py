"""The tenant of the stories: two queues, five agents, prompts of known lengths."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from app.config import Settings
from app.core.definitions import (
    AgentConfig,
    AgentStatus,
    ArsDefinition,
    Holiday,
    MenuEntry,
    QueueConfig,
    Slot,
    TenantConfig,
)
from dialplan.publish import Publisher
from provisioning.directory import SipUser, a1_hash, directory_xml

TENANT = 1
DID = "07040000001"
AGENTS = {"alice": 101, "bob": 102, "carol": 103, "dave": 104, "erin": 105}
NAMES = {number: name for name, number in AGENTS.items()}
QUEUES = {"sales": 11, "repairs": 12}
QUEUE_NAMES = {number: name for name, number in QUEUES.items()}

PROMPT_SECONDS = {
    "greeting": 3.0, "menu": 4.0, "connecting": 2.0, "delay": 2.5, "unavailable": 3.0, "after_hours": 3.5,
    "holiday": 3.5, "lines_full": 2.0, "invalid": 1.5, "no_digit": 2.0, "wrong_digit": 2.0, "forced_end": 4.0,
    "callback_offer": 3.0, "callback_confirm": 4.0, "callback_number": 3.0, "callback_done": 2.0,
    "announcement_3": 5.0, "position_1": 1.0, "position_2": 1.0, "position_more": 1.5,
}  # fmt: skip

MENU = (
    MenuEntry("1", "구매 상담", QUEUES["sales"]),
    MenuEntry("2", "수리 접수", QUEUES["repairs"]),
    MenuEntry("3", "오시는 길", None, "서울시 중구 세종대로 1번지입니다."),
)
WEEKDAYS = frozenset(range(5))
HOURS = (
    Slot(WEEKDAYS, time(9), time(18), name="평일"),
    Slot(WEEKDAYS, time(12), time(13), is_open=False, name="점심시간"),
)
HOLIDAYS = (Holiday(date(2026, 12, 25), "성탄절", "public"),)


def queue(name: str, agents: str = "alice bob carol dave erin", **changes: Any) -> QueueConfig:
    """``agents`` assigned, ``carol:2`` at tier 2."""
    tiers = {}
    for word in agents.split():
        who, _, tier = word.partition(":")
        tiers[AGENTS[who]] = int(tier or 1)
    return QueueConfig(QUEUES[name], name, str(QUEUES[name]), tiers=tiers, **changes)


def tenant(prompts: Mapping[str, str], **changes: Any) -> TenantConfig:
    """The tenant; ``ars_…`` changes its ArsDefinition, ``sales``/``repairs`` (dicts) its queues, the rest itself."""
    ars = ArsDefinition(MENU, HOURS, HOLIDAYS, prompts, menu_tries=2, menu_timeout_seconds=3)
    of_ars = {key.removeprefix("ars_"): changes.pop(key) for key in list(changes) if key.startswith("ars_")}
    queues = [queue(name, **changes.pop(name, {})) for name in QUEUES]
    agents = {
        number: AgentConfig(number, name, name, str(1000 + number - 100), f"demo-{1000 + number - 100}")
        for name, number in AGENTS.items()
    }
    values: dict[str, Any] = {
        "tenant_id": TENANT,
        "service_name": "demo",
        "under_contract": True,
        "licences": 5,
        "dids": (DID,),
        "caller_id": DID,
        "ars": dataclasses.replace(ars, **of_ars),
        "queues": {one.queue_id: one for one in queues},
        "agents": agents,
        "recall_seconds": 20,
        "status_after_call": AgentStatus.WRAP_UP,
    }
    return TenantConfig(**{**values, **changes})


def publish(settings: Settings, config: TenantConfig, reload: Any = lambda: None) -> None:
    """Compile, write and reload, as 적용 does."""
    domain = settings.sip_domain
    users = [
        SipUser(a.sip_user, a1_hash(a.sip_user, domain, "x" * 20), config.tenant_id, a.agent_id, a.extension)
        for a in config.agents.values()
    ]
    publisher = Publisher(settings.dialplan_dir, reload, sip_domain=domain, recordings_dir="/recordings")
    publisher.publish(config, directory_xml(users))
