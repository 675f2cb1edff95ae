"""What every test on a real FreeSWITCH uses: a private switch with the product's own configuration and a
published tenant, callers, phones, and a way to ask what was heard.

Each prompt of the tenant is a tone of its own (:data:`PROMPT_HERTZ`), so that a test hears which one played.
"""

from __future__ import annotations

import math
import os
import signal
import socket
import struct
import subprocess
import time
import wave
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from datetime import time as clock_time
from pathlib import Path
from typing import Any, TypeVar

import gevent

from app.adapters.freeswitch.switch import FreeSwitchNode, NodeParams
from app.config import Settings
from app.core.definitions import AgentConfig, ArsDefinition, MenuEntry, QueueConfig, Slot, TenantConfig
from app.core.events import NodeUp, SwitchEvent
from dialplan.publish import Publisher
from freeswitch_conf.render import render
from provisioning.directory import SipUser, a1_hash, directory_xml
from tests.freeswitch.rtp import strength
from tests.freeswitch.softphone import SoftPhone

DID = "07040000001"
CALLER = "01012345678"
PASSWORD = "phone-password-of-tests"

PROMPTS = (
    "greeting", "menu", "connecting", "delay", "unavailable", "after_hours", "holiday", "lines_full",
    "invalid", "wrong_digit", "no_digit", "forced_end", "hold", "callback_offer", "callback_confirm", "callback_number",
    "callback_done",
)  # fmt: skip
PROMPT_HERTZ = {name: 1000 + 100 * number for number, name in enumerate(PROMPTS)}
CALLER_HERTZ = 440
AGENT_HERTZ = 700

E = TypeVar("E", bound=SwitchEvent)


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago, on UDP and TCP."""
    found: list[int] = []
    open_sockets: list[socket.socket] = []
    while len(found) < count:
        tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        tcp.bind(("127.0.0.1", 0))
        open_sockets.append(tcp)
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        open_sockets.append(udp)
        try:
            udp.bind(("127.0.0.1", tcp.getsockname()[1]))
        except OSError:
            continue
        found.append(tcp.getsockname()[1])
    for item in open_sockets:
        item.close()
    return found


def write_tone(path: Path, hertz: float, seconds: float = 0.35) -> Path:
    """A sound file with one tone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # it may be one file with what was spoken for other tenants
    samples = [int(8000 * math.sin(2 * math.pi * hertz * n / 8000)) for n in range(int(8000 * seconds))]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return path


