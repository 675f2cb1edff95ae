"""The connection: every wait ends, whatever the other side does."""

from __future__ import annotations

import logging
from collections.abc import Callable

import gevent
import gevent.event
import pytest

from esl.commands import Api, Execute, Status, SubscribeJson, UuidKill
from esl.connection import Connection
from esl.errors import (
    CommandFailed,
    Disconnected,
    EslError,
    Overflow,
    Timeout,
    UnsafeValue,
)
from esl.frames import Event

from .fakeswitch import CORE, Connect, Ears, FakeSwitch, api_response, event, reply


def ended(connection: Connection) -> EslError:
    assert connection.wait_closed(2), "the connection did not end"
    assert connection.reason is not None
    assert not connection.connected
    return connection.reason


# --- Asking ---


def test_asking_and_being_answered(switch: FakeSwitch, connect: Connect) -> None:
    connection = connect()
    assert connection.subscribe(("CHANNEL_PARK",)).ok
    assert connection.api(Api("status")) == "+OK status\n"
    assert connection.bgapi(UuidKill("leg")).get(timeout=1) == "+OK uuid_kill leg NORMAL_CLEARING\n"
    assert connection.core_uuid == CORE
    assert connection.execute("leg", "playback", "/x.wav", event_uuid="e1").ok
    connection.ping()
    assert switch.commands[-2] == Execute("leg", "playback", "/x.wav", "e1").encode().decode().strip()


def test_refusals_are_command_failed(switch: FakeSwitch, connect: Connect) -> None:
    switch.on = {
        "event": reply("-ERR no keywords supplied"),
        "api a": api_response("-ERR No such channel!\n"),
        "api b": api_response("-USAGE: <uuid>\n"),
        "api c": reply("-ERR permission denied"),
        "bgapi d": reply("-ERR permission denied"),
    }
    connection = connect()
    with pytest.raises(CommandFailed, match="no keywords"):
        connection.send(SubscribeJson(("X",)))
    for command, text in {"a": "No such channel!", "b": "<uuid>", "c": "permission denied"}.items():
        with pytest.raises(CommandFailed) as failed:
            connection.api(Api(command))
        assert (failed.value.command, failed.value.text) == (command, text)
    with pytest.raises(CommandFailed, match="d: permission denied"):
        connection.bgapi(Api("d")).get(timeout=1)
    switch.on["bgapi e"] = None
    job = connection.bgapi(Api("e"))
    uuid = switch.wait_for("bgapi e").rpartition(" ")[2]
    switch.say(reply("+OK"), event("BACKGROUND_JOB", "-ERR USER_BUSY\n", Job_UUID=uuid))
    with pytest.raises(CommandFailed, match="e: USER_BUSY"):
        job.get(timeout=1)


def test_an_unsafe_command_is_not_written(switch: FakeSwitch, connect: Connect) -> None:
    connection = connect()
    with pytest.raises(UnsafeValue):
        connection.send(Api("status", "x\n\napi system id"))
    with pytest.raises(UnsafeValue):
        connection.bgapi(Api("status", "x\n\napi system id"))
    connection.ping()
    assert [command for command in switch.commands if "status" in command] == []
    assert len(connection._jobs) == 0


def test_a_late_reply_does_not_answer_the_next_command(switch: FakeSwitch, connect: Connect) -> None:
    switch.on = {"api slow": None, "api quick": None}
    connection = connect()
    with pytest.raises(Timeout, match="slow within 0.05 s"):
        connection.api(Api("slow"), timeout=0.05)
    switch.on["api quick"] = api_response("the late answer") + api_response("the right answer")
    assert connection.api(Api("quick")) == "the right answer"


def test_a_job_that_is_never_done_fails_in_time(switch: FakeSwitch, connect: Connect) -> None:
    switch.on["bgapi"] = reply("+OK Job-UUID: x")
    connection = connect(ping_interval=0.08)
    with pytest.raises(Timeout, match="status was not done"):
        connection.bgapi(Status(), timeout=0.05).get(timeout=1)
    assert len(connection._jobs) == 0


def test_many_ask_at_once(connect: Connect) -> None:
    connection = connect()

    def ask(number: int) -> bool:
        plain = connection.api(Api("echo", str(number)))
        job = connection.bgapi(Api("echo", f"job {number}")).get(timeout=2)
        return (plain, job) == (f"+OK echo {number}\n", f"+OK echo job {number}\n")

    asked = [gevent.spawn(ask, number) for number in range(50)]
    assert all(greenlet.get(timeout=5) for greenlet in asked)


# --- Ending ---


