"""The product's controller over the simulated switch, in virtual time (app.bootstrap.virtual), as stories need it.

``Lookback.check`` looks back at all that happened: whoever writes a story gets these checks for nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.bootstrap.virtual import DeskPhone, VirtualOffice
from app.core import live
from app.core.definitions import TenantConfig
from simswitch.telephones import Behaviour
from tests.scenarios.calls.staff import AGENTS

MONDAY_TEN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""10:00 in Seoul, a working day."""


class Office(VirtualOffice):
    """A tenant's day. ``source`` is FreeSWITCH's whole configuration with the tenant's dialplan in it."""

    def __init__(
        self, config: TenantConfig, source: Any, start: datetime = MONDAY_TEN, **options: Any
    ) -> None:
        super().__init__(config, source, start, **options)
        self.every_phone: list[DeskPhone] = []
        self.lookback: Any = None

    def publish(self, config: TenantConfig) -> None:
        """The controller's share of 적용."""
        self.config = config
        self.tenants[config.tenant_id] = config
        if self.controller is not None:
            self.controller.learn(config)
            self.hurry()

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

    # --- people ---------------------------------------------------------------------------------------

    def begin_work(self, name: str) -> None:
        """Telephone plugged in, logged in, 대기."""
        self.plug_in(AGENTS[name])
        self.do(AGENTS[name], "log_in", platform="test")
        # Who logs in first has been idle longest.
        self.pass_time(0.001)

    def plug_in(self, agent_id: int, behaviour: Behaviour | None = None) -> DeskPhone:
        """The agent's telephone registers."""
        phone = super().plug_in(agent_id, behaviour)
        self.every_phone.append(phone)
        return phone

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
