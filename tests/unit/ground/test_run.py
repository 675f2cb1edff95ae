"""``python -m app run`` as a person runs it: real processes and a real Redis, only the wiring is a stand-in.

The stand-in (``WIRING``) takes the place of ``app.bootstrap`` in every process: a switch that greets,
a controller that beats and can be made to hang, a web server, a worker with a process of its own.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]

WIRING = """
import sys, types

fake = types.ModuleType("app.bootstrap")
sys.modules["app.bootstrap"] = fake


def define(function):
    setattr(fake, function.__name__, function)


class NotReady(RuntimeError):
    pass


fake.NotReady = NotReady


@define
def upgrade_database(settings):
    (settings.state / "sangdam.db").touch()


@define
def seed_demo(settings):
    import json
    agents = [{"login": f"agent{n}", "password": f"secret{n}", "extension": f"10{n}"} for n in range(1, 6)]
    manager = {"login": "admin", "password": "top"}
    demo = {"tenant": "demo", "did": "07040000001", "manager": manager, "agents": agents}
    settings.demo_logins_file.write_text(json.dumps(demo))


@define
def run_simswitch(settings):
    import socket
    with socket.create_server((settings.esl_host, settings.esl_port)) as server:
        while True:
            connection, _ = server.accept()
            connection.sendall(b"Content-Type: auth/request\\n\\n")
            connection.close()


@define
def run_controller(settings):
    import time, redis
    from app.supervisor.probes import heartbeat_key
    client = redis.Redis.from_url(settings.redis_url)
    beat = 0
    while not (settings.state / "hang").exists():
        beat += 1
        try:
            client.set(heartbeat_key("controller", settings.node), beat, ex=10)
        except redis.RedisError:
            pass
        time.sleep(0.1)
    time.sleep(600)


@define
def run_web(settings):
    import http.server

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/healthz" else 404)
            self.end_headers()

    http.server.ThreadingHTTPServer((settings.bind, settings.web_port), Handler).serve_forever()


@define
def run_worker(settings):
    import subprocess
    child = subprocess.Popen(["sleep", "600"])
    (settings.state / "grandchild").write_text(str(child.pid))
    child.wait()
