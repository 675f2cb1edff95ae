"""One FreeSWITCH node as the core's :class:`app.ports.Switch`.

``perform`` encodes and queues, a writer greenlet writes: the dispatcher never waits for the network. What
FreeSWITCH refuses comes back as :class:`EffectFailed`, all else as the events it causes.

*Coming to rest.* Parting and joining take FreeSWITCH 20–45 ms, in which a leg has left one thing and not
reached the next; what is sent to it then is lost or done in the wrong place. So effects for such a leg wait
until its CHANNEL_PARK or CHANNEL_BRIDGE, or :data:`REST_SECONDS` at most. Hanging up and
sending away never wait.
"""

from __future__ import annotations

import contextlib
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import gevent
import gevent.event

from app.adapters.freeswitch import snapshot
from app.adapters.freeswitch.beneath import Beneath
from app.adapters.freeswitch.legs import Legs
from app.adapters.freeswitch.orders import Order, Params, orders
from app.adapters.freeswitch.translate import (
    CUSTOM_NAMES,
    EVENT_NAMES,
    MUSIC_TOKEN,
    TOKEN_PREFIX,
    UNFILTERED,
    application_token,
    translate,
)
from app.core import effects as fx
from app.core import events as ev
from app.core.definitions import Leg, Node
from app.ports import Clock, SwitchUnavailable
from esl import commands as esl
from esl.connection import Connection
from esl.errors import CommandFailed, EslError
from esl.frames import ApiResponse, CommandReply, Event
from esl.supervised import SupervisedConnection
from esl.waiting import result_of_api

log = logging.getLogger(__name__)

REST_SECONDS = 2.0
SETTLE_SECONDS = 0.3
"""FreeSWITCH's list of channels lags behind by up to 0.2 s; events are subscribed before this pause."""

_GONE = ("No such channel", "invalid session id", "Cannot locate session")
"""How FreeSWITCH says that a leg is not there."""

Sink = Callable[[ev.SwitchEvent], object]


