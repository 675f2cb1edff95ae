"""Life for somebody who has no telephone yet: customers who call, and agents' phones that ring.

Every agent of the demo tenant has a registered phone. Those of the people in ``HUMANS`` ring until the agent
desktop answers or rejects; the others belong to simulated people, who log in, answer, talk for a while,
write up and go on.
"""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from simswitch.channel import Channel
from simswitch.telephones import Behaviour, Caller, Phone, ignores

if TYPE_CHECKING:
    from simswitch.switch import SimSwitch

log = logging.getLogger(__name__)

HUMANS = ("agent1", "agent2")
"""Logins whose phones wait for a person at the desktop."""

MOST_CUSTOMERS = 4
BETWEEN_CALLS = 25.0
"""Mean seconds from one customer to the next."""

LOOK_AGAIN = 3.0
LOG_IN_AGAIN = 15.0
REGULARS = 40
"""How many different customers there are: some call again, so that a history shows."""


class DemoAgents(Protocol):
    """What simulated agents do at their desktops. Called in turn; whatever is raised is tried again later."""

    def log_in(self, login: str) -> None:
        """Log in and be available; harmless when that is so already."""

    def wrap_up_done(self, login: str) -> None:
        """Leave the wrap-up after a call; harmless when there is none."""


@dataclass(frozen=True, slots=True)
class Person:
    login: str
    sip_user: str


class SimulatedPhone(Phone):
    """Answers after a moment and hangs up after a short talk, a little different every time."""

    def __init__(self, switch: SimSwitch, user: str, chance: random.Random, done: Callable[[], None]) -> None:
        super().__init__(switch, user, ignores())
        self._chance = chance
        self._done = done
        self._manners: dict[str, Behaviour] = {}

    def behaviour_for(self, channel: Channel) -> Behaviour:
        manner = self._manners.get(channel.uuid)
        if manner is None:
            pick = self._chance.uniform
            manner = Behaviour(
                rings_after=0.2, answers_after=pick(2.0, 6.0), hangs_up_after=round(pick(20.0, 60.0), 1)
            )
            self._manners[channel.uuid] = manner
        return manner

    def hung_up(self, channel: Channel) -> None:
        super().hung_up(channel)
        self._manners.pop(channel.uuid, None)
        if channel.answered:
            self._switch.clock.after(self._chance.uniform(5.0, 12.0), self._done)


class Demo:
    """Runs on the switch's own clock; start it once."""

    def __init__(
        self,
        switch: SimSwitch,
        logins: Path,
        agents: DemoAgents | None = None,
        *,
        customers: bool = True,
        seed: int | None = None,
        spawn: Callable[..., Any] | None = None,
    ) -> None:
        self._switch = switch
        self._logins = logins
        self._agents = agents
        self._with_customers = customers
        self._chance = random.Random(seed)
        self._spawn = spawn or (lambda work, *arguments: work(*arguments))
        self._waiting: list[Caller] = []
        self._dids: list[str] = []
        self._numbers = [f"010{self._chance.randrange(20_000_000, 99_999_999)}" for _ in range(REGULARS)]

    def start(self) -> None:
        """Begin as soon as the demo tenant's logins are there."""
        people = self._read()
        if not people:
            self._switch.clock.after(LOOK_AGAIN, self.start)
            return
        for person in people:
            self._settle(person)
        if self._with_customers:
            self._switch.clock.after(self._chance.uniform(4.0, 8.0), self._next_customer)

    def _read(self) -> list[Person]:
        try:
            content = json.loads(self._logins.read_text("utf-8"))
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            log.warning("the demo logins in %s cannot be read: %s", self._logins, error)
            return []
        self._dids = [str(content["did"])] if content.get("did") else []
        return [Person(str(item["login"]), str(item["sip_user"])) for item in content.get("agents", ())]

    # --- Agents ---

    def _settle(self, person: Person) -> None:
        switch = self._switch
        if person.login in HUMANS:
            switch.phones.register(person.sip_user)
            return
        phone = SimulatedPhone(
            switch, person.sip_user, self._chance, lambda: self._desktop("wrap_up_done", person.login)
        )
        switch.phones.register(person.sip_user, phone=phone)
        if self._agents is not None:
            switch.clock.after(self._chance.uniform(1.0, 3.0), self._log_in, person)

    def _log_in(self, person: Person) -> None:
        self._desktop("log_in", person.login)
        # Asked again for ever: the controller may have been away, or somebody logged the agent out.
        self._switch.clock.after(LOG_IN_AGAIN, self._log_in, person)

    def _desktop(self, what: str, login: str) -> None:
        if self._agents is not None:
            self._spawn(self._try, getattr(self._agents, what), login)

    @staticmethod
    def _try(work: Callable[[str], None], login: str) -> None:
        try:
            work(login)
        except Exception as error:  # noqa: BLE001 - whatever the desktop's side raises, the demo goes on
            log.info("the simulated agent %s could not: %s", login, error)

    # --- Customers ---

    def _next_customer(self) -> None:
        switch, pick = self._switch, self._chance
        switch.clock.after(max(3.0, pick.expovariate(1 / BETWEEN_CALLS)), self._next_customer)
        self._waiting = [one for one in self._waiting if one.channel is not None and one.channel.up]
        if not self._dids or len(self._waiting) >= MOST_CUSTOMERS or not switch.connections:
            # Without a controller there is nobody to show the calls to.
            return
        caller = switch.call(
            pick.choice(self._dids),
            number=pick.choice(self._numbers),
            chooses=pick.choices("123", (5, 3, 2))[0],
            patience=pick.uniform(45.0, 150.0),
            talks_for=pick.uniform(40.0, 120.0),
        )
        self._waiting.append(caller)
