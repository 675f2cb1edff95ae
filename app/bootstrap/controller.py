"""Wires the controller: switch, core, scripts, journal, live view, commands; and keeps it the only one."""

from __future__ import annotations

import signal
import sys
import time
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import gevent
import gevent.event
import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.adapters.freeswitch.switch import FreeSwitchNode, NodeParams
from app.adapters.journal_spool import JournalSpool
from app.adapters.leader_file import LeaderFile
from app.adapters.redis.client import connect
from app.adapters.redis.commands import CommandInbox
from app.adapters.redis.feed import RedisFeed
from app.adapters.redis.lease import RedisLease
from app.bootstrap.clock import SystemClock
from app.bootstrap.setup import open_store
from app.controller.dispatcher import Dispatcher
from app.controller.journalling import GroupWriter
from app.controller.liveview import LiveView
from app.controller.memory import AgentMemory
from app.controller.nodes import Nodes
from app.controller.publications import CHECK_SECONDS, Publications
from app.controller.runner import Runner
from app.controller.scripts import ScriptDriver
from app.controller.tenants import Tenants
from app.controller.timers import Timers
from app.controller.watchdog import watch
from app.core import live
from app.core.centre import Centre
from app.core.events import TenantPublished, TenantRemoved
from app.supervisor.probes import heartbeat_key

if TYPE_CHECKING:
    from app.config import Settings
    from app.ports import TenantSource

log = structlog.get_logger(__name__)

LEASE = "controller"
LEASE_SECONDS = 8.0
BEAT_SECONDS = 0.5
ANSWER_SECONDS = 0.005
"""How long answers to commands are gathered, to be sent in one round trip."""

GATHER_SECONDS = 0.02
"""What changes within this time is published together: nobody sees it, and an agent changes several times a call."""


class Publisher:
    """The live view as the dispatcher sees it: it only says that there is something; a greenlet publishes,
    so that a Redis that hangs stops no call."""

    def __init__(self, view: LiveView, clock: SystemClock) -> None:
        self._view = view
        self._clock = clock
        self._due = gevent.event.Event()

    def next_due(self, now: float) -> None:
        """Never: the greenlet keeps this time."""

    def publish(self, now: float) -> None:
        """Let the greenlet look."""
        if self._view.next_due(now) is not None:
            self._due.set()

    def spawn(self) -> gevent.Greenlet[[], None]:
        """Start publishing."""
        return gevent.spawn(self._run)

    def _run(self) -> None:
        while True:
            self._due.wait()
            self._due.clear()
            while (due := self._view.next_due(self._clock.monotonic())) is not None:
                gevent.sleep(max(GATHER_SECONDS, due - self._clock.monotonic()))
                try:
                    self._view.publish(self._clock.monotonic())
                except Exception:
                    # One view that cannot be made must not leave every screen standing still for ever.
                    log.exception("live_view_not_made")


