"""Wires the stand-in for FreeSWITCH: the files it reads, and what its simulated agents do at their desktops."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

from app.adapters.redis.client import connect
from app.adapters.redis.commands import RedisCommandBus
from app.adapters.redis.feed import LiveReader
from app.bootstrap.setup import open_store, refresh_all
from freeswitch_conf import render
from simswitch.server import main

if TYPE_CHECKING:
    from app.config import Settings


class Desktops:
    """simswitch.demo.DemoAgents: commands like those of people, by Redis."""

    def __init__(self, settings: Settings) -> None:
        redis = connect(settings.redis_url)
        self._store = open_store(settings)
        self._logins_file = settings.demo_logins_file
        self._bus = RedisCommandBus(redis)
        self._reader = LiveReader(redis)

    def log_in(self, login: str) -> None:
        """Log in; nothing happens when the agent is logged in already. Raises OSError, TimeoutError."""
        self._command(login, "logged_out", "log_in", platform="simulated")

    def wrap_up_done(self, login: str) -> None:
        """Write the call up and leave the wrap-up, if there is one. Raises OSError, TimeoutError."""
        self._command(login, "wrap_up", "wrap_up_done", status="available")

    def _command(self, login: str, when: str, name: str, **args: Any) -> None:
        tenant_id = int(json.loads(self._logins_file.read_text("utf-8"))["tenant_id"])
        snapshot = self._reader.snapshot(tenant_id) or {"agents": []}
        for agent in snapshot["agents"]:
            if agent["login"] == login and agent["status"] == when:
                if agent.get("wrap_up_call"):
                    self._write_up(tenant_id, agent["id"], agent["wrap_up_call"])
                self._bus.request(tenant_id, name, {"agent_id": agent["id"], **args})

    def _write_up(self, tenant_id: int, agent_id: int, call_id: str) -> None:
        """Any of the contact types, so that their statistics are alive as well."""
        own = self._store.for_tenant(tenant_id)
        types = own.contact_types()
        if types:
            chosen = random.choice(types)
            own.save_wrap_up(call_id, agent_id, contact_type_id=chosen.id, inquiry="모의 통화", action="")


def run_simswitch(settings: Settings) -> None:
    """Run until SIGTERM."""
    render(settings)
    refresh_all(settings)
    main(settings, demo=True, agents=Desktops(settings))
