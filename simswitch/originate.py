"""Calling out: dial strings, legs that ring, who answers first, and what it means for the caller.

Sources: switch_ivr_originate.c, mod_dptools.c (user_outgoing_channel, audio_bridge_function), mod_sofia.c.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simswitch import causes
from simswitch.bridge import bridge, handle_cause
from simswitch.callerprofile import Profile
from simswitch.channel import Channel, Party, Session, State
from simswitch.clock import Sleeper
from simswitch.datetimes import c_int
from simswitch.session import app, outbound_session, run_commands
from simswitch.words import brackets, split_top

if TYPE_CHECKING:
    from simswitch.switch import SimSwitch

DEFAULT_TIMEOUT = 60
_CAUSE_OF_ALL = "DESTINATION_OUT_OF_ORDER"


@dataclass(slots=True)
class Leg:
    """One endpoint of a dial string with the variables that are its alone."""

    endpoint: str
    variables: dict[str, str] = field(default_factory=dict)


def parse(text: str) -> tuple[dict[str, str], list[list[Leg]]]:
    """(variables of all legs, groups one after the other of legs at the same time). Raises ValueError."""
    variables, rest = brackets(text.strip(), "<", ">")
    more, rest = brackets(rest.strip(), "{", "}")
    variables |= more
    groups = []
    for group in split_top(rest, ("|", ":_:")):
        legs = []
        for part in split_top(group, (",",)):
            own, endpoint = brackets(part.strip(), "[", "]")
            if endpoint.strip():
                legs.append(Leg(endpoint.strip(), own))
        if legs:
            groups.append(legs)
    return variables, groups


Outcome = tuple["Channel | None", str]


def originate(
    switch: SimSwitch,
    caller: Channel | None,
    text: str,
    timeout: int = DEFAULT_TIMEOUT,
    waiting: Sleeper | None = None,
) -> Generator[float | None, None, Outcome]:
    """Call; whoever answers is returned, else why nobody did. ``waiting`` runs this if no caller does."""
    try:
        variables, groups = parse(text)
    except ValueError:
        variables, groups = {}, []
    if not groups:
        return None, _CAUSE_OF_ALL
    clock = switch.clock
    seconds = c_int(variables.get("originate_timeout", "0"))
    if not seconds and caller is not None:
        seconds = c_int(caller.text("call_timeout"))
    until = clock.time() + (seconds or timeout or DEFAULT_TIMEOUT)
    cause = _CAUSE_OF_ALL
    for name in ("originated_legs", "originate_causes", "originate_disposition", "DIALSTATUS"):
        if caller is not None:
            caller.set_variable(name, None)
    if caller is not None:
        caller.originating = True
        caller.set_call_state("RING_WAIT")
    peer: Channel | None = None
    for group in groups:
        peer, cause = yield from _ring_group(switch, caller, variables, group, until, waiting)
        if peer is not None or clock.time() >= until or (caller is not None and not caller.ready):
            break
    if caller is not None:
        caller.originating = False
        _tell_caller(caller, peer, cause)
    return peer, cause


def _tell_caller(caller: Channel, peer: Channel | None, cause: str) -> None:
    variables = caller.variables
    if peer is not None:
        caller.other, caller.other_type = peer.profile.copy(), "originatee"
        caller.profile.callee_id_name = peer.profile.callee_id_name
        caller.profile.callee_id_number = peer.profile.callee_id_number
        variables["originate_disposition"] = variables["DIALSTATUS"] = "SUCCESS"
    else:
        variables["originate_disposition"] = cause
        variables["DIALSTATUS"] = causes.DIALSTATUS.get(cause, cause)
    if caller.up:
        caller.set_call_state("ACTIVE" if caller.answered else "RINGING")


def _ring_group(
    switch: SimSwitch,
    caller: Channel | None,
    variables: dict[str, str],
    group: list[Leg],
    until: float,
    waiting: Sleeper | None,
) -> Generator[float | None, None, Outcome]:
    legs: list[Channel] = []
    cause = _CAUSE_OF_ALL
    deadlines: dict[str, float] = {}
    clock = switch.clock
    for leg in group:
        merged = variables | leg.variables
        for made in _make_legs(switch, caller, leg.endpoint, merged):
            if isinstance(made, str):
                cause = made
                continue
            legs.append(made)
            limit = c_int(merged.get("leg_timeout", "0"))
            # Measured: whole seconds of the wall clock, so up to one second less.
            deadlines[made.uuid] = min(until, int(clock.time()) + limit) if limit else until
            if waiting is not None:
                made.watchers.add(waiting)
            if caller is not None:
                made.watchers.add(caller)
                caller.watchers.add(made)
                caller.push_variable("originated_legs", f"{made.uuid};Outbound Call;{_dialled(made)}")
            made.start(outbound_session(made))
    ignore_early = merged_true(variables, caller, "ignore_early_media")
    winner: Channel | None = None
    while legs:
        if caller is not None:
            yield from run_commands(caller)
        for leg_channel in legs:
            if leg_channel.up and (leg_channel.answered or (leg_channel.early and not ignore_early)):
                winner = leg_channel
                break
        if winner is not None:
            break
        if caller is not None and not caller.ready:
            cause = "ORIGINATOR_CANCEL"
            for leg_channel in legs:
                leg_channel.hangup(cause)
            break
        now = clock.time()
        alive = []
        for leg_channel in legs:
            if leg_channel.up and now >= deadlines[leg_channel.uuid]:
                leg_channel.hangup("NO_ANSWER")
            if leg_channel.up:
                alive.append(leg_channel)
            else:
                cause = _note_failure(caller, leg_channel)
        legs = alive
        if legs:
            yield min(deadlines[leg_channel.uuid] for leg_channel in legs)
    for leg_channel in legs:
        if leg_channel is not winner:
            leg_channel.hangup("LOSE_RACE")
        if caller is not None:
            caller.watchers.discard(leg_channel)
            leg_channel.watchers.discard(caller)
    if winner is None and deadlines:
        # Every failed leg tells its end before the caller hears of it (measured).
        yield clock.time()
    if winner is not None and caller is not None:
        caller.push_variable("originate_causes", f"{winner.uuid};NONE")
    return winner, "SUCCESS" if winner is not None else cause


def _note_failure(caller: Channel | None, leg: Channel) -> str:
    if caller is not None:
        caller.watchers.discard(leg)
        caller.push_variable("originate_causes", f"{leg.uuid};{leg.cause}")
        caller.variables["last_bridge_hangup_cause"] = leg.cause
        status = leg.variables.get("proto_specific_hangup_cause")
        if status:
            caller.variables["last_bridge_proto_specific_hangup_cause"] = status
            caller.variables["sip_invite_failure_status"] = leg.variables["sip_invite_failure_status"]
    return leg.cause


def merged_true(variables: dict[str, str], caller: Channel | None, name: str) -> bool:
    value = variables.get(name) or (caller.text(name) if caller is not None else "")
    return value.lower() in ("true", "yes", "1", "consume", "ring_ready")


def _dialled(leg: Channel) -> str:
    return leg.profile.destination_number


# --- Legs ---


def _make_legs(
    switch: SimSwitch, caller: Channel | None, endpoint: str, variables: dict[str, str]
) -> list[Channel | str]:
    """The legs of one endpoint (a user may have several phones), or the cause why there is none."""
    kind, _, rest = endpoint.partition("/")
    kind = kind.lower()
    if kind == "user":
        return _user_legs(switch, caller, rest, variables)
    if kind == "error":
        return [causes.from_text(rest)]
    if kind == "sofia" and rest.startswith("gateway/"):
        gateway, _, number = rest[8:].partition("/")
        if gateway not in switch.gateways:
            return ["INVALID_GATEWAY"]
        return [_leg(switch, caller, f"sofia/external/{number}", number, switch.network, variables)]
    if kind == "sofia":
        profile, _, target = rest.partition("/")
        if profile not in ("internal", "external"):
            return ["INVALID_PROFILE"]
        party: Party = switch.phones.party(target.partition("@")[0]) or switch.network
        return [_leg(switch, caller, f"sofia/{profile}/{target}", target, party, variables)]
    return ["CHAN_NOT_IMPLEMENTED"]


def _user_legs(
    switch: SimSwitch, caller: Channel | None, rest: str, variables: dict[str, str]
) -> list[Channel | str]:
    name, _, domain = rest.partition("@")
    domain = domain or switch.sip_domain
    user = switch.document.users.get((name, domain))
    if user is None and not switch.phones.known(name, domain):
        return ["SUBSCRIBER_ABSENT"]
    contacts = switch.phones.contacts(name)
    if not contacts:
        return ["USER_NOT_REGISTERED"]
    legs: list[Channel | str] = []
    for contact in contacts:
        values = dict(user.variables) if user is not None else {}
        values |= {"dialed_user": name, "dialed_domain": domain, "presence_id": f"{name}@{domain}"}
        values |= variables
        legs.append(
            _leg(switch, caller, f"sofia/internal/{contact.address}", name, contact.party, values, "user")
        )
    return legs


def _leg(
    switch: SimSwitch,
    caller: Channel | None,
    name: str,
    number: str,
    party: Party,
    variables: dict[str, str],
    endpoint: str = "sofia",
) -> Channel | str:
    uuid = variables.get("origination_uuid") or switch.new_uuid()
    if uuid in switch.channels:
        return _CAUSE_OF_ALL
    profile = _profile(caller, number, variables)
    channel = Channel(switch, uuid, name, profile, party)
    own = channel.variables
    own["is_outbound"] = "true"
    own["sip_profile_name"] = own["sofia_profile_name"] = name.split("/")[1]
    own["sip_to_user"] = number
    own["sip_call_id"] = switch.new_uuid()
    own["sip_network_ip"] = "127.0.0.1"
    if caller is not None:
        for item in (caller.text("export_vars") or "").split(","):
            value = caller.variables.get(item) if item else None
            if value is not None:
                own[item.removeprefix("nolocal:")] = value
        own["originator"] = own["originating_leg_uuid"] = own["call_uuid"] = caller.uuid
        forwards = c_int(caller.text("max_forwards")) or 70
        own["max_forwards"] = str(forwards - 1)
        channel.other, channel.other_type = caller.profile.copy(), "originator"
        channel.other.times = type(channel.other.times)()
    for key, value in variables.items():
        if value:
            own[key] = value
    own["originate_endpoint"] = endpoint
    switch.add(channel)
    return channel


def _profile(caller: Channel | None, number: str, variables: dict[str, str]) -> Profile:
    if caller is not None:
        source = caller.profile
        name = caller.text("effective_caller_id_name") or source.caller_id_name
        shown = caller.text("effective_caller_id_number") or source.caller_id_number
        profile = Profile(
            username=source.username, context=source.context, rdnis=source.rdnis, dialplan=source.dialplan
        )
    else:
        name, shown = "", "0000000000"
        profile = Profile(context="default", dialplan="", source="src/switch_ivr_originate.c")
    profile.direction = "outbound"
    profile.logical_direction = "outbound"
    profile.caller_id_name = variables.get("origination_caller_id_name") or name
    profile.caller_id_number = variables.get("origination_caller_id_number") or shown
    profile.orig_caller_id_name, profile.orig_caller_id_number = name, shown
    profile.callee_id_name = variables.get("origination_callee_id_name") or "Outbound Call"
    profile.callee_id_number = variables.get("origination_callee_id_number") or number
    profile.ani = profile.caller_id_number
    profile.network_addr = "127.0.0.1"
    profile.destination_number = number
    return profile


# --- The application ---


@app("bridge", media=False)
def bridge_app(channel: Channel, data: str) -> Session | None:
    return _bridge(channel, data) if data else None


def _bridge(channel: Channel, data: str) -> Session:
    peer, cause = yield from originate(channel.switch, channel, data)
    if peer is None:
        channel.variables["originate_failed_cause"] = cause
        handle_cause(channel, cause)
        return
    channel.set_variable("originate_failed_cause", None)
    if peer.state == State.CONSUME_MEDIA or peer.up:
        yield from bridge(channel, peer)
