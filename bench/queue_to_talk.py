"""From the queue to the talk on a real FreeSWITCH, beside mod_callcenter on the same process in the same run.

Two situations:

- *steady*: 60 agents, 10 calls/s (both can be changed): the time from entering the queue (CHANNEL_PARK; for
  mod_callcenter its ``member-queue-start``) to the agent's leg (CHANNEL_CREATE) and to the talk (CHANNEL_BRIDGE),
  by FreeSWITCH's own event times. The two take turns in blocks, with the same arrivals.
- *crowd*: 1,000 agents on break and 400 callers waiting; one agent after the other becomes available: the
  time from that command (over Redis to the product, over the Event Socket to mod_callcenter) until the agent's
  leg is created, by the benchmark's own clock.

The same registered SIP phones, answering at once, the same trunk, codec and music serve both. The product
runs as it is: its configuration and dialplan, its controller with Redis and a journal that is forced to the
disk; only its tenant comes from the benchmark instead of a database.

    python -m bench.queue_to_talk [--seconds 40] [--agents 60] [--rate 10] [--only steady|crowd]

Leaves with 1 when a target is missed: 0.8 of mod_callcenter's time at p50 and 0.6 at p99; a quarter in the crowd.
"""

import gevent.monkey

gevent.monkey.patch_all()

import argparse  # noqa: E402  (nothing may be imported before the patch above)
import itertools  # noqa: E402
import logging  # noqa: E402
import random  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from pathlib import Path  # noqa: E402

import gevent  # noqa: E402

from app.adapters.redis.client import connect  # noqa: E402
from app.adapters.redis.commands import RedisCommandBus  # noqa: E402
from app.adapters.redis.feed import LiveReader  # noqa: E402
from app.supervisor.programs import find_freeswitch  # noqa: E402
from bench import callcenter  # noqa: E402
from bench.figures import machine, percentile, ratio, spread, table  # noqa: E402
from bench.lab import Lab  # noqa: E402
from bench.telephones import Telephones  # noqa: E402
from bench.tenant import DID, PASSWORD, TENANT, make_tenant, publish, sip_user  # noqa: E402
from esl import commands as esl  # noqa: E402
from esl.connection import Connection  # noqa: E402
from esl.errors import EslError  # noqa: E402
from esl.frames import Event  # noqa: E402
from freeswitch_conf.render import installed_modules, render  # noqa: E402

PRODUCT, MODULE = "product", "mod_callcenter"
NUMBERS = {PRODUCT: DID, MODULE: callcenter.DID}
PORTS = {"sip_port": 18960, "trunk_port": 18980, "ws_port": 18966, "esl_port": 18921, "web_port": 18968,
         "rtp_ports": "26000-28000"}  # fmt: skip
EVENTS = ("CHANNEL_PARK", "CHANNEL_CREATE", "CHANNEL_BRIDGE", "CHANNEL_HANGUP_COMPLETE")


@dataclass
class Seen:
    """What was seen of the legs: times in seconds, by leg."""

    queued: dict[str, float] = field(default_factory=dict)
    created: dict[str, float] = field(default_factory=dict)
    bridged: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Caller leg → agent leg and when."""
    rung: dict[str, float] = field(default_factory=dict)
    """SIP user → when its leg was created last, by our clock."""
    gone: set[str] = field(default_factory=set)
    offers: list[float] = field(default_factory=list)

    def take(self, event: Event) -> None:
        at = int(event.get("Event-Date-Timestamp")) / 1e6
        if event.name == "CHANNEL_PARK":
            if event.variable("sangdam_step") == "queue":
                self.queued.setdefault(event.leg, at)
        elif event.name == "CUSTOM":
            if event.get("CC-Action") == "member-queue-start":
                self.queued.setdefault(event.get("CC-Member-Session-UUID"), at)
        elif event.name == "CHANNEL_CREATE":
            if event.get("Call-Direction") == "outbound":
                self.created[event.leg] = at
                self.rung[event.get("Caller-Destination-Number").partition("@")[0]] = time.time()
        elif event.name == "CHANNEL_BRIDGE":
            one, other = event.get("Bridge-A-Unique-ID"), event.get("Bridge-B-Unique-ID")
            caller, agent = (one, other) if one in self.queued else (other, one)
            if caller in self.queued:
                self.bridged.setdefault(caller, (agent, at))
        else:
            self.gone.add(event.leg)

    def offer_times(self) -> list[float]:
        """Queue → agent's leg, of the calls that were connected."""
        return [self.created[agent] - self.queued[leg] for leg, (agent, _) in self.bridged.items()]

    def talk_times(self) -> list[float]:
        """Queue → talk."""
        return [at - self.queued[leg] for leg, (_, at) in self.bridged.items()]

    def waiting(self) -> int:
        return sum(1 for leg in self.queued if leg not in self.bridged and leg not in self.gone)


