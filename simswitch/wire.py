"""The Event Socket without a socket: what esl.connection.Connection is to the adapter, in virtual time.

Real frames (esl.codec) and real commands; only the TCP connection and its greenlets are missing. ``latency``
lets every command and every event travel for so many virtual seconds, so that they cross on their way; ``spacing``
lies between the commands of a batch: FreeSWITCH carries them out one after another, while the channel goes on.
For the rehearsal and for tests (app.bootstrap.virtual).
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import gevent.event
from gevent.event import AsyncResult

from esl import commands as esl
from esl.codec import Decoder
from esl.errors import CommandFailed, ConnectFailed, Disconnected, EslError
from esl.frames import ApiResponse, CommandReply, Disconnect, Event
from esl.waiting import Jobs, Replies, result_of_api

if TYPE_CHECKING:
    from simswitch.eventsocket import Connection
    from simswitch.switch import SimSwitch


class Wire:
    """One connection to ``switch``. ``stir`` is called when something is under way that has to be seen through."""

    def __init__(
        self, switch: SimSwitch, on_event: Callable[[Event], object], stir: Callable[[], None], latency: float,
        spacing: float = 0.0,
    ) -> None:
        self._switch = switch
        self._on_event = on_event
        self._stir = stir
        self._latency = latency
        self._spacing = spacing
        self.core_uuid = ""
        self.reason: EslError | None = None
        self.said: list[bytes] = []
        """Every command as it was written, for tests that count them."""
        self._decoder = Decoder()
        self._replies = Replies()
        self._jobs = Jobs()
        self._events: deque[Event] = deque()
        self._outgoing: deque[bytes] = deque()
        self._delivering = False
        self._free_at = 0.0
        """When the command written last arrives, epoch seconds."""
        self._ended = gevent.event.Event()
        self._end: Connection | None = None

    # --- as the adapter and esl.supervised use it ---------------------------------------------------

    def connect(self, deliver: bool = True) -> None:
        if not self._switch.running:
            raise ConnectFailed("connection refused")
        self._end = self._switch.connect(self._arrives)
        self._end.on_close = self._torn
        accepted = self._replies.expect()
        self._end.feed(f"auth {self._switch.password}\n\n".encode())
        reply = accepted.get(block=False)
        assert isinstance(reply, CommandReply) and reply.ok, reply
        self._delivering = deliver

    def subscribe(self, names: tuple[str, ...], customs: tuple[str, ...] = ()) -> None:
        self.send(esl.SubscribeJson(names, customs))

    def deliver(self) -> None:
        self._delivering = True
        self._stir()

    def wait_closed(self, timeout: float | None = None) -> bool:
        return bool(self._ended.wait(timeout))

    def close(self) -> None:
        self._events.clear()
        self._finish(Disconnected("closed from this side"))
        self._ended.set()

    def post(self, command: esl.Command) -> AsyncResult[CommandReply | ApiResponse]:
        if self.reason is not None:
            raise self.reason
        data = command.encode()
        self.said.append(data)
        result = self._replies.expect()
        self._outgoing.append(data)
        if self._latency and self._delivering:
            clock = self._switch.clock
            self._free_at = max(self._free_at + self._spacing, clock.time() + self._latency)
            clock.after(self._free_at - clock.time(), self._travel)
        else:
            self._travel()
        self._stir()
        return result

    def post_all(self, commands: Sequence[esl.Command]) -> list[AsyncResult[CommandReply | ApiResponse]]:
        return [self.post(command) for command in commands]

    def send(self, command: esl.Command) -> CommandReply:
        """At once, whatever is on its way: only used before anything else is."""
        result = self.post(command)
        while self._outgoing:
            self._travel()
        reply = result.get(block=False)
        if isinstance(reply, ApiResponse):
            return CommandReply(True, "", {}, result_of_api("api", reply.body))
        if not reply.ok:
            raise CommandFailed("command", reply.text)
        return reply

    def api(self, call: esl.ApiCall) -> str:
        return self.send(call).body

    def bgapi(self, call: esl.ApiCall, timeout: float | None = None) -> AsyncResult[str]:
        job = str(uuid.uuid4())
        result = self._jobs.expect(job, call.command, float("inf"))
        self.post(esl.BgApi.of(call, job)).rawlink(lambda reply: self._jobs.accepted(job, reply))
        return result

    # --- the wire itself ----------------------------------------------------------------------------

    def _travel(self) -> None:
        if self._outgoing and self.reason is None:
            assert self._end is not None
            self._end.feed(self._outgoing.popleft())
            self._stir()

    def _arrives(self, data: bytes) -> None:
        self._decoder.feed(data)
        while (frame := self._decoder.next_frame()) is not None:
            if isinstance(frame, CommandReply | ApiResponse):
                # Replies do not wait for the latency: nobody decides anything by them but failures.
                self._replies.answer(frame)
            elif isinstance(frame, Event):
                if self._latency and self._delivering:
                    self._switch.clock.after(self._latency, self._take, frame)
                else:
                    self._take(frame)
            elif isinstance(frame, Disconnect):
                self._finish(Disconnected("the switch said goodbye"))
        self._stir()

    def _take(self, event: Event) -> None:
        if event.name == "BACKGROUND_JOB":
            self.core_uuid = event.core_uuid or self.core_uuid
            self._jobs.done(event.job_uuid, event.body)
        elif event.name == "HEARTBEAT":
            self.core_uuid = event.core_uuid or self.core_uuid
        if self.reason is None:
            self._events.append(event)
        self._stir()

    def hand_over(self) -> bool:
        """Give what has arrived to the adapter; whether there was anything."""
        if not self._delivering:
            return False
        found = bool(self._events)
        while self._events:
            self._on_event(self._events.popleft())
        if self.reason is not None and not self._ended.is_set():
            self._ended.set()
            found = True
        return found

    def _torn(self) -> None:
        self._finish(Disconnected("FreeSWITCH closed the connection"))

    def _finish(self, reason: EslError) -> None:
        if self.reason is not None:
            return
        self.reason = reason
        self._replies.fail(reason)
        self._jobs.fail(reason)
        if self._end is not None:
            self._end.tear()
        self._stir()
