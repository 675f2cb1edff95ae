"""What came of a rehearsal: virtual callers through every branch of a tenant's ARS, as values.

Codes and figures only, never prose: screens translate. All of it goes to JSON and comes back the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.definitions import AgentId, QueueId


@dataclass(frozen=True, slots=True)
class Came:
    """What a call comes to: expected of it, or met by it."""

    heard: tuple[str, ...] = ()
    """Prompts in order, by name (ArsDefinition.prompts); without music, ringing and talk. A file that belongs to no
    prompt stands with its path. What is repeated while a caller waits stands once."""
    queue_id: QueueId | None = None
    """The queue that was reached last."""
    agents: tuple[AgentId, ...] = ()
    """Expected: who may answer. Met: who answered, in order."""
    end: str = ""
    """``talked`` (with an agent, then the caller hung up), ``announced`` (all was said), ``callback``, ``left`` (the
    caller hung up as planned), ``gave_up`` (waited in vain for what was to come), ``refused`` (never answered)."""
    callback: str = ""
    """The number that was left for the callback, national, digits only."""


@dataclass(frozen=True, slots=True)
class Sounded:
    """A stretch of a call as the caller lived it. ``at`` and ``seconds``: virtual seconds since the call began."""

    at: float
    kind: str
    """``prompt`` (name: the prompt's), ``music``, ``ringing``, ``talk`` (name: the agent's id), ``silence``, ``key``
    (name: what the caller pressed)."""
    name: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a call did not pass.

    ``heard`` (expected, met), ``queue`` (expected, met), ``nobody_assigned`` (queue_id), ``agents`` (expected, met),
    ``end`` (expected, met), ``callback`` (expected, met), ``sound_missing`` (prompt, path), ``silence`` (at,
    seconds), ``timing`` (after, then, expected, met), ``not_rung`` (agents), ``lines`` (left), ``never_ended``
    (seconds), ``internal`` (text), ``refused`` (field, text: the definition cannot be compiled).
    """

    code: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One virtual call."""

    name: str
    """Which branch it went through: a code of ``app.core.rehearsal_plan``."""
    details: Mapping[str, Any]
    """What tells it from others of its name: ``entry`` and ``menu_keys``, ``queue_id`` and ``queue``, ``holiday`` …"""
    at: str
    """When it was made: ISO 8601 in the tenant's zone."""
    keys: tuple[str, ...]
    """What the caller pressed, in order."""
    expected: Came
    met: Came
    faults: tuple[Fault, ...] = ()
    seconds: float = 0.0
    """How long it lasted, in virtual seconds."""
    heard: tuple[Sounded, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.faults


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was not rehearsed. ``reason``: ``alike`` (another queue with the same settings was), ``too_many``,
    ``time_over``, ``too_long`` (it would last for hours), ``never_open``, ``nothing`` (there is no such branch)."""

    name: str
    reason: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """All calls of a rehearsal, in the order in which they were made."""

    calls: tuple[Rehearsed, ...]
    left_out: tuple[LeftOut, ...] = ()
    seconds: float = 0.0
    """How long the rehearsal took, on the wall."""

    @property
    def passed(self) -> int:
        return sum(call.passed for call in self.calls)

    @property
    def failed(self) -> int:
        return len(self.calls) - self.passed

    def to_json(self) -> dict[str, Any]:
        """As the API tells it."""
        return {
            "passed": self.passed,
            "failed": self.failed,
            "seconds": self.seconds,
            "calls": [_call_json(call) for call in self.calls],
            "left_out": [
                {"name": one.name, "reason": one.reason, "details": dict(one.details)} for one in self.left_out
            ],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Rehearsal:
        """Inverse of ``to_json``. Raises KeyError, TypeError when ``raw`` is something else."""
        return cls(
            tuple(_call(one) for one in raw["calls"]),
            tuple(LeftOut(one["name"], one["reason"], one["details"]) for one in raw["left_out"]),
            float(raw["seconds"]),
        )


def _call_json(call: Rehearsed) -> dict[str, Any]:
    return {
        "name": call.name,
        "details": dict(call.details),
        "at": call.at,
        "keys": list(call.keys),
        "expected": _came_json(call.expected),
        "met": _came_json(call.met),
        "passed": call.passed,
        "faults": [{"code": one.code, "details": dict(one.details)} for one in call.faults],
        "seconds": call.seconds,
        "heard": [
            {"at": one.at, "kind": one.kind, "name": one.name, "seconds": one.seconds} for one in call.heard
        ],
    }


def _call(raw: Mapping[str, Any]) -> Rehearsed:
    return Rehearsed(
        raw["name"],
        raw["details"],
        raw["at"],
        tuple(raw["keys"]),
        _came(raw["expected"]),
        _came(raw["met"]),
        tuple(Fault(one["code"], one["details"]) for one in raw["faults"]),
        float(raw["seconds"]),
        tuple(Sounded(one["at"], one["kind"], one["name"], one["seconds"]) for one in raw["heard"]),
    )


def _came_json(came: Came) -> dict[str, Any]:
    return {
        "heard": list(came.heard),
        "queue_id": came.queue_id,
        "agents": list(came.agents),
        "end": came.end,
        "callback": came.callback,
    }


def _came(raw: Mapping[str, Any]) -> Came:
    return Came(tuple(raw["heard"]), raw["queue_id"], tuple(raw["agents"]), raw["end"], raw["callback"])
