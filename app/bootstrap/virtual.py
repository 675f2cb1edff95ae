"""The product's controller over the simulated switch, in virtual time: everything that decides and everything
that speaks to the switch is the product's own; time, the socket, the disk and Redis are not there.

The rehearsal sends its callers through one; the tests of whole calls tell their stories in one.
"""

from __future__ import annotations

import itertools
import json
import random
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gevent

from app.adapters.freeswitch.switch import FreeSwitchNode, NodeParams
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
from app.core.definitions import AgentId, TenantConfig, TenantId
from app.core.events import TenantPublished
from app.core.journal import JournalEvent
from app.ports import View
from simswitch import causes
from simswitch.channel import Channel
from simswitch.clock import VirtualClock
from simswitch.switch import SimSwitch
from simswitch.telephones import Behaviour, Caller, Phone, ignores
from simswitch.wire import Wire
from simswitch.xmldoc import Document

NODE = "sim1"
RECORDINGS = "/recordings"


class MemoryJournal:
    """app.ports.Journal: as JSON, as the spool file has it."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def append(self, events: Iterable[JournalEvent]) -> None:
        self.lines += [json.dumps(event.to_json()) for event in events]

    def events(self) -> list[JournalEvent]:
        return [JournalEvent.from_json(json.loads(line)) for line in self.lines]


class MemoryFeed:
    """app.ports.Feed that keeps what was published last, as Redis does; through JSON, as Redis has it."""

    def __init__(self) -> None:
        self.agents: dict[tuple[TenantId, AgentId], str] = {}
        self.snapshots: dict[TenantId, str] = {}

    def publish(self, agents: Sequence[View], snapshots: Sequence[View]) -> None:
        for tenant_id, agent in agents:
            self.agents[tenant_id, agent["id"]] = json.dumps(agent)
        for tenant_id, snapshot in snapshots:
            self.snapshots[tenant_id] = json.dumps(snapshot)

    def remembered_agents(
        self, tenant_ids: Iterable[TenantId]
    ) -> Iterator[tuple[TenantId, Mapping[str, Any]]]:
        wanted = set(tenant_ids)
        for (tenant_id, _), text in self.agents.items():
            if tenant_id in wanted:
                yield tenant_id, json.loads(text)


class NoView:
    """A live view that nobody looks at."""

    def agent_changed(self, tenant_id: TenantId, agent_id: AgentId) -> None: ...

    def tenant_changed(self, tenant_id: TenantId) -> None: ...

    def next_due(self, now: float) -> None:
        """Never."""

    def publish(self, now: float) -> None: ...


class Ring:
    """One call at an agent's telephone, as the person beside it sees it. Epoch seconds."""

    def __init__(self, channel: Channel, since: float) -> None:
        self.channel = channel
        self.since = since
        self.ended: float | None = None

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
        if self.channels and channel.variables.get("sangdam_role") == "reconnect":
            channel.far_hangup(causes.from_sip(486), 486)  # a telephone with one line, busy with this very call
            return
        if self.channels:
            self.doubled.append(f"{self.user} rings at {now} for {channel.uuid} though {self.channels} is up")
        self.rings.append(Ring(channel, now))
        super().ring(channel)

    def load_anew(self) -> None:
        """The page was loaded anew: it knows of no call, though the switch does."""
        self.channels.clear()

    def hung_up(self, channel: Channel) -> None:
        super().hung_up(channel)
        for ring in self.rings:
            if ring.channel is channel:
                ring.ended = self._switch.clock.time()


class VirtualController:
    """One life of the controller (app.bootstrap.controller without Redis, disk and signals)."""

    def __init__(self, office: VirtualOffice, *, watched: bool) -> None:
        clock = office.clock
        self.office = office
        self.replies: dict[str, Mapping[str, Any]] = {}
        self.tenants = Tenants()
        self.centre = Centre(office.new_id)
        self.timers = Timers()
        self.nodes = Nodes()
        self.scripts = ScriptDriver(self.tenants.starter(self.centre, clock), self.tenants)
        memory = AgentMemory(office.feed)
        # Nothing is published where nobody looks: the views of a large centre cost more than its calls.
        self.live: Any = LiveView(memory, self._agent_view, self._snapshot) if watched else NoView()
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
        params = NodeParams(NODE, "-", 0, "-", office.switch.sip_domain, RECORDINGS)
        self.switch = FreeSwitchNode(
            params, self.dispatcher.post, clock, known_core_uuid=office.core_uuid, connect=office.wire,
            later=clock.after, sleep=lambda seconds: gevent.sleep(0),
        )  # fmt: skip
        self.nodes.add(self.switch)
        self.dispatcher.drain()
        self.switch.start()

    def learn(self, config: TenantConfig) -> None:
        """The controller's share of 적용."""
        self.tenants.learn(config)
        self.dispatcher.post(TenantPublished(config))

    def _snapshot(self, tenant_id: TenantId) -> dict[str, Any] | None:
        return live.snapshot(self.centre, tenant_id, self.office.clock.now())

    def _agent_view(self, tenant_id: TenantId, agent_id: AgentId) -> dict[str, Any] | None:
        return live.agent_view(self.centre, tenant_id, agent_id, self.office.clock.now())


