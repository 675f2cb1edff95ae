"""The product's controller over the simulated switch, in virtual time: everything that decides and everything
that speaks to the switch is the product's own; time, the socket, the disk and Redis are not there.

``Office.close`` looks back at all that happened: whoever writes a story gets these checks for nothing.
"""

from __future__ import annotations

import itertools
import json
import random
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import gevent
import gevent.event

from app.adapters.freeswitch import switch as adapter
from app.controller.dispatcher import Dispatcher
from app.controller.journalling import DirectWriter
from app.controller.liveview import LiveView
from app.controller.memory import AgentMemory
from app.controller.nodes import Nodes
from app.controller.runner import Runner
from app.controller.scripts import ScriptDriver
from app.controller.tenants import Tenants
from app.controller.timers import Timers
from app.core import live
from app.core.centre import Centre
from app.core.definitions import TenantConfig
from app.core.events import TenantPublished
from app.core.journal import JournalEvent
from simswitch.channel import Channel
from simswitch.clock import VirtualClock
from simswitch.switch import SimSwitch
from simswitch.telephones import Behaviour, Caller, Phone, ignores
from tests.scenarios.calls.staff import AGENTS
from tests.scenarios.calls.wire import PASSWORD, Wire

MONDAY_TEN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""10:00 in Seoul, a working day."""

NODE = "sim1"
RECORDINGS = "/recordings"


class VirtualGevent:
    """gevent for the adapter: greenlets are real, time is the virtual clock's."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.event = gevent.event
        self.spawn = gevent.spawn

    def spawn_later(self, seconds: float, work: Any, *arguments: Any) -> None:
        self._clock.after(seconds, work, *arguments)

    def sleep(self, seconds: float) -> None:
        gevent.sleep(0)


class Journal:
    """app.ports.Journal: as JSON, as the spool file has it."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def append(self, events: Iterable[JournalEvent]) -> None:
        self.lines += [json.dumps(event.to_json()) for event in events]

    def events(self) -> list[JournalEvent]:
        return [JournalEvent.from_json(json.loads(line)) for line in self.lines]


class Feed:
    """app.ports.Feed that keeps what was published last, as Redis does; through JSON, as Redis has it."""

    def __init__(self) -> None:
        self.agents: dict[tuple[int, int], str] = {}
        self.snapshots: dict[int, str] = {}

    def publish_agent(self, tenant_id: int, agent: Mapping[str, Any]) -> None:
        self.agents[tenant_id, agent["id"]] = json.dumps(agent)

    def publish_snapshot(self, tenant_id: int, snapshot: Mapping[str, Any]) -> None:
        self.snapshots[tenant_id] = json.dumps(snapshot)

    def remembered_agents(self, tenant_ids: Iterable[int]) -> Iterator[tuple[int, Mapping[str, Any]]]:
        wanted = set(tenant_ids)
        for (tenant_id, _), text in self.agents.items():
            if tenant_id in wanted:
                yield tenant_id, json.loads(text)


@dataclass
class Ring:
    """One call at an agent's telephone, as the person beside it sees it. Epoch seconds."""

    channel: Channel
    since: float
    ended: float | None = None

    @property
    def answered(self) -> float | None:
        at = self.channel.profiles[0].times.answered or self.channel.profile.times.answered
        return at / 1_000_000 if at else None


class DeskPhone(Phone):
    """An agent's telephone that remembers. It must never ring while it is in use."""

    def __init__(self, switch: SimSwitch, user: str, behaviour: Behaviour) -> None:
        super().__init__(switch, user, behaviour)
        self.rings: list[Ring] = []
        self.doubled: list[str] = []

    def ring(self, channel: Channel) -> None:
        now = self._switch.clock.time()
        if self.channels:
            self.doubled.append(f"{self.user} rings at {now} for {channel.uuid} though {self.channels} is up")
        self.rings.append(Ring(channel, now))
        super().ring(channel)

    def hung_up(self, channel: Channel) -> None:
        super().hung_up(channel)
        for ring in self.rings:
            if ring.channel is channel:
                ring.ended = self._switch.clock.time()


