"""Drives ivr_scripts on real calls: actions become effects, what comes of them becomes answers.

Music lies beneath everything else: it is started once and goes on by itself after a prompt, and after an
offer that failed (FreeSWITCH runs applications nested). Starting it again would nest one more each time.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from app.core import effects as fx
from app.core import events
from app.core.definitions import Leg, QueueId, TenantId
from ivr_scripts.actions import Action, CallerGone, Collect, Ended, Engaged, MusicOnHold, Play, Script, Wait

log = structlog.get_logger(__name__)

KEY_PREFIX = "script:"
"""Timers of scripts start with this; the core never sees them."""

MOST_STEPS = 50
"""Actions answered without waiting, one after another, before a script counts as running in circles."""


class Prompts(Protocol):
    """Where prompt names become files."""

    def paths(self, tenant_id: TenantId, names: Sequence[str]) -> tuple[str, ...]:
        """The files of ``names`` that exist, in order; may be empty."""
        ...

    def music(self, tenant_id: TenantId) -> str: ...


Start = Callable[[fx.RunScript], Script]
"""Makes the generator of a ``RunScript``. Raises KeyError when its tenant or queue is gone."""


Told = events.ScriptEnded | events.ScriptEngaged
Step = tuple[Sequence[fx.Effect], Sequence[Told]]
"""Effects to carry out, then what the core is told, in order."""


@dataclass(slots=True)
class _Running:
    leg: Leg
    name: str
    tenant_id: TenantId
    queue_id: QueueId | None
    script: Script
    action: Action | None = None
    token: str = ""
    digits: str = ""
    paused: bool = False
    due: bool = False
    music: bool = False
    timer: bool = False


class ScriptDriver:
    """Runs one script a leg. ``take`` is offered every event first; the runner calls ``start`` and ``stop``."""

    def __init__(self, start: Start, prompts: Prompts) -> None:
        self._start = start
        self._prompts = prompts
        self._running: dict[Leg, _Running] = {}
        self._numbers = itertools.count(1)

    # -- from the runner -----------------------------------------------------------------------

    def start(self, effect: fx.RunScript) -> Step:
        """Begin, or go on after a pause. What a pause interrupted counts as answered with nothing. Returns effects,
        and what is to be told to the core."""
        run = self._running.get(effect.leg)
        if effect.resume and run is not None:
            run.paused = False
            if isinstance(run.action, Wait) and not run.due:
                return (), ()
            return self._advance(run, "")
        try:
            script = self._start(effect)
        except KeyError as error:
            log.warning("script_without_queue", script=effect.script, leg=effect.leg, why=str(error))
            return (), ()
        run = _Running(effect.leg, effect.script, effect.tenant_id, effect.queue_id, script)
        self._running[effect.leg] = run
        return self._advance(run, None)

    def stop(self, effect: fx.StopScript) -> Sequence[fx.Effect]:
        """End, or pause: a prompt is cut short, music and a running wait go on."""
        run = self._running.get(effect.leg)
        if run is None:
            return ()
        cut: list[fx.Effect] = [fx.StopPlaying(run.leg)] if run.token else []
        if effect.pause:
            run.paused, run.token, run.digits = True, "", ""
            if not isinstance(run.action, Wait):
                cut += self._cancel(run)
            return cut
        return [*cut, *self._drop(run.leg)]

    # -- from the dispatcher ---------------------------------------------------------------------

    def take(self, event: Any) -> tuple[bool, Sequence[fx.Effect], Sequence[Any]]:
        """``(taken, effects, told)``: an event that belonged to a script is taken; ``told`` is for the core, in
        order."""
        match event:
            case events.AppFinished(token=token, leg=leg) | events.EffectFailed(token=token, leg=leg) if (
                token.startswith(KEY_PREFIX)
            ):
                # A prompt that the switch would not play is over as well: the script goes on without it.
                run = self._running.get(leg)
                if run is None or run.token != token or run.paused:
                    return True, (), ()
                run.token = ""
                if isinstance(run.action, Play):
                    return True, *self._advance(run, "")
                return True, (), ()
            case events.TimerFired(key=key) if key.startswith(KEY_PREFIX):
                run = self._running.get(key.removeprefix(KEY_PREFIX))
                if run is None:
                    return True, (), ()
                run.timer = False
                if run.paused:
                    run.due = True
                    return True, (), ()
                return True, *self._advance(run, run.digits)
            case events.DigitPressed(leg=leg, digit=digit) if leg in self._running:
                return True, *self._pressed(self._running[leg], digit)
            case events.LegHungUp(leg=leg) if leg in self._running:
                end = self._last_word(self._running[leg])
                effects = self._drop(leg)
                # What the caller had asked for is told before that they are gone: then it would be too late.
                return (False, effects, ()) if end is None else (True, effects, (end, event))
        return False, (), ()

    def __len__(self) -> int:
        return len(self._running)

    # -- inside -----------------------------------------------------------------------------------

    def _pressed(self, run: _Running, digit: str) -> Step:
        if run.paused:
            return (), ()
        match run.action:
            case Play(keys=keys) | Wait(keys=keys) if digit in keys:
                cut: list[fx.Effect] = [fx.StopPlaying(run.leg)] if run.token else []
                effects, told = self._advance(run, digit)
                return [*cut, *effects], told
            case Collect(seconds=seconds, most=most, terminator=terminator):
                if digit == terminator:
                    return self._advance(run, run.digits)
                run.digits += digit
                if len(run.digits) >= most:
                    return self._advance(run, run.digits)
                return [self._timer(run, seconds)], ()
        return (), ()

    def _advance(self, run: _Running, answer: str | None) -> Step:
        """Send ``answer`` and carry out actions until one of them has to be waited for."""
        effects: list[fx.Effect] = list(self._cancel(run))
        told: list[Told] = []
        run.token = run.digits = ""
        run.due = False
        for _ in range(MOST_STEPS):
            try:
                run.action = next(run.script) if answer is None else run.script.send(answer)
            except StopIteration as stop:
                self._running.pop(run.leg, None)
                end = stop.value or Ended("done")
                return effects, [*told, events.ScriptEnded(run.leg, run.name, end.result, dict(end.data))]
            if isinstance(run.action, Engaged):
                told.append(events.ScriptEngaged(run.leg, run.action.on))
            started = self._begin(run)
            effects += started
            if run.token or run.timer:
                return effects, told
            answer = ""
        log.error("script_in_circles", script=run.name, leg=run.leg)
        self._running.pop(run.leg, None)
        return effects, told

    def _begin(self, run: _Running) -> Sequence[fx.Effect]:
        match run.action:
            case MusicOnHold():
                if run.music:
                    return ()
                run.music = True
                return (fx.PlayMusic(run.leg, self._prompts.music(run.tenant_id)),)
            case Play(names=names):
                paths = self._prompts.paths(run.tenant_id, names)
                if not paths:
                    return ()
                run.token = f"{KEY_PREFIX}{run.leg}:{next(self._numbers)}"
                return (fx.PlayPrompt(run.leg, paths, run.token),)
            case Wait(seconds=seconds) | Collect(seconds=seconds):
                return (self._timer(run, seconds),)
        return ()

    def _timer(self, run: _Running, seconds: float) -> fx.Effect:
        run.timer = True
        return fx.StartTimer(KEY_PREFIX + run.leg, seconds)

    def _cancel(self, run: _Running) -> Sequence[fx.Effect]:
        if not run.timer:
            return ()
        run.timer = False
        return (fx.CancelTimer(KEY_PREFIX + run.leg),)

    @staticmethod
    def _last_word(run: _Running) -> events.ScriptEnded | None:
        try:
            run.script.throw(CallerGone())
        except StopIteration as stop:
            end: Ended | None = stop.value
            return None if end is None else events.ScriptEnded(run.leg, run.name, end.result, dict(end.data))
        except CallerGone:
            return None
        return None

    def _drop(self, leg: Leg) -> Sequence[fx.Effect]:
        run = self._running.pop(leg, None)
        if run is None:
            return ()
        run.script.close()
        return self._cancel(run)
