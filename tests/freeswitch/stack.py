"""The whole product as processes of one's own: Redis, FreeSWITCH, controller, web and worker, in one state
directory and on free ports. Tests drive it from outside: telephones, and REST with tokens.

Prompts of the tenants made here (not the demo's) are replaced by short tones, a different one for each
(:data:`tests.freeswitch.harness.PROMPT_HERTZ`), so that a telephone hears which one is playing.
"""

from __future__ import annotations

import dataclasses
import http.client
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app import bootstrap
from app.bootstrap import setup
from app.config import PREFIX, Settings
from app.core.ars_json import ars_from_json, ars_to_json
from app.services.onboarding import ALWAYS
from app.supervisor.probes import event_socket_greets, http_answers, redis_answers
from tests.freeswitch.harness import CALLER_HERTZ, PROMPT_HERTZ, hears, write_tone
from tests.freeswitch.rtp import rms, strength
from tests.freeswitch.softphone import Call, SoftPhone

REPOSITORY = Path(__file__).parents[2]
STARTS_WITHIN = 90.0
"""Seconds for a process to be ready; far more than it takes, for a machine that has other work."""


def eventually(condition: Callable[[], Any], seconds: float = 15.0, what: str = "", every: float = 0.05) -> Any:
    """The condition's first true value, asked ``every`` so many seconds. AssertionError when it does not come."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"not within {seconds} s: {what or condition}"
        time.sleep(every)
    return value


def agent_hertz(number: int) -> float:
    """The tone of a tenant's agent ``number`` (from 0): between the caller's and the prompts'."""
    return 600 + 60 * number


def sounds(call: Call, hertz: float, seconds: float = 0.3) -> bool:
    """Whether the last ``seconds`` that the telephone heard were that tone."""
    return hears(call.rtp.heard.audio(time.monotonic() - seconds), hertz)


def wait_prompt(call: Call, name: str, seconds: float = 15.0, since: float = 0.0) -> float:
    """Until the telephone has heard the prompt's tone (after ``since``, monotonic); when that was noticed."""
    hertz = PROMPT_HERTZ.get(name) or _announcement_hertz(name)

    def heard() -> bool:
        samples = call.rtp.heard.audio(max(since, time.monotonic() - 3.0))
        return any(strength(samples[at : at + 1600], hertz) > 0.8 for at in range(0, len(samples) - 1599, 800))

    eventually(heard, seconds, f"prompt {name}; {call.phone.user}'s call is {call.state} {call.status}")
    return time.monotonic()


def wait_tone(call: Call, hertz: float, seconds: float = 10.0) -> None:
    """Until the telephone hears that tone and hardly anything else."""
    eventually(lambda: sounds(call, hertz), seconds, f"{call.phone.user} ({call.state}) hears {hertz} Hz")


def wait_music(call: Call, seconds: float = 10.0) -> None:
    """Until the telephone hears something that is no prompt's, caller's or agent's tone, for half a second."""
    tones = [*PROMPT_HERTZ.values(), CALLER_HERTZ, *map(agent_hertz, range(6))]

    def music() -> bool:
        samples = call.rtp.heard.audio(time.monotonic() - 0.5)
        return len(samples) > 3200 and rms(samples) > 60 and all(strength(samples, hertz) < 0.8 for hertz in tones)

    eventually(music, seconds, f"{call.phone.user} ({call.state}) hears music")


def assert_never_silent(call: Call, since: float, until: float, longest: float = 2.0) -> None:
    """The telephone was never without sound for longer than ``longest`` seconds."""
    silence = call.rtp.heard.longest_silence(since, until)
    assert silence <= longest, f"{silence:.2f} s of silence at {call.phone.user}"


def _announcement_hertz(name: str) -> float:
    return 2500 + 100 * int(name.rpartition("_")[2])


def free_ports(count: int) -> list[int]:
    """Ports free on TCP and UDP, below those that the system gives to outgoing connections."""
    found: list[int] = []
    start = 13000 + os.getpid() * 37 % 5000
    for port in range(start, start + 4000):
        with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            try:
                tcp.bind(("127.0.0.1", port))
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise AssertionError(f"no {count} free ports from {start} on")


def _rtp_ports(count: int = 200) -> tuple[socket.socket, int]:
    """The first of ``count`` ports that no other stack uses while the socket is open."""
    for low in range(25000, 27000, count):
        lock = socket.socket()
        try:
            lock.bind(("127.0.0.1", low))
        except OSError:
            lock.close()
            continue
        return lock, low
    raise AssertionError("ten stacks run already")


