"""A small platform for the web's tests: two tenants over SQLite, a controller and a live feed made by hand.

Also a server to look at: ``python -m tests.portal.world 18600``.
"""

from __future__ import annotations

import hashlib
import struct
import threading
import wave
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from app.adapters.sql.store import Store, TenantStore
from app.adapters.sql.tables import (
    Base,
    Callback,
    CallRow,
    Customer,
    OfferRow,
    QueueVisit,
    Talk,
)
from app.adapters.vault import SecretBox, new_password
from app.ports import IntegrationAnswer, IntegrationFailed
from app.services.accounts import hash_password
from app.services.ars_outside import Outside
from app.services.container import Services
from app.services.sip_accounts import SipAccounts
from freeswitch_conf.timezones import first_difference
from provisioning.directory import a1_hash
from tests.portal.outside import FakeSwitch, make_outside

PASSWORD = "Test-1234"
NOW = datetime(2026, 11, 20, 5, 30, tzinfo=UTC)
"""Friday, 14:30 in Seoul."""


class FixedClock:
    """Time that stands still until it is told to go on."""

    def __init__(self, now: datetime = NOW) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()


class FakeController:
    """The command bus with somebody at the other end: keeps what was asked, answers as it is told."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, str, dict[str, Any]]] = []
        self.refusals: dict[str, str] = {}
        self.silent = False
        self.on_command: Any = None

    def request(
        self, tenant_id: int, name: str, args: Mapping[str, Any], timeout: float = 5.0
    ) -> dict[str, Any]:
        self.asked.append((tenant_id, name, dict(args)))
        if self.silent:
            raise TimeoutError
        if name in self.refusals:
            return {"ok": False, "error": self.refusals[name], "data": {}}
        if self.on_command is not None:
            self.on_command(tenant_id, name, dict(args))
        return {"ok": True, "error": None, "data": {}}

    def notify(self, tenant_id: int, name: str, args: Mapping[str, Any]) -> None:
        self.asked.append((tenant_id, name, dict(args)))


class FakeFeed:
    """The reading side of the live feed: what a test publishes, at once."""

    def __init__(self) -> None:
        self.alive = True
        self.snapshots: dict[int, dict[str, Any]] = {}
        self._condition = threading.Condition()
        self._sent: list[tuple[int, dict[str, Any]]] = []

    def controller_alive(self) -> bool:
        return self.alive

    def snapshot(self, tenant_id: int) -> dict[str, Any] | None:
        found = self.snapshots.get(tenant_id)
        return None if found is None else dict(found)

    def publish(self, tenant_id: int, message: dict[str, Any]) -> None:
        with self._condition:
            if message.get("type") == "snapshot":
                self.snapshots[tenant_id] = message
            self._sent.append((tenant_id, message))
            self._condition.notify_all()

    def listen(self, tenant_id: int, timeout: float) -> Iterator[dict[str, Any] | None]:
        position = len(self._sent)
        while True:
            with self._condition:
                if position == len(self._sent):
                    self._condition.wait(timeout)
                new, position = self._sent[position:], len(self._sent)
            if not new:
                yield None
            for owner, message in new:
                if owner == tenant_id:
                    yield dict(message)


@dataclass
class WebSettings:
    """The settings that the web reads."""

    state: Path
    reachable_ip: str = "127.0.0.1"
    ws_port: int = 5066
    wss_port: int | None = None
    public_url: str = "http://127.0.0.1:8000"
    sip_domain: str = "sangdam.local"
    sip_port: int = 5060
    trusted_proxies: int = 0

    @property
    def recordings_dir(self) -> Path:
        return self.state / "recordings"

    def read_secret_key(self) -> str:
        return "a key for tests only, 128 bits of nothing"


class FakeIntegration:
    """The Internet: hosts that are known, and what they answer."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.failure: IntegrationFailed | None = None

    def check(self, url: str) -> None:
        if self.failure is not None:
            raise self.failure

    def call(self, url: str) -> IntegrationAnswer:
        self.check(url)
        self.called.append(url)
        return IntegrationAnswer("203.0.113.80", 200, "", "<title>고객 정보</title>", 0.12)


@dataclass
class World:
    """All of it, with what a test wants to name."""

    store: Store
    services: Services
    settings: WebSettings
    bus: FakeController
    feed: FakeFeed
    clock: FixedClock
    outside: Outside
    switch: FakeSwitch
    integration: FakeIntegration
    notified: list[int] = field(default_factory=list)
    tenants: dict[str, TenantStore] = field(default_factory=dict)
    agents: dict[str, dict[str, int]] = field(default_factory=dict)
    queues: dict[str, dict[str, int]] = field(default_factory=dict)
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)

    def add_rows(self, *rows: Any) -> None:
        with self.store.sessions.begin() as session:
            session.add_all(rows)


