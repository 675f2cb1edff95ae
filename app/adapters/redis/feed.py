"""The live view: the controller publishes, the web passes on to browsers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
import redis

from app.adapters.redis.client import (
    HEARTBEAT,
    HEARTBEAT_SECONDS,
    agents_key,
    feed_channel,
    live_key,
    translated,
)
from app.core.definitions import TenantId
from app.ports import View


class RedisFeed:
    """Implements app.ports.Feed. Raises RedisUnavailable (an OSError); the next change tells all again."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def publish(self, agents: Sequence[View], snapshots: Sequence[View]) -> None:
        """Tell tenants' screens of these agents, and remember what the agents have chosen; keep the snapshots
        for screens that open later, and tell those that are open. One round trip.
        """
        with translated(), self._client.pipeline(transaction=False) as pipe:
            for tenant_id, agent in agents:
                view = orjson.dumps(dict(agent))
                pipe.hset(agents_key(tenant_id), str(agent["id"]), view)
                pipe.publish(feed_channel(tenant_id), b'{"type":"agent","agent":' + view + b"}")
            for tenant_id, snapshot in snapshots:
                text = orjson.dumps(dict(snapshot))
                # Kept before it is told: who subscribes in between reads it, and hears it again.
                pipe.set(live_key(tenant_id), text)
                pipe.publish(feed_channel(tenant_id), b'{"type":"snapshot",' + text[1:])
            pipe.execute()

    def remembered_agents(self, tenant_ids: Iterable[TenantId]) -> Iterator[tuple[TenantId, dict[str, Any]]]:
        """Every agent of these tenants as published last, for a controller that starts."""
        for tenant_id in tenant_ids:
            with translated():
                views: Any = self._client.hvals(agents_key(tenant_id))
            for view in views:
                yield tenant_id, orjson.loads(view)

    def remove(self, tenant_id: TenantId) -> None:
        """Forget the snapshot of a tenant that is gone."""
        with translated():
            self._client.delete(live_key(tenant_id), agents_key(tenant_id))

    def beat(self, by: str) -> None:
        """The controller's heartbeat; screens say so when it stays away for ten seconds."""
        with translated():
            self._client.set(HEARTBEAT, by, ex=HEARTBEAT_SECONDS)


class LiveReader:
    """What the web reads of the live view."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def snapshot(self, tenant_id: TenantId) -> dict[str, Any] | None:
        """The last snapshot, None before the first. Raises RedisUnavailable."""
        with translated():
            text: Any = self._client.get(live_key(tenant_id))
        if text is None:
            return None
        snapshot: dict[str, Any] = orjson.loads(text)
        return snapshot

    def controller_alive(self) -> bool:
        """Whether a controller gave its heartbeat within the last ten seconds."""
        with translated():
            return bool(self._client.exists(HEARTBEAT))

    def listen(self, tenant_id: TenantId, timeout: float) -> Iterator[dict[str, Any] | None]:
        """A tenant's messages as they come, beginning with the last snapshot, without end.

        ``{"type": "snapshot", …}`` and ``{"type": "agent", "agent": {…}}``; None after ``timeout`` seconds
        in which nothing came. Closing the iterator ends the subscription. Raises RedisUnavailable (a
        ConnectionError) when the feed is lost.
        """
        # The library's method has no annotations.
        subscription: Any = self._client.pubsub()  # type: ignore[no-untyped-call]
        try:
            with translated():
                subscription.subscribe(feed_channel(tenant_id))
                # Only when the subscription stands is the snapshot read: nothing falls in between.
                subscription.get_message(timeout=timeout)
            snapshot = self.snapshot(tenant_id)
            if snapshot is not None:
                yield {"type": "snapshot", **snapshot}
            while True:
                with translated():
                    message: Any = subscription.get_message(timeout=timeout)
                if message is None:
                    yield None
                elif message["type"] == "message":
                    yield orjson.loads(message["data"])
        finally:
            subscription.close()