def lose_by_eof(switch: FakeSwitch) -> None:
    switch.drop()


def lose_inside_a_body(switch: FakeSwitch) -> None:
    switch.say(b"Content-Length: 100\nContent-Type: text/event-json\n\n{")
    switch.drop()


def lose_by_notice(switch: FakeSwitch) -> None:
    switch.say(b"Content-Type: text/disconnect-notice\nContent-Length: 14\n\nDisconnected.\n")


def lose_by_nonsense(switch: FakeSwitch) -> None:
    switch.say(b"Content-Length: 3\nContent-Type: text/event-json\n\n{{{")


LOSSES = {
    lose_by_eof: "closed the connection|broke",
    lose_inside_a_body: "inside a body",
    lose_by_notice: "ended the connection: Disconnected.",
    lose_by_nonsense: "nonsense: a JSON event is not JSON",
}


@pytest.mark.parametrize("lose", LOSSES, ids=[lose.__name__ for lose in LOSSES])
def test_what_is_pending_fails_when_the_connection_is_lost(
    switch: FakeSwitch, connect: Connect, ears: Ears, lose: Callable[[FakeSwitch], None]
) -> None:
    switch.on = {"api": None, "bgapi": reply("+OK Job-UUID: x"), "sendmsg": None}
    connection = connect(reply_timeout=30)
    job = connection.bgapi(Status())
    asked = [gevent.spawn(connection.api, Api("status")), gevent.spawn(connection.execute, "leg", "park")]
    switch.wait_for("sendmsg")
    lose(switch)
    for greenlet in asked:
        with pytest.raises(Disconnected, match=LOSSES[lose]):
            greenlet.get(timeout=1)
    with pytest.raises(Disconnected, match=LOSSES[lose]):
        job.get(timeout=1)
    reason = ended(connection)
    assert ears.reasons == [reason]
    for use in (connection.ping, lambda: connection.bgapi(Status()), lambda: connection.api(Status())):
        with pytest.raises(Disconnected, match=LOSSES[lose]):
            use()


def test_a_lingering_notice_is_not_the_end(switch: FakeSwitch, connect: Connect) -> None:
    connection = connect()
    switch.say(b"Content-Type: text/disconnect-notice\nContent-Disposition: linger\nContent-Length: 0\n\n")
    connection.ping()
    assert connection.connected


def test_a_reply_to_nothing_ends_the_connection(switch: FakeSwitch, connect: Connect) -> None:
    connection = connect()
    switch.say(reply("+OK"))
    assert "a reply to nothing" in str(ended(connection))


def test_closing_fails_what_is_pending(switch: FakeSwitch, connect: Connect, ears: Ears) -> None:
    switch.on["api"] = None
    connection = connect()
    asked = gevent.spawn(connection.api, Api("status"))
    switch.wait_for("api status")
    connection.close()
    connection.close()
    with pytest.raises(Disconnected, match="from this side"):
        asked.get(timeout=1)
    ended(connection)
    assert len(ears.reasons) == 1


def test_a_handler_may_close_its_own_connection(switch: FakeSwitch, connect: Connect) -> None:
    connection = connect()
    connection.on_event = lambda _: connection.close()
    switch.say(event("A"), event("B"))
    ended(connection)


def test_a_switch_that_falls_silent_is_given_up(switch: FakeSwitch, connect: Connect) -> None:
    switch.on["nolinger"] = None
    connection = connect(ping_interval=0.08, ping_timeout=0.08)
    assert "no sign of life" in str(ended(connection))
    assert switch.commands.count("nolinger") == 1


def test_a_switch_that_only_answers_pings_is_kept(switch: FakeSwitch, connect: Connect) -> None:
    connection = connect(ping_interval=0.04, ping_timeout=0.2)
    with gevent.Timeout(3):
        while switch.commands.count("nolinger") < 4:
            gevent.sleep(0.01)
    assert connection.connected


def test_heartbeats_that_stop_end_the_connection(switch: FakeSwitch, connect: Connect) -> None:
    connection = connect(ping_interval=0.04, heartbeat_timeout=0.1)
    gevent.sleep(0.25)
    assert connection.connected, "before the first heartbeat there is none to miss"
    switch.say(event("HEARTBEAT"))
    assert "no HEARTBEAT" in str(ended(connection))


def test_a_switch_that_does_not_read_is_given_up(switch: FakeSwitch, connect: Connect) -> None:
    switch.on["api stop"] = lambda fake, sock: gevent.sleep(30)
    connection = connect(reply_timeout=0.2)
    connection.post(Api("stop"))
    with pytest.raises(Timeout, match="did not read"):
        for _ in range(100):
            connection.post(Api("long", "x" * 1_000_000))
    assert "did not read" in str(ended(connection))


