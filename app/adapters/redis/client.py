"""Connections to Redis, and the names of what lies there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import redis

COMMANDS = "sangdam:cmd"
HEARTBEAT = "sangdam:controller:heartbeat"
HEARTBEAT_SECONDS = 10


def reply_key(command_id: str) -> str:
    """The list that the reply to a command is put into."""
    return f"sangdam:reply:{command_id}"


def live_key(tenant_id: int) -> str:
    """The key that holds a tenant's last snapshot."""
    return f"sangdam:live:{tenant_id}"


def agents_key(tenant_id: int) -> str:
    """A hash: the tenant's agents as published last, by agent id."""
    return f"sangdam:agents:{tenant_id}"


def feed_channel(tenant_id: int) -> str:
    """The channel on which a tenant's changes are published."""
    return f"sangdam:feed:{tenant_id}"


class RedisUnavailable(ConnectionError):
    """Redis does not answer. An OSError, which is what the ports speak of."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn redis' own connection errors into RedisUnavailable, and its refusals to write anything at all
    (its disk or memory is full, it is a replica): to whom it matters it is away."""
    try:
        yield
    except (redis.ConnectionError, redis.TimeoutError) as error:
        raise RedisUnavailable(f"Redis does not answer: {error}") from error
    except (redis.exceptions.ReadOnlyError, redis.exceptions.OutOfMemoryError) as error:
        raise RedisUnavailable(f"Redis takes nothing: {error}") from error
    except redis.ResponseError as error:
        if "MISCONF" not in str(error):  # the library has no type for it; its disk is full
            raise
        raise RedisUnavailable(f"Redis takes nothing: {error}") from error


class Client(redis.Redis):
    """redis' own client, whose connection errors are OSErrors as everywhere else."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Every command goes through here. Raises RedisUnavailable."""
        with translated():
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]


def connect(url: str, *, timeout: float = 5.0) -> Client:
    """A client with a pool of its own for ``unix:///path``, ``redis://`` or ``rediss://``; connects lazily.

    No wait is longer than ``timeout`` seconds. Its commands raise RedisUnavailable.
    """
    options: dict[str, Any] = {"socket_timeout": timeout, "health_check_interval": 30}
    if not url.startswith("unix://"):
        options |= {"socket_connect_timeout": timeout, "socket_keepalive": True}
    return cast(Client, Client.from_url(url, **options))
