"""Commands of people: from their JSON shape on the bus to the core's values."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any

from app.core import events
from app.core.definitions import AgentStatus

COMMANDS: dict[str, type[events.Command]] = {
    "log_in": events.LogIn,
    "log_out": events.LogOut,
    "set_status": events.SetStatus,
    "dial": events.Dial,
    "answer": events.Answer,
    "reject": events.Reject,
    "hang_up": events.HangUp,
    "hold": events.Hold,
    "resume": events.Resume,
    "mute": events.Mute,
    "send_digits": events.SendDigits,
    "blind_transfer": events.BlindTransfer,
    "consult": events.Consult,
    "complete_transfer": events.CompleteTransfer,
    "cancel_transfer": events.CancelTransfer,
    "force_end": events.ForceEnd,
    "reconnect": events.Reconnect,
    "wrap_up_done": events.WrapUpDone,
}


class BadCommand(ValueError):
    """A command that cannot be read; the text says why."""


def parse(command_id: str, tenant_id: int, name: str, args: Mapping[str, Any]) -> events.Command:
    """The core's command for ``name`` and ``args``. Raises BadCommand for unknown names, missing,
    superfluous or wrongly typed arguments: nothing is guessed."""
    try:
        kind = COMMANDS[name]
    except KeyError:
        raise BadCommand(f"unknown command {name!r}") from None
    values: dict[str, Any] = {"command_id": command_id, "tenant_id": tenant_id}
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for key, value in args.items():
        if key not in fields or key in values:
            raise BadCommand(f"{name}: unknown argument {key!r}")
        values[key] = _typed(name, key, _types(kind)[key], value)
    for key, field in fields.items():
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if required and key not in values:
            raise BadCommand(f"{name}: missing argument {key!r}")
    return kind(**values)


_TYPES: dict[type, dict[str, Any]] = {}


def _types(kind: type) -> dict[str, Any]:
    if kind not in _TYPES:
        _TYPES[kind] = typing.get_type_hints(kind)
    return _TYPES[kind]


def _typed(name: str, key: str, wanted: Any, value: Any) -> Any:
    if isinstance(wanted, types.UnionType):
        if value is None:
            return None
        (wanted,) = (one for one in wanted.__args__ if one is not type(None))
    if wanted is AgentStatus:
        try:
            return AgentStatus(value)
        except ValueError:
            raise BadCommand(f"{name}: {key} must be one of {', '.join(AgentStatus)}") from None
    # bool is an int in Python: True must not pass for agent 1.
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise BadCommand(f"{name}: {key} must be a {wanted.__name__}")
    if isinstance(value, str) and len(value) > 200:
        raise BadCommand(f"{name}: {key} is too long")
    return value