def build(state: Path, database: str = "sqlite://", clock: FixedClock | None = None) -> World:
    """The platform with tenants ``demo`` (agents agent1…agent3) and ``other`` (agent1)."""
    settings = WebSettings(state)
    settings.recordings_dir.mkdir(parents=True, exist_ok=True)
    store = Store.open(database, SecretBox(settings.read_secret_key()))
    Base.metadata.create_all(store.sessions.kw["bind"])
    bus, feed, time = FakeController(), FakeFeed(), clock or FixedClock()
    notified: list[int] = []
    switch, integration = FakeSwitch(), FakeIntegration()
    outside = make_outside(store, state, notified, switch)
    sip = SipAccounts(SecretBox(settings.read_secret_key()), settings.sip_domain, a1_hash, new_password)
    services = Services.build(
        store=store, bus=bus, feed=feed, clock=time, settings=settings, outside=outside, sip=sip,
        integration=integration, first_difference=lambda name: first_difference(name, time.now()),
    )  # fmt: skip
    world = World(store, services, settings, bus, feed, time, outside, switch, integration, notified)
    hashed = _hashed()
    for name, people in (("demo", ("상담사1", "상담사2", "상담사3")), ("other", ("남의상담사",))):
        _tenant(world, name, people, hashed)
    return world


@cache
def _hashed() -> str:
    return hash_password(PASSWORD)


def _tenant(world: World, name: str, people: tuple[str, ...], hashed: str) -> None:
    row = world.store.create_tenant(name, organisation=name, caller_id="07040000001")
    tenant = world.store.for_tenant(row.id)
    world.tenants[name] = tenant
    box = SecretBox(world.settings.read_secret_key())
    user = tenant.create_user(login="admin", password_hash=hashed, name="관리자", may_unmask=name == "demo")
    world.agents[name] = {}
    for index, person in enumerate(people, 1):
        extension, sip_user = tenant.next_extension()
        password = new_password()
        agent = tenant.create_agent(
            login=f"agent{index}",
            name=person,
            password_hash=hashed,
            extension=extension,
            sip_user=sip_user,
            sip_password_enc=box.seal(password),
            sip_ha1=a1_hash(sip_user, "sangdam.local", password),
        )
        world.agents[name][agent.login] = agent.id
        world.tokens[name, agent.login] = _token(tenant, "agent", agent.id)
    world.tokens[name, "admin"] = _token(tenant, "manager", user.id)
    world.queues[name] = {
        title: tenant.create_queue(title, number).id
        for title, number in (("주문 문의", "70164"), ("배송 문의", "70244"), ("기타 문의", "70245"))
    }
    for code, kind in ((10, "배송문의"), (20, "취소문의"), (30, "반품문의"), (99, "기타")):
        tenant.create_contact_type(kind, code)
    for reason in ("식사", "회의", "개인 용무"):
        tenant.create_break_reason(reason)


def _token(tenant: TenantStore, role: str, person_id: int) -> str:
    token = f"token-{tenant.tenant_id}-{role}-{person_id}"
    tenant.create_token(role, person_id, hashlib.sha256(token.encode()).hexdigest(), "test")
    return token