class Controller:
    """One life of the controller (app.bootstrap.controller without Redis, disk and signals)."""

    def __init__(self, office: Office) -> None:
        clock = office.clock
        self.office = office
        self.replies: dict[str, Mapping[str, Any]] = {}
        self.tenants = Tenants()
        self.centre = Centre(office.new_id)
        self.timers = Timers()
        self.nodes = Nodes()
        self.scripts = ScriptDriver(self.tenants.starter(self.centre, clock), self.tenants)
        memory = AgentMemory(office.feed)
        self.live = LiveView(memory, self._agent_view, self._snapshot)
        self.runner = Runner(
            nodes=self.nodes, timers=self.timers, journal=DirectWriter(office.journal), live=self.live,
            scripts=self.scripts, clock=clock, reply=self.replies.__setitem__,
            post=lambda event: self.dispatcher.post(event),
        )  # fmt: skip
        self.dispatcher = Dispatcher(
            core=self.centre, runner=self.runner, scripts=self.scripts, nodes=self.nodes, timers=self.timers,
            live=self.live, clock=clock, reply=self.replies.__setitem__,
        )  # fmt: skip
        for config in office.tenants.values():
            self.learn(config)
        for restored in memory.restored(list(office.tenants)):
            self.dispatcher.post(restored)
        params = adapter.NodeParams(NODE, "-", 0, PASSWORD, "sangdam.local", RECORDINGS)
        self.switch = adapter.FreeSwitchNode(
            params, self.dispatcher.post, clock, known_core_uuid=office.core_uuid, connect=office.wire
        )
        self.nodes.add(self.switch)
        self.dispatcher.drain()
        self.switch.start()

    def learn(self, config: TenantConfig) -> None:
        self.tenants.learn(config)
        self.dispatcher.post(TenantPublished(config))

    def _snapshot(self, tenant_id: int) -> dict[str, Any] | None:
        return live.snapshot(self.centre, tenant_id, self.office.clock.now())

    def _agent_view(self, tenant_id: int, agent_id: int) -> dict[str, Any] | None:
        return live.agent_view(self.centre, tenant_id, agent_id, self.office.clock.now())


