"""One mailbox: whatever happens is taken from it one by one, given to the core, and what the core
decides is carried out before the next is looked at. Only here live state changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import gevent
import gevent.queue
import structlog

from app.controller.freshness import Freshness
from app.controller.nodes import Nodes
from app.controller.people import BadCommand, parse
from app.controller.runner import Runner
from app.controller.timers import Timers
from app.core import effects as fx
from app.core import events
from app.core.errors import CommandRefused, NoTransition
from app.ports import Clock

log = structlog.get_logger(__name__)

BATCH = 200
"""Events taken before timers and the live view get their turn."""


class Live(Protocol):
    """The live view, as the dispatcher sees it."""

    def next_due(self, now: float) -> float | None: ...

    def publish(self, now: float) -> None: ...


class Core(Protocol):
    """The pure core, as the dispatcher sees it."""

    def handle(self, event: Any, now: Any) -> list[fx.Effect]: ...


class ScriptEvents(Protocol):
    """The script driver, as the dispatcher sees it: takes the events that belong to a script."""

    def take(self, event: Any) -> tuple[bool, Sequence[fx.Effect], Sequence[Any]]: ...


class Dispatcher:
    """The mailbox and its loop. ``post`` may be called from any greenlet of this thread."""

    def __init__(
        self,
        *,
        core: Core,
        runner: Runner,
        scripts: ScriptEvents,
        nodes: Nodes,
        timers: Timers,
        live: Live,
        clock: Clock,
        reply: Callable[[str, Mapping[str, Any]], None],
    ) -> None:
        self._core = core
        self._runner = runner
        self._scripts = scripts
        self._nodes = nodes
        self._fresh = Freshness(clock, nodes.look_again)
        self._timers = timers
        self._live = live
        self._clock = clock
        self._reply = reply
        self._mailbox: gevent.queue.SimpleQueue[Any] = gevent.queue.SimpleQueue()
        self._running = True
        self.handled = 0
        self.alive_at = clock.monotonic()
        """Monotonic time of the last turn: the heartbeat tells it to the watchdog."""

    # -- in -----------------------------------------------------------------------------------

    @property
    def waiting(self) -> int:
        """Events in the mailbox: how far the loop is behind."""
        return self._mailbox.qsize()

    def post(self, event: Any) -> None:
        """Have an event handled; never blocks."""
        self._mailbox.put(event)

    def command(self, command_id: str, tenant_id: int, name: str, args: Mapping[str, Any]) -> None:
        """Have a person's command handled; one that cannot be read is answered at once."""
        try:
            self.post(parse(command_id, tenant_id, name, args))
        except BadCommand as error:
            self._reply(command_id, {"ok": False, "error": "bad_command", "data": {"reason": str(error)}})

    def stop(self) -> None:
        """End ``run`` after what is being handled."""
        self._running = False
        self._mailbox.put(None)

    # -- the loop --------------------------------------------------------------------------------

    def run(self) -> None:
        """Handle what comes until ``stop``."""
        while self._running:
            now = self._clock.monotonic()
            self.alive_at = now
            due = [at for at in (self._timers.next_due(), self._live.next_due(now)) if at is not None]
            # A second at most, so that alive_at tells a stuck loop from an idle one.
            wait = min([1.0, *(max(0.0, at - now) for at in due)])
            try:
                event = self._mailbox.get(timeout=wait) if wait > 0 else self._mailbox.get_nowait()
            except gevent.queue.Empty:
                event = None
            if event is not None:
                self.handle(event)
            self._handle_waiting(BATCH - 1)
            self.turn()

    def turn(self) -> None:
        """Fire the timers that are due and publish the live view."""
        now = self._clock.monotonic()
        while (key := self._timers.pop_due(now)) is not None:
            self.handle(events.TimerFired(key))
        self._live.publish(now)

    def drain(self) -> None:
        """Handle all that waits, then ``turn``: the loop of virtual time."""
        while not self._mailbox.empty():
            self._handle_waiting(BATCH)
        self.turn()

    def _handle_waiting(self, at_most: int) -> None:
        for _ in range(at_most):
            if self._mailbox.empty():
                return
            event = self._mailbox.get_nowait()
            if event is not None:
                self.handle(event)

    def handle(self, event: Any) -> None:
        """One event through scripts and core. Nothing that an event brings ends the loop."""
        self.handled += 1
        if isinstance(event, events.SwitchEvent):
            if not self._fresh.takes(event):
                return
            self._nodes.note(event)
        try:
            taken, effects, told = self._scripts.take(event)
            self._runner.run(effects)
            if not taken:
                self._to_core(event)
            for one in told:
                self._to_core(one)
            while self._runner.told:
                self._to_core(self._runner.told.pop(0))
        except Exception:
            # A bug in one call must not cost the others theirs: said loudly, with what caused it.
            log.exception("event_not_handled", about=repr(event)[:500])

    def _to_core(self, event: Any) -> None:
        try:
            decided = self._core.handle(event, self._clock.now())
        except CommandRefused as error:
            if isinstance(event, events.Command):
                self._reply(event.command_id, {"ok": False, "error": error.code, "data": dict(error.details)})
            else:
                log.warning("refused", about=repr(event)[:300], code=error.code)
            return
        except NoTransition as error:
            if isinstance(event, events.Command):
                self._reply(event.command_id, {"ok": False, "error": error.code, "data": {}})
            log.info("no_transition", about=repr(event)[:300], why=str(error))
            return
        self._runner.run(decided)
