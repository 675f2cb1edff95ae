"""Telephones of either switch behind one face: tests that look only at what the product says (REST, live view,
Excel) and what the telephones know run on the simulated switch and on FreeSWITCH alike."""

from __future__ import annotations

import json
from typing import Any, Protocol

from tests.freeswitch.softphone import Call, SoftPhone
from tests.freeswitch.stack import Agent, Stack, eventually, wait_prompt


class Customer(Protocol):
    """A customer's call."""

    def press(self, keys: str) -> None: ...

    def hang_up(self) -> None: ...

    @property
    def up(self) -> bool: ...


class Telephones(Protocol):
    """Everybody's telephones."""

    def call(self, number: str, did: str, keys: str = "") -> Customer:
        """A customer calls and chooses ``keys`` in the menu."""
        ...

    def plug_in(self, agent: Agent) -> None:
        """The agent's telephone registers; it rings until it is answered."""
        ...

    def unplug(self, agent: Agent) -> None: ...

    def lift(self, agent: Agent) -> None: ...

    def refuse(self, agent: Agent) -> None: ...

    def hang_up(self, agent: Agent) -> None: ...

    def talking(self, agent: Agent) -> bool:
        """Whether the telephone is in an answered call."""
        ...

    def ringing(self, agent: Agent) -> bool: ...


# --- simulated ----------------------------------------------------------------------------------------


class SimulatedCustomer:
    def __init__(self, stack: Stack, uuid: str) -> None:
        self._stack, self.uuid = stack, uuid

    def press(self, keys: str) -> None:
        self._stack.cli(f"sim press {self.uuid} {keys}")

    def hang_up(self) -> None:
        if self.up:
            self._stack.cli(f"sim hangup {self.uuid}")

    @property
    def up(self) -> bool:
        return any(row["uuid"] == self.uuid for row in self._stack.channels())


class SimulatedTelephones:
    """By the ``sim`` command of the simulator (simswitch.control)."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def call(self, number: str, did: str, keys: str = "") -> Customer:
        choice = f" chooses={keys} thinks=0.2" if keys else ""
        answer = self._stack.cli(f"sim call {did} {number}{choice}")
        return SimulatedCustomer(self._stack, answer.split()[1])

    def plug_in(self, agent: Agent) -> None:
        self._stack.cli(f"sim plug {agent.sip_user}")

    def unplug(self, agent: Agent) -> None:
        self._stack.cli(f"sim unplug {agent.sip_user}")

    def lift(self, agent: Agent) -> None:
        self._stack.cli(f"sim lift {agent.sip_user}")

    def refuse(self, agent: Agent) -> None:
        self._stack.cli(f"sim refuse {agent.sip_user}")

    def hang_up(self, agent: Agent) -> None:
        self._stack.cli(f"sim down {agent.sip_user}")

    def talking(self, agent: Agent) -> bool:
        return any(leg["answered"] for leg in self._legs(agent))

    def ringing(self, agent: Agent) -> bool:
        return any(not leg["answered"] for leg in self._legs(agent))

    def _legs(self, agent: Agent) -> list[dict[str, Any]]:
        answer = self._stack.cli(f"sim look {agent.sip_user}")
        return list(json.loads(answer.removeprefix("+OK "))["legs"])


# --- real -----------------------------------------------------------------------------------------------


class RealCustomer:
    def __init__(self, call: Call) -> None:
        self._call = call

    def press(self, keys: str) -> None:
        self._call.rtp.press(keys)

    def hang_up(self) -> None:
        if self.up:
            self._call.hang_up()

    @property
    def up(self) -> bool:
        return bool(self._call.state != "ended")


class RealTelephones:
    """SIP telephones at FreeSWITCH."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def call(self, number: str, did: str, keys: str = "") -> Customer:
        call = self._stack.caller(number).call(did).wait_state("talking", 15)
        if keys:
            wait_prompt(call, "menu")
            call.rtp.press(keys)
        return RealCustomer(call)

    def plug_in(self, agent: Agent) -> None:
        agent.plug_in(on_invite="ring")

    def unplug(self, agent: Agent) -> None:
        agent.unplug()

    def lift(self, agent: Agent) -> None:
        for call in self._calls(agent, "ringing"):
            call.answer()

    def refuse(self, agent: Agent) -> None:
        for call in self._calls(agent, "ringing"):
            call.refuse(603)

    def hang_up(self, agent: Agent) -> None:
        for call in self._calls(agent, "talking"):
            call.hang_up()

    def talking(self, agent: Agent) -> bool:
        return bool(self._calls(agent, "talking"))

    def ringing(self, agent: Agent) -> bool:
        return bool(self._calls(agent, "ringing"))

    @staticmethod
    def _calls(agent: Agent, state: str) -> list[Call]:
        phone: SoftPhone | None = agent.phone
        return [call for call in phone.calls if call.state == state] if phone is not None else []


def begin_work(telephones: Telephones, *agents: Agent, idle: bool = True) -> None:
    """Telephone plugged in, logged in, 대기; and idle, unless somebody waits for them already."""
    for agent in agents:
        telephones.plug_in(agent)
        eventually(lambda who=agent: who.view().get("registered"), 10, f"{agent.login} registered")  # type: ignore[misc]
        agent.do("login")
        # The status as well: a wrap-up of the last test is over. The view may be a quarter of a second old.
        agent.do("status", status="available")
        if idle:
            agent.wait("idle", "available")
