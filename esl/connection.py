"""One connection to FreeSWITCH's event socket, under gevent.

greenswitch's InboundESL with its gaps closed: own codec, whole writes, an end to every wait, pending
replies failed when the connection ends, a bounded queue between reader and handler, and a pulse.

Three greenlets: the *reader* turns bytes into frames, answers who waits for a reply or a job, and
queues events; the *handler* hands events over one after the other; the *keeper* looks at the clock.
The reader never waits for the handler. A subscriber that stops reading makes FreeSWITCH hold a
global lock, so a handler that is too slow costs this connection (:class:`Overflow`), never the switch.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import gevent
import gevent.event
import gevent.lock
import gevent.socket
from greenswitch import InboundESL

from esl import commands, values
from esl.codec import Decoder
from esl.errors import CommandFailed, ConnectFailed, Disconnected, EslError, Overflow, ProtocolError, Timeout
from esl.frames import ApiResponse, CommandReply, Disconnect, Event, Frame
from esl.handshake import CHUNK, open_socket
from esl.waiting import Jobs, Replies, result_of_api

log = logging.getLogger(__name__)

_EVENTS_BETWEEN_YIELDS = 64

EventHandler = Callable[[Event], object]


class Connection(InboundESL):  # type: ignore[misc]
    """Connect, subscribe, then be called with events.

    Times in seconds. ``reply_timeout`` is for each command without a timeout of its own; ``job_timeout``
    for background jobs. ``ping_interval``: how long silence may last before FreeSWITCH is asked for a
    sign of life, which it must give within ``ping_timeout``. ``heartbeat_timeout``: once one HEARTBEAT
    was seen, how long the next may be in coming; None switches that off. ``max_queued``: events that
    may wait for the handler.

    ``on_event`` is called with every event, in the handler's greenlet, in the order of arrival;
    handlers by name (``register_handle``) are an alternative. ``on_disconnect`` is called once, after the
    last event, with the reason. An exception of a handler is logged and does not end the connection.
    """

    def __init__(
        self,
        host: str,
        port: int,
        password: str,
        *,
        on_event: EventHandler | None = None,
        on_disconnect: Callable[[EslError], object] | None = None,
        connect_timeout: float = 5.0,
        auth_timeout: float = 5.0,
        reply_timeout: float = 5.0,
        job_timeout: float = 300.0,
        ping_interval: float = 10.0,
        ping_timeout: float = 10.0,
        heartbeat_timeout: float | None = 90.0,
        max_queued: int = 10_000,
    ) -> None:
        super().__init__(host, port, password, timeout=connect_timeout)
        self.on_event = on_event
        self.on_disconnect = on_disconnect
        self.auth_timeout = auth_timeout
        self.reply_timeout = reply_timeout
        self.job_timeout = job_timeout
        self.ping_interval = ping_interval
        self.ping_timeout = ping_timeout
        self.heartbeat_timeout = heartbeat_timeout
        self.max_queued = max_queued
        #: Identity of the FreeSWITCH process, as far as a BACKGROUND_JOB or HEARTBEAT has told it.
        self.core_uuid = ""
        #: Why the connection ended; None while it has not.
        self.reason: EslError | None = None
        self.connected = False
        self.sock: gevent.socket.socket | None = None
        self._decoder = Decoder()
        self._replies = Replies()
        self._jobs = Jobs()
        self._events: deque[Event] = deque()
        self._wake = gevent.event.Event()
        self._deliver = gevent.event.Event()
        self._ended = gevent.event.Event()
        self._write_lock = gevent.lock.Semaphore()
        self._greenlets: list[gevent.Greenlet[[], None]] = []
        self._heard_at = 0.0
        self._heartbeat_at: float | None = None

    # --- Beginning and end ---

    def connect(self, deliver: bool = True) -> None:
        """Connect and authenticate. Raises ConnectFailed or AuthFailed, and is then closed.

        With ``deliver=False`` events are queued until :meth:`deliver`, so that whoever connects can find
        out how things stand before he hears what changes.
        """
        if self.connected or self.reason is not None:
            raise ConnectFailed("a connection is used once: make a new one")
        try:
            self.sock, self._decoder = open_socket(
                self.host, self.port, self.password,
                connect_timeout=self.timeout, auth_timeout=self.auth_timeout,
            )  # fmt: skip
        except ConnectFailed as error:
            self.reason = error
            self._ended.set()
            raise
        if self.reason is not None:  # closed by another greenlet meanwhile
            self.sock.close()
            raise ConnectFailed(str(self.reason))
        self.connected = True
        self._heard_at = time.monotonic()
        if deliver:
            self._deliver.set()
        self._greenlets = [
            gevent.spawn(self.receive_events),
            gevent.spawn(self.process_events),
            gevent.spawn(self._keep),
        ]

    def deliver(self) -> None:
        """Begin to hand events over, the queued ones first (see :meth:`connect`)."""
        self._deliver.set()

    def close(self) -> None:
        """End the connection. What is pending fails; events not yet handed over are dropped."""
        self._events.clear()
        self._end(Disconnected("closed from this side"))

    stop = close

    def wait_closed(self, timeout: float | None = None) -> bool:
        """Wait until the connection has ended and ``on_disconnect`` has been called. False: not in time."""
        return bool(self._ended.wait(timeout))

    def __enter__(self) -> Connection:
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _end(self, reason: EslError) -> None:
        if self.reason is not None:
            return
        self.reason = reason
        self.connected = self._run = False
        if isinstance(reason, Overflow):
            self._events.clear()
        if self.sock is not None:
            self.sock.close()
        self._replies.fail(reason)
        self._jobs.fail(reason)
        self._wake.set()
        self._deliver.set()
        if not self._greenlets:
            self._ended.set()

    # --- Saying ---

    def post(self, command: commands.Command) -> gevent.event.AsyncResult[CommandReply | ApiResponse]:
        """Write a command and return what will hold its reply, or a Disconnected.

        Raises UnsafeValue (nothing was written), Disconnected, or Timeout if FreeSWITCH does not read,
        which ends the connection.
        """
        return self.post_all((command,))[0]

    def post_all(
        self, several: Sequence[commands.Command]
    ) -> list[gevent.event.AsyncResult[CommandReply | ApiResponse]]:
        """As :meth:`post`, for several commands in one write. Raises as it does; nothing is written when one
        of them is refused."""
        self._open_socket()
        data = b"".join([command.encode() for command in several])
        deadline = gevent.Timeout(self.reply_timeout)
        writing = False
        try:
            with deadline, self._write_lock:
                sock = self._open_socket()
                writing = True
                results = [self._replies.expect() for _ in several]
                sock.sendall(data)
                return results
        except gevent.Timeout as timeout:
            if timeout is not deadline:
                raise
            error = Timeout(f"FreeSWITCH did not read a command within {self.reply_timeout} s")
            if writing:
                self._end(Disconnected(str(error)))
            raise error from None
        except OSError as os_error:
            self._end(Disconnected(f"the connection broke: {os_error}"))
            raise self._gone() from None

    def send(self, command: commands.Command, timeout: float | None = None) -> CommandReply:
        """Write a command and wait for its reply.

        Raises UnsafeValue, CommandFailed (``-ERR``), Timeout (the command may yet be carried out) or
        Disconnected.
        """
        reply = self._wait(self.post(command), timeout, command)
        if isinstance(reply, ApiResponse):
            return CommandReply(True, "", {}, result_of_api(_named(command), reply.body))
        if not reply.ok:
            raise CommandFailed(_named(command), reply.text.removeprefix("-ERR").strip())
        return reply

    def api(self, call: commands.ApiCall, timeout: float | None = None) -> str:
        """Run an api command while events wait, and return what it printed. Prefer :meth:`bgapi`.

        Raises as :meth:`send`; CommandFailed for an answer that begins with ``-ERR`` or ``-USAGE``.
        """
        return self.send(call, timeout).body

    def bgapi(self, call: commands.ApiCall, timeout: float | None = None) -> gevent.event.AsyncResult[str]:
        """Run an api command in the background; the result is what it printed.

        Returns as soon as the command is written. ``get`` raises CommandFailed, Timeout (after
        ``timeout``, else ``job_timeout``, seconds) or Disconnected. Needs BACKGROUND_JOB subscribed.
        """
        job = str(uuid.uuid4())
        deadline = time.monotonic() + (self.job_timeout if timeout is None else timeout)
        result = self._jobs.expect(job, call.command, deadline)
        try:
            self.post(commands.BgApi.of(call, job)).rawlink(lambda reply: self._jobs.accepted(job, reply))
        except (EslError, ValueError):
            self._jobs.forget(job)
            raise
        return result

    def execute(
        self,
        leg: str,
        app: str,
        arg: str = "",
        *,
        event_uuid: str = "",
        event_lock: bool = False,
        loops: int = 1,
        timeout: float | None = None,
    ) -> CommandReply:
        """Queue a dialplan application on a leg. Raises as :meth:`send`."""
        return self.send(commands.Execute(leg, app, arg, event_uuid, event_lock, loops), timeout)

    def subscribe(self, names: tuple[str, ...], customs: tuple[str, ...] = ()) -> CommandReply:
        """Ask for events, adding to what was asked before. Raises as :meth:`send`."""
        return self.send(commands.SubscribeJson(names, customs))

    def ping(self, timeout: float | None = None) -> None:
        """Return if FreeSWITCH's listener answers; raise Timeout or Disconnected if not."""
        command = commands.Ping()
        self._wait(self.post(command), timeout, command)

    def _wait(
        self,
        result: gevent.event.AsyncResult[CommandReply | ApiResponse],
        timeout: float | None,
        command: commands.Command,
    ) -> CommandReply | ApiResponse:
        seconds = self.reply_timeout if timeout is None else timeout
        try:
            reply = result.get(timeout=seconds)
        except gevent.Timeout:
            raise Timeout(f"no answer to {_named(command)} within {seconds} s") from None
        assert reply is not None
        return reply

    def _open_socket(self) -> gevent.socket.socket:
        if not self.connected or self.sock is None:
            raise self._gone()
        return self.sock

    def _gone(self) -> Disconnected:
        return Disconnected(str(self.reason or "not connected"))

    # --- Hearing ---

    def receive_events(self) -> None:
        """The reader's loop."""
        reason: EslError
        try:
            sock = self._open_socket()
            while True:
                data = sock.recv(CHUNK)
                self._heard_at = time.monotonic()
                self._decoder.feed(data)
                while (frame := self._decoder.next_frame()) is not None:
                    self._take(frame)
                if self._events:
                    self._wake.set()
                if not data:
                    raise Disconnected("FreeSWITCH closed the connection")
                # recv does not yield while there is something to read; the handler must have its turn.
                gevent.sleep(0)
        except OSError as error:
            reason = Disconnected(f"the connection broke: {error}")
        except ProtocolError as error:
            reason = Disconnected(f"FreeSWITCH sent nonsense: {error}")
        except EslError as error:
            reason = error
        self._end(reason)

    def _take(self, frame: Frame) -> None:
        if isinstance(frame, Event):
            if len(self._events) >= self.max_queued:
                raise Overflow(f"{self.max_queued} events are waiting: the handler is too slow")
            if frame.name == "BACKGROUND_JOB":
                self.core_uuid = frame.core_uuid or self.core_uuid
                self._jobs.done(frame.job_uuid, frame.body)
            elif frame.name == "HEARTBEAT":
                self.core_uuid = frame.core_uuid or self.core_uuid
                self._heartbeat_at = self._heard_at
            self._events.append(frame)
        elif isinstance(frame, CommandReply | ApiResponse):
            self._replies.answer(frame)
        elif isinstance(frame, Disconnect) and not frame.linger:
            raise Disconnected(f"FreeSWITCH ended the connection: {' '.join(frame.text.split())}")

    def process_events(self) -> None:
        """The handler's loop."""
        self._deliver.wait()
        events = self._events
        since_yield = 0
        while True:
            while events:
                self._hand_over(events.popleft())
                since_yield += 1
                if since_yield >= _EVENTS_BETWEEN_YIELDS:
                    since_yield = 0
                    gevent.sleep(0)
            if self.reason is not None:
                break
            self._wake.clear()
            self._wake.wait()
            since_yield = 0
        if self.on_disconnect is not None:
            try:
                self.on_disconnect(self.reason)
            except Exception:
                log.exception("the handler of the disconnection failed")
        self._ended.set()

    def _hand_over(self, event: Event) -> None:
        if self.on_event is not None:
            self._safe_exec_handler(self.on_event, event)
        if self.event_handlers:
            key = event.subclass if event.name == "CUSTOM" else event.name
            for handler in tuple(self.event_handlers.get(key) or self.event_handlers.get("*") or ()):
                self._safe_exec_handler(handler, event)

    def _safe_exec_handler(self, handler: EventHandler, event: Event) -> None:
        try:
            handler(event)
        except ProtocolError as error:
            self._end(Disconnected(f"FreeSWITCH sent nonsense: {error}"))
        except Exception:
            log.exception("the handler of %s failed: %.200r", event.name, event.headers)

    # --- The clock ---

    def _keep(self) -> None:
        step = max(0.01, min(1.0, self.ping_interval / 4, self.ping_timeout / 4))
        asked_at: float | None = None
        overdue = 0
        while self.reason is None and not self._ended.wait(step):
            now = time.monotonic()
            self._jobs.expire(now)
            if asked_at is not None and self._heard_at > asked_at:
                asked_at = None
            missed = self._what_is_missing(now, asked_at)
            # Twice in a row: if this process itself was held up, the reader must first have had its turn.
            overdue = overdue + 1 if missed else 0
            if overdue >= 2:
                self._end(Disconnected(missed))
            elif asked_at is None and now - self._heard_at > self.ping_interval:
                asked_at = now
                try:
                    self.post(commands.Ping())
                except EslError as error:
                    log.warning("cannot ping: %s", error)

    def _what_is_missing(self, now: float, asked_at: float | None) -> str:
        if asked_at is not None and now - asked_at > self.ping_timeout:
            return f"no sign of life for {self.ping_timeout} s"
        limit, beat = self.heartbeat_timeout, self._heartbeat_at
        if limit is not None and beat is not None and now - beat > limit:
            return f"no HEARTBEAT for {limit} s"
        return ""


def _named(command: Any) -> str:
    if isinstance(command, commands.ApiCall):
        return values.name(command.command)
    if isinstance(command, commands.Execute):
        return f"execute {command.app}"
    return type(command).__name__.lower()