class VirtualOffice:
    """A tenant's day, from the aware moment ``start``. Times are seconds since then unless said otherwise.

    ``source`` is FreeSWITCH's whole configuration with the tenant's dialplan in it. ``latency``: virtual seconds
    that commands and events travel, ``spacing`` those between the commands of a batch. ``watched``: the live view
    is published, as for screens. ``options`` are SimSwitch's.
    """

    def __init__(
        self,
        config: TenantConfig,
        source: Path | str | Document,
        start: datetime,
        *,
        latency: float = 0.0,
        spacing: float = 0.0,
        seed: int = 1,
        watched: bool = True,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.config = config
        self.start = start
        self.latency, self.spacing = latency, spacing
        self.clock = VirtualClock(start)
        values = {"local_zone": UTC, "write_recordings": False, "seed": seed, **(options or {})}
        self.switch = SimSwitch(source, self.clock, **values)
        self.began = self.clock.time()
        self.tenants = {config.tenant_id: config}
        self.journal = MemoryJournal()
        self.feed = MemoryFeed()
        self.core_uuid = ""
        self.controller: VirtualController | None = None
        self.callers: list[Caller] = []
        self.phones: dict[AgentId, DeskPhone] = {}
        self.said: list[bytes] = []
        """Every command that was written to the switch."""
        self.alone = False
        """Whether the switch had to serve a call by itself at any time."""
        self._watched = watched
        self._chance = random.Random(seed + 1_000_000)  # not the switch's own UUIDs again
        self._numbers = itertools.count(1)
        self._wire: Wire | None = None
        self._stirred = False

    # --- parts ------------------------------------------------------------------------------------

    def new_id(self) -> str:
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))

    def wire(self, *_: Any, on_event: Any) -> Any:
        """``connect`` of the adapter."""
        self._wire = Wire(self.switch, on_event, self._stir, self.latency, self.spacing)
        self._wire.said = self.said
        return self._wire

    def _stir(self) -> None:
        self._stirred = True

    def start_controller(self) -> VirtualController:
        """A controller that knows what Redis and the database know, connected."""
        self.controller = VirtualController(self, watched=self._watched)
        self.wait_connected()
        return self.controller

    def wait_connected(self) -> None:
        """Until the adapter has the switch again: its own back-off is real time, less than a second."""
        assert self.controller is not None
        with gevent.Timeout(5):
            while not self.controller.switch.is_up:
                self.clock.drain()
                gevent.sleep(0.002)
        self.hurry()
        self.core_uuid = self.controller.switch.core_uuid

    def kill_controller(self) -> None:
        """As ``kill -9``: nothing more is said, decided or written by it."""
        assert self.controller is not None
        dead, self.controller, self.alone = self.controller, None, True
        dead.switch.stop()
        gevent.sleep(0)

    # --- time ---------------------------------------------------------------------------------------

    @property
    def seconds(self) -> float:
        """Since the beginning."""
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

    def _due(self) -> float:
        """When the controller has something to do by itself."""
        if self.controller is None:
            return float("inf")
        found = (self.controller.timers.next_due(), self.controller.live.next_due(self.clock.time()))
        return min((at for at in found if at is not None), default=float("inf"))

    def next_due(self) -> float:
        """When (epoch seconds) something happens next by itself; infinity: never."""
        due = self.clock.next_due()
        return min(self._due(), float("inf") if due is None else due)

    def step(self, last: float) -> bool:
        """Let time pass to what happens next, if that is by ``last`` (epoch seconds); False when it is not."""
        due = self.next_due()
        if due > last:
            return False
        self.clock.run_until(max(due, self.clock.time()))
        self.settle()
        return True

    def run_until(self, end: float) -> None:
        """Let time pass to ``end``."""
        last = self.began + end
        self.settle()
        while self.step(last):
            pass
        self.clock.run_until(last)
        self.settle()

    def pass_time(self, seconds: float) -> None:
        self.run_until(self.seconds + seconds)

    # --- people ---------------------------------------------------------------------------------------

    def call(self, number: str = "01012345678", did: str = "", **manners: Any) -> Caller:
        """A customer calls."""
        self.alone |= self.controller is None
        caller = self.switch.call(did or self.config.dids[0], number=number, **manners)
        self.callers.append(caller)
        self.hurry()
        return caller

    def plug_in(self, agent_id: AgentId, behaviour: Behaviour | None = None) -> DeskPhone:
        """The agent's telephone registers."""
        phone = DeskPhone(self.switch, self.config.agents[agent_id].sip_user, behaviour or ignores())
        self.switch.phones.register(phone.user, phone=phone)
        self.phones[agent_id] = phone
        self.hurry()
        return phone

    def ask(self, agent_id: AgentId, name: str, **arguments: Any) -> Mapping[str, Any]:
        """A command of a person; the answer."""
        assert self.controller is not None, "no controller"
        identity = f"cmd{next(self._numbers)}"
        self.controller.dispatcher.command(
            identity, self.config.tenant_id, name, {"agent_id": agent_id, **arguments}
        )
        self.hurry()
        return self.controller.replies.pop(identity)