@dataclass
class Answer:
    """What the web answered."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Api:
    """``/api/v1`` in the name of one token."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Answer:
        """Whatever comes back, also a refusal."""
        url = path + (f"?{urllib.parse.urlencode(query)}" if query else "")
        return self.send(method, url, None if body is None else json.dumps(body).encode(), "application/json")

    def send(self, method: str, path: str, body: bytes | None, content_type: str) -> Answer:
        """The same with a body of any kind."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": content_type}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, f"/api/v1/{path}", body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(), {k.lower(): v for k, v in answer.getheaders()})
        finally:
            connection.close()

    def get(self, path: str, **query: Any) -> Any:
        answer = self.ask("GET", path, **query)
        assert answer.status == 200, f"GET {path}: {answer.status} {answer.body[:500]!r}"
        return answer.json

    def post(self, path: str, **body: Any) -> Any:
        answer = self.ask("POST", path, body)
        assert answer.status == 200, f"POST {path} {body}: {answer.status} {answer.body[:500]!r}"
        return answer.json

    def file(self, path: str, **query: Any) -> bytes:
        answer = self.ask("GET", path, **query)
        assert answer.status == 200, f"GET {path}: {answer.status} {answer.body[:500]!r}"
        return answer.body


@dataclass
class Agent:
    """An agent at work: commands by REST, and a telephone."""

    stack: Stack
    id: int
    login: str
    password: str
    name: str
    extension: str
    sip_user: str
    sip_password: str
    api: Api
    hertz: float
    phone: SoftPhone | None = None

    def plug_in(self, **options: Any) -> SoftPhone:
        """The telephone, registered; answers at once unless ``on_invite`` says otherwise."""
        if self.phone is not None:
            self.phone.close()
        values = {"hertz": self.hertz, **options}
        self.phone = SoftPhone(
            ("127.0.0.1", self.stack.settings.sip_port), self.sip_user, self.sip_password,
            self.stack.settings.sip_domain, **values,
        ).register()  # fmt: skip
        return self.phone

    def unplug(self) -> None:
        if self.phone is not None:
            self.phone.register(expires=0)
            self.phone.close()
            self.phone = None

    def view(self) -> dict[str, Any]:
        """The agent's own element of the live view."""
        agents = self.api.get("live")["agents"]
        return dict(agents[0]) if agents else {}

    def do(self, command: str, **body: Any) -> Any:
        """A command that must be done."""
        return self.api.post(f"agent/{command}", **body)["data"]

    def refused(self, command: str, **body: Any) -> str:
        """A command that must be refused; the code."""
        answer = self.api.ask("POST", f"agent/{command}", body)
        assert answer.status >= 400, f"{command} was not refused: {answer.json}"
        return str(answer.json["code"])

    def start_work(self, **options: Any) -> SoftPhone:
        """Telephone plugged in and known to the product, logged in, 대기 and idle."""
        phone = self.plug_in(**options)
        eventually(lambda: self.view().get("registered"), 10, f"{self.login} registered")
        if self.view().get("status") == "logged_out":
            self.do("login")
        self.available()
        return phone

    def available(self) -> None:
        """대기 and idle, from wherever the last test left the agent."""
        self.wait("idle", seconds=15)
        view = self.view()
        if view["status"] == "wrap_up":
            self.do("wrap-up", status="available")
        elif view["status"] != "available":
            self.do("status", status="available")
        eventually(lambda: self.is_now("idle", "available"), 10, f"{self.login} is {self.view()}")

    def stop_work(self) -> None:
        """Logged out, telephone gone."""
        view = self.view()
        if view.get("status") not in (None, "logged_out"):
            if view.get("state") != "idle":
                self.api.ask("POST", "agent/hangup", {})
                self.wait("idle", seconds=15)
            self.api.ask("POST", "agent/logout", {})
        self.unplug()

    def is_now(self, state: str, status: str = "") -> bool:
        view = self.view()
        return view.get("state") == state and (not status or view.get("status") == status)

    def wait(self, state: str, status: str = "", seconds: float = 15.0) -> dict[str, Any]:
        """Until the live view says so; the view."""
        try:
            eventually(lambda: self.is_now(state, status), seconds)
        except AssertionError:
            raise AssertionError(f"{self.login} is not {state} {status} but {self.view()}") from None
        return self.view()

    def wait_phase(self, phase: str, seconds: float = 15.0) -> dict[str, Any]:
        """Until the agent's call is in that phase; the call."""

        def call() -> dict[str, Any] | None:
            found = self.view().get("call") or {}
            return found if found.get("phase") == phase else None

        try:
            return dict(eventually(call, seconds))
        except AssertionError:
            raise AssertionError(f"{self.login}'s call is not {phase}: {self.view()}") from None

    def call(self) -> Call:
        """The newest call of the telephone."""
        assert self.phone is not None
        return self.phone.calls[-1]


