"""The ``sim`` command of the simulator's Event Socket: whoever drives it from another process plays the telephones.

FreeSWITCH has nothing like it; the product never uses it. Answers are ``+OK …`` or ``-ERR …``::

    sim call <did> <number> [name=value …]     a customer calls; +OK <uuid>. patience, talks_for, thinks
                                               (seconds), chooses (keys), name (%-encoded), keys=4:1,9.5:23
    sim press|hangup <uuid> [keys]             on the customer's telephone
    sim plug <user> [name=value …]             a phone registers; answers_after, refuses_after, hangs_up_after,
                                               status (SIP), obeys=false; without them it rings
    sim unplug <user>                          it unregisters
    sim lift|refuse|down <user>                answers, refuses (603), hangs up whatever it has
    sim keys|dial <user> <keys or number>      presses keys; dials by itself
    sim look <user>                            +OK and JSON: its legs with uuid, answered, talks_to, heard
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from simswitch.telephones import Behaviour, Caller, Phone

if TYPE_CHECKING:
    from simswitch.switch import SimSwitch

_USAGE = "-USAGE: sim call|press|hangup|plug|unplug|lift|refuse|down|keys|dial|look …\n"
_SECONDS = {"patience", "talks_for", "thinks"}


def control(switch: SimSwitch, arguments: str) -> str:
    """Carry out ``sim <arguments>``; what it answers."""
    words = arguments.split()
    handler = _COMMANDS.get(words[0]) if words else None
    if handler is None:
        return _USAGE
    try:
        return f"+OK {handler(switch, *words[1:])}\n"
    except (LookupError, TypeError, ValueError) as error:
        return f"-ERR {error}\n"


def _call(switch: SimSwitch, did: str, number: str, *options: str) -> str:
    given: dict[str, Any] = {}
    for name, value in _pairs(options):
        if name in _SECONDS:
            given[name] = float(value)
        elif name in ("chooses", "name"):
            given[name] = unquote(value)
        elif name == "keys":
            presses = (one.split(":", 1) for one in value.split(","))
            given[name] = [(float(at), keys) for at, keys in presses]
        else:
            raise ValueError(f"{name}: a customer has no such thing")
    thinks = given.pop("thinks", None)
    caller = switch.call(did, number, **given)
    if thinks is not None:
        caller.thinks = thinks
    assert caller.channel is not None
    return caller.channel.uuid


def _press(switch: SimSwitch, uuid: str, keys: str) -> str:
    _caller(switch, uuid).press(keys)
    return keys


def _hang_up(switch: SimSwitch, uuid: str) -> str:
    _caller(switch, uuid).hang_up()
    return uuid


def _plug(switch: SimSwitch, user: str, *options: str) -> str:
    if (user, switch.sip_domain) not in switch.document.users:
        raise LookupError(f"{user}: the directory has no such user")
    known = {field.name for field in fields(Behaviour)}
    given: dict[str, Any] = {}
    for name, value in _pairs(options):
        if name not in known:
            raise ValueError(f"{name}: a telephone has no such manner")
        if name == "obeys":
            given[name] = value == "true"
        else:
            given[name] = int(value) if name == "status" else float(value)
    switch.phones.register(user, Behaviour(**given))
    return user


def _unplug(switch: SimSwitch, user: str) -> str:
    switch.phones.unregister(user)
    return user


def _with_phone(work: Callable[[Phone], object]) -> Callable[..., str]:
    def act(switch: SimSwitch, user: str) -> str:
        work(_phone(switch, user))
        return user

    return act


def _keys(switch: SimSwitch, user: str, keys: str) -> str:
    _phone(switch, user).press(keys)
    return keys


def _dial(switch: SimSwitch, user: str, number: str) -> str:
    return _phone(switch, user).dial(number).uuid


def _look(switch: SimSwitch, user: str) -> str:
    phone = _phone(switch, user)
    legs = []
    for channel in phone.channels:
        partner = switch.partner(channel)
        legs.append({
            "uuid": channel.uuid, "answered": channel.answered,
            "talks_to": partner.uuid if partner is not None and channel.bridged else None,
        })  # fmt: skip
    return json.dumps({"legs": legs, "heard": phone.heard})


def _phone(switch: SimSwitch, user: str) -> Phone:
    phone = switch.phones.party(user)
    if phone is None:
        raise LookupError(f"{user} is not registered")
    return phone


def _caller(switch: SimSwitch, uuid: str) -> Caller:
    channel = switch.locate(uuid)
    if channel is None or not isinstance(channel.party, Caller):
        raise LookupError(f"{uuid} is not a customer's call")
    return channel.party


def _pairs(options: tuple[str, ...]) -> list[tuple[str, str]]:
    found = []
    for option in options:
        name, equals, value = option.partition("=")
        if not equals:
            raise ValueError(f"{option}: name=value is meant")
        found.append((name, value))
    return found


_COMMANDS: dict[str, Callable[..., str]] = {
    "call": _call,
    "press": _press,
    "hangup": _hang_up,
    "plug": _plug,
    "unplug": _unplug,
    "lift": _with_phone(Phone.lift),
    "refuse": _with_phone(Phone.refuse),
    "down": _with_phone(Phone.hang_up),
    "keys": _keys,
    "dial": _dial,
    "look": _look,
}