@dataclass
class Office:
    """A tenant's day. ``xml`` is FreeSWITCH's whole configuration with the tenant's dialplan in it."""

    config: TenantConfig
    xml: Any
    monkeypatch: Any
    start: datetime = MONDAY_TEN
    latency: float = 0.0
    seed: int = 1
    options: Mapping[str, Any] = field(default_factory=dict)
    lookback: Any = None

    def __post_init__(self) -> None:
        self.clock = VirtualClock(self.start)
        self.switch = SimSwitch(
            self.xml, self.clock, password=PASSWORD, seed=self.seed, local_zone=UTC, write_recordings=False,
            **self.options,
        )  # fmt: skip
        self.began = self.clock.time()
        self.tenants = {self.config.tenant_id: self.config}
        self.journal = Journal()
        self.feed = Feed()
        self.core_uuid = ""
        self.controller: Controller | None = None
        self.callers: list[Caller] = []
        self.phones: dict[int, DeskPhone] = {}
        self.every_phone: list[DeskPhone] = []
        self.said: list[bytes] = []
        self._chance = random.Random(self.seed + 1_000_000)  # not the switch's own UUIDs again
        self._numbers = itertools.count(1)
        self._wire: Wire | None = None
        self._stirred = False
        self.monkeypatch.setattr(adapter, "gevent", VirtualGevent(self.clock))

    # --- parts ------------------------------------------------------------------------------------

    def new_id(self) -> str:
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))

    def wire(self, *_: Any, on_event: Any) -> Any:
        """``connect`` of the adapter."""
        self._wire = Wire(self.switch, on_event, self._stir, self.latency)
        self._wire.said = self.said
        return self._wire

    def _stir(self) -> None:
        self._stirred = True

    def start_controller(self) -> Controller:
        """A controller that knows what Redis and the database know, connected."""
        self.controller = Controller(self)
        self.wait_connected()
        return self.controller

    def wait_connected(self) -> None:
        """Until the adapter has the switch again: its own back-off is real time, less than a second."""
        assert self.controller is not None
        with gevent.Timeout(5):
            while not self.controller.switch.is_up:
                self.clock.drain()
                gevent.sleep(0.002)
        self._stirred = True
        self.settle()
        self.core_uuid = self.controller.switch.core_uuid

    def kill_controller(self) -> None:
        """As ``kill -9``: nothing more is said, decided or written by it."""
        assert self.controller is not None
        dead, self.controller = self.controller, None
        dead.switch.stop()
        gevent.sleep(0)

    def publish(self, config: TenantConfig) -> None:
        """The controller's share of 적용."""
        self.config = config
        self.tenants[config.tenant_id] = config
        if self.controller is not None:
            self.controller.learn(config)
            self._stirred = True
            self.settle()

    # --- time ---------------------------------------------------------------------------------------

    @property
    def seconds(self) -> float:
        """Since the story began."""
        return self.clock.time() - self.began

    def settle(self) -> None:
        """Let everybody do what is to be done at this instant."""
        if not self._stirred and self._due() > self.clock.time():
            self.clock.drain()
            if not self._stirred:
                return
        quiet = 0
        while quiet < 3:
            busy, self._stirred = self._stirred, False
            self.clock.drain()
            if self._wire is not None:
                busy |= self._wire.hand_over()
            if self.controller is not None:
                busy |= self.controller.dispatcher.waiting > 0
                self.controller.dispatcher.drain()
            gevent.sleep(0)
            quiet = 0 if busy else quiet + 1

    def hurry(self) -> None:
        """Something was done from outside: let it have its consequences."""
        self._stirred = True
        self.settle()

    def restart_switch(self) -> None:
        """FreeSWITCH dies with all its calls and comes back; the phones register again by themselves."""
        self.switch.kill()
        self.hurry()
        self.switch.restart()
        if self.lookback is not None:
            self.lookback.tape.connect()
        if self.controller is not None:
            self.wait_connected()
        for phone in self.phones.values():
            phone.channels.clear()
            self.switch.phones.register(phone.user, phone=phone)
        self.hurry()

    def _due(self) -> float:
        """When the controller has something to do by itself."""
        if self.controller is None:
            return float("inf")
        found = (self.controller.timers.next_due(), self.controller.live.next_due(self.clock.time()))
        return min((at for at in found if at is not None), default=float("inf"))

    def run_until(self, end: float) -> None:
        """Let time pass to ``end`` (seconds since the beginning)."""
        last = self.began + end
        self.settle()
        while True:
            due = min(self._due(), self.clock.next_due() or float("inf"))
            if due > last:
                break
            self.clock.run_until(max(due, self.clock.time()))
            self.settle()
        self.clock.run_until(last)
        self.settle()

    def pass_time(self, seconds: float) -> None:
        self.run_until(self.seconds + seconds)

    # --- people ---------------------------------------------------------------------------------------

    def call(self, number: str = "01012345678", did: str = "", **manners: Any) -> Caller:
        """A customer calls."""
        caller = self.switch.call(did or self.config.dids[0], number=number, **manners)
        self.callers.append(caller)
        self._stirred = True
        self.settle()
        return caller

    def begin_work(self, name: str) -> None:
        """Telephone plugged in, logged in, 대기."""
        self.plug_in(AGENTS[name])
        self.do(AGENTS[name], "log_in", platform="test")
        # Who logs in first has been idle longest.
        self.pass_time(0.001)

    def plug_in(self, agent_id: int, behaviour: Behaviour | None = None) -> DeskPhone:
        """The agent's telephone registers."""
        user = self.config.agents[agent_id].sip_user
        phone = DeskPhone(self.switch, user, behaviour or ignores())
        self.switch.phones.register(user, phone=phone)
        self.phones[agent_id] = phone
        self.every_phone.append(phone)
        self._stirred = True
        self.settle()
        return phone

    def ask(self, agent_id: int, name: str, **arguments: Any) -> Mapping[str, Any]:
        """A command of a person; the answer."""
        assert self.controller is not None, "no controller"
        identity = f"cmd{next(self._numbers)}"
        self.controller.dispatcher.command(
            identity, self.config.tenant_id, name, {"agent_id": agent_id, **arguments}
        )
        self._stirred = True
        self.settle()
        return self.controller.replies.pop(identity)

    def do(self, agent_id: int, name: str, **arguments: Any) -> Mapping[str, Any]:
        """A command that must be done."""
        answer = self.ask(agent_id, name, **arguments)
        assert answer["ok"], (name, arguments, answer)
        return dict(answer["data"])

    def view(self, agent_id: int) -> dict[str, Any]:
        """The agent as screens show it."""
        return dict(json.loads(self.feed.agents[self.config.tenant_id, agent_id]))

    def snapshot(self) -> dict[str, Any]:
        """The tenant as screens show it, now."""
        assert self.controller is not None
        found = live.snapshot(self.controller.centre, self.config.tenant_id, self.clock.now())
        return dict(json.loads(json.dumps(found)))