@dataclass(frozen=True, slots=True)
class NodeParams:
    """Where a node is and what belongs to it. ``recordings_dir`` is FreeSWITCH's own view of the path."""

    node: Node
    host: str
    port: int
    password: str = field(repr=False)
    sip_domain: str
    recordings_dir: str
    gateway: str = "carrier"

    @classmethod
    def of(cls, settings: Any) -> NodeParams:
        """From the product's settings."""
        return cls(
            settings.node, settings.esl_host, settings.esl_port, settings.read_esl_password(),
            settings.sip_domain, str(settings.recordings_dir),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Encoded:
    """A command that was checked and encoded when the effect was performed."""

    data: bytes

    def encode(self) -> bytes:
        return self.data


class FreeSwitchNode:
    """Connects and stays connected; ``sink`` is called with every core event, one at a time, and must not wait.

    ``NodeUp`` comes before the first event of a connection, ``NodeDown`` after its last. In virtual time ``later`` and
    ``sleep`` are that clock's.
    """

    def __init__(
        self,
        params: NodeParams,
        sink: Sink,
        clock: Clock,
        *,
        known_core_uuid: str = "",
        connect: Callable[..., Connection] = Connection,
        later: Callable[..., object] = gevent.spawn_later,
        sleep: Callable[[float], object] = gevent.sleep,
    ) -> None:
        self.node: Node = params.node
        self.core_uuid = known_core_uuid
        """Identity of the FreeSWITCH process that was last connected."""
        self._params = params
        self._of_all = Params(params.sip_domain, params.recordings_dir, params.gateway)
        self._sink = sink
        self._clock = clock
        self._later = later
        self._sleep = sleep
        self._legs = Legs()
        self._beneath = Beneath(self._legs, clock, self._play, later)
        self._early: dict[Leg, ev.LegsBridged] = {}
        self._outbox: deque[tuple[Connection, Order]] = deque()
        self._filled = gevent.event.Event()
        self._writer: gevent.Greenlet[[], None] | None = None
        self._supervised = SupervisedConnection(
            lambda on_event: connect(params.host, params.port, params.password, on_event=on_event),
            names=EVENT_NAMES, customs=CUSTOM_NAMES,
            on_up=self._on_up, on_down=self._on_down, on_event=self._on_event,
            first_delay=0.25, max_delay=5.0,
        )  # fmt: skip

    # --- running ------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to connect, in greenlets of its own."""
        if self._writer is None:
            self._writer = gevent.spawn(self._write)
        self._supervised.start()

    def stop(self) -> None:
        """Disconnect and end; calls go on without us."""
        self._supervised.stop()
        if self._writer is not None:
            self._writer.kill()
            self._writer = None

    def look_again(self) -> None:
        """Disconnect, so that the next connection tells how things are. Nothing when not connected."""
        with contextlib.suppress(SwitchUnavailable):
            self._connection().close()

    @property
    def is_up(self) -> bool:
        return self._supervised.is_up

    def wait_up(self, timeout: float) -> bool:
        """Wait until connected. False: not in time."""
        return self._supervised.wait_up(timeout)

    def api(self, call: esl.ApiCall, timeout: float = 5.0) -> str:
        """Ask something in the background and wait for the answer (doctor, publishing). Raises EslError."""
        answer = self._supervised.bgapi(call, timeout).get()
        assert answer is not None
        return answer

    # --- effects ------------------------------------------------------------------------------

    def perform(self, effect: fx.Effect) -> None:
        """Send what the effect asks, without waiting.

        Raises SwitchUnavailable when not connected, UnsafeValue (a ValueError) when a value must not
        reach the switch; nothing was sent then.
        """
        if not self._supervised.is_up:
            raise SwitchUnavailable(
                f"{self.node} is not connected: {self._supervised.last_error or 'not yet'}"
            )
        if not isinstance(effect, fx.HangUpLeg | fx.Divert):
            for leg in (getattr(effect, "leg", ""), getattr(effect, "other", "")):
                waiting = self._legs[leg].waiting if leg in self._legs else None
                if waiting is not None:
                    waiting.append(effect)
                    return
        self._carry_out(effect)

    def play_script_prompt(self, leg: Leg, paths: Sequence[str], token: str) -> None:
        """:class:`PlayPrompt`, for the script driver. Raises as :meth:`perform`."""
        self.perform(fx.PlayPrompt(leg, tuple(paths), token))

    def _carry_out(self, effect: fx.Effect) -> None:
        connection = self._connection()
        locked_for = self._beneath.locked_for(effect)
        kept = self._legs.keep(effect)
        try:
            ready = [self._encoded(order) for order in orders(effect, self._legs, self._of_all)]
        except ValueError:
            # Nothing will be sent, so nothing must be believed to have been.
            self._legs.update(kept)
            raise
        self._outbox.extend((connection, order) for order in ready)
        self._filled.set()
        if isinstance(effect, fx.Adopt) and locked_for is not None:
            self._beneath.unlock(effect.leg, locked_for, partial(self._break, connection))
        elif isinstance(effect, fx.PlayMusic):
            self._legs[effect.leg].music_at = self._clock.monotonic()
        elif isinstance(effect, fx.Part):
            self._moving(effect.keep)
        elif isinstance(effect, fx.Join):
            self._moving((effect.leg, effect.other))

    def _break(self, connection: Connection, leg: Leg) -> None:
        if leg in self._legs and not self._legs[leg].other:
            self._outbox.append((connection, Order(esl.UuidBreak(leg, all_queued=False), leg)))
            self._filled.set()

    @staticmethod
    def _encoded(order: Order) -> Order:
        if order.job:
            order.command.encode()  # checked now, while who asked can still be told
            return order
        return Order(_Encoded(order.command.encode()), order.leg, order.token)

    def _connection(self) -> Connection:
        try:
            return self._supervised.connection
        except EslError as error:
            raise SwitchUnavailable(str(error)) from None

    # --- coming to rest -------------------------------------------------------------------------

    def _moving(self, legs: Sequence[Leg]) -> None:
        for leg in legs:
            waiting: deque[fx.Effect] = deque()
            self._legs[leg].waiting = waiting
            self._later(REST_SECONDS, self._rested, leg, waiting)

    def _rested(self, leg: Leg, expected: deque[fx.Effect] | None = None) -> None:
        """A leg has come to rest (or, with ``expected``, that time is over): do what waited for it."""
        state = self._legs.get(leg)
        if state is None or state.waiting is None or (expected is not None and state.waiting is not expected):
            return
        waiting, state.waiting = state.waiting, None
        for effect in waiting:
            try:
                self.perform(effect)
            except (SwitchUnavailable, ValueError) as error:
                self._fail(leg, _token_of(effect), str(error))

    # --- writing --------------------------------------------------------------------------------

    def _write(self) -> None:
        while True:
            self._filled.wait()
            self._filled.clear()
            while self._outbox:
                connection, first = self._outbox.popleft()
                together = [first]
                # What one event decided goes out in one write. A background job is a write of its own.
                while not first.job and self._outbox:
                    on, order = self._outbox[0]
                    if on is not connection or order.job:
                        break
                    together.append(order)
                    self._outbox.popleft()
                try:
                    self._say(connection, together)
                except EslError as error:
                    for order in together:
                        self._fail(order.leg, order.token, str(error))

    def _say(self, connection: Connection, together: Sequence[Order]) -> None:
        first = together[0]
        if first.job:
            assert isinstance(first.command, esl.ApiCall)
            connection.bgapi(first.command).rawlink(lambda result: self._job_done(first, result))
            return
        results = connection.post_all([order.command for order in together])
        for order, result in zip(together, results, strict=True):
            result.rawlink(partial(self._replied, order))

    def _replied(self, order: Order, result: gevent.event.AsyncResult[CommandReply | ApiResponse]) -> None:
        # Called in the event loop, where nothing may wait.
        if not result.successful():
            gevent.spawn(self._fail, order.leg, order.token, str(result.exception))
            return
        reply = result.value
        if isinstance(reply, ApiResponse):
            try:
                result_of_api("api", reply.body)
            except CommandFailed as error:
                gevent.spawn(self._fail, order.leg, order.token, error.text)
        elif isinstance(reply, CommandReply) and not reply.ok:
            gevent.spawn(self._fail, order.leg, order.token, reply.text.removeprefix("-ERR").strip())

    def _job_done(self, order: Order, result: gevent.event.AsyncResult[str]) -> None:
        if not result.successful():
            error = result.exception
            reason = error.text if isinstance(error, CommandFailed) else str(error)
            gevent.spawn(self._fail, order.leg, order.token, reason)

    def _fail(self, leg: Leg, token: str, reason: str) -> None:
        log.info("refused on %s: leg %s: %s", self.node, leg, reason)
        if reason.startswith(_GONE):
            self._legs.pop(leg, None)
        elif leg in self._legs:
            self._legs[leg].done_with(token)
            self._beneath.again(leg)
        self._forget_unanswered(token)
        self._sink(ev.EffectFailed(self.node, self._clock.now(), leg, token, reason))

    def _forget_unanswered(self, leg: Leg) -> None:
        """A leg that we wanted to make may never have been: then no event will tell its end."""
        if leg in self._legs and not self._legs[leg].answered:
            del self._legs[leg]

    # --- events ---------------------------------------------------------------------------------

    def _on_up(self, connection: Connection, core_uuid: str) -> None:
        # Of CHANNEL_EXECUTE_COMPLETE only our own executions: the dialplan's are ten times as many.
        connection.send(esl.Filter("Event-Name", f"/^({'|'.join(UNFILTERED)})$/"))
        connection.send(esl.Filter("Application-UUID", f"/^{TOKEN_PREFIX}/"))
        self._sleep(SETTLE_SECONDS)
        dumps = snapshot.read_legs(connection.api)
        registered = snapshot.read_registrations(connection.api)
        snapshot.restore(self._legs, dumps)
        self._early.clear()
        found = tuple(leg for dump in dumps if (leg := snapshot.leg_snapshot(dump)) is not None)
        restarted = bool(self.core_uuid) and self.core_uuid != core_uuid
        self.core_uuid = core_uuid
        self._sink(ev.NodeUp(self.node, self._clock.now(), core_uuid, restarted, found, registered))

    def _on_down(self, reason: EslError) -> None:
        self._legs.clear()
        self._early.clear()
        self._sink(ev.NodeDown(self.node, self._clock.now(), str(reason)))

    def _on_event(self, event: Event) -> None:
        if event.name == "CHANNEL_EXECUTE_COMPLETE" and application_token(event) == MUSIC_TOKEN:
            self._beneath.ended(event)
            return
        for found in translate(event, self.node):
            self._note(found, event)

    def _play(self, leg: Leg, music: str) -> None:
        with contextlib.suppress(SwitchUnavailable):
            self.perform(fx.PlayMusic(leg, music))

    def _note(self, event: ev.SwitchEvent, raw: Event) -> None:
        """Learn what the adapter needs, then tell the core."""
        match event:
            case ev.CallQueued() | ev.AgentDialled():
                state = self._legs[event.leg]
                state.tenant_id, state.guarded = event.tenant_id, True
                state.ends_with_bridge = None
                ago = (self._clock.now() - event.at).total_seconds()
                state.parked_at = self._clock.monotonic() - max(0.0, ago)
                self._sink(event)
                self._rested(event.leg)
            case ev.LegParked():
                self._sink(event)
                self._rested(event.leg)
            case ev.LegAnswered():
                self._legs[event.leg].answered = True
                self._sink(event)
                early = self._early.pop(event.leg, None)
                if early is not None:
                    self._sink(ev.LegsBridged(early.node, event.at, early.leg, early.other))
            case ev.LegsBridged():
                self._legs.bridged(event.leg, event.other)
                if self._legs[event.other].answered:
                    self._sink(event)
                else:
                    # Bridged for the carrier's ringing tone (early media): talk begins with the answer.
                    self._early[event.other] = event
                self._rested(event.leg)
                self._rested(event.other)
            case ev.LegsUnbridged():
                self._legs.parted(event.leg, event.other)
                if self._early.pop(event.other, None) is None:
                    self._sink(event)
            case ev.AppFinished():
                self._legs[event.leg].done_with(event.token)
                if event.app == "bridge":
                    self._forget_unanswered(event.token)
                self._sink(event)
                self._beneath.again(event.leg)
            case ev.RecordingStopped():
                prefix = self._params.recordings_dir.rstrip("/") + "/"
                path = event.path.removeprefix(prefix)
                self._sink(ev.RecordingStopped(event.node, event.at, event.leg, path, event.seconds))
            case ev.LegHungUp():
                self._rested(event.leg)
                self._legs.pop(event.leg, None)
                self._early.pop(event.leg, None)
                self._sink(event)
            case _:
                self._sink(event)


def _token_of(effect: fx.Effect) -> str:
    return str(
        getattr(effect, "token", "")
        or getattr(effect, "agent_leg", "")
        or getattr(effect, "new_leg", "")
        or ""
    )
