"""A small event socket to talk to: it says what a test tells it to, also what FreeSWITCH would not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import gevent
import gevent.event
from gevent.server import StreamServer

from esl.connection import Connection
from esl.errors import EslError
from esl.frames import Event

PASSWORD = "secret"
CORE = "c0000000-0000-4000-8000-000000000001"


def event(name: str, body: str = "", **headers: str) -> bytes:
    document = {"Event-Name": name, "Core-UUID": CORE}
    document |= {header.replace("_", "-"): value for header, value in headers.items()}
    if body:
        document["_body"] = body
    data = json.dumps(document, separators=(",", ":")).encode()
    return b"Content-Length: %d\nContent-Type: text/event-json\n\n%b" % (len(data), data)


def reply(text: str, *more: str) -> bytes:
    return "\n".join(["Content-Type: command/reply", f"Reply-Text: {text}", *more]).encode() + b"\n\n"


def api_response(text: str) -> bytes:
    return f"Content-Type: api/response\nContent-Length: {len(text)}\n\n{text}".encode()


class FakeSwitch:
    """Answers as FreeSWITCH does, except where ``on`` holds an answer for the command's first words.

    An answer is bytes, or a function that is given the fake and the socket and may do anything; None
    says nothing at all.
    """

    def __init__(self, greeting: bytes | None = b"Content-Type: auth/request\n\n") -> None:
        self.greeting = greeting
        self.on: dict[str, bytes | None | Callable[[FakeSwitch, Any], object]] = {}
        self.commands: list[str] = []
        self.sockets: list[Any] = []
        self.changed = gevent.event.Event()
        self.server = StreamServer(("127.0.0.1", 0), self._serve)
        self.server.start()

    @property
    def port(self) -> int:
        return int(self.server.server_port)

    def stop(self) -> None:
        self.server.stop(timeout=0.1)
        self.drop()

    def drop(self) -> None:
        """Close every connection without a word."""
        for sock in self.sockets:
            sock.close()
        self.sockets.clear()

    def say(self, *pieces: bytes) -> None:
        self.sockets[-1].sendall(b"".join(pieces))

    def wait_for(self, start: str) -> str:
        with gevent.Timeout(2, AssertionError(f"no command {start!r} in {self.commands}")):
            while True:
                for command in self.commands:
                    if command.startswith(start):
                        return command
                self.changed.clear()
                self.changed.wait()

    def _serve(self, sock: Any, _: object) -> None:
        self.sockets.append(sock)
        received = b""
        try:
            if self.greeting is not None:
                sock.sendall(self.greeting)
            while data := sock.recv(65536):
                received += data
                while b"\n\n" in received:
                    head, received = received.split(b"\n\n", 1)
                    self._answer(sock, head.decode())
        except OSError:
            return  # the test dropped this connection

    def _answer(self, sock: Any, command: str) -> None:
        self.commands.append(command)
        self.changed.set()
        for start, answer in self.on.items():
            if command.startswith(start):
                if callable(answer):
                    answer(self, sock)
                elif answer is not None:
                    sock.sendall(answer)
                return
        sock.sendall(self._usual(command))

    def _usual(self, command: str) -> bytes:
        first, _, rest = command.partition(" ")
        if first == "auth":
            return reply("+OK accepted") if rest == PASSWORD else reply("-ERR invalid")
        if first == "api":
            return api_response(f"+OK {rest}\n")
        if first == "bgapi":
            call, _, job = rest.partition("\nJob-UUID: ")
            done = event("BACKGROUND_JOB", f"+OK {call}\n", Job_UUID=job)
            return reply(f"+OK Job-UUID: {job}", f"Job-UUID: {job}") + done
        if first == "nolinger":
            return reply("-ERR not controlling a session")
        return reply("+OK")


class Ears:
    """Remembers what it was called with."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.reasons: list[EslError] = []


Connect = Callable[..., Connection]
