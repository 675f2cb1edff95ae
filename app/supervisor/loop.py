"""The supervisor's loop: start in stages, watch, restart with back-off, stop in reverse order.

Everything runs in one thread except the probes, which may take a second or two each; they only
return a string. Children are started from this thread because the kernel's promise "send a signal
when the parent dies" is about the thread that started them.
"""

from __future__ import annotations

import selectors
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from app.supervisor.child import Child, describe_exit, is_loud
from app.supervisor.probes import Unknown

PROBE_EVERY = 1.0
"""Seconds between two questions to a process that is ready; while it starts it is asked more often."""

DEATHS_AT_START = 3
"""A process that dies this often before it was ever ready ends the attempt to start."""


class StartFailed(Exception):
    """A process could not be started; the text says which and shows its last lines."""


class Supervisor:
    """Watches children from :meth:`start` to :meth:`stop`. ``say`` prints one line to the console."""

    def __init__(
        self,
        children: Sequence[Child],
        say: Callable[[str], None],
        *,
        verbose: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.children = sorted(children, key=lambda child: child.spec.stage)
        self.stop_requested = False
        self._say = say
        self._verbose = verbose
        self._clock = clock
        self._selector = selectors.DefaultSelector()
        self._pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="probe")
        self._asked: dict[str, Future[str | None]] = {}
        self._ask_at: dict[str, float] = {}
        self._turned_at = clock()
        self._impatient = False

    # -- the life of the whole ------------------------------------------------------------------

    def start(self, stage: int, progress: Callable[[Child, float], None]) -> None:
        """Start every child of ``stage`` and wait until each is ready. Raises :class:`StartFailed`."""
        began = self._clock()
        waiting = [child for child in self.children if child.spec.stage == stage]
        for child in waiting:
            self._launch(child)
        while waiting and not self.stop_requested:
            self.turn(0.05)
            for child in [child for child in waiting if child.ready]:
                progress(child, self._clock() - began)
                waiting.remove(child)
            for child in waiting:
                if child.deaths >= DEATHS_AT_START:
                    raise StartFailed(self._obituary(child, f"died {child.deaths} times while it started"))
                if self._clock() - began > child.spec.ready_within:
                    raise StartFailed(
                        self._obituary(child, f"was not ready after {child.spec.ready_within:.0f} seconds")
                    )

    def watch(self) -> None:
        """Restart what dies until somebody asks to stop."""
        while not self.stop_requested:
            self.turn(0.2)

    def request_stop(self) -> None:
        """Ask the loop to end; asked again, the children are killed without more ado."""
        self._impatient = self.stop_requested
        self.stop_requested = True

    def stop(self) -> None:
        """Stop the children, the last stage first; what does not end in time is killed."""
        for stage in sorted({child.spec.stage for child in self.children}, reverse=True):
            ending = [child for child in self.children if child.spec.stage == stage and child.process]
            for child in ending:
                child.signal(signal.SIGTERM)
            began = self._clock()
            while any(child.process for child in ending):
                self._drain(0.05)
                for child in ending:
                    if child.process and (self._impatient or self._clock() - began > child.spec.stops_within):
                        child.signal(signal.SIGKILL)
                    self._forget_if_ended(child)
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._selector.close()

    # -- one turn -------------------------------------------------------------------------------

    def turn(self, wait: float) -> None:
        """Read what was printed for up to ``wait`` seconds, then look after every child once."""
        self._drain(wait)
        now = self._clock()
        stalled = now - self._turned_at
        self._turned_at = now
        for child in self.children:
            if stalled > 3.0:
                child.fresh_at += stalled  # we stood still ourselves: nobody can be blamed for silence
            code = self._forget_if_ended(child)
            if code is not None:
                reason = child.killed_because or describe_exit(code)
                pause = round(child.start_at - now)
                soon = f"in {pause} s" if pause > 0 else "now"
                self._say(f"{child.spec.title} {reason}; it is restarted {soon} ({child.log_path})")
            elif child.process is None:
                if child.deaths and now >= child.start_at:
                    self._relaunch(child, now)
            else:
                self._ask(child, now)

    def _launch(self, child: Child) -> None:
        try:
            child.start(self._clock())
        except OSError as error:
            raise StartFailed(f"{child.spec.title} cannot be started: {error}") from error
        assert child.process is not None and child.process.stdout is not None
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)
        self._ask_at[child.spec.name] = 0.0

    def _relaunch(self, child: Child, now: float) -> None:
        """Start it again; what keeps it from starting must not take the others down with it."""
        try:
            self._launch(child)
        except StartFailed as error:
            child.started_at = now  # it has not lived: the pauses grow
            child.note_death(now)
            self._say(f"{error}; it is tried again in {round(child.start_at - now)} s")

    def _ask(self, child: Child, now: float) -> None:
        """Collect the last answer, kill a process that hangs, and ask again when it is time."""
        name, probe = child.spec.name, child.spec.probe
        if probe is None:
            child.ready = child.ready or now - child.started_at >= child.spec.settles_in
            return
        asked = self._asked.get(name)
        if asked is not None and asked.done():
            del self._asked[name]
            was_ready = child.ready
            try:
                child.answer(asked.result(), now)
            except Unknown:
                child.fresh_at = now
            if child.ready and not was_ready and child.deaths:
                self._say(f"{child.spec.title} is back.")
            self._ask_at[name] = now + (PROBE_EVERY if child.ready else 0.1)
        if child.is_hung(now):
            silent = now - child.fresh_at
            child.killed_because = f"did not answer for {silent:.0f} seconds and was killed"
            child.signal(signal.SIGKILL)
        elif name not in self._asked and now >= self._ask_at[name]:
            self._asked[name] = self._pool.submit(probe)

    def _drain(self, wait: float) -> None:
        for key, _ in self._selector.select(wait):
            child: Child = key.data
            if not child.read(partial(self._show, child)):
                self._selector.unregister(key.fileobj)

    def _show(self, child: Child, line: str) -> None:
        if self._verbose or is_loud(line):
            self._say(f"[{child.spec.name}] {line[:500]}")

    def _forget_if_ended(self, child: Child) -> int | None:
        if child.process is None or child.process.poll() is None:
            return None
        stdout = child.process.stdout
        if stdout is not None and stdout in self._selector.get_map():
            self._selector.unregister(stdout)
        self._asked.pop(child.spec.name, None)
        return child.reap(self._clock(), partial(self._show, child))

    def _obituary(self, child: Child, what: str) -> str:
        last = "\n".join(f"    {line}" for line in child.tail) or "    (it printed nothing)"
        return f"{child.spec.title} {what}. Its last lines, from {child.log_path}:\n{last}"
