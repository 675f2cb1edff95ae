"""Coming back: back-off over virtual time, and the order of up, events and down."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import gevent
import pytest

from esl.connection import Connection, EventHandler
from esl.errors import AuthFailed, ConnectFailed, Disconnected, EslError
from esl.frames import Event
from esl.supervised import SupervisedConnection

from .fakeswitch import CORE, PASSWORD, FakeSwitch, event


class Refused(Connection):
    """A connection that does not come about."""

    error: EslError = ConnectFailed("nobody there")

    def connect(self, deliver: bool = True) -> None:
        raise self.error


class Life:
    """Virtual time that ends after so many attempts."""

    def __init__(self, attempts: int) -> None:
        self.now = 0.0
        self.delays: list[float] = []
        self.attempts = attempts
        self.supervised: SupervisedConnection | None = None

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.delays.append(seconds)
        self.now += seconds
        if len(self.delays) >= self.attempts:
            assert self.supervised is not None
            self.supervised.stop()


def fails(*_: object) -> None:
    raise AssertionError("must not be called")


Make = Callable[[EventHandler], Connection]


def supervise(life: Life, make: Make, chance: float = 0.0) -> SupervisedConnection:
    supervised = SupervisedConnection(
        lambda on_event: make(on_event),
        names=("A",), on_up=fails, on_down=fails, on_event=fails,
        first_delay=1, max_delay=10, stable_after=30,
        clock=life.clock, sleep=life.sleep, chance=lambda: chance,
    )  # fmt: skip
    life.supervised = supervised
    return supervised


def refused(_: EventHandler) -> Connection:
    return Refused("127.0.0.1", 1, PASSWORD)


@pytest.mark.parametrize(("chance", "expected"), [(0.0, [1, 2, 4, 8, 10, 10]), (1.0, [0.5, 1, 2, 4, 5, 5])])
def test_the_wait_doubles_up_to_its_limit(chance: float, expected: list[float]) -> None:
    life = Life(attempts=6)
    supervised = supervise(life, refused, chance)
    supervised.run()
    assert life.delays == expected
    assert isinstance(supervised.last_error, ConnectFailed)
    assert not supervised.is_up


def test_a_refused_password_is_tried_again_and_said() -> None:
    life = Life(attempts=2)
    supervised = supervise(life, refused)
    Refused.error = AuthFailed("refuses the password")
    try:
        supervised.run()
    finally:
        Refused.error = ConnectFailed("nobody there")
    with pytest.raises(Disconnected, match="refuses the password"):
        supervised.connection.ping()


def test_a_connection_that_lasted_begins_again_at_the_first_wait() -> None:
    life = Life(attempts=6)
    attempts = iter(range(10))

    def make(on_event: EventHandler) -> Connection:
        if next(attempts) == 3:
            life.now += 31
        return refused(on_event)

    supervise(life, make).run()
    assert life.delays == [1, 2, 4, 1, 2, 4]


# --- Against a switch ---


class Story:
    """What the receiver was told, in order."""

    def __init__(self, switch: FakeSwitch) -> None:
        self.told: list[str] = []
        self.during_up: Callable[[Connection], object] = lambda connection: None
        self.supervised = SupervisedConnection(
            lambda on_event: Connection("127.0.0.1", switch.port, PASSWORD, on_event=on_event),
            names=("CHANNEL_PARK",), customs=("sangdam::ars",),
            on_up=self.up, on_down=self.down, on_event=self.event, first_delay=0.01, max_delay=0.02,
        )  # fmt: skip

    def up(self, connection: Connection, core_uuid: str) -> None:
        self.told.append(f"up {core_uuid}")
        self.during_up(connection)

    def down(self, reason: EslError) -> None:
        self.told.append(f"down {type(reason).__name__}")

    def event(self, happened: Event) -> None:
        if happened.name != "BACKGROUND_JOB":
            self.told.append(happened.name)

    def wait_for(self, count: int) -> list[str]:
        with gevent.Timeout(3, AssertionError(self.told)):
            while len(self.told) < count:
                gevent.sleep(0.005)
        return self.told


@pytest.fixture
def story(switch: FakeSwitch) -> Iterator[Story]:
    story = Story(switch)
    yield story
    story.supervised.stop()


def test_up_events_down_and_up_again(switch: FakeSwitch, story: Story) -> None:
    story.supervised.start()
    assert story.supervised.wait_up(2)
    assert switch.wait_for("event ") == (
        "event json CHANNEL_PARK BACKGROUND_JOB HEARTBEAT CUSTOM sangdam::ars"
    )
    switch.say(event("CHANNEL_PARK"))
    story.wait_for(2)
    switch.drop()
    assert story.wait_for(4) == [f"up {CORE}", "CHANNEL_PARK", "down Disconnected", f"up {CORE}"]
    assert [command.split()[0] for command in switch.commands].count("event") == 2
    story.supervised.stop()
    assert story.told[4:] == ["down Disconnected"]
    with pytest.raises(Disconnected):
        _ = story.supervised.connection


def test_no_event_comes_before_up_is_done(switch: FakeSwitch, story: Story) -> None:
    def reconcile(connection: Connection) -> None:
        switch.say(event("CHANNEL_PARK"))
        connection.ping()
        story.told.append("reconciled")

    story.during_up = reconcile
    story.supervised.start()
    assert story.wait_for(3) == [f"up {CORE}", "reconciled", "CHANNEL_PARK"]


def test_an_up_that_fails_is_tried_again(switch: FakeSwitch, story: Story) -> None:
    failures = iter([True])

    def reconcile(_: Connection) -> None:
        if next(failures, False):
            raise KeyError("a bug")

    story.during_up = reconcile
    story.supervised.start()
    assert story.wait_for(3) == [f"up {CORE}", "down Disconnected", f"up {CORE}"]
    assert story.supervised.wait_up(1)


def test_a_switch_that_does_not_know_the_first_question_will_do(switch: FakeSwitch, story: Story) -> None:
    def unknown(fake: FakeSwitch, sock: object) -> None:
        job = fake.commands[-1].rpartition(" ")[2]
        fake.say(
            b"Content-Type: command/reply\nReply-Text: +OK\n\n",
            event("BACKGROUND_JOB", "-ERR global_getvar Command not found!\n", Job_UUID=job),
        )

    switch.on["bgapi global_getvar"] = unknown
    story.supervised.start()
    assert story.wait_for(1) == [f"up {CORE}"]


def test_stopping_ends_every_stage(switch: FakeSwitch, story: Story) -> None:
    story.supervised.stop()
    switch.on["auth"] = None
    story.supervised.start()
    switch.wait_for("auth")
    story.supervised.stop(timeout=1)
    assert story.told == []