def add_call(
    world: World,
    tenant: str = "demo",
    *,
    call_id: str,
    minutes_ago: float = 60,
    agent: str | None = "agent1",
    queue: str | None = "주문 문의",
    number: str = "01036123712",
    talk: int = 0,
    wait: int = 10,
    direction: str = "inbound",
    outcome: str = "connected",
    recording: bool = False,
    name: str = "",
) -> None:
    """A call as the records would have it; ``talk`` = 0 means that nobody answered."""
    owner = world.tenants[tenant].tenant_id
    started = world.clock.now() - timedelta(minutes=minutes_ago)
    answered = started + timedelta(seconds=wait) if talk else None
    ended = started + timedelta(seconds=wait + talk)
    agent_id = world.agents[tenant][agent] if agent else None
    queue_id = world.queues[tenant][queue] if queue and direction == "inbound" else None
    path = ""
    if recording:
        path = f"t{owner}/{started:%Y/%m/%d}/{call_id}.wav"
        write_sound(world.settings.recordings_dir / path, talk)
    world.add_rows(
        CallRow(
            call_id=call_id,
            tenant_id=owner,
            direction=direction,
            started_at=started,
            answered_at=answered,
            ended_at=ended,
            did="07040000001",
            number=number,
            name=name,
            queue_id=queue_id,
            menu="1" if queue_id else "",
            agent_id=agent_id if talk or direction != "inbound" else None,
            talk_seconds=talk,
            wait_seconds=wait,
            outcome=outcome,
            cause="NORMAL_CLEARING",
            ended_by="caller",
            recording=path,
            recording_seconds=talk if recording else 0,
        )
    )
    if queue_id:
        world.add_rows(
            QueueVisit(
                visit_id=f"{call_id}#1",
                tenant_id=owner,
                call_id=call_id,
                queue_id=queue_id,
                origin="direct",
                entered_at=started,
                left_at=answered or ended,
                outcome="answered" if talk else "abandoned",
                agent_id=agent_id if talk else None,
                wait_seconds=wait,
                talk_seconds=talk,
            )
        )
    if agent_id and queue_id:
        world.add_rows(
            OfferRow(
                offer_id=f"{call_id}-o",
                tenant_id=owner,
                call_id=call_id,
                visit_id=f"{call_id}#1",
                queue_id=queue_id,
                agent_id=agent_id,
                made_at=started + timedelta(seconds=max(0, wait - 3)),
                ended_at=answered or ended,
                outcome="answered" if talk else "caller_gone",
                ring_seconds=3,
            )
        )
    if talk and agent_id:
        world.add_rows(
            Talk(
                talk_id=f"{call_id}-t",
                tenant_id=owner,
                call_id=call_id,
                agent_id=agent_id,
                queue_id=queue_id,
                visit_id=f"{call_id}#1" if queue_id else "",
                direction=direction,
                number=number,
                started_at=answered,
                ended_at=ended,
                talk_seconds=talk,
            )
        )


def add_callback(world: World, tenant: str = "demo", *, key: str, number: str = "01033445866") -> None:
    owner = world.tenants[tenant].tenant_id
    world.add_rows(
        Callback(
            callback_key=key,
            tenant_id=owner,
            call_id=f"call-of-{key}",
            queue_id=next(iter(world.queues[tenant].values())),
            caller=number,
            number=number,
            requested_at=world.clock.now() - timedelta(minutes=20),
        )
    )


def add_customer(world: World, number: str, name: str, tenant: str = "demo") -> None:
    world.add_rows(Customer(tenant_id=world.tenants[tenant].tenant_id, number=number, name=name))


def write_sound(path: Path, seconds: int) -> None:
    """A stereo WAV, a square tone on each side."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        one = b"".join(
            struct.pack("<hh", 2000 if tick % 20 < 10 else -2000, 2000 if tick % 32 < 16 else -2000)
            for tick in range(8000)
        )
        file.writeframes(one * max(1, seconds))


def agent_element(world: World, login: str, tenant: str = "demo", **changes: Any) -> dict[str, Any]:
    """An agent as the snapshot has it: 대기, phone connected, no call."""
    agent_id = world.agents[tenant][login]
    row = next(agent for agent in world.tenants[tenant].agents() if agent.id == agent_id)
    since = (world.clock.now() - timedelta(minutes=4)).isoformat()
    return {
        "id": agent_id,
        "name": row.name,
        "extension": row.extension,
        "login": login,
        "group": "공통그룹",
        "status": "available",
        "reason": "",
        "state": "idle",
        "status_since": since,
        "state_since": since,
        "registered": True,
        "call": None,
        "wrap_up_call": None,
        "misses": 0,
        **changes,
    }


def snapshot_of(
    world: World, tenant: str = "demo", agents: list[dict[str, Any]] | None = None, **changes: Any
) -> dict[str, Any]:
    """A snapshot with one caller waiting in the first queue."""
    since = (world.clock.now() - timedelta(seconds=42)).isoformat()
    queues = [
        {
            "id": queue_id,
            "name": name,
            "waiting": 0,
            "longest_since": None,
            "calls": [],
            "idle": 2,
            "logged_in": 3,
        }
        for name, queue_id in world.queues[tenant].items()
    ]
    queues[0].update(
        waiting=1,
        longest_since=since,
        calls=[{"id": "w1", "number": "01077778888", "since": since, "position": 1}],
    )
    return {
        "type": "snapshot",
        "at": world.clock.now().isoformat(),
        "tenant_id": world.tenants[tenant].tenant_id,
        "switch": "up",
        "agents": agents or [agent_element(world, login, tenant) for login in world.agents[tenant]],
        "queues": queues,
        "resources": {
            "inbound": 3,
            "outbound": 1,
            "ars": 1,
            "recording": 2,
            "lines_in": 8,
            "lines_out": 5,
            "licences": 5,
        },
        **changes,
    }
