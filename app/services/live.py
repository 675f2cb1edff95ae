"""The live view for browsers: one reader of the feed per tenant in this process, any number of listeners.

A listener has one place for the newest snapshot and one per agent: a slow browser skips what is out of date
and nothing ever waits for it. Uses ``threading``, which gevent makes co-operative in the web process.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from app.services.masking import mask_number
from app.services.people import Person

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0


class LiveFeed(Protocol):
    """The reading side of the Redis feed."""

    def snapshot(self, tenant_id: int) -> dict[str, Any] | None:
        """The newest snapshot, or None when the controller has never published one."""
        ...

    def listen(self, tenant_id: int, timeout: float) -> Iterator[dict[str, Any] | None]:
        """Messages (``{"type": "snapshot"|"agent", …}``) as they come; None after ``timeout`` silent seconds.
        Closing the iterator ends the subscription. Raises ConnectionError when the feed is lost."""
        ...

    def controller_alive(self) -> bool:
        """Whether a controller's heartbeat is younger than its time to live."""
        ...


class Listener:
    """One browser's place for what it has not been told yet; the newest of each kind wins."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._pending: dict[str, dict[str, Any]] = {}

    def put(self, key: str, message: dict[str, Any]) -> None:
        with self._condition:
            self._pending.pop(key, None)
            self._pending[key] = message
            self._condition.notify()

    def take(self, timeout: float) -> list[dict[str, Any]]:
        """What came since the last time, oldest first; waits ``timeout`` seconds for something, else []."""
        with self._condition:
            if not self._pending:
                self._condition.wait(timeout)
            messages = list(self._pending.values())
            self._pending.clear()
            return messages


class LiveHub:
    """Fans the feed out to this process' browsers."""

    def __init__(self, feed: LiveFeed) -> None:
        self._feed = feed
        self._lock = threading.Lock()
        self._listeners: dict[int, set[Listener]] = {}

    def snapshot(self, tenant_id: int) -> dict[str, Any]:
        """The newest snapshot. While the controller is silent, or the feed cannot be read, ``controller`` is
        False in it; without any snapshot at all its lists are empty."""
        try:
            found, alive = self._feed.snapshot(tenant_id), self._feed.controller_alive()
        except OSError as error:
            log.error("the live feed cannot be read: %s", error)
            found, alive = None, False
        empty: dict[str, Any] = {
            "at": None,
            "tenant_id": tenant_id,
            "switch": "down",
            "agents": [],
            "queues": [],
            "resources": {},
        }
        return {**(found or empty), "controller": alive}

    def join(self, tenant_id: int) -> Listener:
        """Start listening; ``leave`` must follow."""
        listener = Listener()
        with self._lock:
            group = self._listeners.setdefault(tenant_id, set())
            group.add(listener)
            first = len(group) == 1
        if first:
            threading.Thread(
                target=self._read, args=(tenant_id,), name=f"feed-{tenant_id}", daemon=True
            ).start()
        return listener

    def leave(self, tenant_id: int, listener: Listener) -> None:
        with self._lock:
            self._listeners.get(tenant_id, set()).discard(listener)

    def _wanted(self, tenant_id: int) -> bool:
        """Whether anybody still listens; when not, the reader's place is given up in the same breath."""
        with self._lock:
            if self._listeners.get(tenant_id):
                return True
            self._listeners.pop(tenant_id, None)
            return False

    def _read(self, tenant_id: int) -> None:
        pause = threading.Event()
        while self._wanted(tenant_id):
            try:
                for message in self._feed.listen(tenant_id, timeout=5.0):
                    if message is not None:
                        self._tell(tenant_id, message)
                    elif not self._wanted(tenant_id):
                        return
            except OSError as error:
                log.warning("live feed of tenant %s lost, trying again: %s", tenant_id, error)
            pause.wait(RETRY_SECONDS)

    def _tell(self, tenant_id: int, message: dict[str, Any]) -> None:
        agent = message.get("agent") or {}
        key = f"agent-{agent.get('id')}" if message.get("type") == "agent" else "snapshot"
        with self._lock:
            listeners = list(self._listeners.get(tenant_id, ()))
        for listener in listeners:
            listener.put(key, message)


def for_person(message: Mapping[str, Any], person: Person) -> dict[str, Any] | None:
    """What of a message this person may see; None when nothing is for them.

    A manager sees everything, with numbers masked. An agent sees the own element whole (the number of the
    customer on the line is needed for the work) and of the queues only how many wait and since when.
    """
    if message.get("type") == "agent":
        agent = message.get("agent") or {}
        if person.is_manager:
            return {**message, "agent": mask_agent(agent)}
        return dict(message) if agent.get("id") == person.person_id else None
    if person.is_manager:
        return {
            **message,
            "agents": [mask_agent(agent) for agent in message.get("agents", ())],
            "queues": [mask_queue(queue) for queue in message.get("queues", ())],
        }
    kept = {
        key: message[key]
        for key in ("type", "at", "tenant_id", "switch", "controller", "simulated")
        if key in message
    }
    return {
        **kept,
        "agents": [agent for agent in message.get("agents", ()) if agent.get("id") == person.person_id],
        "queues": [
            {key: queue.get(key) for key in ("id", "name", "waiting", "longest_since", "idle", "logged_in")}
            for queue in message.get("queues", ())
        ],
    }


def mask_agent(agent: Mapping[str, Any]) -> dict[str, Any]:
    """An agent's element with the numbers of its call masked."""
    call = agent.get("call")
    if not call:
        return dict(agent)
    masked = {**call, **_masked_numbers(call)}
    consult = call.get("consult")
    if consult:
        masked["consult"] = {**consult, **_masked_numbers(consult)}
    return {**agent, "call": masked}


def _masked_numbers(shown: Mapping[str, Any]) -> dict[str, str]:
    """Every member that holds somebody's number, whatever it is called besides, masked."""
    return {key: mask_number(str(value or "")) for key, value in shown.items() if key.endswith("number")}


def mask_queue(queue: Mapping[str, Any]) -> dict[str, Any]:
    """A queue's element with the numbers of those who wait masked."""
    calls = [{**call, **_masked_numbers(call)} for call in queue.get("calls", ())]
    return {**queue, "calls": calls}
