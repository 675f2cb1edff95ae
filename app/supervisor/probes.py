"""Questions to a process: is it there, does it still answer?

A probe returns a string that is *new* as long as the process lives: the supervisor takes a string
that does not change any more for a process that hangs. ``None`` means no answer. ``Unknown`` is
raised when the question could not be asked at all, which is not held against the process.
"""

from __future__ import annotations

import http.client
import itertools
import socket
from collections.abc import Callable

import redis

Probe = Callable[[], str | None]

_fresh = itertools.count(1)


class Unknown(Exception):
    """The question could not be asked: what carries the answer is away itself."""


def heartbeat_key(process: str, node: str) -> str:
    """Redis key under which a process leaves a sign of life from its main loop, at least every second.

    Any value does as long as the next one differs. It has to be written by the loop that does the
    work, not by a loop beside it, and expire by itself after some ten seconds.
    """
    return f"sangdam:heartbeat:{process}:{node}"


def redis_answers(url: str) -> Probe:
    """Redis answers PING."""

    def probe() -> str | None:
        try:
            with redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as client:
                client.ping()
        except (redis.RedisError, OSError):
            return None
        return str(next(_fresh))

    return probe


def heartbeat(url: str, key: str) -> Probe:
    """The value under ``key``: the process itself has to keep changing it."""

    def probe() -> str | None:
        try:
            with redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as client:
                value = client.get(key)
        except (redis.RedisError, OSError) as error:
            raise Unknown("Redis does not answer") from error
        return None if value is None else repr(value)

    return probe


def event_socket_greets(host: str, port: int) -> Probe:
    """The Event Socket accepts a connection and asks for the password."""

    def probe() -> str | None:
        try:
            with socket.create_connection((host, port), timeout=1) as connection:
                connection.settimeout(1)
                greeting = connection.recv(64)
        except OSError:
            return None
        return str(next(_fresh)) if b"auth/request" in greeting else None

    return probe


def http_answers(host: str, port: int, path: str = "/healthz") -> Probe:
    """The web server answers 200."""

    def probe() -> str | None:
        connection = http.client.HTTPConnection(host, port, timeout=2)
        try:
            connection.request("GET", path, headers={"User-Agent": "sangdam-supervisor"})
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        return str(next(_fresh)) if status == 200 else None

    return probe
