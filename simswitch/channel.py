"""One leg: its state, variables, profiles, keys and commands that wait, and its events.

A channel has a session: a generator that plays the part of FreeSWITCH's session thread (session.py). It
yields the moment until which it sleeps (None: until woken); ``wake`` makes it look again.
"""

from __future__ import annotations

import enum
import re
from collections import deque
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from simswitch import causes
from simswitch.callerprofile import Profile, Times
from simswitch.clock import Sleeper, Steps
from simswitch.datetimes import c_int, datetime_check, is_true
from simswitch.expand import expand

if TYPE_CHECKING:
    from simswitch.recording import Recording
    from simswitch.switch import SimSwitch

Session = Steps


class State(enum.IntEnum):
    NEW = 0
    INIT = 1
    ROUTING = 2
    SOFT_EXECUTE = 3
    EXECUTE = 4
    EXCHANGE_MEDIA = 5
    PARK = 6
    CONSUME_MEDIA = 7
    HIBERNATE = 8
    RESET = 9
    HANGUP = 10
    REPORTING = 11
    DESTROY = 12
    NONE = 13


VARIABLE = re.compile(r"\$\\*\{")
"""What FreeSWITCH takes for a variable inside a value (switch_string_var_check)."""

STATE_NAMES = tuple(f"CS_{state.name}" for state in State)
CALL_STATES = {
    "DOWN": 0, "DIALING": 1, "RINGING": 2, "EARLY": 3, "ACTIVE": 4, "HELD": 5, "RING_WAIT": 6,
    "HANGUP": 7, "UNHELD": 8,
}  # fmt: skip


class Party(Protocol):
    """The telephone at the other end of a leg: a scripted caller, a phone, the public network."""

    def ring(self, channel: Channel) -> None:
        """An outgoing call reaches it; it answers by ``channel.far_…`` now or later."""

    def answered(self, channel: Channel) -> None:
        """Our side accepted its call."""

    def hung_up(self, channel: Channel) -> None:
        """The leg is over, whoever ended it."""

    def hears_digit(self, channel: Channel, digit: str) -> None: ...

    def pressed(self, channel: Channel, event: str) -> None:
        """A NOTIFY presses ``talk`` or ``hold`` on it."""

    def joined(self, channel: Channel) -> None:
        """Somebody else can be heard now."""

    def asked(self, channel: Channel) -> None:
        """A prompt begins that asks for a key."""