class Controller:
    """The running controller. ``run`` returns after ``stop``; calls that are up go on without it."""

    def __init__(self, settings: Settings, source: TenantSource | None = None) -> None:
        self._settings = settings
        self._redis = connect(settings.redis_url)
        self._store: TenantSource = source or open_store(settings)
        self._clock = SystemClock()
        self._stopping = False
        self._turning = False
        self._core: tuple[str, FreeSwitchNode] | None = None
        self.lease = RedisLease(self._redis)
        self._leader_file = LeaderFile(settings.run_dir / "controller.leader")
        self.fence: int | None = None
        self.tenants = Tenants()
        self.centre = Centre(lambda: str(uuid.uuid4()))
        self.timers = Timers()
        self.nodes = Nodes()
        self.journal = GroupWriter(JournalSpool(settings.journal_dir), self._journal_failed)
        self.inbox = CommandInbox(self._redis)
        self._answers: list[tuple[str, Mapping[str, Any]]] = []
        self.scripts = ScriptDriver(self.tenants.starter(self.centre, self._clock), self.tenants)
        self._made: live.Made = {}
        feed = RedisFeed(self._redis)
        self.memory = AgentMemory(feed)
        self.live = LiveView(self.memory, self._agent_view, self._snapshot)
        self._publisher = Publisher(self.live, self._clock)
        self.runner = Runner(
            nodes=self.nodes,
            timers=self.timers,
            journal=self.journal,
            live=self.live,
            scripts=self.scripts,
            clock=self._clock,
            reply=self._reply,
            post=lambda event: self.dispatcher.post(event),
        )
        self.dispatcher = Dispatcher(
            core=self.centre,
            runner=self.runner,
            scripts=self.scripts,
            nodes=self.nodes,
            timers=self.timers,
            live=self._publisher,
            clock=self._clock,
            reply=self._reply,
        )

    # -- life -----------------------------------------------------------------------------------

    def run(self) -> None:
        """Wait for the lease, rebuild the state, and decide until ``stop``."""
        beat = gevent.spawn(self._beat)
        self._await_lease()
        if self._stopping:
            beat.kill()
            return
        log.info("controller_leads", node=self._settings.node, fence=self.fence)
        # From the first moment: many tenants may take longer to load than the lease lasts.
        renewal = gevent.spawn(self._renew)
        tenants = []
        for config in self._store.load_all():
            self._load(config)
            tenants.append(config.tenant_id)
        for restored in self.memory.restored(tenants):
            self.dispatcher.post(restored)
        core_key = f"sangdam:core:{self._settings.node}"
        known = self._redis.get(core_key)
        switch = FreeSwitchNode(
            NodeParams.of(self._settings),
            self.dispatcher.post,
            self._clock,
            known_core_uuid=known.decode() if isinstance(known, bytes) else known or "",
        )
        self.nodes.add(switch)
        # What the tenants are has to be known before the switch tells of their calls.
        self.dispatcher.drain()
        switch.start()
        self._core = (core_key, switch)
        helpers = [
            renewal,
            gevent.spawn(self._keep_up),
            self._publisher.spawn(),
            beat,
        ]
        self.inbox.start(self._command)
        self._turning = True
        try:
            self.dispatcher.run()
        finally:
            self.inbox.stop()
            switch.stop()
            gevent.killall(helpers)
            if not self.journal.flush(5.0):
                log.error("journal_not_flushed")
            if self.fence is not None:
                self.lease.release(LEASE, self.fence)

    def watch(self) -> None:
        """End the process when its loop hangs (supervised or not): its events would pile up in the switch."""
        beaten = [time.monotonic()]

        def beat() -> None:
            while True:
                # While it leads it is the dispatcher's own turn that counts, before that any greenlet's.
                beaten[0] = self.dispatcher.alive_at if self._turning else time.monotonic()
                gevent.sleep(BEAT_SECONDS)

        gevent.spawn(beat)
        watch(lambda: beaten[0])

    def stop(self) -> None:
        """End ``run``; safe from a signal handler's greenlet."""
        self._stopping = True
        self.dispatcher.stop()

    # -- commands -----------------------------------------------------------------------------------

    def _command(self, command_id: str, tenant_id: int, name: str, args: dict[str, Any]) -> None:
        match name:
            case "published":
                self._load_again(tenant_id)
            case "removed":
                self._remove(tenant_id)
            case "snapshot":
                self._reply(command_id, {"ok": True, "error": None, "data": self._snapshot(tenant_id) or {}})
            case _:
                self.dispatcher.command(command_id, tenant_id, name, args)

    def _load(self, config: Any) -> None:
        self.tenants.learn(config)
        self._made.pop(config.tenant_id, None)
        self.dispatcher.post(TenantPublished(config))

    def _load_again(self, tenant_id: int) -> None:
        config = self._store.load(tenant_id)
        if config is not None:
            self._load(config)

    def _remove(self, tenant_id: int) -> None:
        self.tenants.forget(tenant_id)
        self._made.pop(tenant_id, None)
        self.dispatcher.post(TenantRemoved(tenant_id))

    def _keep_up(self) -> None:
        """Find out what was published while nobody could tell us."""
        versions = getattr(self._store, "versions", None)  # tenants that come from elsewhere may have none
        if versions is None:
            return
        publications = Publications(versions, self.tenants, self._load_again, self._remove)
        while True:
            gevent.sleep(CHECK_SECONDS)
            try:
                publications.check()
            except (SQLAlchemyError, OSError) as error:
                # The database is away: the next time, then.
                log.warning("publications_not_checked", error=str(error))

    def _reply(self, command_id: str, answer: Mapping[str, Any]) -> None:
        # In a greenlet: a Redis that hangs must not stop the calls.
        if command_id:
            self._answers.append((command_id, answer))
            if len(self._answers) == 1:
                gevent.spawn(self._send_answers)

    def _send_answers(self) -> None:
        gevent.sleep(ANSWER_SECONDS)
        answers, self._answers = self._answers, []
        self.inbox.reply_all(answers)

    # -- views -------------------------------------------------------------------------------------

    def _snapshot(self, tenant_id: int) -> dict[str, Any] | None:
        return live.snapshot(self.centre, tenant_id, self._clock.now(), self._made)

    def _agent_view(self, tenant_id: int, agent_id: int) -> dict[str, Any] | None:
        try:
            return live.agent_view(self.centre, tenant_id, agent_id, self._clock.now(), self._made)
        except KeyError:
            return None

    # -- the only one ----------------------------------------------------------------------------------

    def _await_lease(self) -> None:
        not_before = 0.0
        while not self._stopping:
            try:
                if time.monotonic() >= not_before:
                    self.fence = self.lease.acquire(LEASE, LEASE_SECONDS)
                    if self.fence is None and (dead := self._leader_file.dead_owner()) is not None:
                        # Killed on this machine: nobody has to wait for the lease to run out.
                        self.lease.release(LEASE, dead)
                        self.fence = self.lease.acquire(LEASE, LEASE_SECONDS)
                else:
                    self._redis.ping()
            except OSError as error:
                log.warning("lease_not_asked", error=str(error))
                # Its owner was cut off from Redis as well, and still decides: let it be the first to renew.
                not_before = time.monotonic() + LEASE_SECONDS
            if self.fence is not None:
                if not self._leader_file.take(self.fence):
                    log.warning("leader_not_marked")
                return
            gevent.sleep(0.25)

    def _renew(self) -> None:
        assert self.fence is not None
        last = time.monotonic()
        while True:
            gevent.sleep(LEASE_SECONDS / 4)
            try:
                if not self.lease.renew(LEASE, self.fence, LEASE_SECONDS):
                    log.error("lease_lost")
                    # Another controller decides already: not one more effect from here.
                    sys.stderr.flush()
                    signal.raise_signal(signal.SIGKILL)
                last = time.monotonic()
            except OSError as error:
                # Redis away: nobody else can take the lease either. Calls go on.
                log.warning("lease_not_renewed", error=str(error), seconds=round(time.monotonic() - last, 1))
            self._remember_core()

    def _remember_core(self) -> None:
        if self._core is None:
            return
        key, switch = self._core
        if switch.core_uuid:
            try:
                self._redis.set(key, switch.core_uuid)
            except OSError:
                log.info("core_not_remembered")

    def _beat(self) -> None:
        """A sign of life that stands still when the dispatcher does (the watchdog reads it)."""
        key = heartbeat_key("controller", self._settings.node)
        while True:
            leading = self.fence is not None
            turn = self.dispatcher.alive_at if leading else time.monotonic()
            try:
                self._redis.set(key, f"{turn:.3f}", ex=10)
                if leading:
                    self._redis.set("sangdam:controller:heartbeat", self._settings.node, ex=10)
            except OSError:
                log.info("no_heartbeat_written")
            gevent.sleep(BEAT_SECONDS)

    def _journal_failed(self, error: OSError) -> None:
        log.critical("journal_failed", error=str(error))
        signal.raise_signal(signal.SIGTERM)


def run_controller(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT."""
    controller = Controller(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, controller.stop)
    controller.watch()
    controller.run()
