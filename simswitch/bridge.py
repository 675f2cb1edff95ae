"""Two legs joined: the loop both run, and what happens before and after.

Sources: switch_ivr_bridge.c (audio_bridge_thread, audio_bridge_on_exchange_media,
switch_ivr_multi_threaded_bridge, switch_ivr_uuid_bridge), switch_channel.c (switch_channel_handle_cause).
"""

from __future__ import annotations

from simswitch import causes
from simswitch.channel import Channel, Session, State
from simswitch.datetimes import is_true
from simswitch.session import park_session, run_commands, state_handler, transfer
from simswitch.words import separate

MEDIA_TICK = 0.02
"""Seconds of one packet of sound: the quantum in which sessions notice each other."""

API_AFTER = 0.2
"""Seconds into a bridge at which ``api_before_bridge`` runs: ten packets (measured)."""

AGAIN = 10.0
"""Seconds that a leg waits for the other to come to the bridge."""


class _Exit:
    """Whether a leg left its bridge in order (moved elsewhere) rather than because of the other one."""

    __slots__ = ("clean",)

    def __init__(self) -> None:
        self.clean = False


def _loop(me: Channel, other: Channel) -> Session:
    """One side of a bridge; returns whether it was left in order."""
    left = _Exit()
    clock = me.switch.clock
    me.bridged = True
    me.watchers.add(other)
    other.wake()
    until = clock.time() + AGAIN
    while not other.bridged and other.up and me.up and clock.time() < until:
        yield until
    if not other.bridged and other.up and not other.transfer and not other.redirect:
        other.hangup("DESTINATION_OUT_OF_ORDER")
    else:
        for recording in tuple(me.recordings.values()):
            recording.bridged(True)
        clock.after(API_AFTER, _run_api_before_bridge, me)
        me.party.joined(me)
        yield from _exchange(me, other, left)
    for recording in tuple(me.recordings.values()):
        recording.bridged(False)
    me.bridged = False
    me.watchers.discard(other)
    me.set_variable("bridge_to", None)
    other.wake()
    return left.clean


def _exchange(me: Channel, other: Channel, left: _Exit) -> Session:
    while True:
        if me.transfer:
            left.clean = True
        if left.clean or other.transfer:
            me.held = False
            return
        if not other.bridged:
            return
        if not me.ready:
            left.clean = left.clean or me.up
            return
        if not other.up:
            return
        if me.commands or me.priority_commands:
            yield from run_commands(me)
            if me.commands and not me.event_lock:
                continue
            if not me.ready or not other.up:
                continue
        while me.keys:
            other.party.hears_digit(other, me.dequeue_key())
        if not me.answered and me.inbound and other.answered:
            me.answer()
        if me.ready and other.up and other.bridged and not other.transfer:
            yield None


def _run_api_before_bridge(channel: Channel) -> None:
    command = channel.text("api_before_bridge")
    if command and channel.bridged:
        words = channel.expand(command).replace("::", " ", 1)
        channel.switch.api.run(words)


@state_handler(State.EXCHANGE_MEDIA)
def _on_exchange_media(channel: Channel) -> Session:
    """The peer's side of a bridge."""
    other, channel.bridge_partner = channel.bridge_partner, None
    if other is None:
        channel.hangup("DESTINATION_OUT_OF_ORDER")
        return
    clean = yield from _loop(channel, other)
    if not channel.transfer and not channel.redirect and not clean and channel.state == State.EXCHANGE_MEDIA:
        after = channel.text("transfer_after_bridge")
        if channel.true("park_after_bridge"):
            park_session(channel)
        elif after:
            _transfer_after(channel, after)
        elif channel.answered:
            channel.hangup()
        else:
            channel.hangup("ORIGINATOR_CANCEL")
    if channel.state == State.EXCHANGE_MEDIA:
        channel.variables["park_timeout"] = "3"
        channel.set_state(State.PARK)


def _transfer_after(channel: Channel, target: str) -> None:
    words = separate(target.replace(":", " "), " ", 3)
    transfer(channel, *words)


def bridge(caller: Channel, peer: Channel) -> Session:
    """Join ``peer`` to ``caller`` and stay until they part (switch_ivr_multi_threaded_bridge)."""
    switch = caller.switch
    if peer.answered and not caller.answered:
        caller.answer()
    if not caller.ready:
        peer.hangup("ORIGINATOR_CANCEL" if not peer.answered else "NORMAL_CLEARING")
        return
    if peer.state not in (State.CONSUME_MEDIA,):
        peer.set_state(State.CONSUME_MEDIA)
    peer.variables["call_uuid"] = caller.uuid
    now = switch.microseconds()
    caller.profile.times.bridged = peer.profile.times.bridged = now
    ids = {"Bridge-A-Unique-ID": caller.uuid, "Bridge-B-Unique-ID": peer.uuid}
    caller.fire("CHANNEL_BRIDGE", ids)
    for one, other in ((caller, peer), (peer, caller)):
        one.variables["bridge_to"] = one.variables["last_bridge_to"] = other.uuid
        one.variables["bridge_channel"] = other.name
        one.variables["bridge_uuid"] = one.variables["signal_bond"] = other.uuid
    caller.variables["last_bridge_role"] = "originator"
    peer.variables["last_bridge_role"] = "originatee"
    peer.bridge_partner = caller
    peer.watchers.add(caller)
    peer.set_state(State.EXCHANGE_MEDIA)
    clean = yield from _loop(caller, peer)
    peer.stop_broadcast()
    while peer.state == State.EXCHANGE_MEDIA:
        yield None
    if caller.cause:
        peer.variables["bridge_hangup_cause"] = caller.cause
    if peer.cause:
        caller.variables["last_bridge_hangup_cause"] = caller.variables["bridge_hangup_cause"] = peer.cause
    # The peer's own end is told before the parting (measured: HANGUP_COMPLETE, then UNBRIDGE).
    while State.HANGUP <= peer.state < State.DESTROY:
        yield None
    peer.watchers.discard(caller)
    caller.fire("CHANNEL_UNBRIDGE", ids)
    if not caller.transfer and not caller.redirect and not clean and caller.up:
        _after_bridge(caller, peer)