class Channel(Sleeper):
    """A leg as FreeSWITCH knows it. Public attributes are the flags of switch_channel.c."""

    def __init__(self, switch: SimSwitch, uuid: str, name: str, profile: Profile, party: Party) -> None:
        super().__init__(switch.clock)
        self.switch = switch
        self.uuid = uuid
        self.name = name
        self.party = party
        self.inbound = profile.direction == "inbound"
        self.variables: dict[str, Any] = {}
        self.profiles = [profile]
        self.state = State.NEW
        self.running = State.NONE
        self.call_state = "DOWN"
        self.cause = ""
        self.answered = self.early = self.ring_ready = False
        self.controlled = self.parked = self.bridged = self.originating = False
        self.transfer = self.redirect = False
        self.broadcast = self.stop_broadcast_flag = False
        self.break_flag = 0
        self.event_lock = self.event_lock_priority = False
        self.held = self.dialplan_hit = False
        self.uuid_bridge_originator = False
        self.bridge_partner: Channel | None = None
        """Whom this leg (a peer) is to exchange media with when it reaches that state."""
        self.other_type = ""
        self.other: Profile | None = None
        self.keys: deque[tuple[str, str]] = deque()
        self.commands: deque[dict[str, Any]] = deque()
        self.priority_commands: deque[dict[str, Any]] = deque()
        self.watchers: set[Sleeper] = set()
        self.recordings: dict[str, Recording] = {}
        self.app_log: list[tuple[str, str, int]] = []
        self.limits: list[tuple[str, str]] = []
        self.initial: Profile = profile
        number = switch.next_session_id()
        profile.uuid, profile.chan_name = uuid, name
        now = switch.microseconds()
        profile.times = Times(created=now, profile_created=now)
        self.variables.update(
            direction=profile.direction, uuid=uuid, session_id=str(number), channel_name=name
        )

    # --- State ---

    def stir(self) -> None:
        """Wake this leg and everybody who watches it."""
        self.wake()
        for watcher in tuple(self.watchers):
            watcher.wake()

    @property
    def profile(self) -> Profile:
        return self.profiles[-1]

    @property
    def ready(self) -> bool:
        """switch_channel_ready: may go on with what it is doing."""
        return (
            not self.cause
            and State.ROUTING < self.state < State.HANGUP
            and self.state != State.RESET
            and self.state == self.running
            and not self.transfer
        )

    @property
    def up(self) -> bool:
        return self.state < State.HANGUP

    def set_state(self, state: State) -> None:
        if self.state >= State.HANGUP and state < self.state:
            return
        self.state = state
        self.stir()

    def run_state(self) -> None:
        """The session begins with its new state (switch_channel_perform_set_running_state)."""
        self.running = self.state
        if self.inbound and self.state < State.HANGUP:
            if self.state == State.ROUTING:
                self.set_call_state("RINGING")
            elif self.answered:
                self.set_call_state("ACTIVE")
            elif self.early:
                self.set_call_state("EARLY")
        self.fire("CHANNEL_STATE")

    def set_call_state(self, state: str) -> None:
        if self.call_state == state:
            return
        before, self.call_state = self.call_state, state
        self.fire(
            "CHANNEL_CALLSTATE",
            {"Original-Channel-Call-State": before, "Channel-Call-State-Number": str(CALL_STATES[state])},
        )

    def hangup(self, cause: str = "NORMAL_CLEARING", disposition: str = "") -> None:
        """End the leg. The first cause stays. ``disposition``: how SIP ended it, if not by us."""
        if self.state >= State.HANGUP:
            return
        if not disposition:
            if self.answered:
                disposition = "send_bye"
            else:
                disposition = "send_refuse" if self.inbound else "send_cancel"
        self.variables["sip_hangup_disposition"] = disposition
        self.cause = cause
        self.profile.times.hungup = self.switch.microseconds()
        self.state = State.HANGUP
        self.fire("CHANNEL_HANGUP")
        self.stir()

    def answer(self) -> None:
        """Accept an incoming call, or note that an outgoing one was accepted."""
        if self.answered or not self.up:
            return
        self.answered = True
        self.profile.times.answered = self.switch.microseconds()
        self.variables["endpoint_disposition"] = "ANSWER"
        self.fire("CHANNEL_ANSWER")
        self.set_call_state("ACTIVE")
        if self.inbound:
            self.party.answered(self)
        self.stir()

    def pre_answer(self) -> None:
        """Early media: sounds reach the caller before the call is accepted."""
        if self.answered or self.early or not self.up:
            return
        self.early = True
        self.profile.times.progress_media = self.switch.microseconds()
        self.variables["endpoint_disposition"] = "EARLY MEDIA"
        self.set_call_state("EARLY")
        self.fire("CHANNEL_PROGRESS_MEDIA")
        self.stir()

    # --- The far end ---

    def far_ringing(self) -> None:
        if self.ring_ready or not self.up:
            return
        self.ring_ready = True
        self.profile.times.progress = self.switch.microseconds()
        self.fire("CHANNEL_PROGRESS")
        self.set_call_state("RINGING")
        self.stir()

    def far_answer(self) -> None:
        self.answer()

    def far_hangup(self, cause: str = "NORMAL_CLEARING", status: int = 0) -> None:
        """The telephone ends the call: hangs up, gives up, or refuses with a SIP ``status``."""
        if status:
            self.variables["sip_invite_failure_status"] = str(status)
            self.variables["sip_term_status"] = str(status)
            self.variables["proto_specific_hangup_cause"] = f"sip:{status}"
            self.variables["sip_term_cause"] = str(causes.Q850[cause])
            self.hangup(cause, "recv_refuse")
        elif self.answered:
            self.hangup(cause, "recv_bye")
        else:
            self.hangup("ORIGINATOR_CANCEL" if self.inbound else cause, "recv_cancel")

    def far_digit(self, digit: str, source: str = "RTP") -> None:
        """A key pressed on the telephone."""
        if self.up:
            self.keys.append((digit, source))
            self.wake()

    def dequeue_key(self) -> str:
        """The next key; only now is it an event (switch_channel_dequeue_dtmf)."""
        digit, source = self.keys.popleft()
        self.fire("DTMF", {"DTMF-Digit": digit, "DTMF-Duration": "2000", "DTMF-Source": source})
        return digit

    def hold(self, on: bool) -> None:
        if on == self.held or not self.up:
            return
        self.held = on
        times = self.profile.times
        now = self.switch.microseconds()
        if on:
            times.last_hold = now
        elif times.last_hold:
            times.hold_accum += now - times.last_hold
        self.set_call_state("HELD" if on else "UNHELD")
        self.fire("CHANNEL_HOLD" if on else "CHANNEL_UNHOLD")

    # --- Commands from outside ---

    def queue_command(self, command: dict[str, Any], priority: bool = False) -> None:
        """A ``sendmsg`` or broadcast for the session to carry out."""
        (self.priority_commands if priority else self.commands).append(command)
        self.wake()

    def next_command(self) -> dict[str, Any] | None:
        """switch_core_session_dequeue_private_event."""
        if self.priority_commands:
            return None if self.event_lock_priority else self.priority_commands.popleft()
        if self.commands and not self.event_lock:
            return self.commands.popleft()
        return None

    def stop_playing(self, all_queued: bool) -> None:
        """uuid_break."""
        if all_queued:
            self.commands.clear()
            self.priority_commands.clear()
        if self.broadcast:
            self.stop_broadcast()
        else:
            self.break_flag = 2 if all_queued else 1
            self.wake()

    def stop_broadcast(self) -> None:
        if self.broadcast:
            self.stop_broadcast_flag = True
            self.break_flag = self.break_flag or 1
            self.wake()

    # --- Variables ---

    def get(self, name: str) -> Any:
        """A variable, a field of the profile, or a global (switch_channel_get_variable_dup)."""
        value = self.variables.get(name)
        if value is None:
            value = self.profile.get(name)
            if not value:
                value = self.switch.document.globals.get(name)
        return value

    lookup = get

    def text(self, name: str) -> str:
        value = self.get(name)
        if isinstance(value, list):
            return "ARRAY::" + "|:".join(value)
        return value or ""

    def true(self, name: str) -> bool:
        return is_true(self.text(name))

    def set_variable(self, name: str, value: Any) -> None:
        if value is None or value == "":
            self.variables.pop(name, None)
        elif isinstance(value, str) and VARIABLE.search(value):
            return  # "Invalid data (${… contains a variable)", switch_channel_set_variable_var_check
        else:
            self.variables[name] = value

    def push_variable(self, name: str, value: str) -> None:
        """Add to a variable that is a list from its second value on."""
        before = self.variables.get(name)
        if before is None:
            self.variables[name] = value
        else:
            self.variables[name] = [*(before if isinstance(before, list) else [before]), value]

    def clear_prefix(self, prefix: str) -> None:
        for name in [name for name in self.variables if name.startswith(prefix)]:
            del self.variables[name]

    # --- As the subject of the dialplan ---

    def field(self, name: str) -> str:
        return self.profile.get(name) or ""

    def auto_hunt(self) -> str:
        return self.profile.destination_number if self.true("auto_hunt") else ""

    def expand(self, text: str) -> str:
        return expand(text, self, self.switch.expansion_api)

    def dates(self, attributes: dict[str, str]) -> int:
        offset = self.text("tod_tz_offset")
        number = c_int(offset) if offset.lstrip("+-").isdigit() else None
        now: datetime = self.switch.clock.now()
        return datetime_check(attributes, now, self.text("timezone"), number, self.switch.local_zone)

    # --- Events ---

    def fire(self, name: str, extra: dict[str, Any] | None = None, subclass: str = "") -> None:
        switch = self.switch
        if switch.wanted(name, subclass):
            switch.deliver(name, subclass, self, extra)

    def __repr__(self) -> str:
        return f"<Channel {self.name} {self.uuid} {self.state.name}>"
