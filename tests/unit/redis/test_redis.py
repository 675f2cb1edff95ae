"""Live view, commands and lease, on a Redis of the test's own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import fakeredis
import orjson
import pytest
import redis

from app.adapters.redis.client import COMMANDS, RedisUnavailable, connect, live_key, reply_key, translated
from app.adapters.redis.commands import STALE_SECONDS, CommandInbox, RedisCommandBus
from app.adapters.redis.feed import LiveReader, RedisFeed
from app.adapters.redis.lease import FENCE, RedisLease, lease_key


@pytest.fixture
def client() -> Iterator[redis.Redis]:
    yield fakeredis.FakeRedis(server=fakeredis.FakeServer())


@pytest.mark.parametrize(
    "refusal",
    [
        redis.ResponseError("MISCONF Errors writing to the AOF file: No space left on device"),
        redis.exceptions.OutOfMemoryError("command not allowed when used memory > 'maxmemory'."),
        redis.exceptions.ReadOnlyError("You can't write against a read only replica."),
    ],
    ids=["disk full", "memory full", "replica"],
)
def test_a_redis_that_takes_nothing_is_away(refusal: redis.ResponseError) -> None:
    with pytest.raises(RedisUnavailable), translated():
        raise refusal


def test_a_mistake_of_ours_is_no_absence_of_redis() -> None:
    with pytest.raises(redis.ResponseError), translated():
        raise redis.ResponseError("WRONGTYPE Operation against a key")


class TestFeed:
    def test_a_late_reader_begins_with_the_last_snapshot(self, client: redis.Redis) -> None:
        feed, reader = RedisFeed(client), LiveReader(client)
        assert reader.snapshot(1) is None
        feed.publish([], [(1, {"at": "1", "tenant_id": 1, "agents": []})])
        feed.publish([], [(1, {"at": "2", "tenant_id": 1, "agents": []})])
        messages = reader.listen(1, 0.05)
        assert next(messages) == {"type": "snapshot", "at": "2", "tenant_id": 1, "agents": []}
        feed.publish([(1, {"id": 5, "state": "ringing"})], [])
        assert next(messages) == {"type": "agent", "agent": {"id": 5, "state": "ringing"}}
        assert next(messages) is None

    def test_tenants_do_not_hear_of_each_other(self, client: redis.Redis) -> None:
        feed, reader = RedisFeed(client), LiveReader(client)
        messages = reader.listen(1, 0.05)
        feed.publish([], [(2, {"at": "1"})])
        assert next(messages) is None
        feed.publish([(2, {"id": 1})], [])
        assert next(messages) is None
        assert reader.snapshot(1) is None

    def test_closing_ends_the_subscription(self, client: redis.Redis) -> None:
        messages = LiveReader(client).listen(1, 0.01)
        assert next(messages) is None
        assert client.pubsub_numsub("sangdam:feed:1")[0][1] == 1
        messages.close()  # type: ignore[attr-defined]
        assert client.pubsub_numsub("sangdam:feed:1")[0][1] == 0

    def test_agents_are_remembered(self, client: redis.Redis) -> None:
        feed = RedisFeed(client)
        feed.publish([(2, {"id": 9, "status": "available"})], [])
        feed.publish([(1, {"id": 5, "status": "available"})], [])
        feed.publish([(1, {"id": 5, "status": "on_break"})], [])
        assert list(feed.remembered_agents([1, 2, 3])) == [
            (1, {"id": 5, "status": "on_break"}),
            (2, {"id": 9, "status": "available"}),
        ]
        feed.remove(1)
        assert [tenant for tenant, _ in feed.remembered_agents([1, 2])] == [2]

    def test_the_heartbeat_runs_out(self, client: redis.Redis) -> None:
        feed, reader = RedisFeed(client), LiveReader(client)
        assert not reader.controller_alive()
        feed.beat("node1")
        assert reader.controller_alive()
        assert 0 < client.ttl("sangdam:controller:heartbeat") <= 10

    def test_a_dead_redis_is_an_os_error(self) -> None:
        dead = connect("unix:///nonexistent/redis.sock")
        for act in (
            lambda: RedisFeed(dead).publish([(1, {"id": 1})], []),
            lambda: RedisFeed(dead).publish([], [(1, {})]),
            lambda: dead.get("anything"),
            lambda: list(RedisFeed(dead).remembered_agents([1])),
            lambda: LiveReader(dead).snapshot(1),
            lambda: next(LiveReader(dead).listen(1, 1)),
            lambda: RedisCommandBus(dead).request(1, "hold", {}),
            lambda: RedisLease(dead).acquire("controller", 5),
            lambda: CommandInbox(dead).pop(),
        ):
            with pytest.raises(OSError, match="Redis does not answer") as caught:
                act()
            assert isinstance(caught.value, RedisUnavailable)


class TestCommands:
    def test_a_request_is_answered(self, client: redis.Redis) -> None:
        inbox = CommandInbox(client)

        def controller() -> None:
            command = None
            while command is None:
                command = inbox.pop()
            data = {"tenant": command["tenant"], **command["args"]}
            inbox.reply(command["id"], {"ok": False, "error": "in_call", "data": data})

        thread = threading.Thread(target=controller)
        thread.start()
        reply = RedisCommandBus(client).request(7, "hold", {"agent_id": 3})
        thread.join()
        assert reply == {"ok": False, "error": "in_call", "data": {"tenant": 7, "agent_id": 3}}

    def test_without_a_controller_the_wait_ends(self, client: redis.Redis) -> None:
        begin = time.monotonic()
        with pytest.raises(TimeoutError, match="no controller replied to hold"):
            RedisCommandBus(client).request(7, "hold", {"agent_id": 3}, timeout=0.1)
        assert time.monotonic() - begin < 2

    def test_commands_come_in_order(self, client: redis.Redis) -> None:
        bus, inbox = RedisCommandBus(client), CommandInbox(client)
        for number in range(5):
            bus.notify(1, "published", {"number": number})
        assert [(inbox.pop() or {})["args"]["number"] for _ in range(5)] == [0, 1, 2, 3, 4]

    def test_an_unclaimed_reply_goes_away(self, client: redis.Redis) -> None:
        CommandInbox(client).reply("x", {"ok": True, "error": None, "data": {}})
        assert 0 < client.ttl(reply_key("x")) <= 30

    @pytest.mark.parametrize(
        "text",
        [b"{", b"[]", b"1", b'{"id":1}', b'{"id":"a","tenant":"1","name":"hold","args":{}}', b"\xff\x00"],
    )
    def test_rubbish_is_left_out(self, client: redis.Redis, text: bytes) -> None:
        client.lpush(COMMANDS, text)
        RedisCommandBus(client).notify(1, "published", {})
        inbox = CommandInbox(client)
        assert inbox.pop() is None
        assert (inbox.pop() or {})["name"] == "published"

    def test_a_command_whose_sender_gave_up_is_not_carried_out(self, client: redis.Redis) -> None:
        old = client.time()[0] - STALE_SECONDS - 1
        for reply in (True, False):
            command = {"id": "a", "tenant": 1, "name": "dial", "args": {}, "at": old, "reply": reply}
            client.lpush(COMMANDS, orjson.dumps(command))
        inbox = CommandInbox(client)
        assert inbox.pop() is None
        assert inbox.pop() is not None, "what nobody waits for (a publication) stays valid"

    def test_the_inbox_goes_on_after_redis_was_away_and_after_a_failure(self, client: redis.Redis) -> None:
        bus = RedisCommandBus(client)
        for name in ("broken", "published"):
            bus.notify(1, name, {})
        away = iter([RedisUnavailable("gone"), None])

        class Shaky(CommandInbox):
            def pop(self) -> dict | None:
                problem = next(away, None)
                if problem is not None:
                    raise problem
                return super().pop()

        inbox, handled = Shaky(client, poll_seconds=0.01, retry_seconds=0.01), []

        def handle(command_id: str, tenant_id: int, name: str, args: dict) -> None:
            handled.append(name)
            if name == "broken":
                raise RuntimeError("a bug")
            inbox.stop()

        inbox.run(handle)
        assert handled == ["broken", "published"]

    def test_what_comes_while_stopping_is_left_to_the_next(self, client: redis.Redis) -> None:
        inbox = CommandInbox(client, poll_seconds=0.01)
        pop = inbox.pop

        def late() -> dict | None:
            command = pop()
            inbox.stop()
            return command

        inbox.pop = late  # type: ignore[method-assign]
        RedisCommandBus(client).notify(1, "published", {})
        inbox.run(lambda *command: pytest.fail("handled after the stop"))
        assert (CommandInbox(client).pop() or {})["name"] == "published"

    def test_what_was_fetched_together_is_left_to_the_next_in_order(self, client: redis.Redis) -> None:
        inbox, bus, handled = CommandInbox(client, poll_seconds=0.01), RedisCommandBus(client), []

        def handle(command_id: str, tenant_id: int, name: str, args: dict) -> None:
            handled.append(args["number"])
            if args["number"] == 0:
                for number in range(1, 6):  # these lie there while the next are gathered
                    bus.notify(1, "published", {"number": number})
            elif args["number"] == 2:
                inbox.stop()

        bus.notify(1, "published", {"number": 0})
        inbox.run(handle)
        following = CommandInbox(client)
        assert handled == [0, 1, 2]
        assert [(following.pop() or {})["args"]["number"] for _ in range(3)] == [3, 4, 5]


class TestLease:
    def test_one_owner_and_growing_tokens(self, client: redis.Redis) -> None:
        one, two = RedisLease(client), RedisLease(client)
        first = one.acquire("controller", 5)
        assert first == 1
        assert two.acquire("controller", 5) is None
        assert one.renew("controller", first, 5)
        one.release("controller", first)
        second = two.acquire("controller", 5)
        assert second == 2
        assert not one.renew("controller", first, 5), "the old owner learns that it is over"
        one.release("controller", first)
        assert client.get(lease_key("controller")) == b"2", "the old owner cannot end the new one's lease"
        assert client.get(FENCE) == b"2"

    def test_it_runs_out(self, client: redis.Redis) -> None:
        lease = RedisLease(client)
        token = lease.acquire("controller", 0.02)
        assert token is not None
        deadline = time.monotonic() + 2
        while client.exists(lease_key("controller")) and time.monotonic() < deadline:
            time.sleep(0.005)
        assert lease.acquire("controller", 5) == token + 1
        assert not lease.renew("controller", token, 5), "somebody else had it since"

    def test_who_was_cut_off_from_redis_keeps_what_nobody_took(self, client: redis.Redis) -> None:
        one, two = RedisLease(client), RedisLease(client)
        first = one.acquire("controller", 5)
        assert first is not None
        client.delete(lease_key("controller"))  # ran out while Redis was away
        assert one.renew("controller", first, 5)
        assert two.acquire("controller", 5) is None
        client.delete(lease_key("controller"))
        second = two.acquire("controller", 5)
        client.delete(lease_key("controller"))
        assert not one.renew("controller", first, 5), "another has decided since"
        assert second is not None and two.renew("controller", second, 5)

    def test_a_redis_that_forgot_everything_has_no_owner(self, client: redis.Redis) -> None:
        lease = RedisLease(client)
        token = lease.acquire("controller", 5)
        client.flushall()
        assert token is not None and not lease.renew("controller", token, 5)


def test_snapshot_is_plain_json(client: redis.Redis) -> None:
    RedisFeed(client).publish([], [(1, {"queues": [{"name": "배송"}]})])
    assert orjson.loads(client.get(live_key(1)) or b"") == {"queues": [{"name": "배송"}]}