def wait_until(condition: Callable[[], Any], seconds: float = 5.0, what: str = "") -> Any:
    """The condition's first true value; the event loop turns meanwhile. AssertionError when it does not come."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"not within {seconds} s: {what or condition}"
        gevent.sleep(0.005)
    return value


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class Mailbox:
    """A dispatcher that only remembers. ``wait`` finds events by type and values."""

    def __init__(self) -> None:
        self.events: list[SwitchEvent] = []

    def __call__(self, event: SwitchEvent) -> None:
        self.events.append(event)

    def all(self, kind: type[E], **values: Any) -> list[E]:
        return [
            event
            for event in self.events
            if isinstance(event, kind)
            and all(getattr(event, name) == value for name, value in values.items())
        ]

    def wait(self, kind: type[E], seconds: float = 5.0, *, after: int = 0, **values: Any) -> E:
        """The event number ``after`` (from 0) of that kind and with these values."""

        def found() -> E | None:
            events = self.all(kind, **values)
            return events[after] if len(events) > after else None

        recent = [type(event).__name__ for event in self.events[-12:]]
        event: E = wait_until(found, seconds, f"{kind.__name__} {values}; last were {recent}")
        return event


def tenant_config(prompts_dir: Path, **changes: Any) -> TenantConfig:
    """A tenant with one menu entry less than a menu: straight to queue 1, agents 11…13, always open."""
    prompts = {
        name: str(write_tone(prompts_dir / "t1" / f"{name}.wav", hz)) for name, hz in PROMPT_HERTZ.items()
    }
    agents = {
        10 + n: AgentConfig(10 + n, f"agent{n}", f"상담사{n}", f"100{n}", f"demo-100{n}") for n in (1, 2, 3)
    }
    values: dict[str, Any] = {
        "tenant_id": 1,
        "service_name": "demo",
        "under_contract": True,
        "licences": 5,
        "dids": (DID,),
        "caller_id": DID,
        "ars": ArsDefinition(
            menu=(MenuEntry("1", "상담", 1),),
            slots=(Slot(frozenset(range(7)), clock_time(0), clock_time(0)),),
            holidays=(),
            prompts=prompts,
        ),
        "queues": {1: QueueConfig(1, "상담", tiers={11: 1, 12: 1, 13: 2})},
        "agents": agents,
        "recall_seconds": 5,
    }
    return TenantConfig(**{**values, **changes})


class RealSwitch:
    """A FreeSWITCH process of one's own in ``root``, running the product's configuration.

    ``with RealSwitch(tmp_path) as switch: …``. ``settings`` and ``tenant`` are what it runs with.
    """

    def __init__(
        self, root: Path, *, tenant: Callable[[Path], TenantConfig] = tenant_config, **changes: Any
    ) -> None:
        sip, trunk, ws, esl, web, carrier = free_ports(6)
        low = 23000 + (os.getpid() % 40) * 100
        values: dict[str, Any] = {
            "state": root / "state", "sip_port": sip, "trunk_port": trunk, "ws_port": ws, "esl_port": esl,
            "web_port": web, "rtp_ports": f"{low}-{low + 99}", "log_level": "debug",
            "freeswitch": os.environ.get("SANGDAM_FREESWITCH", "auto"),
        }  # fmt: skip
        values["carrier"] = f"127.0.0.1:{carrier}"
        self.settings = Settings.load(**{**values, **changes})
        self.argv = render(self.settings)
        self.tenant = tenant(self.settings.prompts_dir)
        self.publisher = Publisher(
            self.settings.dialplan_dir,
            self._reload,
            sip_domain=self.settings.sip_domain,
            recordings_dir=str(self.settings.recordings_dir),
        )
        self.process: subprocess.Popen[bytes] | None = None
        #: The carrier behind the gateway, there from the beginning: FreeSWITCH asks it by OPTIONS.
        self.carrier = SoftPhone(
            ("127.0.0.1", trunk), "carrier", domain="carrier.example", hertz=CALLER_HERTZ, port=carrier
        )
        self._closing: list[Callable[[], object]] = []
        self.publish(self.tenant)

    # --- life ---------------------------------------------------------------------------------

    def __enter__(self) -> RealSwitch:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start and wait until the Event Socket accepts connections."""
        with (self.settings.log_dir / "freeswitch.out").open("ab") as output:
            self.process = subprocess.Popen(self.argv, stdout=output, stderr=output, stdin=subprocess.DEVNULL)

        def listening() -> bool:
            assert self.process is not None and self.process.poll() is None, (
                f"FreeSWITCH ended: {self.log_tail()}"
            )
            try:
                socket.create_connection(("127.0.0.1", self.settings.esl_port), 0.2).close()
            except OSError:
                return False
            return True

        wait_until(listening, 30, "FreeSWITCH's event socket")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the process; SIGKILL as a crash."""
        if self.process is not None:
            self.process.send_signal(how)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)
            self.process = None

    def close(self) -> None:
        for close in reversed(self._closing):
            close()
        self._closing.clear()
        self.stop()
        self.carrier.close()

    def log_tail(self, lines: int = 30) -> str:
        path = self.settings.freeswitch_dir / "log" / "freeswitch.log"
        return (
            "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else "no log"
        )

    # --- the tenant -----------------------------------------------------------------------------

    def publish(self, tenant: TenantConfig) -> None:
        """Publish (anew) as the product does, with every agent's SIP account."""
        self.tenant = tenant
        domain = self.settings.sip_domain
        users = [
            SipUser(
                a.sip_user, a1_hash(a.sip_user, domain, PASSWORD), tenant.tenant_id, a.agent_id, a.extension
            )
            for a in tenant.agents.values()
        ]
        self.publisher.publish(tenant, directory_xml(users))

    def _reload(self) -> str | None:
        return None if self.process is None else self.cli("reloadxml")

    def cli(self, command: str) -> str:
        """An api command through a connection of its own."""
        from esl import commands
        from esl.connection import Connection

        name, _, args = command.partition(" ")
        with Connection("127.0.0.1", self.settings.esl_port, self.settings.read_esl_password()) as connection:
            return connection.api(commands.Api(name, args))

    # --- who takes part ---------------------------------------------------------------------------

    def connect(self, mailbox: Mailbox | None = None) -> tuple[FreeSwitchNode, Mailbox]:
        """The product's adapter with a dispatcher that remembers, connected."""
        box = mailbox if mailbox is not None else Mailbox()
        node = FreeSwitchNode(NodeParams.of(self.settings), box, RealClock())
        self._closing.append(node.stop)
        node.start()
        box.wait(NodeUp, 10)
        return node, box

    def caller(self, number: str = CALLER, **options: Any) -> SoftPhone:
        """A telephone at the trunk."""
        phone = SoftPhone(
            ("127.0.0.1", self.settings.trunk_port), number, domain="carrier.example",
            **{"hertz": CALLER_HERTZ, **options},
        )  # fmt: skip
        self._closing.append(phone.close)
        return phone

    def phone(self, number: int = 1, *, register: bool = True, **options: Any) -> SoftPhone:
        """The phone of agent ``number`` (1…3), registered."""
        phone = SoftPhone(
            ("127.0.0.1", self.settings.sip_port), f"demo-100{number}", PASSWORD, self.settings.sip_domain,
            **{"hertz": AGENT_HERTZ + 100 * number, **options},
        )  # fmt: skip
        self._closing.append(phone.close)
        return phone.register() if register else phone

    def recordings(self) -> Iterable[Path]:
        return sorted(self.settings.recordings_dir.rglob("*.wav"))


def agent_hertz(number: int) -> int:
    """The tone that agent ``number``'s phone speaks."""
    return AGENT_HERTZ + 100 * number


def hears(samples: list[int], hertz: float) -> bool:
    """That tone and hardly anything else."""
    return strength(samples, hertz) > 0.8


def prompts_heard(samples: list[int], names: Iterable[str] = PROMPTS) -> list[str]:
    """Which prompts were heard, in order, each once in a row."""
    found: list[str] = []
    for start in range(0, len(samples) - 1600, 800):
        window = samples[start : start + 1600]
        name = next((n for n in names if strength(window, PROMPT_HERTZ[n]) > 0.8), None)
        if name is not None and (not found or found[-1] != name):
            found.append(name)
    return found


@dataclass
class Wav:
    """A recording, by channel."""

    channels: list[list[int]] = field(default_factory=list)
    rate: int = 8000

    @classmethod
    def read(cls, path: Path) -> Wav:
        with wave.open(str(path), "rb") as file:
            count, rate = file.getnchannels(), file.getframerate()
            data = file.readframes(file.getnframes())
        samples = struct.unpack(f"<{len(data) // 2}h", data)
        return cls([list(samples[n::count]) for n in range(count)], rate)

    @property
    def seconds(self) -> float:
        return len(self.channels[0]) / self.rate
