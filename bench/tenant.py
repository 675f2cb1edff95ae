"""The tenant of the benchmarks: one queue, any number of agents, always open, every prompt a short tone."""

from __future__ import annotations

import math
import struct
import wave
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.core.definitions import AgentConfig, ArsDefinition, MenuEntry, QueueConfig, Slot, TenantConfig
from dialplan.publish import Publisher
from provisioning.directory import SipUser, a1_hash, directory_xml

if TYPE_CHECKING:
    from app.config import Settings

TENANT = 1
DID = "07040000001"
PASSWORD = "phone-password-of-benchmarks"
PROMPTS = (
    "greeting", "menu", "connecting", "delay", "unavailable", "after_hours", "holiday", "lines_full",
    "invalid", "wrong_digit", "no_digit", "forced_end", "hold",
)  # fmt: skip
ALL_DAY = Slot(frozenset(range(7)), time(0), time(0))


AGENTS_APART = 10_000
"""Agents of tenant 2 are 20,001 …; those of tenant 1, in benchmarks with one, simply 1 …."""


def first_agent(tenant_id: int) -> int:
    """The number before that of the tenant's first agent."""
    return 0 if tenant_id == TENANT else tenant_id * AGENTS_APART


def did(tenant_id: int) -> str:
    """The number of a tenant."""
    return f"0704{tenant_id - 1:06d}1" if tenant_id > 1 else DID


def sip_user(number: int) -> str:
    """The SIP account of agent ``number``."""
    return f"bench-{number}"


def make_tenant(
    settings: Settings, agents: int, *, tenant_id: int = TENANT, menu: int = 1, **changes: Any
) -> TenantConfig:
    """``agents`` agents, all in each of ``menu`` queues; nothing is recorded."""
    first = first_agent(tenant_id)
    people = {
        first + n: AgentConfig(first + n, f"agent{n}", f"상담사{n}", str(10_000 + n), sip_user(first + n))
        for n in range(1, agents + 1)
    }
    base = (tenant_id - 1) * 10
    queues = {
        base + q: QueueConfig(base + q, f"상담{q}", tiers=dict.fromkeys(people, 1))
        for q in range(1, menu + 1)
    }
    entries = tuple(MenuEntry(str(q), f"상담{q}", base + q) for q in range(1, menu + 1))
    values: dict[str, Any] = {
        "tenant_id": tenant_id,
        "service_name": f"bench{tenant_id}",
        "under_contract": True,
        "licences": max(agents, 2000),
        "dids": (did(tenant_id),),
        "caller_id": did(tenant_id),
        "ars": ArsDefinition(entries, (ALL_DAY,), (), _prompts(settings.prompts_dir / "bench")),
        "queues": queues,
        "agents": people,
        "recording": False,
    }
    return TenantConfig(**{**values, **changes})


def publish(settings: Settings, tenant: TenantConfig) -> None:
    """Write the tenant's dialplan and phones for a FreeSWITCH that starts afterwards."""
    domain = settings.sip_domain
    users = [
        SipUser(a.sip_user, a1_hash(a.sip_user, domain, PASSWORD), tenant.tenant_id, a.agent_id, a.extension)
        for a in tenant.agents.values()
    ]
    publisher = Publisher(settings.dialplan_dir, lambda: None, sip_domain=domain)
    publisher.publish(tenant, directory_xml(users))


def _prompts(folder: Path, seconds: float = 0.1) -> dict[str, str]:
    folder.mkdir(parents=True, exist_ok=True)
    tone = folder / "tone.wav"
    if not tone.exists():
        samples = [int(8000 * math.sin(2 * math.pi * 440 * n / 8000)) for n in range(int(8000 * seconds))]
        with wave.open(str(tone), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return dict.fromkeys(PROMPTS, str(tone))