# --- Events ---


def test_events_come_in_order_and_before_the_end(switch: FakeSwitch, connect: Connect, ears: Ears) -> None:
    connection = connect()
    switch.say(*(event("E", Number=str(number)) for number in range(500)))
    switch.drop()
    ended(connection)
    assert [happened.get("Number") for happened in ears.events] == [str(number) for number in range(500)]


def test_events_wait_until_they_are_wanted(switch: FakeSwitch, connect: Connect, ears: Ears) -> None:
    connection = connect(deliver=False)
    switch.say(event("A"))
    assert connection.bgapi(Status()).get(timeout=1), "jobs are answered meanwhile"
    assert ears.events == []
    connection.deliver()
    connection.ping()
    gevent.sleep(0)
    assert [happened.name for happened in ears.events] == ["A", "BACKGROUND_JOB"]


def test_handlers_by_name(switch: FakeSwitch, connect: Connect) -> None:
    seen: list[tuple[str, str]] = []
    connection = connect(on_event=None)
    connection.register_handle("A", lambda happened: seen.append(("A", happened.name)))
    connection.register_handle("sangdam::ars", lambda happened: seen.append(("ars", happened.subclass)))
    connection.register_handle("*", lambda happened: seen.append(("*", happened.name)))
    switch.say(event("A"), event("CUSTOM", Event_Subclass="sangdam::ars"), event("B"))
    switch.drop()
    ended(connection)
    assert seen == [("A", "A"), ("ars", "sangdam::ars"), ("*", "B")]


def test_a_handler_may_ask_and_wait(switch: FakeSwitch, connect: Connect) -> None:
    answers: gevent.event.AsyncResult[tuple[str, str]] = gevent.event.AsyncResult()
    connection = connect()
    connection.on_event = lambda happened: (
        happened.name == "A"
        and answers.set((connection.api(Status()), connection.bgapi(Status()).get(timeout=1)))
    )
    switch.say(event("A"))
    assert answers.get(timeout=2) == ("+OK status\n", "+OK status\n")


def test_a_failing_handler_is_logged_and_the_next_event_comes(
    switch: FakeSwitch, connect: Connect, ears: Ears, caplog: pytest.LogCaptureFixture
) -> None:
    def handler(happened: Event) -> None:
        if happened.name == "BAD":
            raise KeyError("a bug")
        ears.events.append(happened)

    connection = connect(on_event=handler)
    with caplog.at_level(logging.ERROR):
        switch.say(event("BAD", Unique_ID="leg-1"), event("GOOD"))
        switch.drop()
        ended(connection)
    assert [happened.name for happened in ears.events] == ["GOOD"]
    assert "the handler of BAD failed" in caplog.text and "leg-1" in caplog.text


def test_an_event_that_turns_out_to_be_nonsense_when_it_is_read_costs_the_connection(
    switch: FakeSwitch, connect: Connect, ears: Ears
) -> None:
    connection = connect(on_event=lambda happened: ears.events.append(happened) or happened.get("a"))
    nonsense = b'{"Event-Name":"BAD","a":7,"z":""}'
    switch.say(b"Content-Length: %d\nContent-Type: text/event-json\n\n%s" % (len(nonsense), nonsense))
    ended(connection)
    assert "nonsense" in str(connection.reason)


def test_a_handler_that_is_too_slow_costs_the_connection(
    switch: FakeSwitch, connect: Connect, ears: Ears
) -> None:
    go_on = gevent.event.Event()
    handled: list[str] = []

    def slow(happened: Event) -> None:
        handled.append(happened.get("Number"))
        go_on.wait()

    connection = connect(on_event=slow, max_queued=10)
    switch.say(*(event("E", Number=str(number)) for number in range(50)))
    with gevent.Timeout(2):
        while connection.reason is None:
            gevent.sleep(0.01)
    assert isinstance(connection.reason, Overflow)
    go_on.set()
    assert isinstance(ended(connection), Overflow)
    assert len(handled) <= 1, "what was queued is stale and dropped"
    assert ears.reasons == [connection.reason]


def test_a_flood_leaves_the_handler_its_turn(switch: FakeSwitch, connect: Connect, ears: Ears) -> None:
    connection = connect(max_queued=500)
    for _ in range(40):
        switch.say(*(event("E", Filler="x" * 900) for _ in range(100)))
    switch.drop()
    assert not isinstance(ended(connection), Overflow)
    assert len(ears.events) == 4000