@dataclass
class Tenant:
    """A tenant with its manager's API and its agents."""

    stack: Stack
    id: int
    name: str
    did: str
    api: Api
    agents: list[Agent]
    queues: list[int]

    def live(self) -> dict[str, Any]:
        return dict(self.api.get("live"))

    def waiting(self) -> int:
        return sum(queue["waiting"] for queue in self.live()["queues"])

    def calls(self, **query: Any) -> list[dict[str, Any]]:
        """The history, newest first, with unmasked numbers."""
        return list(self.api.get("calls", per_page=200, unmask=True, **around_today(), **query)["items"])

    def calls_from(self, number: str, **query: Any) -> list[dict[str, Any]]:
        """The calls with one outside number, newest first."""
        return [call for call in self.calls(**query) if call["number"].replace("-", "") == number]

    def ended_call(self, number: str, seconds: float = 20.0) -> dict[str, Any]:
        """The one call of that number in the history, in detail, once it has ended."""

        def ended() -> dict[str, Any] | None:
            found = self.calls_from(number)
            assert len(found) < 2, f"{number} stands in the history {len(found)} times"
            return found[0] if found and found[0]["ended_at"] else None

        call = eventually(ended, seconds, f"{number} in the history of {self.name}, ended")
        return dict(self.api.get(f"calls/{call['id']}", unmask=True))

    def rest(self) -> None:
        """Everybody's telephone down, nobody in a queue, everybody logged out: for the next test."""
        self.stack.hang_up_callers()
        for agent in self.agents:
            agent.stop_work()


@dataclass
class _Process:
    arguments: list[str]
    ready: Callable[[], Any]
    popen: subprocess.Popen[bytes] | None = None
    spawned: float = 0.0


