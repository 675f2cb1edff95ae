"""What a tenant has set up, as frozen values: the configuration that every decision reads.

A ``TenantConfig`` is loaded whole (by the store) when the tenant's settings are published and
never changes afterwards: a new publication is a new value. Nothing here is live state.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

TenantId = int
QueueId = int
AgentId = int
CallId = str
"""Identity of a call: the UUID of its first leg (caller leg inbound, agent leg outbound)."""
Leg = str
"""UUID of one leg. An agent leg's UUID is chosen by us and is the offer's identity as well."""
Node = str
"""Name of one FreeSWITCH node."""


class AgentStatus(enum.StrEnum):
    """What the agent has chosen (대기, 휴식, 후처리, logged out)."""

    LOGGED_OUT = "logged_out"
    AVAILABLE = "available"
    ON_BREAK = "on_break"
    WRAP_UP = "wrap_up"


class AgentState(enum.StrEnum):
    """What is observed of the agent's phone."""

    IDLE = "idle"
    RESERVED = "reserved"
    RINGING = "ringing"
    DIALLING = "dialling"
    ON_CALL = "on_call"
    HOLDING = "holding"


class Strategy(enum.StrEnum):
    """How a queue chooses among its idle agents."""

    LONGEST_IDLE = "longest_idle"
    ROUND_ROBIN = "round_robin"
    TOP_DOWN = "top_down"
    LEAST_CALLS = "least_calls"


class CallbackOffer(enum.StrEnum):
    """When a menu entry offers a callback."""

    OFF = "off"
    BY_KEY = "by_key"
    AFTER_SECONDS = "after_seconds"
    NOBODY_LOGGED_IN = "nobody_logged_in"


@dataclass(frozen=True, slots=True)
class Slot:
    """An opening slot [start, end) on some weekdays (Monday = 0); ``end <= start`` runs over midnight.

    ``end`` = 00:00 with ``start`` = 00:00 is the whole day. Local time of the tenant.
    """

    weekdays: frozenset[int]
    start: time
    end: time
    is_open: bool = True
    name: str = ""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day without service; ``yearly`` repeats month and day every year. kind: 휴일 own, public, temporary."""

    day: date
    name: str
    kind: str = "own"
    yearly: bool = False


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One digit of the menu: leads to a queue, plays an announcement (then 1 = again, 2 = top), or asks with a
    menu of its own (``entries``, which have no entries themselves)."""

    digit: str
    name: str
    queue_id: QueueId | None = None
    announcement: str | None = None  # prompt text, for entries without a queue
    entries: tuple[MenuEntry, ...] = ()

    @property
    def is_submenu(self) -> bool:
        """Whether it asks again instead of leading anywhere."""
        return bool(self.entries)


@dataclass(frozen=True, slots=True)
class ArsDefinition:
    """The ARS of a tenant: what is compiled into native dialplan.

    ``prompts`` maps a prompt's name (greeting, menu, after_hours, holiday, connecting, delay,
    unavailable, callback_offer, callback_confirm, callback_done, callback_number, invalid, forced_end, hold,
    position_N, menu_D of a submenu, announcement_D or, within a submenu, announcement_DD …) to the absolute path
    of its rendered sound file.
    """

    menu: tuple[MenuEntry, ...]
    slots: tuple[Slot, ...]
    holidays: tuple[Holiday, ...]
    prompts: Mapping[str, str]
    menu_tries: int = 3
    menu_timeout_seconds: int = 5

    def leaves(self) -> tuple[tuple[str, MenuEntry], ...]:
        """Every entry that leads somewhere, with the keys that lead to it: ``("1", …), ("31", …)``."""
        found: list[tuple[str, MenuEntry]] = []
        for entry in self.menu:
            if entry.is_submenu:
                found += [(entry.digit + inner.digit, inner) for inner in entry.entries]
            else:
                found.append((entry.digit, entry))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class QueueConfig:
    """A 상담큐: one ARS menu entry with its agents."""

    queue_id: QueueId
    name: str
    number: str = ""  # CTI 큐번호
    strategy: Strategy = Strategy.LONGEST_IDLE
    delay_interval_seconds: int = 20
    longest_wait_seconds: int = 600
    announce_position: bool = False
    callback: CallbackOffer = CallbackOffer.OFF
    callback_key: str = "*"
    callback_after_seconds: int = 60
    priority: int = 0
    tiers: Mapping[AgentId, int] = field(default_factory=dict)
    """Agents assigned, by themselves or by the queue's skill, with the tier level of each (1 first)."""
    retired: bool = False
    """It has left the menu and is there for who is in it still."""


@dataclass(frozen=True, slots=True)
class AgentConfig:
    """An agent (상담사) as configured."""

    agent_id: AgentId
    login: str
    name: str
    extension: str
    sip_user: str
    group: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class TenantConfig:
    """Everything that decisions about one tenant's calls read. Durations are whole seconds."""

    tenant_id: TenantId
    service_name: str
    under_contract: bool
    licences: int
    dids: tuple[str, ...]
    caller_id: str  # see app.core.caller_ids.shown_at
    ars: ArsDefinition
    queues: Mapping[QueueId, QueueConfig]
    agents: Mapping[AgentId, AgentConfig]
    timezone: str = "Asia/Seoul"
    service_level_seconds: int = 20
    short_abandon_seconds: int = 5
    recall_seconds: int = 30
    misses_before_break: int = 3
    status_after_login: AgentStatus = AgentStatus.AVAILABLE
    status_after_call: AgentStatus = AgentStatus.WRAP_UP
    recording: bool = True
    international_allowed: bool = False
    blocked_prefixes: tuple[str, ...] = ()
    caller_id_until: date | None = None
    """Last day on which ``caller_id`` may be shown, by the tenant's calendar; None: it is a DID of its own."""
    music: str = "local_stream://sangdam"
    version: int = 0

    @property
    def lines_in(self) -> int:
        """Incoming lines = ARS ports = ceil(1.5 · licences) (PRODUCT.md §3)."""
        return -(-3 * self.licences // 2)

    @property
    def lines_out(self) -> int:
        """Outgoing lines = call control = recording ports = licences (PRODUCT.md §3)."""
        return self.licences