def _after_bridge(caller: Channel, peer: Channel) -> None:
    cause = peer.cause or "NORMAL_CLEARING"
    hangup_after = caller.text("hangup_after_bridge")
    if not peer.answered:
        handle_cause(caller, cause)
        if not caller.up:
            return
    if hangup_after.lower() == "explicit":
        caller.hangup(cause)
        return
    if not peer.answered and not peer.early:
        return
    after = caller.text("transfer_after_bridge")
    if caller.true("park_after_bridge") and peer.answered:
        park_session(caller)
    elif after and peer.answered:
        _transfer_after(caller, after)
    elif peer.answered and is_true(hangup_after):
        caller.hangup(cause)


def handle_cause(channel: Channel, cause: str) -> None:
    """What a failed call means for the leg that asked for it: go on, or end with the same cause."""
    if not channel.up:
        return
    go_on, failures = channel.text("continue_on_fail"), channel.text("failure_causes")
    if cause != "ATTENDED_TRANSFER":
        if go_on or failures:
            if failures and not _listed(failures, cause):
                return
            if go_on and (is_true(go_on) or _listed(go_on, cause)):
                return
        elif cause in ("NO_ANSWER", "NO_USER_RESPONSE", "ORIGINATOR_CANCEL"):
            return
    if not channel.transfer and channel.state != State.ROUTING:
        channel.hangup(cause)


def _listed(causes_text: str, cause: str) -> bool:
    words = {word.strip().upper() for word in causes_text.split(",")}
    return cause in words or str(causes.Q850[cause]) in words


# --- uuid_bridge ---


def uuid_bridge(first: Channel, second: Channel) -> bool:
    """Take two live legs away from what they do and join them, ``first`` as originator."""
    if not first.up or not second.up:
        return False
    if not first.answered and not first.early:
        if not second.answered and not second.early:
            return False
        first, second = second, first
    now = first.switch.microseconds()
    for one, other in ((first, second), (second, first)):
        if one.held:
            one.hold(False)
        one.redirect = one.transfer = True
        one.variables["bridge_channel"] = other.name
        one.variables["bridge_uuid"] = one.variables["signal_bond"] = other.uuid
        profile = one.profile.copy()
        profile.index += 1
        profile.times.profile_created = now
        one.profile.times.transferred = now
        profile.transfer_source = f"{now // 1_000_000}:{one.switch.new_uuid()}:uuid_br:{other.uuid}"
        one.profiles.append(profile)
        one.push_variable("transfer_history", profile.transfer_source)
        one.variables["transfer_source"] = profile.transfer_source
        one.stop_broadcast()
        one.originating = False
    first.uuid_bridge_originator, second.uuid_bridge_originator = True, False
    first.other, first.other_type = second.profile.copy(), "originatee"
    second.other, second.other_type = first.profile.copy(), "originator"
    first.variables["uuid_bridge_to"] = second.uuid
    for one in (first, second):
        one.set_state(State.HIBERNATE)
    return True


@state_handler(State.HIBERNATE)
def _on_hibernate(channel: Channel) -> None:
    channel.set_state(State.RESET)


@state_handler(State.RESET)
def _on_reset(channel: Channel) -> None:
    channel.redirect = False
    channel.set_state(State.SOFT_EXECUTE)


@state_handler(State.SOFT_EXECUTE)
def _on_soft_execute(channel: Channel) -> Session:
    if not channel.uuid_bridge_originator:
        # The peer sleeps here until the originator takes it along.
        return
    channel.uuid_bridge_originator = False
    other = channel.switch.channels.get(channel.variables.pop("uuid_bridge_to", ""))
    clock = channel.switch.clock
    until = clock.time() + AGAIN
    while (
        other is not None
        and channel.up
        and other.up
        and other.running != State.SOFT_EXECUTE
        and clock.time() < until
    ):
        yield clock.time() + MEDIA_TICK
    if other is None or not other.up or other.running != State.SOFT_EXECUTE:
        channel.hangup("DESTINATION_OUT_OF_ORDER")
        return
    if not channel.ready:
        other.hangup("DESTINATION_OUT_OF_ORDER")
        return
    channel.fire("CHANNEL_EXECUTE", {"Application": "uuid_bridge", "Application-Data": other.uuid})
    other.fire("CHANNEL_EXECUTE", {"Application": "uuid_bridge", "Application-Data": channel.uuid})
    yield from bridge(channel, other)
    if (
        not channel.transfer
        and not channel.redirect
        and channel.up
        and channel.state not in (State.ROUTING, State.PARK)
    ):
        channel.set_state(State.EXECUTE)
