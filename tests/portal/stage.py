"""A controller on a stage: carries out agents' commands on the live view alone, so that screens can be played."""

from __future__ import annotations

import itertools
import threading
from typing import Any

from tests.portal.world import World, agent_element, snapshot_of


class Stage:
    """Keeps the agents' elements of one tenant and publishes each change, as the controller would."""

    def __init__(
        self, world: World, tenant: str = "demo", simulated: bool = True, status: str = "logged_out"
    ) -> None:
        self.world = world
        self.tenant = tenant
        self.simulated = simulated
        self.after_call = "wrap_up"
        self._calls = itertools.count(1)
        self._lock = threading.RLock()
        self.agents = {
            element["id"]: element
            for element in (agent_element(world, login, tenant) for login in world.agents[tenant])
        }
        for element in self.agents.values():
            element["status"] = status
        world.bus.on_command = self.carry_out
        self.publish()

    @property
    def tenant_id(self) -> int:
        return self.world.tenants[self.tenant].tenant_id

    def agent(self, login: str) -> dict[str, Any]:
        return self.agents[self.world.agents[self.tenant][login]]

    def publish(self, **changes: Any) -> None:
        """A whole snapshot."""
        self.world.feed.publish(
            self.tenant_id,
            snapshot_of(
                self.world,
                self.tenant,
                agents=[dict(agent) for agent in self.agents.values()],
                at=self._now(),
                simulated=self.simulated,
                **changes,
            ),
        )

    def change(self, agent: dict[str, Any], **changes: Any) -> None:
        """Change an agent and say so at once."""
        with self._lock:
            if changes.get("status", agent["status"]) != agent["status"]:
                changes["status_since"] = self._now()
            if changes.get("state", agent["state"]) != agent["state"]:
                changes["state_since"] = self._now()
            agent.update(changes)
            self.publish()
            self.world.feed.publish(
                self.tenant_id, {"type": "agent", "agent": {**agent, "at": self._now()}, "at": self._now()}
            )

    def ring(
        self, login: str, number: str = "01036123712", name: str = "", direction: str = "inbound"
    ) -> str:
        """A customer's call rings at the agent; the call's id."""
        call = self._call(number, name, direction, "ringing")
        self.change(self.agent(login), state="ringing", call=call)
        return str(call["id"])

    def caller_gone(self, login: str) -> None:
        self.change(self.agent(login), state="idle", call=None)

    def ended(self, agent: dict[str, Any]) -> None:
        call = agent["call"]
        if call is None:
            return
        talked = call["answered_at"] is not None
        self.change(
            agent,
            state="idle",
            call=None,
            status=self.after_call if talked else agent["status"],
            wrap_up_call=call["id"] if talked and self.after_call == "wrap_up" else None,
        )

    def carry_out(self, _tenant_id: int, name: str, args: dict[str, Any]) -> None:
        """What the command bus hands over."""
        agent = self.agents[args["agent_id"]]
        call = agent["call"]
        if name == "log_in":
            self.change(agent, status="available")
        elif name == "log_out":
            self.change(agent, status="logged_out")
        elif name in ("set_status", "wrap_up_done"):
            self.change(agent, status=args["status"], reason=args.get("reason", ""), wrap_up_call=None)
        elif name == "dial":
            fresh = self._call(args["number"], "", "outbound", "dialling")
            self.change(agent, state="dialling", call=fresh)
        elif name == "answer":
            self.change(agent, state="on_call", call={**call, "phase": "talking", "answered_at": self._now()})
        elif name == "reject":
            self.change(agent, state="idle", call=None)
        elif name in ("hang_up", "force_end", "complete_transfer", "blind_transfer"):
            self.ended(agent)
        elif name in ("hold", "resume"):
            held = name == "hold"
            self.change(
                agent,
                state="holding" if held else "on_call",
                call={**call, "held": held, "phase": "held" if held else "talking"},
            )
        elif name == "mute":
            self.change(agent, call={**call, "muted": args["on"]})
        elif name == "consult":
            other = {
                "agent_id": args.get("target_agent"),
                "number": args.get("target_number", ""),
                "state": "talking",
            }
            self.change(agent, call={**call, "phase": "consulting", "held": True, "consult": other})
        elif name == "cancel_transfer":
            self.change(agent, call={**call, "phase": "talking", "held": False, "consult": None})

    def connect(self, login: str) -> None:
        """The called customer answers."""
        agent = self.agent(login)
        self.change(
            agent, state="on_call", call={**agent["call"], "phase": "talking", "answered_at": self._now()}
        )

    def _call(self, number: str, name: str, direction: str, phase: str) -> dict[str, Any]:
        queue, queue_id = next(iter(self.world.queues[self.tenant].items()))
        inbound = direction == "inbound"
        return {
            "id": f"call-{next(self._calls)}",
            "direction": direction,
            "number": number,
            "name": name,
            "queue_id": queue_id if inbound else None,
            "queue": queue if inbound else "",
            "menu": "1" if inbound else "",
            "did": "07040000001",
            "started_at": self._now(),
            "answered_at": None,
            "held": False,
            "muted": False,
            "phase": phase,
            "consult": None,
        }

    def _now(self) -> str:
        return self.world.clock.now().isoformat()
