"""Commands of people: a list that the web pushes to and the controller pops, and a list for each reply."""

from __future__ import annotations

import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
import redis
import structlog

from app.adapters.redis.client import COMMANDS, RedisUnavailable, reply_key, translated
from app.core.definitions import TenantId

log = structlog.get_logger(__name__)

REPLY_SECONDS = 30
"""How long an unclaimed reply lies there."""

STALE_SECONDS = 10.0
"""A command that waited longer than this is not carried out any more: who asked has given up, and a call
placed a minute late is worse than none."""


LONGEST_POP = 2.0
"""Seconds of one blocking pop."""

GATHER_SECONDS = 0.01
"""How long after a command the next are gathered, to be fetched in one round trip. The first after a silence
does not wait."""

MOST_AT_ONCE = 100

CLOCK_SECONDS = 30.0
"""How long Redis' clock, once asked, is reckoned by our own."""


class RedisCommandBus:
    """The web's side. Implements app.ports.CommandBus."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def request(
        self, tenant_id: TenantId, name: str, args: Mapping[str, Any], timeout: float = 5.0
    ) -> dict[str, Any]:
        """Send and wait: ``{"ok", "error", "data"}``. Raises TimeoutError when no controller replied within
        ``timeout`` seconds, RedisUnavailable (an OSError) when Redis does not answer."""
        command_id = uuid.uuid4().hex
        self._push(command_id, tenant_id, name, args, wants_reply=True)
        with translated():
            popped: Any = self._pop_reply(command_id, timeout)
        if popped is None:
            raise TimeoutError(f"no controller replied to {name} within {timeout:g} s")
        reply: dict[str, Any] = orjson.loads(popped[1])
        return reply

    def notify(self, tenant_id: TenantId, name: str, args: Mapping[str, Any]) -> None:
        """Send without waiting. Raises RedisUnavailable."""
        self._push(uuid.uuid4().hex, tenant_id, name, args, wants_reply=False)

    def _push(
        self, command_id: str, tenant_id: TenantId, name: str, args: Mapping[str, Any], *, wants_reply: bool
    ) -> None:
        with translated():
            seconds, micros = self._client.time()
            command = {"id": command_id, "tenant": tenant_id, "name": name, "args": dict(args),
                       "at": seconds + micros / 1e6, "reply": wants_reply}  # fmt: skip
            self._client.lpush(COMMANDS, orjson.dumps(command))

    def _pop_reply(self, command_id: str, timeout: float) -> Any:
        # In slices, because each wait must stay well below the socket's own timeout.
        deadline = time.monotonic() + timeout
        while (rest := deadline - time.monotonic()) > 0:
            popped = self._client.blpop([reply_key(command_id)], timeout=min(rest, LONGEST_POP))
            if popped is not None:
                return popped
        return None


Handler = Callable[[str, TenantId, str, dict[str, Any]], None]


class CommandInbox:
    """The controller's side: pops in a thread of its own (a greenlet where gevent has patched threads)."""

    def __init__(
        self, client: redis.Redis, poll_seconds: float = LONGEST_POP, retry_seconds: float = 1.0
    ) -> None:
        self._client = client
        self._poll = poll_seconds
        self._retry = retry_seconds
        self._stopped = threading.Event()
        self._fetched: deque[bytes] = deque()
        self._fetched_at = -1e9
        self._ahead = 0.0
        """Seconds that Redis' clock is ahead of our monotonic one."""
        self._asked_at = -1e9

    def start(self, handle: Handler) -> None:
        """Hand each command to ``handle(command_id, tenant_id, name, args)`` as it comes, until ``stop``.

        ``handle`` sees to the reply (``reply``), now or later.
        """
        threading.Thread(target=self.run, args=(handle,), name="commands", daemon=True).start()

    def stop(self) -> None:
        """Take no more commands; what was fetched and not handled is left to the next controller."""
        self._stopped.set()
        self._give_back()

    def _give_back(self) -> None:
        fetched = [self._fetched.popleft() for _ in range(len(self._fetched))]
        if not fetched:
            return
        try:
            with translated():
                # In the order in which the next controller pops them.
                self._client.rpush(COMMANDS, *reversed(fetched))
        except OSError as error:
            log.error("commands_lost", error=str(error), commands=len(fetched))

    def run(self, handle: Handler) -> None:
        """What ``start`` does, in the caller's thread. Tries again when Redis is away."""
        while not self._stopped.is_set():
            try:
                command = self.pop()
                if command is not None and self._stopped.is_set():
                    self._fetched.appendleft(orjson.dumps(command))
                    self._give_back()
                    break
            except (OSError, redis.RedisError) as error:
                log.warning("commands_unreachable", error=str(error))
                self._stopped.wait(self._retry)
                continue
            if command is None:
                continue
            # Who does not listen for an answer gets none: its list would only lie in Redis until it expires.
            listens = command.get("reply", True)
            try:
                handle(command["id"] if listens else "", command["tenant"], command["name"], command["args"])
            except Exception:
                # One command that cannot be handled must not end all that follow.
                log.exception("command_failed", name=command["name"], tenant=command["tenant"])
                self.reply(command["id"], {"ok": False, "error": "internal_error", "data": {}})
    def pop(self) -> dict[str, Any] | None:
        """The next command, None when none came for a while or the one that came is of no use."""
        self._ask_the_time()
        text = self._next()
        if text is None:
            return None
        try:
            command: dict[str, Any] = orjson.loads(text)
            known = isinstance(command["id"], str) and isinstance(command["name"], str)
            if not (known and type(command["tenant"]) is int and isinstance(command.get("args"), dict)):
                raise ValueError("a field has the wrong type")
        except (KeyError, TypeError, ValueError) as error:
            log.error("command_unreadable", error=repr(error))
            return None
        sent = command.get("at")
        if isinstance(sent, int | float) and command.get("reply", True):
            if time.monotonic() + self._ahead - sent > STALE_SECONDS:
                log.warning("command_stale", name=command["name"], tenant=command["tenant"])
                return None
        return command

    def _next(self) -> bytes | None:
        """The next command as it was pushed; waits for it, and then a moment for those right behind it."""
        if self._fetched:
            return self._fetched.popleft()
        wait = self._fetched_at + GATHER_SECONDS - time.monotonic()
        with translated():
            if wait > 0:
                time.sleep(wait)
                found: Any = () if self._stopped.is_set() else self._gathered()
            else:
                found = ()
            if not found and not self._stopped.is_set():
                popped: Any = self._client.brpop([COMMANDS], timeout=self._poll)
                found = popped[1:] if popped is not None else ()
        self._fetched_at = time.monotonic()
        self._fetched.extend(found)
        return self._fetched.popleft() if self._fetched else None

    def _gathered(self) -> list[bytes]:
        """What lies there, oldest first. Not by RPOP with a count, which needs Redis 6.2."""
        with self._client.pipeline(transaction=True) as pipe:
            pipe.lrange(COMMANDS, -MOST_AT_ONCE, -1)
            pipe.ltrim(COMMANDS, 0, -MOST_AT_ONCE - 1)
            found: list[bytes] = pipe.execute()[0]
        return found[::-1]

    def _ask_the_time(self) -> None:
        if time.monotonic() - self._asked_at > CLOCK_SECONDS:
            with translated():
                seconds, micros = self._client.time()
            # By when the answer came: a slow one makes commands look younger, never too old.
            self._asked_at = time.monotonic()
            self._ahead = seconds + micros / 1e6 - self._asked_at

    def reply(self, command_id: str, reply: Mapping[str, Any]) -> None:
        """Answer a command: ``{"ok", "error", "data"}``; one without an id has nobody who listens. When Redis is away
        the answer is logged and lost: who asked gives up by itself, and the calls must not wait."""
        self.reply_all([(command_id, reply)])

    def reply_all(self, replies: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """As ``reply``, several in one round trip."""
        wanted = [(command_id, answer) for command_id, answer in replies if command_id]
        if not wanted:
            return
        try:
            with translated(), self._client.pipeline(transaction=True) as pipe:
                for command_id, answer in wanted:
                    pipe.lpush(reply_key(command_id), orjson.dumps(dict(answer)))
                    pipe.expire(reply_key(command_id), REPLY_SECONDS)
                pipe.execute()
        except RedisUnavailable as error:
            log.warning("replies_not_sent", commands=[command_id for command_id, _ in wanted], error=str(error))
