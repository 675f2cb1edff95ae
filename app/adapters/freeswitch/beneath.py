"""The music beneath everything else that a leg plays: what ends it unbidden, and when it may begin again."""

from __future__ import annotations

from collections.abc import Callable

from app.adapters.freeswitch.legs import Legs
from app.core import effects as fx
from app.core.definitions import Leg
from app.ports import Clock
from esl.frames import Event

MUSIC_SECONDS = 0.5
"""Music that ends earlier than this has something wrong with it and is not started again."""

LOCKED_FROM, LOCKED_BY = 0.9, 2.4
"""Seconds after a caller was parked between which the dialplan's own music begins (dialplan.compiler). It holds
the leg's event lock (switch_ivr_broadcast): until it is broken, nothing that is sent to the leg is executed."""

LONG_AGO = 60.0
"""A leg that was found parked is said to have been so for longer than this: since when is not known."""


class Beneath:
    """``play`` starts music on a leg, ``later`` calls something after so many seconds."""

    def __init__(
        self,
        legs: Legs,
        clock: Clock,
        play: Callable[[Leg, str], None],
        later: Callable[..., object],
    ) -> None:
        self._legs = legs
        self._clock = clock
        self._play = play
        self._later = later

    def ended(self, event: Event) -> None:
        """Music is over, by its CHANNEL_EXECUTE_COMPLETE."""
        state = self._legs.get(event.leg)
        if state is None or state.music != event.get("Application-Data"):
            return
        music, state.music = state.music, ""
        # The break that ended a prompt has ended the music beneath as well. Not so when the leg was sent away
        # (PLAYBACK ERROR), is gone, or the music ends as soon as it begins.
        broken = event.get("Application-Response") == "FILE PLAYED" and not event.get("Hangup-Cause")
        if broken and self._clock.monotonic() - state.music_at > MUSIC_SECONDS:
            state.lost = music
            self.again(event.leg)

    def again(self, leg: Leg) -> None:
        """Start lost music anew, once nothing else is under way: in a ``bridge`` that calls, or a prompt that is about
        to begin, FreeSWITCH would play it there without end, and neither would ever go on."""
        state = self._legs.get(leg)
        music = state.music_due() if state is not None else ""
        if music:
            self._play(leg, music)

    def locked_for(self, effect: fx.Effect) -> float | None:
        """How long ago the leg to be adopted was parked, if the dialplan's music may have begun there."""
        state = self._legs.get(effect.leg) if isinstance(effect, fx.Adopt) else None
        if state is None or not state.guarded:
            return None
        ago = self._clock.monotonic() - state.parked_at
        return ago if ago >= LOCKED_FROM else None

    def unlock(self, leg: Leg, parked_ago: float, stop: Callable[[Leg], None]) -> None:
        """End the dialplan's music by ``stop``; once more when it was perhaps only about to begin."""
        self._legs[leg].silenced()
        stop(leg)
        if parked_ago < LOCKED_BY:
            self._later(LOCKED_BY - parked_ago, stop, leg)
        elif parked_ago >= LONG_AGO:
            self._later(LOCKED_BY - LOCKED_FROM, stop, leg)
