"""What a leg does by itself: FreeSWITCH's session thread as a generator.

Sources: switch_core_state_machine.c (the states), switch_ivr.c (switch_ivr_park, switch_ivr_parse_event,
switch_ivr_session_transfer), switch_core_session.c (switch_core_session_exec).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simswitch import causes
from simswitch.callerprofile import Instructions
from simswitch.channel import Channel, Session, State
from simswitch.datetimes import c_int, is_true
from simswitch.dialplan import Hunt
from simswitch.words import separate

App = Callable[[Channel, str], "Session | None"]
"""An application: at once, or a generator when it takes time."""

APPS: dict[str, App] = {}
NO_MEDIA: set[str] = set()
"""Applications that do not need sound (SAF_SUPPORT_NOMEDIA)."""
INLINE: set[str] = set()
"""Applications that may run while the dialplan is still being read (SAF_ROUTING_EXEC)."""

SHORTEST_LOOP = 0.5
"""A repeated application that ends sooner is not repeated (switch_ivr_parse_event)."""


def app(name: str, *, media: bool = True, inline: bool = False) -> Callable[[App], App]:
    """Register an application."""

    def register(function: App) -> App:
        APPS[name] = function
        if not media:
            NO_MEDIA.add(name)
        if inline:
            INLINE.add(name)
        return function

    return register


# --- The states ---


def inbound_session(channel: Channel) -> Session:
    """A leg that comes in."""
    channel.running = State.NEW
    channel.fire("CHANNEL_STATE")
    channel.state = channel.running = State.INIT
    channel.fire("CHANNEL_STATE")
    channel.state = State.ROUTING
    channel.fire("CHANNEL_CREATE")
    yield from _run(channel)


def outbound_session(channel: Channel) -> Session:
    """A leg that goes out: it waits for what originate or a bridge does with it."""
    channel.state = State.INIT
    channel.fire("CHANNEL_OUTGOING")
    channel.running = State.INIT
    channel.fire("CHANNEL_STATE")
    channel.state = State.ROUTING
    channel.fire("CHANNEL_CREATE")
    channel.fire("CHANNEL_ORIGINATE")
    channel.running = State.ROUTING
    channel.fire("CHANNEL_STATE")
    if channel.state == State.ROUTING:
        channel.state = State.CONSUME_MEDIA
        channel.running = State.CONSUME_MEDIA
        channel.fire("CHANNEL_STATE")
    if channel.up:
        channel.party.ring(channel)
    yield from _run(channel)


def _run(channel: Channel) -> Session:
    while channel.state != State.DESTROY:
        if channel.running != channel.state:
            channel.run_state()
            # A transfer is complete as soon as the new state runs.
            channel.transfer = False
            handler = _HANDLERS.get(channel.state)
            if handler is not None:
                activity = handler(channel)
                if activity is not None:
                    yield from activity
        else:
            yield from run_commands(channel)
            if channel.running == channel.state:
                yield None
    # FreeSWITCH waits here for whoever still holds the session.
    yield channel.switch.clock.time()
    channel.fire("CHANNEL_DESTROY")
    channel.running = State.DESTROY
    channel.fire("CHANNEL_STATE")
    channel.switch.forget(channel)


def _on_routing(channel: Channel) -> None:
    if channel.limits and not channel.true("limit_ignore_transfer"):
        channel.switch.release_limits(channel)  # switch_limit.c, limit_state_handler
    profile = channel.profile
    if profile.dialplan.lower() == "inline":
        apps = inline_apps(profile.destination_number)
        profile.extension = Instructions("inline", "inline", apps) if apps else None
    else:
        hunt = Hunt(channel, lambda name, data: run_inline(channel, name, data))
        context = channel.switch.document.contexts.get(
            profile.context, channel.switch.document.contexts.get("global")
        )
        if context is not None and hunt.walk(context) and hunt.actions is not None:
            profile.extension = Instructions(hunt.name, profile.destination_number, hunt.actions)
        else:
            profile.extension = None
    if not channel.up or channel.state != State.ROUTING:
        return
    if profile.extension is None:
        channel.hangup("NO_ROUTE_DESTINATION")
    else:
        channel.set_state(State.EXECUTE)


def inline_apps(text: str) -> list[tuple[str, str]]:
    """``app:arg,app:arg``; ``m:^:`` names another delimiter (mod_dptools.c, inline_dialplan_hunt)."""
    delimiter = ","
    if text.startswith("m:") and text[3:4] == ":":
        delimiter, text = text[2], text[4:]
    apps = []
    for step in separate(text, delimiter):
        name, _, argument = step.lstrip(" ").partition(":")
        if name:
            apps.append((name, argument))
    return apps


def _on_execute(channel: Channel) -> Session:
    channel.variables["call_uuid"] = channel.uuid
    instructions = channel.profile.extension
    if instructions is None:
        channel.hangup()
        return
    while channel.state == State.EXECUTE and instructions.position < len(instructions.apps):
        name, data = instructions.apps[instructions.position]
        instructions.position += 1
        done = yield from execute(channel, name, data)
        if not done:
            return
    if channel.ready and channel.state == State.EXECUTE:
        channel.hangup()


def _on_park(channel: Channel) -> Session:
    yield from park(channel)


def _on_hangup(channel: Channel) -> None:
    for recording in tuple(channel.recordings.values()):
        recording.stop()
    channel.party.hung_up(channel)
    channel.set_call_state("HANGUP")
    channel.set_state(State.REPORTING)


def _on_reporting(channel: Channel) -> None:
    switch = channel.switch
    switch.final_variables(channel)
    switch.write_cdr(channel)
    channel.fire("CHANNEL_HANGUP_COMPLETE")
    switch.release_limits(channel)
    channel.state = State.DESTROY
    channel.stir()


_HANDLERS: dict[State, Callable[[Channel], Session | None]] = {
    State.ROUTING: _on_routing,
    State.EXECUTE: _on_execute,
    State.PARK: _on_park,
    State.HANGUP: _on_hangup,
    State.REPORTING: _on_reporting,
}


def state_handler(state: State) -> Callable[[Callable[[Channel], Session | None]], Any]:
    """Register what is done in a state (the bridge does so for its own)."""

    def register(function: Callable[[Channel], Session | None]) -> Any:
        _HANDLERS[state] = function
        return function

    return register


# --- Applications and commands ---


def run_inline(channel: Channel, name: str, data: str) -> None:
    """An action marked ``inline``."""
    function = APPS.get(name)
    if function is None:
        channel.hangup("DESTINATION_OUT_OF_ORDER")
    elif name in INLINE:
        for _ in _exec(channel, name, function, data):
            raise RuntimeError(f"{name} takes time and cannot run inline")


def execute(channel: Channel, name: str, data: str) -> Session:
    """Run an application; yields until it has ended. False when it could not be run."""
    if not channel.up:
        return False
    function = APPS.get(name)
    if function is None:
        channel.hangup("DESTINATION_OUT_OF_ORDER")
        return False
    if name not in NO_MEDIA and not channel.answered and not channel.early:
        if not channel.inbound:
            return False
        channel.pre_answer()
    yield from _exec(channel, name, function, data)
    return True


def _exec(channel: Channel, name: str, function: App, data: str) -> Session:
    variables = channel.variables
    switch = channel.switch
    identity = variables.pop("app_uuid", None)
    expanded = data
    if not channel.true("app_disable_expand_variables"):
        expanded = channel.expand(data)
    channel.app_log.append((name, expanded, switch.microseconds()))
    variables["current_application"] = name
    if expanded:
        variables["current_application_data"] = expanded
    else:
        variables.pop("current_application_data", None)
    variables.pop("current_application_response", None)
    tell = switch.wanted("CHANNEL_EXECUTE") or switch.wanted("CHANNEL_EXECUTE_COMPLETE")
    about: dict[str, Any] = {}
    if tell:
        about = {"Application": name, "Application-UUID": identity or switch.new_uuid()}
        if expanded:
            about["Application-Data"] = expanded
        channel.fire("CHANNEL_EXECUTE", about)
    channel.break_flag = 0
    variables["current_application"] = name
    activity = function(channel, expanded)
    if activity is not None:
        yield from activity
    if tell:
        response = variables.get("current_application_response", "_none_")
        channel.fire("CHANNEL_EXECUTE_COMPLETE", {**about, "Application-Response": response})


def run_commands(channel: Channel) -> Session:
    """Carry out what waits in the queue, nested in whatever the leg is doing."""
    while (command := channel.next_command()) is not None:
        yield from _run_command(channel, command)
        channel.fire("PRIVATE_COMMAND")


def _run_command(channel: Channel, command: dict[str, Any]) -> Session:
    locked = is_true(command.get("event-lock")) and not channel.event_lock
    locked_priority = is_true(command.get("event-lock-pri")) and not channel.event_lock_priority
    channel.event_lock = channel.event_lock or locked
    channel.event_lock_priority = channel.event_lock_priority or locked_priority
    verb = command.get("call-command", "").lower()
    if verb == "execute" and command.get("execute-app-name"):
        yield from _execute_command(channel, command)
    elif verb == "hangup":
        channel.hangup(causes.from_text(command.get("hangup-cause", "NORMAL_CLEARING")))
    if locked:
        channel.event_lock = False
    if locked_priority:
        channel.event_lock_priority = False


def _execute_command(channel: Channel, command: dict[str, Any]) -> Session:
    name = command["execute-app-name"]
    data = command.get("execute-app-arg", "")
    if not data and command.get("content-type", "").lower() == "text/plain":
        data = command.get("_body", "")
    loops = c_int(command["loops"]) if "loops" in command else 1
    channel.stop_broadcast_flag = False
    inner = not channel.bridged
    if not channel.broadcast:
        channel.broadcast = True
        inner = False
    count = 0
    clock = channel.switch.clock
    while count < loops or loops < 0:
        count += 1
        began = clock.time()
        if command.get("event-uuid"):
            channel.variables["app_uuid"] = command["event-uuid"]
        done = yield from execute(channel, name, data)
        if not done:
            break
        if not channel.ready or channel.stop_broadcast_flag or clock.time() - began < SHORTEST_LOOP:
            break
    if not inner:
        channel.broadcast = False
    if channel.stop_broadcast_flag:
        channel.broadcast = False
        channel.break_flag = channel.break_flag or 1


# --- Park and transfer ---


def park(channel: Channel) -> Session:
    """switch_ivr_park: rest, obeying commands; ends with the leg, a transfer or ``park_timeout``."""
    if channel.controlled or channel.state == State.RESET:
        return
    until: float | None = None
    timeout = channel.text("park_timeout")
    cause = "NORMAL_CLEARING"
    if timeout:
        seconds, colon, word = timeout.partition(":")
        if colon:
            cause = causes.from_text(word)
        until = channel.switch.clock.time() + c_int(seconds)
        channel.set_variable("park_timeout", None)
        channel.set_variable("park_after_bridge", None)
    channel.controlled = channel.parked = True
    channel.fire("CHANNEL_PARK")
    while channel.ready and channel.controlled and channel.parked:
        yield from run_commands(channel)
        while channel.keys and channel.ready:
            channel.dequeue_key()
        if not (channel.ready and channel.controlled and channel.parked):
            break
        if until is not None and channel.switch.clock.time() >= until:
            channel.hangup(cause)
            break
        yield until
    channel.controlled = channel.parked = False
    channel.fire("CHANNEL_UNPARK")


def park_session(channel: Channel) -> None:
    """switch_ivr_park_session: leave everything and rest in the state of its own."""
    channel.set_state(State.PARK)


def transfer(channel: Channel, extension: str, dialplan: str = "", context: str = "") -> bool:
    """switch_ivr_session_transfer: go on at another place of the dialplan. False when it cannot."""
    forwards = c_int(channel.text("max_forwards")) - 1 if channel.text("max_forwards") else 70
    if forwards <= 0:
        channel.hangup("EXCHANGE_ROUTING_ERROR")
        return False
    if not channel.up:
        return False
    if channel.held:
        channel.hold(False)
    channel.variables["max_forwards"] = str(forwards)
    before = channel.profile
    profile = before.copy()
    now = channel.switch.microseconds()
    before.times.transferred = now
    profile.times.profile_created = now
    profile.times.bridged = profile.times.transferred = 0
    profile.index = before.index + 1
    profile.extension = None
    profile.dialplan = dialplan or (before.dialplan if before.dialplan.lower() != "inline" else "") or "XML"
    profile.context = context or before.context or "default"
    profile.destination_number = extension or "service"
    profile.rdnis = before.destination_number
    profile.transfer_source = (
        f"{now // 1_000_000}:{channel.switch.new_uuid()}:bl_xfer:"
        f"{profile.destination_number}/{profile.context}/{profile.dialplan}"
    )
    for name in ("signal_bond", "bridge_to"):
        channel.set_variable(name, None)
    channel.other, channel.other_type = None, ""
    channel.profiles.append(profile)
    channel.transfer = True
    channel.originating = False
    channel.push_variable("transfer_history", profile.transfer_source)
    channel.variables["transfer_source"] = profile.transfer_source
    channel.dialplan_hit = True
    channel.set_state(State.ROUTING)
    return True
