"""A fake switch, and connections to it that are closed afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from esl.connection import Connection

from .fakeswitch import PASSWORD, Connect, Ears, FakeSwitch


@pytest.fixture
def switch() -> Iterator[FakeSwitch]:
    switch = FakeSwitch()
    yield switch
    switch.stop()


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def connect(switch: FakeSwitch, ears: Ears) -> Iterator[Connect]:
    made: list[Connection] = []

    def connect(deliver: bool = True, **options: object) -> Connection:
        settings = {"on_event": ears.events.append, "on_disconnect": ears.reasons.append, **options}
        connection = Connection("127.0.0.1", switch.port, PASSWORD, **settings)  # type: ignore[arg-type]
        connection.connect(deliver=deliver)
        made.append(connection)
        return connection

    yield connect
    for connection in made:
        connection.close()
        assert connection.wait_closed(1)
