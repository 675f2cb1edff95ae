"""The actions that scripts yield, and how a script ends."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Play:
    """Play prompts by name, one after another. Sent back: the key of ``keys`` that interrupted, else ""."""

    names: tuple[str, ...]
    keys: str = ""


@dataclass(frozen=True, slots=True)
class MusicOnHold:
    """Music from now on, beneath everything else. Sent back at once: ""."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait. Sent back: the first of ``keys`` that was pressed, or "" after ``seconds``."""

    seconds: float
    keys: str = ""


@dataclass(frozen=True, slots=True)
class Collect:
    """Collect digits until ``terminator``, ``most`` digits or ``seconds`` without one. Sent back: the digits."""

    seconds: float
    most: int
    terminator: str = "#"


@dataclass(frozen=True, slots=True)
class Engaged:
    """The caller is saying something that must not be cut off (``on``), or has said it. Sent back at once: ""."""

    on: bool


Action = Play | MusicOnHold | Wait | Collect | Engaged


@dataclass(frozen=True, slots=True)
class Ended:
    """How a script ended: ``result`` and what else there is to say."""

    result: str
    data: Mapping[str, str] = field(default_factory=dict)


class CallerGone(Exception):
    """Thrown into a script when its caller hangs up: its last chance to say how it ended. Most scripts let it pass."""


Script = Generator[Action, str, Ended]


class WaitingFacts(Protocol):
    """What a waiting script may ask about its call while it runs."""

    @property
    def caller_number(self) -> str: ...

    def position(self) -> int:
        """Place in the queue, 1 first."""
        ...

    def waited_seconds(self) -> float:
        """Since the call entered the queue."""
        ...

    def agents_logged_in(self) -> int:
        """Agents of the queue that are logged in."""
        ...

    def is_open(self) -> bool:
        """Whether it is still within the tenant's hours."""
        ...

    def prompt_exists(self, name: str) -> bool:
        """Whether the tenant has this prompt."""
        ...
