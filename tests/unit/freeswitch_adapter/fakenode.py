"""A connection to a FreeSWITCH that only remembers what it was told, and says what a test makes it say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import gevent
import gevent.event
from gevent.event import AsyncResult

from app.adapters.freeswitch.switch import FreeSwitchNode, NodeParams
from app.core.events import NodeUp, SwitchEvent
from esl import commands as esl
from esl.errors import CommandFailed, Disconnected, EslError
from esl.frames import ApiResponse, CommandReply, Event

CORE = "c0000000-0000-4000-8000-000000000001"
STAMP = "1795419432498220"
AT = datetime(2026, 11, 23, 7, 37, 12, 498220, tzinfo=UTC)


def event(name: str, leg: str = "", subclass: str = "", **headers: str) -> Event:
    """An event as FreeSWITCH says it; ``_`` in a header's name is ``-``, but not in ``variable_…``."""
    named = {
        k if k.startswith(("variable_", "sangdam_")) else k.replace("_", "-"): v for k, v in headers.items()
    }
    base = {"Event-Name": name, "Core-UUID": CORE, "Event-Date-Timestamp": STAMP}
    if leg:
        base["Unique-ID"] = leg
    return Event(name, subclass, {**base, **named})


class FakeConnection:
    """As much of esl.connection.Connection as a supervised node uses. ``answers``: first words → answer."""

    def __init__(self, world: World, on_event: Callable[[Event], object]) -> None:
        self.world = world
        self.on_event = on_event
        self.core_uuid = world.core_uuid
        self.reason: EslError | None = None
        self._ended = gevent.event.Event()

    def connect(self, deliver: bool = True) -> None:
        self.world.connections.append(self)

    def subscribe(self, names: tuple[str, ...], customs: tuple[str, ...] = ()) -> None:
        self.world.subscribed = (names, customs)

    def deliver(self) -> None:
        self.world.delivering = True

    def wait_closed(self, timeout: float | None = None) -> bool:
        return bool(self._ended.wait(timeout))

    def close(self) -> None:
        self.reason = self.reason or Disconnected("closed")
        self._ended.set()

    def send(self, command: esl.Command) -> CommandReply:
        self.world.settings.append(command.encode().decode())
        return CommandReply(True, "+OK", {})

    def api(self, call: esl.ApiCall) -> str:
        answer = self.world.answers.get(call.line(), "{}")
        if answer.startswith("-ERR"):
            raise CommandFailed(call.command, answer[5:])
        return answer

    def post(self, command: esl.Command) -> AsyncResult[CommandReply | ApiResponse]:
        text = command.encode().decode()
        self.world.said.append(text)
        result: AsyncResult[CommandReply | ApiResponse] = AsyncResult()
        refusal = next(
            (answer for start, answer in self.world.refusals.items() if text.startswith(start)), None
        )
        if text.startswith("api "):
            result.set(ApiResponse(refusal or "+OK\n"))
        else:
            result.set(CommandReply(refusal is None, refusal or "+OK", {}))
        return result

    def post_all(self, several: Sequence[esl.Command]) -> list[AsyncResult[CommandReply | ApiResponse]]:
        return [self.post(command) for command in several]

    def bgapi(self, call: esl.ApiCall, timeout: float | None = None) -> AsyncResult[str]:
        result: AsyncResult[str] = AsyncResult()
        self.world.jobs.append((call.line(), result))
        if call.command == "global_getvar":
            result.set(self.core_uuid)
        return result


class World:
    """What the fake FreeSWITCH is like."""

    def __init__(self) -> None:
        self.core_uuid = CORE
        self.answers: dict[str, str] = {}
        self.refusals: dict[str, str] = {}
        self.said: list[str] = []
        self.settings: list[str] = []
        self.jobs: list[tuple[str, AsyncResult[str]]] = []
        self.connections: list[FakeConnection] = []
        self.subscribed: Any = None
        self.delivering = False
        self.clock = Clock()

    def node(self) -> tuple[FreeSwitchNode, list[SwitchEvent]]:
        """A node that is up."""
        heard: list[SwitchEvent] = []
        params = NodeParams("n1", "127.0.0.1", 8021, "secret", "sangdam.local", "/rec")
        node = FreeSwitchNode(
            params,
            heard.append,
            self.clock,
            connect=lambda *a, on_event: FakeConnection(self, on_event),  # type: ignore[return-value]
        )
        node.start()
        with gevent.Timeout(3):
            while not (node.is_up and any(isinstance(e, NodeUp) for e in heard)):
                gevent.sleep(0.005)
        heard.clear()
        self.said.clear()
        return node, heard

    def say(self, *events: Event) -> None:
        """FreeSWITCH says this; what the node says in turn has been written when this returns."""
        for one in events:
            self.connections[-1].on_event(one)
        self.settle()

    def settle(self) -> None:
        for _ in range(5):
            gevent.sleep(0)


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> datetime:
        return AT

    def monotonic(self) -> float:
        return 1000.0 + self.ahead
