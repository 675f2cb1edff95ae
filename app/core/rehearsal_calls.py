"""A virtual call of a rehearsal before it is made: what the caller does, who is at work, what must come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.core.definitions import AgentId, MenuEntry, QueueConfig, TenantConfig
from app.core.rehearsed import Came

CALLER = "01012345678"
OTHER_NUMBER = "0212345678"
WITHHELD = "anonymous"

MUSIC, TALK = "music", "talk"
"""Cues beside the prompts' names."""

ANSWERS, ON_BREAK = "answers", "on_break"
"""What an agent who is at work does."""


@dataclass(frozen=True, slots=True)
class Do:
    """Press ``keys`` (nothing: hang up) ``after`` seconds of hearing the ``cue`` begin. A caller does one after the
    other: each waits for its cue from the moment in which the one before was done."""

    cue: str
    keys: str = ""
    after: float = 1.0


@dataclass(frozen=True, slots=True)
class Timing:
    """``seconds`` lie between the end of the first ``after`` and the beginning of the next ``then``; the lengths of
    the prompts ``late`` may come on top."""

    after: str
    then: str
    seconds: float
    late: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """One call. ``at`` is aware; ``details`` are those of Rehearsed."""

    name: str
    at: datetime
    did: str
    expected: Came
    does: tuple[Do, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    number: str = CALLER
    at_work: Mapping[AgentId, str] = field(default_factory=dict)
    """Agents whose telephones are there and who are logged in (with a controller), by what they do."""
    let_ring: int = 0
    """So many times a telephone rings in vain before one is answered; -1: always in vain."""
    must_ring: tuple[AgentId, ...] = ()
    """Agents whose telephones have to ring in the course of it."""
    controller: bool = True
    under_contract: bool = True
    lines_held: int = 0
    """Other calls that hold a line."""
    repeated: frozenset[str] = frozenset()
    """Prompts that may come again and again; what counts is when the first does."""
    optional: frozenset[str] = frozenset()
    """Prompts that may come or not."""
    timings: tuple[Timing, ...] = ()
    patience: float = 180.0
    """Virtual seconds after which the caller gives up whatever happens."""


def caller_keys(does: tuple[Do, ...]) -> tuple[str, ...]:
    """Everything that is pressed, in order."""
    return tuple(one.keys for one in does if one.keys)


class Ways:
    """The ways through a tenant's menu: what has to be done and what is heard until an entry is reached."""

    def __init__(self, config: TenantConfig) -> None:
        self.config = config
        self.menu = config.ars.menu
        self.single = len(self.menu) == 1
        self.top = "greeting" if self.single else "menu"
        """What the caller is led back to."""

    def to(self, keys: str) -> tuple[tuple[Do, ...], tuple[str, ...]]:
        """What the caller does to reach the entry behind ``keys``, and the prompts up to there."""
        does: list[Do] = []
        heard = ["greeting"]
        asked = "menu"
        for place, key in enumerate(keys):
            if place == 0 and self.single:
                asked = f"menu_{key}"
                continue
            heard.append(asked)
            does.append(Do(asked, key))
            asked = f"menu_{keys[: place + 1]}"
        return tuple(does), tuple(heard)

    def entries(self) -> tuple[tuple[str, MenuEntry], ...]:
        """Every entry of every level, with its keys."""
        found: list[tuple[str, MenuEntry]] = []
        for entry in self.menu:
            found.append((entry.digit, entry))
            found += [(entry.digit + inner.digit, inner) for inner in entry.entries]
        return tuple(found)

    def door(self, keys: str, entry: MenuEntry) -> str:
        """The prompt with which an entry meets the caller."""
        if entry.is_submenu:
            return f"menu_{keys}"
        return "connecting" if entry.queue_id is not None else f"announcement_{keys}"

    def told(self, keys: str) -> dict[str, Any]:
        """Details that name an entry: its keys, and the names on the way to it."""
        names = dict(self.entries())
        return {
            "menu_keys": keys,
            "entry": [names[keys[: end + 1]].name for end in range(len(keys)) if keys[: end + 1] in names],
        }


def assigned(config: TenantConfig, queue: QueueConfig) -> tuple[AgentId, ...]:
    """The queue's agents who can be reached at all, the first tier first."""
    known = [
        (level, agent_id)
        for agent_id, level in queue.tiers.items()
        if agent_id in config.agents and config.agents[agent_id].active
    ]
    return tuple(agent_id for _, agent_id in sorted(known))


def first_tier(config: TenantConfig, queue: QueueConfig) -> tuple[AgentId, ...]:
    """Those of them who are asked first."""
    reachable = assigned(config, queue)
    return tuple(one for one in reachable if queue.tiers[one] == queue.tiers[reachable[0]])