class Stack:
    """``with Stack(tmp_path) as stack: …``. ``kill`` and ``start`` single processes by name:
    redis, freeswitch, controller, web, worker."""

    def __init__(self, root: Path, *, switch: str = "freeswitch", **changes: Any) -> None:
        web, sip, trunk, ws, esl, carrier = free_ports(6)
        self._rtp_lock, low = _rtp_ports()
        values: dict[str, Any] = {
            "state": root / "state", "web_port": web, "sip_port": sip, "trunk_port": trunk, "ws_port": ws,
            "esl_port": esl, "rtp_ports": f"{low}-{low + 199}", "carrier": f"127.0.0.1:{carrier}",
            "log_level": "debug",
        }  # fmt: skip
        if switch == "simswitch":
            values |= {"freeswitch": "none", "demo_traffic": False}
        self.settings = _settings({**values, **changes})
        self.settings.prepare()
        self.switch = switch
        self._closing: list[Callable[[], object]] = []
        self._callers: list[SoftPhone] = []
        self._numbers = itertools.count(1)
        #: Who answers calls to the outside: one telephone for all numbers. There from the beginning, because
        #: FreeSWITCH asks it by OPTIONS.
        self.carrier = SoftPhone(
            ("127.0.0.1", trunk), "carrier", domain="carrier.example", hertz=CALLER_HERTZ, port=carrier,
            on_invite="ring",
        )  # fmt: skip
        self._closing.append(self.carrier.close)
        self.tenants: dict[str, Tenant] = {}
        esl_probe = event_socket_greets("127.0.0.1", esl)
        web_probe = http_answers("127.0.0.1", web)
        self.processes: dict[str, _Process] = {
            "redis": _Process(["redis"], redis_answers(self.settings.redis_url)),
            switch: _Process([switch], esl_probe),
            "web": _Process(["web"], web_probe),
            "controller": _Process(["controller"], self._controller_leads),
            "worker": _Process(["worker"], lambda: True),
        }

    # --- life ---------------------------------------------------------------------------------

    def __enter__(self) -> Stack:
        try:
            bootstrap.upgrade_database(self.settings)
            self._demo()
            return self
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_: object) -> None:
        self.close()

    def start_all(self) -> None:
        """Redis first, the switch, then the rest at once."""
        for name in ("redis", self.switch):
            self.start(name)
        for name in ("web", "controller", "worker"):
            self.spawn(name)
        for name in ("web", "controller", "worker"):
            self.await_ready(name)

    def start(self, name: str) -> None:
        """Start a process and wait until it is ready."""
        self.spawn(name)
        self.await_ready(name)

    def spawn(self, name: str) -> None:
        """Start a process."""
        process = self.processes[name]
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}
        environment = {**inherited, **self.settings.environment(), "PYTHONUNBUFFERED": "1"}
        process.spawned = time.time()
        with (self.settings.log_dir / f"{name}.out").open("ab") as output:
            process.popen = subprocess.Popen(
                [sys.executable, "-m", "app", f"--parent={os.getpid()}", *process.arguments],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, cwd=REPOSITORY,
            )  # fmt: skip

    def await_ready(self, name: str) -> None:
        process = self.processes[name]

        def ready() -> bool:
            assert process.popen is not None and process.popen.poll() is None, (
                f"{name} ended:\n{self.log(name)}"
            )
            return bool(process.ready())

        eventually(ready, STARTS_WITHIN, f"{name} ready")

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """End a process, as a crash unless ``how`` says otherwise."""
        process = self.processes[name]
        if process.popen is not None:
            process.popen.send_signal(how)
            try:
                process.popen.wait(20)
            except subprocess.TimeoutExpired:
                process.popen.kill()
                process.popen.wait(10)
            process.popen = None

    def is_alive(self, name: str) -> bool:
        popen = self.processes[name].popen
        return popen is not None and popen.poll() is None

    def close(self) -> None:
        self.hang_up_callers()
        for close in reversed(self._closing):
            close()
        self._closing.clear()
        for tenant in self.tenants.values():
            for agent in tenant.agents:
                if agent.phone is not None:
                    agent.phone.close()
        for name in ("worker", "web", "controller", self.switch, "redis"):
            self.kill(name, signal.SIGTERM)
        self._rtp_lock.close()

    def log(self, name: str, lines: int = 30) -> str:
        path = self.settings.log_dir / f"{name}.out"
        return (
            "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else "no log"
        )

    def _controller_leads(self) -> bool:
        if not http_answers("127.0.0.1", self.settings.web_port)():
            return False
        live = next(iter(self.tenants.values())).live()
        # What a controller that was killed said last may still stand there.
        fresh = live["at"] is not None and moment(live["at"]).timestamp() > self.processes["controller"].spawned
        return bool(live.get("controller")) and live.get("switch") == "up" and fresh

    # --- tenants (before the start) -------------------------------------------------------------

    def _demo(self) -> None:
        logins = bootstrap.seed_demo(self.settings)
        queues = setup.open_store(self.settings).for_tenant(logins["tenant_id"]).queues()
        self.tenants["demo"] = Tenant(
            self, logins["tenant_id"], "demo", logins["did"], self.api(logins["manager"]["token"]),
            [self._agent(number, values) for number, values in enumerate(logins["agents"])],
            [queue.id for queue in queues],
        )  # fmt: skip

    def _agent(self, number: int, values: dict[str, Any]) -> Agent:
        fields = ("id", "login", "password", "name", "extension", "sip_user", "sip_password")
        return Agent(
            self, **{name: values[name] for name in fields}, api=self.api(values["token"]),
            hertz=agent_hertz(number),
        )  # fmt: skip

    def api(self, token: str) -> Api:
        return Api(self.settings.web_port, token)

    def make_tenant(
        self,
        name: str,
        did: str,
        *,
        menu: Iterable[str] = ("상담",),
        agents: int = 1,
        licences: int = 0,
        slots: Any = ALWAYS,
        ars: dict[str, Any] | None = None,
        queue: dict[str, Any] | None = None,
        assigned: Callable[[int, int], bool] = lambda agent, queue: True,
        delay_seconds: float = 0.35,
        **values: Any,
    ) -> Tenant:
        """A tenant with tones for prompts (the delay prompt's lasts ``delay_seconds``). ``ars`` changes its
        ArsDefinition, ``queue`` its queues, ``values``
        the tenant's row; ``assigned(agent, queue)`` (numbers from 0) says who serves what."""
        store = setup.open_store(self.settings)
        making = setup.onboarding(self.settings, store)
        made = making.create_tenant(
            name,
            did=did,
            organisation=name,
            licences=licences or max(1, agents),
            menu=menu,
            slots=slots,
            email="test@example.com",
        )
        own = store.for_tenant(made["tenant_id"])
        queues = list(made["queues"].values())
        for queue_id in queues:
            own.update_queue(queue_id, **(queue or {}))
        if values:
            own.update_tenant(**values)
        if ars:
            draft = own.ars("draft")
            assert draft is not None
            changed = dataclasses.replace(ars_from_json(dict(draft.definition)), **ars)
            own.save_draft(ars_to_json(changed, texts=draft.definition.get("texts", {})))
        people = []
        for number in range(agents):
            serves = [queue_id for at, queue_id in enumerate(queues) if assigned(number, at)]
            agent = making.create_agent(
                made["tenant_id"], f"{name}{number + 1}", name=f"상담사{number + 1}", queues=serves
            )
            token = making.create_token(made["tenant_id"], agent.login, "test")
            people.append(
                self._agent(
                    number,
                    {**_fields(agent), "id": agent.agent_id, "name": f"상담사{number + 1}", "token": token},
                )
            )
        publishing = setup.publishing(self.settings, store, notify=lambda tenant_id: None)
        publishing.apply(made["tenant_id"], "test")
        prompts = own.config().ars.prompts
        self._tones(prompts)
        write_tone(Path(prompts["delay"]), PROMPT_HERTZ["delay"], delay_seconds)
        token = making.create_token(made["tenant_id"], "admin", "test")
        tenant = Tenant(self, made["tenant_id"], name, did, self.api(token), people, queues)
        self.tenants[name] = tenant
        return tenant

    @staticmethod
    def _tones(prompts: Any) -> None:
        for name, path in prompts.items():
            hertz = PROMPT_HERTZ.get(name)
            if hertz is None and name.startswith("announcement_"):
                hertz = _announcement_hertz(name)
            if hertz is not None:
                write_tone(Path(path), hertz)

    # --- who takes part ---------------------------------------------------------------------------

    def number(self) -> str:
        """A customer's number from which nobody has called before, also not when a test is run again. Screens,
        which mask digits, tell a hundred of them apart by the seventh and eighth."""
        return f"0102{next(self._numbers):05d}00"

    def caller(self, number: str, **options: Any) -> SoftPhone:
        """A telephone outside, at the trunk."""
        phone = SoftPhone(
            ("127.0.0.1", self.settings.trunk_port), number, domain="carrier.example",
            **{"hertz": CALLER_HERTZ, **options},
        )  # fmt: skip
        self._callers.append(phone)
        return phone

    def hang_up_callers(self) -> None:
        """No telephone outside is in a call any more."""
        for phone in self._callers:
            phone.close()
        self._callers.clear()

    def cli(self, command: str) -> str:
        """A FreeSWITCH command, to look (not to drive)."""
        from esl import commands
        from esl.connection import Connection

        name, _, args = command.partition(" ")
        with Connection("127.0.0.1", self.settings.esl_port, self.settings.read_esl_password()) as connection:
            return connection.api(commands.Api(name, args))

    def channels(self) -> list[dict[str, Any]]:
        """FreeSWITCH's live legs."""
        return list(json.loads(self.cli("show channels as json")).get("rows", ()))

    def wait_quiet(self, seconds: float = 15.0) -> None:
        """Until no leg is left."""
        eventually(lambda: not self.channels(), seconds, "all legs gone")


