"""The outside world, the demo's customers and agents, and the server over TCP."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC
from pathlib import Path

import gevent
import pytest
from gevent import socket
from gevent.event import Event

from simswitch.clock import RealClock
from simswitch.demo import Demo
from simswitch.server import Server, SwitchSettings, main
from simswitch.switch import SimSwitch
from simswitch.telephones import answers
from tests.scenarios.simswitch_harness import XML, Lab


@pytest.mark.parametrize(
    ("number", "outcome"),
    [
        ("0212345678", "SUCCESS"),
        ("0212340000", "USER_BUSY"),
        ("0212340001", "NO_ANSWER"),
        ("0212340002", "UNALLOCATED_NUMBER"),
        ("0212340003", "CALL_REJECTED"),
    ],
)
def test_calls_to_the_outside(lab: Lab, number: str, outcome: str) -> None:
    phone = lab.switch.phones.register("demo-1001")
    leg = phone.dial("0212345678")
    lab.pass_time(0.1)
    lab.run(leg.uuid, "answer")
    lab.api(f"uuid_setvar_multi {leg.uuid} continue_on_fail=true;call_timeout=8")
    lab.run(leg.uuid, "bridge", f"{{origination_uuid=out}}sofia/gateway/carrier/{number}")
    lab.pass_time(20)
    assert leg.variables["originate_disposition"] == outcome
    assert leg.bridged == (outcome == "SUCCESS")


def test_a_trunk_that_does_not_exist(lab: Lab) -> None:
    leg = lab.queued().channel
    lab.api(f"uuid_setvar {leg.uuid} continue_on_fail true")
    lab.run(leg.uuid, "bridge", "sofia/gateway/other/0212345678")
    assert leg.variables["originate_disposition"] == "INVALID_GATEWAY"


def test_an_agent_who_asked_for_the_call_is_connected_at_once(lab: Lab) -> None:
    lab.switch.phones.register("demo-1001")
    lab.say(
        "bgapi originate {origination_uuid=mine,sip_auto_answer=true}user/demo-1001@sangdam.local &park()"
    )
    lab.pass_time(1)
    assert lab.one("CHANNEL_PARK")["Unique-ID"] == "mine"


class Desktop:
    """What the simulated agents do at their desktops."""

    def __init__(self) -> None:
        self.done: Counter[tuple[str, str]] = Counter()
        self.away = True

    def log_in(self, login: str) -> None:
        if self.away:
            raise ConnectionError("no controller")
        self.done["log_in", login] += 1

    def wrap_up_done(self, login: str) -> None:
        self.done["wrap_up_done", login] += 1


def logins(path: Path) -> Path:
    agents = [{"login": f"agent{number}", "sip_user": f"demo-100{number}"} for number in range(1, 6)]
    path.write_text(json.dumps({"did": "07040000001", "agents": agents}))
    return path


def test_the_demo_is_alive(tmp_path: Path, lab: Lab) -> None:
    desktop = Desktop()
    Demo(lab.switch, tmp_path / "logins.json", desktop, seed=3).start()
    lab.pass_time(5)
    assert not lab.switch.phones.all()
    logins(tmp_path / "logins.json")
    lab.pass_time(10)
    assert sorted(contact.user for contact in lab.switch.phones.all()) == [
        f"demo-100{n}" for n in range(1, 6)
    ]
    assert not desktop.done
    desktop.away = False
    lab.pass_time(1200)
    lab.switch.call("07040000001", chooses="1")
    lab.pass_time(3)
    assert {login for what, login in desktop.done if what == "log_in"} == {"agent3", "agent4", "agent5"}
    calls = lab.seen("CHANNEL_PARK")
    assert 15 <= len(calls) <= 120
    assert len({event["Caller-Caller-ID-Number"] for event in calls}) > 5
    assert len(lab.switch.channels) <= 8


def test_without_a_controller_nobody_calls(tmp_path: Path, lab: Lab) -> None:
    lab.say("exit")
    Demo(lab.switch, logins(tmp_path / "logins.json"), None, seed=3).start()
    lab.pass_time(600)
    assert lab.switch.sessions == 0


def test_a_simulated_agent_answers_talks_and_writes_up(tmp_path: Path, lab: Lab) -> None:
    desktop = Desktop()
    Demo(lab.switch, logins(tmp_path / "logins.json"), desktop, customers=False, seed=5).start()
    leg = lab.queued().channel
    lab.api(f"uuid_setvar {leg.uuid} hangup_after_bridge true")
    lab.run(leg.uuid, "bridge", "user/demo-1003@sangdam.local")
    lab.pass_time(100)
    bridge, end = lab.one("CHANNEL_BRIDGE"), lab.seen("CHANNEL_HANGUP_COMPLETE")[0]
    assert 2.0 <= lab.at(bridge) - 0.6 <= 7.0
    assert 20.0 <= lab.at(end) - lab.at(bridge) <= 60.0
    assert desktop.done == {("wrap_up_done", "agent3"): 1}


def test_a_humans_phone_waits_for_the_human(tmp_path: Path, lab: Lab) -> None:
    Demo(lab.switch, logins(tmp_path / "logins.json"), None, customers=False).start()
    leg = lab.queued().channel
    lab.run(leg.uuid, "bridge", "{origination_uuid=mine}user/demo-1001@sangdam.local")
    lab.pass_time(20)
    assert not lab.seen("CHANNEL_BRIDGE")
    lab.api("uuid_phone_event mine talk")
    lab.pass_time(0.1)
    lab.one("CHANNEL_BRIDGE")


# --- Over TCP ---


class Client:
    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.text = b""

    def say(self, text: str) -> None:
        self.sock.sendall(text.encode() + b"\n\n")

    def until(self, words: bytes) -> bytes:
        while words not in self.text:
            data = self.sock.recv(65536)
            if not data:
                raise AssertionError(f"closed before {words!r}: {self.text[-500:]!r}")
            self.text += data
        text, self.text = self.text, b""
        return text


def test_a_call_over_tcp_in_real_time() -> None:
    clock = RealClock(Event())
    switch = SimSwitch(XML, clock, password="secret", local_zone=UTC, write_recordings=False)
    server = Server(switch, "127.0.0.1", 0)
    server.start()
    serving = gevent.spawn(clock.serve)
    try:
        client = Client(server.port)
        client.say("auth secret")
        client.say("event json CHANNEL_PARK CHANNEL_BRIDGE CHANNEL_HANGUP_COMPLETE")
        client.until(b"enabled json")
        switch.phones.register("demo-1001", answers(0.02))
        leg = switch.call("07040000001", keys=[(0.01, "1")]).channel
        assert leg is not None
        client.until(b'"CHANNEL_PARK"')
        client.say(f"sendmsg {leg.uuid}\ncall-command: execute\nexecute-app-name: bridge\n"
                   "execute-app-arg: user/demo-1001@sangdam.local")  # fmt: skip
        client.until(b'"CHANNEL_BRIDGE"')
        client.say(f"api uuid_kill {leg.uuid}")
        client.until(b'"CHANNEL_HANGUP_COMPLETE"')
        client.say("exit")
        client.until(b"goodbye")
        assert client.sock.recv(1) == b""
        assert not switch.connections
    finally:
        clock.stop()
        server.stop()
        serving.join(timeout=5)


def test_a_mistake_in_one_activity_does_not_end_the_others(caplog: pytest.LogCaptureFixture) -> None:
    clock = RealClock(Event())
    clock.soon(lambda: 1 / 0)
    clock.after(0.01, lambda: [][1])
    clock.after(0.02, clock.stop)
    clock.serve()
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [
        ZeroDivisionError,
        IndexError,
    ]


class Settings:
    """As app.config's."""

    esl_host, esl_port = "127.0.0.1", 0
    sip_domain, node, demo_traffic = "sangdam.local", "node1", False

    def __init__(self, state: Path) -> None:
        self.freeswitch_conf_dir = state / "conf"
        self.cdr_dir = state / "cdr"
        self.demo_logins_file = state / "logins.json"
        self.freeswitch_conf_dir.mkdir()
        self.cdr_dir.mkdir()
        (self.freeswitch_conf_dir / "freeswitch.xml").write_text(XML)

    def read_esl_password(self) -> str:
        return "secret"


def test_the_program_runs_until_it_is_stopped(tmp_path: Path) -> None:
    stop = Event()
    settings: SwitchSettings = Settings(tmp_path)
    running = gevent.spawn(main, settings, True, None, stop)
    gevent.sleep(0.05)
    assert not running.ready()
    stop.set()
    running.join(timeout=5)
    assert running.successful()
