"""How a connection comes about, or why it does not."""

from __future__ import annotations

import socket

import pytest

from esl.connection import Connection
from esl.errors import AuthFailed, ConnectFailed, UnsafeValue

from .fakeswitch import PASSWORD, FakeSwitch


def attempt(switch: FakeSwitch, password: str = PASSWORD) -> Connection:
    return Connection("127.0.0.1", switch.port, password, connect_timeout=0.2, auth_timeout=0.1)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    connection = Connection("127.0.0.1", port, PASSWORD)
    with pytest.raises(ConnectFailed, match="refused"):
        connection.connect()
    assert connection.wait_closed(0)
    with pytest.raises(ConnectFailed, match="make a new one"):
        connection.connect()


@pytest.mark.parametrize(
    ("greeting", "message"),
    [
        (None, "no answer within"),
        (b"Content-Type: auth/req", "no answer within"),
        (b"HTTP/1.1 400 Bad Request\n\n", "Content-Type"),
        (b"Content-Type: command/reply\nReply-Text: +OK\n\n", "not an event socket"),
        (
            b"Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n",
            "refuses this address: Access Denied",
        ),
    ],
    ids=["silent", "half a greeting", "a web server", "another protocol", "not on the access list"],
)
def test_a_wrong_greeting(greeting: bytes | None, message: str) -> None:
    switch = FakeSwitch(greeting)
    try:
        with pytest.raises(ConnectFailed, match=message):
            attempt(switch).connect()
    finally:
        switch.stop()


def test_a_wrong_password(switch: FakeSwitch) -> None:
    with pytest.raises(AuthFailed, match="invalid"):
        attempt(switch, "wrong").connect()


def test_a_password_that_would_be_a_second_command(switch: FakeSwitch) -> None:
    with pytest.raises(UnsafeValue):
        attempt(switch, "x\n\napi system id").connect()
    assert switch.commands == []


@pytest.mark.parametrize(("closes", "message"), [(False, "no answer"), (True, "closed")])
def test_no_answer_to_the_password(switch: FakeSwitch, closes: bool, message: str) -> None:
    switch.on["auth"] = (lambda fake, sock: fake.drop()) if closes else None
    with pytest.raises(ConnectFailed, match=message):
        attempt(switch).connect()
