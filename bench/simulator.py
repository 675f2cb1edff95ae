"""Simulated life on the simulated switch, as a process of its own: callers, phones and agents' desktops.

    python -m bench.simulator TENANTS AGENTS MENU RATE CALLS

Everybody's phone registers; on SIGUSR1 ``RATE`` callers a second begin to arrive at random moments until there were
``CALLS``. Each presses a key in the menu, waits, is answered 0.2 to 0.5 s after the phone begins to ring, talks for
2 s; then the agent writes up for 1 s and says so by Redis, as a desktop does. What was seen is written to
``run/bench-simulator.json`` every half second. It writes no call detail records and no recordings.
"""

import gevent.monkey

gevent.monkey.patch_all()

import gc  # noqa: E402  (nothing may be imported before the patch above)
import json  # noqa: E402
import os  # noqa: E402
import random  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from gevent.event import Event  # noqa: E402
from gevent.queue import Queue  # noqa: E402

from app.adapters.redis.client import COMMANDS, connect  # noqa: E402
from app.config import Settings  # noqa: E402
from bench.figures import percentile  # noqa: E402
from bench.tenant import did, first_agent, sip_user  # noqa: E402
from simswitch.channel import Channel  # noqa: E402
from simswitch.clock import RealClock  # noqa: E402
from simswitch.server import Server  # noqa: E402
from simswitch.switch import SimSwitch  # noqa: E402
from simswitch.telephones import Behaviour, Phone  # noqa: E402

TALK, WRAP_UP, THINKS = 2.0, 1.0, 0.3


class Watched(SimSwitch):
    """Notes when each caller came to rest in the queue."""

    parked: dict[str, float]

    def deliver(self, name: str, subclass: str, channel: Channel | None, *more: Any, **named: Any) -> None:
        if name == "CHANNEL_PARK" and channel is not None and channel.inbound:
            self.parked.setdefault(channel.uuid, self.clock.time())
        super().deliver(name, subclass, channel, *more, **named)


class FairClock(RealClock):
    """Lets the Event Socket have its turn even when everything is due at once."""

    _since = 0

    def _run_one(self) -> None:
        super()._run_one()
        self._since += 1
        if self._since >= 20:
            self._since = 0
            gevent.sleep(0)


class Life:
    """Who calls and who answers, and what was seen of it."""

    def __init__(
        self, settings: Settings, tenants: int, agents: int, menu: int, rate: float, calls: int
    ) -> None:
        self.clock = FairClock(Event())
        self.switch = Watched(
            Path(settings.freeswitch_conf_dir), self.clock, password=settings.read_esl_password(),
            sip_domain=settings.sip_domain, node=settings.node, write_recordings=False,
        )  # fmt: skip
        self.switch.parked = {}
        self.server = Server(self.switch, settings.esl_host, settings.esl_port)
        self.tenants, self.agents, self.menu, self.rate, self.calls = tenants, agents, menu, rate, calls
        self.chance = random.Random(1)
        self.offer_times: list[float] = []
        self.placed = self.talked = self.double = 0
        self.rung: dict[str, str] = {}
        """Caller leg → the phone that rings for it or talks with it."""
        self._redis = connect(settings.redis_url)
        self._commands: Queue[dict[str, Any]] = Queue()
        self._report = settings.run_dir / "bench-simulator.json"
        self._late = 0.0

    def run(self) -> None:
        """Until SIGTERM."""
        for tenant in range(1, self.tenants + 1):
            for number in range(1, self.agents + 1):
                user = sip_user(first_agent(tenant) + number)
                self.switch.phones.register(user, phone=Person(self, user, tenant))
        gevent.signal_handler(signal.SIGUSR1, lambda: self.next_call(self.clock.time()))
        gevent.signal_handler(signal.SIGTERM, self.clock.stop)
        gevent.spawn(self._push_commands)
        gevent.spawn(self._tell)
        self.server.start()
        self.clock.serve()

    # --- callers --------------------------------------------------------------------------------

    def next_call(self, due: float) -> None:
        """Place the call that is due, and fix the next; who is late catches up."""
        self._late = max(self._late, self.clock.time() - due)
        tenant = self.chance.randrange(self.tenants) + 1
        key = str(self.chance.randrange(self.menu) + 1)
        caller = self.switch.call(did(tenant), f"010{self.placed % 100_000_000:08d}", chooses=key)
        caller.thinks = THINKS
        self.placed += 1
        if self.placed < self.calls:
            due += self.chance.expovariate(self.rate)
            self.clock.at(due, self.next_call, due)

    # --- desktops ---------------------------------------------------------------------------------

    def wrap_up_done(self, tenant: int, number: int) -> None:
        args = {"agent_id": number, "status": "available"}
        self._commands.put(
            {"id": f"{number}", "tenant": tenant, "name": "wrap_up_done", "args": args, "reply": True}
        )

    def _push_commands(self) -> None:
        while True:
            batch = [self._commands.get()]
            while not self._commands.empty():
                batch.append(self._commands.get())
            self._redis.lpush(COMMANDS, *(json.dumps(one) for one in batch))

    # --- telling ------------------------------------------------------------------------------------

    def _tell(self) -> None:
        while True:
            shares = {f"p{int(100 * s)}": percentile(self.offer_times, s) for s in (0.5, 0.95, 0.99)}
            state = {"placed": self.placed, "talked": self.talked, "double": self.double, "late": self._late,
                     "cpu": time.process_time(), "at": time.time(), "up": len(self.switch.connections),
                     "offers": len(self.offer_times), **shares}  # fmt: skip
            draft = self._report.with_suffix(".draft")
            draft.write_text(json.dumps(state))
            os.replace(draft, self._report)
            gevent.sleep(0.5)


class Person(Phone):
    """An agent with phone and desktop."""

    def __init__(self, life: Life, user: str, tenant: int) -> None:
        super().__init__(life.switch, user, Behaviour())
        self._life, self._tenant = life, tenant
        self._number = int(user.partition("-")[2])

    def behaviour_for(self, channel: Channel) -> Behaviour:
        after = 0.2 + 0.3 * self._life.chance.random()
        return Behaviour(rings_after=0.02, answers_after=after, hangs_up_after=TALK)

    def ring(self, channel: Channel) -> None:
        life, caller = self._life, channel.variables.get("sangdam_call", "")
        # One phone for one call: anything else is an offer too many.
        if self.channels or caller in life.rung:
            life.double += 1
        life.rung[caller] = self.user
        parked = life.switch.parked.pop(caller, None)
        if parked is not None:
            life.offer_times.append(life.clock.time() - parked)
        super().ring(channel)

    def hung_up(self, channel: Channel) -> None:
        super().hung_up(channel)
        life, caller = self._life, channel.variables.get("sangdam_call", "")
        life.rung.pop(caller, None)
        if channel.answered:
            life.talked += 1
            life.clock.after(WRAP_UP, life.wrap_up_done, self._tenant, self._number)


if __name__ == "__main__":
    # The simulator's garbage is not what is measured, and its pauses would be taken for the controller's.
    gc.disable()
    _tenants, _agents, _menu = (int(word) for word in sys.argv[1:4])
    Life(Settings.load(), _tenants, _agents, _menu, float(sys.argv[4]), int(sys.argv[5])).run()
