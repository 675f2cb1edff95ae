"""What a node holds at the moment of (re)connecting: its live legs with our variables, and its phones."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from app.adapters.freeswitch import clean
from app.adapters.freeswitch.legs import Legs
from app.adapters.freeswitch.translate import integer, time_of
from app.core.events import LegSnapshot
from esl import commands as esl
from esl.errors import CommandFailed

Ask = Callable[[esl.ApiCall], str]

_RESTING = re.compile(r"park|queue-[0-9]+|\+?[0-9*#]{1,20}")
"""Where a leg stands that is parked: a queue, by us, or (an agent's phone) at the number that was dialled."""
_IN_DIALPLAN = frozenset({"did", "diverted", "unavailable", "fallback"})
_PREFIX = "variable_sangdam_"


def read_legs(ask: Ask) -> list[Mapping[str, str]]:
    """A dump of each live channel. Legs that end meanwhile are left out.

    FreeSWITCH writes its list of channels a little late (measured: up to 0.2 s), so who asks should have
    subscribed a moment before; newer legs then make themselves known by events.
    """
    dumps: list[Mapping[str, str]] = []
    rows = _rows(ask(esl.ShowChannels()))
    for row in rows:
        try:
            dump = json.loads(ask(esl.UuidDump(str(row.get("uuid", "")))), strict=False)
        except (CommandFailed, ValueError):
            continue
        if isinstance(dump, dict):
            dumps.append({str(k): v for k, v in dump.items() if isinstance(v, str)})
    return dumps


def read_registrations(ask: Ask) -> frozenset[str]:
    """SIP users that are registered."""
    return frozenset(
        str(row.get("reg_user", "")) for row in _rows(ask(esl.Api("show", "registrations as json")))
    )


def _rows(answer: str) -> list[dict[str, Any]]:
    """The rows of a ``show … as json``; none of them has no ``rows`` at all. Raises CommandFailed for what
    cannot be read: taken for an empty list, it would end every call."""
    try:
        document = json.loads(answer, strict=False)
    except ValueError as error:
        raise CommandFailed("show", f"not JSON: {error}") from None
    rows = document.get("rows", []) if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise CommandFailed("show", f"not a list of rows: {answer[:80]!r}")
    return [row for row in rows if isinstance(row, dict)]


def state_of(dump: Mapping[str, str]) -> str:
    """parked, bridged, ringing or dialplan.

    A bridged leg has ``bridge_to``. One that waits while an agent's phone rings counts as parked: it is, as
    soon as the offer fails. What is at rest is told from what the dialplan plays by where it stands.
    """
    if dump.get("variable_bridge_to"):
        return "bridged"
    if dump.get("Answer-State") != "answered" and dump.get("Call-Direction") == "outbound":
        return "ringing"
    if dump.get("Channel-State") != "CS_EXECUTE":
        return "dialplan"
    app, step = dump.get("variable_current_application", ""), dump.get(_PREFIX + "step", "")
    if app == "park":
        return "parked"
    if step in ("queue", "dial"):
        # Between the mark and park the dialplan plays the connecting prompt; music means that it has parked.
        return "parked" if _stream(dump) or app == "bridge" else "dialplan"
    if step in _IN_DIALPLAN:
        return "dialplan"
    at_rest = _RESTING.fullmatch(dump.get("Caller-Destination-Number", "")) is not None
    # A leg that we called ourselves has never been in the dialplan.
    return "parked" if at_rest or dump.get("Call-Direction") == "outbound" else "dialplan"


def _stream(dump: Mapping[str, str]) -> str:
    data = dump.get("variable_current_application_data", "")
    return data if data.startswith("local_stream://") else ""


def leg_snapshot(dump: Mapping[str, str]) -> LegSnapshot | None:
    """One leg for the core; None for a dump without identity."""
    created = time_of(dump.get("Caller-Channel-Created-Time", ""))
    leg = dump.get("Unique-ID", "")
    if not leg or created is None:
        return None
    return LegSnapshot(
        leg=leg,
        other=dump.get("variable_bridge_to") or dump.get("Other-Leg-Unique-ID") or None,
        state=state_of(dump),
        created_at=created,
        answered_at=time_of(dump.get("Caller-Channel-Answered-Time", "")),
        caller_number=clean.number(dump.get("Caller-Caller-ID-Number", "")),
        caller_name=clean.caller_name(
            dump.get("Caller-Caller-ID-Name", ""), dump.get("Caller-Caller-ID-Number", "")
        ),
        destination=clean.name(dump.get("Caller-Destination-Number", "")),
        variables={k.removeprefix(_PREFIX): v for k, v in dump.items() if k.startswith(_PREFIX)},
    )


def restore(legs: Legs, dumps: list[Mapping[str, str]]) -> None:
    """Bring the adapter's own knowledge up to what the node says."""
    legs.clear()
    for dump in dumps:
        leg = dump.get("Unique-ID", "")
        if not leg:
            continue
        state, step = legs[leg], dump.get(_PREFIX + "step", "")
        at_rest = state_of(dump) == "parked"
        state.tenant_id = integer(dump.get(_PREFIX + "tenant", ""))
        state.guarded = at_rest and step in ("queue", "dial")
        state.prepared = "variable_api_before_bridge" in dump
        ends = dump.get("variable_hangup_after_bridge")
        state.ends_with_bridge = None if ends is None else ends == "true"
        state.held = at_rest and ends == "false"
        state.ringback = dump.get("variable_ringback", "")
        state.music = _stream(dump) if at_rest else ""
        state.other = dump.get("variable_bridge_to", "")
        state.answered = dump.get("Answer-State") == "answered"
