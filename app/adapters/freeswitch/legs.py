"""What the adapter itself has to know of a leg to speak rightly about it. Not the core's state: only how
FreeSWITCH was left, so that the next command means what the effect says."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from app.core.definitions import Leg, TenantId
from app.core.effects import Effect
from app.core.values import replace


@dataclass  # no slots: see app.core.values
class LegState:
    """How we left one leg."""

    tenant_id: TenantId | None = None
    guarded: bool = False
    """The dialplan's own guard runs on it (parked for a queue, or an agent dialled)."""
    parked_at: float = -1e9
    """When it was parked for a queue, monotonic; long ago when it was found so."""
    prepared: bool = False
    """Our standing variables are set."""
    ends_with_bridge: bool | None = None
    """``hangup_after_bridge`` as last set."""
    ringback: str = ""
    """``ringback`` as last set."""
    music: str = ""
    """What plays endlessly beneath everything else."""
    lost: str = ""
    """Music that ended unbidden, to be started again as soon as nothing else plays."""
    bridging: Leg = ""
    """Whom its ``bridge`` calls at present."""
    music_at: float = -1e9
    """When it was started, monotonic."""
    prompts: list[str] = field(default_factory=list)
    """Tokens of the prompts that play or wait to."""
    held: bool = False
    """Parted from the other leg and meant to come back: what it is bridged to meanwhile is a consultation."""
    other: Leg = ""
    """What it is bridged to."""
    answered: bool = False
    waiting: deque[Effect] | None = None
    """Effects that wait until the leg has come to rest (see switch.py); None when it is at rest."""


    def silenced(self) -> None:
        """No music is meant to play any more."""
        self.music = self.lost = ""

    def done_with(self, token: str) -> None:
        """A prompt or a ``bridge`` is over."""
        if token in self.prompts:
            self.prompts.remove(token)
        elif token == self.bridging:
            self.bridging = ""

    def music_due(self) -> str:
        """The music to start again now, if any; it is forgotten by this."""
        if self.prompts or self.bridging or self.other:
            return ""
        music, self.lost = self.lost, ""
        return music


class Legs(dict[Leg, LegState]):
    """All legs that were heard of and are not gone."""

    def __missing__(self, leg: Leg) -> LegState:
        self[leg] = LegState()
        return self[leg]

    def keep(self, effect: Effect) -> dict[Leg, LegState]:
        """Copies of what is known of the effect's legs, to go back to if it cannot be carried out."""
        legs = (getattr(effect, "leg", ""), getattr(effect, "other", ""), *getattr(effect, "keep", ()))
        return {leg: replace(self[leg], prompts=list(self[leg].prompts)) for leg in legs if leg in self}

    def bridged(self, one: Leg, other: Leg) -> None:
        self[one].other, self[other].other = other, one
        for leg in (one, other):
            self[leg].bridging = self[leg].lost = ""

    def parted(self, one: Leg, other: Leg) -> None:
        for leg, its in ((one, other), (other, one)):
            if leg in self and self[leg].other == its:
                self[leg].other = ""