def around_today() -> dict[str, str]:
    """Yesterday to tomorrow: a test that runs over midnight in Seoul finds its calls too."""
    today = datetime.now(UTC).date()
    return {"from": str(today - timedelta(days=1)), "to": str(today + timedelta(days=1))}


def _settings(values: dict[str, Any]) -> Settings:
    """Settings by ``values`` alone, whatever the person who runs the tests has in the environment
    (but for SANGDAM_FREESWITCH)."""
    values.setdefault("freeswitch", os.environ.get("SANGDAM_FREESWITCH", "auto"))
    hidden = {key: os.environ.pop(key) for key in list(os.environ) if key.startswith(PREFIX)}
    try:
        return Settings.load(**values)
    finally:
        os.environ.update(hidden)


def _fields(value: Any) -> dict[str, Any]:
    return {item.name: getattr(value, item.name) for item in dataclasses.fields(value)}


def moment(text: str) -> datetime:
    """A time of the API."""
    return datetime.fromisoformat(text)


@dataclass
class Watch:
    """Monotonic and wall clock at one moment, to set what telephones saw beside what records say."""

    monotonic: float = field(default_factory=time.monotonic)
    wall: float = field(default_factory=time.time)

    def at(self, monotonic: float) -> float:
        """The wall clock (epoch seconds) at a monotonic moment."""
        return self.wall + monotonic - self.monotonic
