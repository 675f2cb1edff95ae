"""Asking the running FreeSWITCH to read its XML: it may be busy with that for long, or not be there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import gevent
import pytest

from app.bootstrap import setup
from app.config import Settings
from esl.connection import Connection
from tests.unit.esl.fakeswitch import PASSWORD, FakeSwitch, api_response


@pytest.fixture
def switch() -> Iterator[FakeSwitch]:
    switch = FakeSwitch()
    yield switch
    switch.stop()


@pytest.fixture
def settings(make_settings: Callable[..., Settings], switch: FakeSwitch) -> Settings:
    return make_settings(esl_port=switch.port, esl_password=PASSWORD * 4)


def test_a_reload_may_take_longer_than_a_sign_of_life(
    settings: Settings, switch: FakeSwitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(fake: FakeSwitch, socket: Any) -> None:
        gevent.sleep(0.3)
        socket.sendall(api_response("+OK [Success]\n"))

    switch.on = {"auth": b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n", "api reloadxml": late}
    monkeypatch.setattr(setup, "Connection", partial(Connection, ping_interval=0.04, ping_timeout=0.04))
    assert (setup.reload_xml(settings) or "").strip() == "+OK [Success]"


def test_one_that_never_answers_is_an_error(
    settings: Settings, switch: FakeSwitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch.on = {"auth": b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n", "api reloadxml": None}
    monkeypatch.setattr(setup, "RELOAD_SECONDS", 0.2)
    with pytest.raises(OSError, match="did not answer"):
        setup.reload_xml(settings)


def test_without_a_freeswitch_there_is_nothing_to_wait_for(settings: Settings, switch: FakeSwitch) -> None:
    switch.stop()
    assert setup.reload_xml(settings) is None
