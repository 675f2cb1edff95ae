"""A connection that comes back: back-off with jitter, subscription anew, and word of up and down."""

from __future__ import annotations

import contextlib
import logging
import random
import time
from collections.abc import Callable
from typing import Protocol

import gevent
import gevent.event

from esl import commands
from esl.connection import Connection, EventHandler
from esl.errors import CommandFailed, Disconnected, EslError
from esl.frames import ApiResponse, CommandReply

log = logging.getLogger(__name__)

OnUp = Callable[[Connection, str], object]
OnDown = Callable[[EslError], object]


class MakeConnection(Protocol):
    def __call__(self, on_event: EventHandler) -> Connection: ...


class SupervisedConnection:
    """Keeps one connection up for as long as it runs.

    ``on_up(connection, core_uuid)`` is called when a new connection is authenticated and subscribed,
    and *before* its first event is handed over: the place to compare what one believes with what
    FreeSWITCH says. If it raises, the connection is dropped and tried again. ``on_down(reason)`` is called
    after each ``on_up``, when the last event has been handed over. ``on_event`` gets the events in between.
    None of these calls overlap, so the receiver needs no locks.

    The n-th attempt in a row waits ``first_delay``·2ⁿ seconds, ``max_delay`` at most, less up to half by
    chance. A connection that lasted ``stable_after`` seconds begins again at ``first_delay``.
    """

    def __init__(
        self,
        make: MakeConnection,
        *,
        names: tuple[str, ...],
        customs: tuple[str, ...] = (),
        on_up: OnUp,
        on_down: OnDown,
        on_event: EventHandler,
        first_delay: float = 0.5,
        max_delay: float = 30.0,
        stable_after: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = gevent.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._make = make
        # Both are needed here: the one for jobs and the Core-UUID, the other as a sign of life.
        self._names = tuple(dict.fromkeys((*names, "BACKGROUND_JOB", "HEARTBEAT")))
        self._customs = customs
        self._on_up = on_up
        self._on_down = on_down
        self._on_event = on_event
        self._first_delay = first_delay
        self._max_delay = max_delay
        self._stable_after = stable_after
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._current: Connection | None = None
        self._up = gevent.event.Event()
        self._stopped = False
        self._greenlet: gevent.Greenlet[[], None] | None = None
        #: Why the last attempt or connection ended.
        self.last_error: EslError | None = None

    @classmethod
    def to(
        cls,
        host: str,
        port: int,
        password: str,
        *,
        names: tuple[str, ...],
        customs: tuple[str, ...] = (),
        on_up: OnUp,
        on_down: OnDown,
        on_event: EventHandler,
    ) -> SupervisedConnection:
        """The usual one, with the defaults of :class:`Connection`."""
        return cls(
            lambda on_event: Connection(host, port, password, on_event=on_event),
            names=names, customs=customs, on_up=on_up, on_down=on_down, on_event=on_event,
        )  # fmt: skip

    # --- Running ---

    def start(self) -> None:
        """Begin, in a greenlet of its own."""
        if self._greenlet is None:
            self._stopped = False
            self._greenlet = gevent.spawn(self.run)

    def stop(self, timeout: float = 5.0) -> None:
        """Close the connection and end; ``on_down`` is still called if it was up."""
        self._stopped = True
        if self._current is not None:
            self._current.close()
        if self._greenlet is not None and self._greenlet is not gevent.getcurrent():
            self._greenlet.join(timeout / 2 if self._up.is_set() else 0.05)
            self._greenlet.kill(timeout=timeout / 2)
            self._greenlet = None

    def run(self) -> None:
        """Connect, be up, be down, wait, again; until :meth:`stop`."""
        failures = 0
        while not self._stopped:
            began = self._clock()
            self.last_error = self._live_once()
            if self._stopped:
                break
            if self._clock() - began >= self._stable_after:
                failures = 0
            delay = min(self._max_delay, self._first_delay * 2.0 ** min(failures, 32))
            delay *= 1 - self._chance() / 2
            failures += 1
            log.warning("event socket: %s; next attempt in %.1f s", self.last_error, delay)
            self._sleep(delay)

    def _live_once(self) -> EslError:
        connection = self._current = self._make(on_event=self._on_event)
        try:
            connection.connect(deliver=False)
            connection.subscribe(self._names, self._customs)
            self._await_first_event(connection)
            return self._be_up(connection)
        except EslError as error:
            return error
        finally:
            connection.close()
            self._current = None

    def _await_first_event(self, connection: Connection) -> None:
        # Any job will do, even a failed one: its event brings the Core-UUID and proves that events arrive.
        job = connection.bgapi(commands.Api("global_getvar", "core_uuid"), timeout=10.0)
        with contextlib.suppress(CommandFailed):
            job.get()

    def _be_up(self, connection: Connection) -> EslError:
        reason: EslError
        try:
            self._on_up(connection, connection.core_uuid)
        except Exception as error:
            log.exception("taking up the connection failed")
            connection.close()
            reason = Disconnected(f"taking up the connection failed: {error}")
        else:
            self._up.set()
            connection.deliver()
            connection.wait_closed()
            self._up.clear()
            reason = connection.reason or Disconnected("ended")
        self._on_down(reason)
        return reason

    # --- Using ---

    @property
    def is_up(self) -> bool:
        return self._up.is_set()

    def wait_up(self, timeout: float) -> bool:
        """Wait until a connection is up. False: not in time."""
        return bool(self._up.wait(timeout))

    @property
    def connection(self) -> Connection:
        """The connection that is up. Raises Disconnected when none is."""
        if self._current is None or not self._up.is_set():
            raise Disconnected(f"not connected to FreeSWITCH: {self.last_error or 'not yet tried'}")
        return self._current

    def post(self, command: commands.Command) -> gevent.event.AsyncResult[CommandReply | ApiResponse]:
        return self.connection.post(command)

    def send(self, command: commands.Command, timeout: float | None = None) -> CommandReply:
        return self.connection.send(command, timeout)

    def api(self, call: commands.ApiCall, timeout: float | None = None) -> str:
        return self.connection.api(call, timeout)

    def bgapi(self, call: commands.ApiCall, timeout: float | None = None) -> gevent.event.AsyncResult[str]:
        return self.connection.bgapi(call, timeout)