class Bench:
    """One FreeSWITCH with both, its telephones and an observer."""

    def __init__(self, lab: Lab, agents: int, *, available: bool, talk: float) -> None:
        self.lab, self.agents, self.available = lab, agents, available
        self.seen = Seen()
        settings = lab.settings
        argv = render(settings, extra_modules=["mod_callcenter"])
        tenant = make_tenant(settings, agents)
        publish(settings, tenant)
        callcenter.write(settings, agents, dict(tenant.ars.prompts), available=available)
        lab.start_redis()
        lab.start_freeswitch(argv)
        self.telephones = Telephones(talk)
        self.connection = Connection(
            settings.esl_host, settings.esl_port, settings.read_esl_password(),
            on_event=lambda event: self.seen.take(event), max_queued=100_000,
        )  # fmt: skip
        self.connection.connect()
        self.connection.subscribe((*EVENTS, "BACKGROUND_JOB"), ("callcenter::info",))
        server = (settings.bind, settings.sip_port)
        users = [sip_user(number) for number in range(1, agents + 1)]
        self.telephones.register(users, server, settings.sip_domain, PASSWORD)
        redis = connect(settings.redis_url)
        self.bus, self.reader = RedisCommandBus(redis), LiveReader(redis)
        status = "available" if available else "on_break"
        lab.start_controller("1", str(agents), "1", status, status)
        lab.wait(lambda: self._snapshot_says("up", 0), "the controller")
        for number in range(1, agents + 1):
            self.bus.notify(TENANT, "log_in", {"agent_id": number})
        lab.wait(lambda: self._snapshot_says("up", agents), "the agents logged in")

    def _snapshot_says(self, switch: str, logged_in: int) -> bool:
        snapshot = self.reader.snapshot(TENANT)
        if snapshot is None or snapshot["switch"] != switch:
            return False
        return sum(a["status"] != "logged_out" and a["registered"] for a in snapshot["agents"]) >= logged_in

    def close(self) -> None:
        self.connection.close()
        self.telephones.close()

    def call(self, way: str, number: int) -> None:
        trunk = (self.lab.settings.bind, self.lab.settings.trunk_port)
        self.telephones.call(NUMBERS[way], trunk, f"010{number:08d}")

    def until(self, condition: object, seconds: float) -> bool:
        """Let time pass until ``condition()``; False when it did not come."""
        assert callable(condition)
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            gevent.sleep(0.02)
        return True

    def clear(self) -> None:
        """No calls any more."""
        self.connection.bgapi(esl.Api("hupall", "NORMAL_CLEARING")).get(timeout=30)
        self.until(lambda: self.telephones.calling == 0, 15)
        gevent.sleep(1.0)

    # --- steady ---------------------------------------------------------------------------------

    def block(self, way: str, rate: float, seconds: float, arrivals: random.Random) -> Seen:
        """Calls at random moments for a while; what was seen of them."""
        self.seen = seen = Seen()
        started, at, placed = time.monotonic(), 0.0, 0
        while at < seconds:
            gevent.sleep(max(0.0, started + at - time.monotonic()))
            self.call(way, placed)
            placed += 1
            at += arrivals.expovariate(rate)
        self.until(lambda: self.telephones.calling == 0, 20)
        if len(seen.bridged) < placed:
            print(
                f"{way}: {placed - len(seen.bridged)} of {placed} calls were not connected", file=sys.stderr
            )
        self.clear()
        return seen

    # --- crowd -----------------------------------------------------------------------------------

    def crowd(self, way: str, callers: int, offers: int, every: float) -> list[float]:
        """Let agents become available one by one before ``callers`` waiting: seconds until each one's leg."""
        self.seen = seen = Seen()
        for number in range(callers):
            self.call(way, number)
            gevent.sleep(0.02)
        if not self.until(lambda: seen.waiting() >= callers, 60):
            raise SystemExit(f"{way}: only {seen.waiting()} of {callers} callers reached the queue")
        gevent.sleep(2.0)
        times: list[float] = []
        for count, number in enumerate(range(1, offers + 1)):
            user, began = sip_user(number), time.time()
            self._make_available(way, number)
            if self.until(lambda user=user, began=began: seen.rung.get(user, 0.0) >= began, 10):  # type: ignore[misc]
                times.append(seen.rung[user] - began)
            else:
                print(f"{way}: agent {number} got no offer within 10 s", file=sys.stderr)
            if way == MODULE:
                self.connection.bgapi(esl.Api("callcenter_config", f"agent set status {user} 'On Break'"))
            self.call(way, callers + count)  # the crowd stays as large as it is
            gevent.sleep(max(0.0, began + every - time.time()))
        self.clear()
        return times

    def _make_available(self, way: str, number: int) -> None:
        if way == PRODUCT:
            self.bus.notify(TENANT, "set_status", {"agent_id": number, "status": "available"})
        else:
            self.connection.post(
                esl.Api("callcenter_config", f"agent set status {sip_user(number)} Available")
            )