"""


class Running:
    """One ``run`` in a process of its own."""

    def __init__(self, state: Path, ports: list[int], wiring: Path, *arguments: str) -> None:
        self.state = state
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SANGDAM_")}
        environment |= {
            "PYTHONPATH": f"{wiring}{os.pathsep}{ROOT}",
            "PYTHONUNBUFFERED": "1",
            "SANGDAM_STATE": str(state),
            "SANGDAM_FREESWITCH": "none",
            "SANGDAM_WEB_PORT": str(ports[0]),
            "SANGDAM_ESL_PORT": str(ports[1]),
            "SANGDAM_RTP_PORTS": "1024-1050",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "run", *arguments],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self.said = ""
        self.known: set[int] = set()

    def read_until(self, words: str, within: float = 40.0) -> str:
        """What was said up to ``words``; fails with all of it when they do not come."""
        assert self.process.stdout is not None
        until = time.monotonic() + within
        while words not in self.said:
            ready, _, _ = select.select([self.process.stdout], [], [], max(until - time.monotonic(), 0))
            data = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            assert data, f"{words!r} was not said, but:\n{self.said}"
            self.said += data.decode()
        before, _, self.said = self.said.partition(words)
        return before + words

    def pid(self, name: str) -> int:
        found = int((self.state / "run" / f"{name}.pid").read_text())
        self.known.add(found)
        return found

    def all_pids(self) -> set[int]:
        """Every process that belongs to it, those of earlier lives too."""
        self.known.update(int(path.read_text()) for path in (self.state / "run").glob("*.pid"))
        grandchild = self.state / "grandchild"
        return self.known | ({int(grandchild.read_text())} if grandchild.exists() else set())


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(reached: Callable[[], object], within: float = 20.0) -> None:
    """Other processes turn on real time; look every 20 ms."""
    until = time.monotonic() + within
    while not reached():
        assert time.monotonic() < until, "did not come about in time"
        time.sleep(0.02)


@pytest.fixture
def run(short_dir: Path, free_ports: Callable[[int], list[int]]) -> Iterator[Callable[..., Running]]:
    wiring = short_dir / "wiring"
    wiring.mkdir()
    (wiring / "sitecustomize.py").write_text(WIRING)
    started: list[Running] = []

    def start(name: str = "state", *arguments: str) -> Running:
        started.append(Running(short_dir / name, free_ports(2), wiring, *arguments))
        return started[-1]

    yield start
    for each in started:
        each.process.kill()
        each.process.wait()
        assert each.process.stdout is not None
        each.process.stdout.close()
        for pid in each.all_pids():
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)


def test_from_nothing_to_a_running_system_and_back_to_nothing(run: Callable[..., Running]) -> None:
    here = run()
    said = here.read_until("Ctrl-C stops everything.")
    steps = ["Redis", "Database", "Demo tenant", "Simulator", "Sangdam is running", "07040000001", "agent5"]
    places = [said.index(step) for step in steps]
    assert places == sorted(places)
    assert "Calls are simulated, because SANGDAM_FREESWITCH is none." in said
    assert "password secret3, extension 103" in said
    assert "/desk/" in said and "/api/v1/openapi.json" in said

    # What dies is replaced, the rest goes on.
    controller, web = here.pid("controller"), here.pid("web")
    os.kill(controller, signal.SIGKILL)
    here.read_until("Controller was ended by SIGKILL; it is restarted now")
    here.read_until("Controller is back.")
    assert here.pid("controller") != controller
    os.kill(here.pid("redis"), signal.SIGKILL)
    here.read_until("Redis is back.")
    assert here.pid("web") == web and is_alive(web)

    # A second one in the same place is refused; one beside it is not.
    second = run("state")
    second.read_until("Another `run` works in")
    assert second.process.wait(20) == 1
    beside = run("beside", "--no-demo")
    assert "Demo tenant" not in beside.read_until("Ctrl-C stops everything.")
    beside.all_pids()
    beside.process.send_signal(signal.SIGTERM)
    beside.read_until("Everything is stopped.")
    assert beside.process.wait(20) == 0
    assert not [pid for pid in beside.all_pids() if is_alive(pid)]

    # Ctrl-C ends all of it, what the worker had started too.
    assert len(here.all_pids()) >= 6
    here.process.send_signal(signal.SIGINT)
    here.read_until("Everything is stopped.")
    assert here.process.wait(20) == 0
    assert not [pid for pid in here.all_pids() if is_alive(pid)]


def test_a_hanging_controller_is_replaced_and_a_killed_supervisor_leaves_nothing(
    run: Callable[..., Running],
) -> None:
    here = run()
    here.read_until("Ctrl-C stops everything.")
    controller = here.pid("controller")
    hang = here.state / "hang"
    hang.touch()
    began = time.monotonic()
    here.read_until("Controller did not answer for 10 seconds and was killed; it is restarted now")
    assert 9 < time.monotonic() - began < 14
    hang.unlink()
    here.read_until("Controller is back.")
    assert here.pid("controller") != controller

    pids = here.all_pids() - {int((here.state / "grandchild").read_text())}
    here.process.kill()  # no chance to say goodbye: the kernel tells the children
    wait_until(lambda: not [pid for pid in pids if is_alive(pid)])


def test_a_taken_port_is_said_before_anything_is_started(
    run: Callable[..., Running], short_dir: Path, free_ports: Callable[[int], list[int]]
) -> None:
    ports = free_ports(2)
    with socket.create_server(("127.0.0.1", ports[0])):
        here = Running(short_dir / "state", ports, short_dir / "wiring")
        said = here.read_until("to a free port.")
        assert here.process.wait(20) == 1
        assert here.process.stdout is not None
        here.process.stdout.close()
    assert f"SANGDAM_WEB_PORT={ports[0]} cannot be used on 127.0.0.1 (address already in use)" in said
    assert not list((short_dir / "state" / "run").glob("*.pid"))


def test_the_demo_tenants_logins_survive_a_second_start(run: Callable[..., Running]) -> None:
    first = run()
    first.read_until("Ctrl-C stops everything.")
    first.process.send_signal(signal.SIGTERM)
    first.read_until("Everything is stopped.")
    logins = first.state / "demo-logins.json"
    changed = json.loads(logins.read_text()) | {"did": "07011112222"}
    logins.write_text(json.dumps(changed))
    first.process.wait(20)
    second = run()
    said = second.read_until("Ctrl-C stops everything.")
    assert "07011112222" in said and "Demo tenant  (" not in said
