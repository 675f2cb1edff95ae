"""Commands of agents on their way to the controller: names, who may command whom, refusals."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from app.ports import CommandBus
from app.services.errors import Refused
from app.services.people import Person
from app.services.repository import Store

log = logging.getLogger(__name__)

COMMANDS: dict[str, str] = {
    "login": "log_in",
    "logout": "log_out",
    "status": "set_status",
    "dial": "dial",
    "answer": "answer",
    "reject": "reject",
    "hangup": "hang_up",
    "hold": "hold",
    "resume": "resume",
    "mute": "mute",
    "digits": "send_digits",
    "transfer/blind": "blind_transfer",
    "transfer/consult": "consult",
    "transfer/complete": "complete_transfer",
    "transfer/cancel": "cancel_transfer",
    "force-end": "force_end",
    "reconnect": "reconnect",
    "wrap-up": "wrap_up_done",
}
"""Path below ``/api/v1/agent/`` → name on the command bus (``app.core.events``, snake case)."""

REPLY_SECONDS = 5.0


class AgentCommands:
    """Send a command for an agent and wait for the controller's answer."""

    def __init__(self, store: Store, bus: CommandBus) -> None:
        self._store = store
        self._bus = bus

    def send(
        self, person: Person, path: str, args: Mapping[str, Any], agent_id: int | None = None
    ) -> dict[str, Any]:
        """Carry out the command ``path`` for the agent; returns the reply's data.

        An agent commands only for itself; a manager names ``agent_id``, one of the own tenant's. ``dial`` takes
        ``callback_id`` or ``call_id`` (redial) instead of ``number``. Raises Refused with the core's code, or
        ``unknown_command``, ``forbidden``, ``agent_required``, ``unknown_agent``, ``controller_timeout``.
        """
        name = COMMANDS.get(path)
        if name is None:
            raise Refused("unknown_command", command=path)
        target = self._target(person, agent_id)
        payload = {key: value for key, value in args.items() if value is not None}
        if name == "dial":
            payload = self._dial(person, payload)
        try:
            reply = self._bus.request(
                person.tenant_id, name, {"agent_id": target, **payload}, timeout=REPLY_SECONDS
            )
        except TimeoutError:
            raise Refused("controller_timeout") from None
        except OSError as error:
            log.error("the command bus cannot be reached: %s", error)
            raise Refused("not_ready") from None
        if not reply.get("ok"):
            details = {key: value for key, value in (reply.get("data") or {}).items() if isinstance(key, str)}
            details.pop("code", None)
            raise Refused(str(reply.get("error") or "no_transition"), **details)
        return dict(reply.get("data") or {})

    def _target(self, person: Person, agent_id: int | None) -> int:
        if person.agent_id is not None:
            if agent_id is not None and agent_id != person.agent_id:
                raise Refused("forbidden")
            return person.agent_id
        if agent_id is None:
            raise Refused("agent_required")
        if all(agent.id != agent_id for agent in self._store.for_tenant(person.tenant_id).agents()):
            raise Refused("unknown_agent", agent_id=agent_id)
        return agent_id

    def _dial(self, person: Person, payload: dict[str, Any]) -> dict[str, Any]:
        """Find the number of a callback or of an earlier call, so that masked lists need not show it."""
        store = self._store.for_tenant(person.tenant_id)
        call_id = payload.pop("call_id", None)
        callback_id = payload.get("callback_id")
        number = payload.get("number", "")
        if callback_id is not None:
            row = store.callback(callback_id)
            if row is None or row.state != "pending":
                raise Refused("no_such_callback")
            number = row.number
        elif call_id is not None:
            call = store.call(call_id)
            if call is None:
                raise Refused("not_found")
            number = call.number
            if not any(char.isdigit() for char in number):
                raise Refused("number_unknown")
        return {**payload, "number": "".join(char for char in number if char not in " -().")}