def steady(root: Path, agents: int, rate: float, seconds: float) -> bool:
    """Measure and print the steady situation; whether the targets are met."""
    offers: dict[str, list[float]] = {PRODUCT: [], MODULE: []}
    talks: dict[str, list[float]] = {PRODUCT: [], MODULE: []}
    with Lab(root / "steady", **PORTS) as lab:
        bench = Bench(lab, agents, available=True, talk=2.0)
        try:
            for way in (PRODUCT, MODULE):
                bench.block(way, rate, 3.0, random.Random(0))  # not counted: files, caches, pools
            for number in itertools.count():
                if number * 10 >= seconds:
                    break
                for way in (PRODUCT, MODULE):
                    seen = bench.block(way, rate, 10.0, random.Random(number))
                    offers[way] += seen.offer_times()
                    talks[way] += seen.talk_times()
        finally:
            bench.close()
    print(f"\nsteady: {agents} agents, {rate:g} calls/s, talk 2 s; milliseconds p50 / p95 / p99")
    rows = [[way, str(len(talks[way])), spread(offers[way]), spread(talks[way])] for way in (PRODUCT, MODULE)]
    halves = [
        [ratio(found[PRODUCT], found[MODULE], share) for share in (0.5, 0.95, 0.99)]
        for found in (offers, talks)
    ]
    rows.append(["ratio", "", *(" / ".join(f"{value:.2f}" for value in half) for half in halves)])
    print(table(["", "calls", "queue → agent's leg", "queue → talk"], rows))
    met = halves[1][0] <= 0.8 and halves[1][2] <= 0.6
    print(f"queue → talk: at most 0.80 at p50 and 0.60 at p99: {'met' if met else 'MISSED'}")
    return met


def crowd(root: Path, agents: int, callers: int, offers: int) -> bool:
    """Measure and print the crowd; whether the target is met."""
    with Lab(root / "crowd", **PORTS) as lab:
        bench = Bench(lab, agents, available=False, talk=2.0)
        try:
            times = {way: bench.crowd(way, callers, offers, 0.3) for way in (PRODUCT, MODULE)}
        finally:
            bench.close()
    print(f"\ncrowd: {agents} agents, {callers} callers waiting; milliseconds p50 / p95 / p99")
    quarters = [ratio(times[PRODUCT], times[MODULE], share) for share in (0.5, 0.95, 0.99)]
    rows = [[way, str(len(times[way])), spread(times[way])] for way in (PRODUCT, MODULE)]
    rows.append(["ratio", "", " / ".join(f"{value:.2f}" for value in quarters)])
    print(table(["", "offers", "agent available → agent's leg"], rows))
    met = percentile(times[PRODUCT], 0.5) <= percentile(times[MODULE], 0.5) / 4 and quarters[2] <= 0.25
    print(f"at most a quarter at p50 and p99: {'met' if met else 'MISSED'}")
    return met


def why_not() -> str:
    """Why this benchmark cannot run here; empty when it can."""
    binary = find_freeswitch()
    if binary is None:
        return "Skipped: no FreeSWITCH is installed here (PATH, /usr/bin, /usr/local/freeswitch/bin)."
    if "mod_callcenter" not in (installed_modules(binary) or ()):
        return f"Skipped: {binary} has no mod_callcenter to compare with."
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description="From the queue to the talk, beside mod_callcenter.")
    parser.add_argument("--seconds", type=float, default=40, help="of calls for each of the two")
    parser.add_argument("--agents", type=int, default=60)
    parser.add_argument("--rate", type=float, default=10, help="calls/s")
    parser.add_argument("--crowd-agents", type=int, default=1000)
    parser.add_argument("--crowd-callers", type=int, default=400)
    parser.add_argument("--offers", type=int, default=100, help="in the crowd, for each of the two")
    parser.add_argument("--only", choices=("steady", "crowd"))
    parser.add_argument("--scratch", type=Path, help="where its files are left; default: removed")
    chosen = parser.parse_args()
    if reason := why_not():
        print(reason)
        return 0
    logging.basicConfig(level=logging.WARNING)
    print(machine())
    met = True
    with tempfile.TemporaryDirectory(prefix="sangdam-bench-") as temporary:
        root = chosen.scratch or Path(temporary)
        if chosen.only != "crowd":
            met &= steady(root, chosen.agents, chosen.rate, chosen.seconds)
        if chosen.only != "steady":
            met &= crowd(root, chosen.crowd_agents, chosen.crowd_callers, chosen.offers)
    return 0 if met else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except EslError as error:
        sys.exit(f"FreeSWITCH: {error}")
