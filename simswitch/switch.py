"""The simulated switch: channels, registrations, limits, listeners, and how calls come to it.

Made for two uses. Tests: ``SimSwitch(xml, VirtualClock(start))``, then ``call``, ``phones.register``,
``connect`` (bytes in, bytes out), ``clock.advance``. Programs: simswitch.server serves one over TCP.
"""

from __future__ import annotations

import random
import socket
from collections import Counter
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simswitch import apps, apps_media, cdr, events
from simswitch.callerprofile import Profile
from simswitch.channel import Channel, Party, State
from simswitch.clock import Scheduler, Timer
from simswitch.datetimes import is_true
from simswitch.dialplan import Hunt
from simswitch.recording import Recording
from simswitch.session import inbound_session
from simswitch.tasks import Tasks
from simswitch.telephones import Caller, Network, Phone, Phones
from simswitch.vitals import vitals
from simswitch.xmldoc import Document, XmlRejected, load

if TYPE_CHECKING:
    from simswitch.eventsocket import Connection

HEARTBEAT_SECONDS = 20
_REGISTERED = (apps, apps_media)  # imported for the applications that they register


class SimSwitch:
    """One FreeSWITCH node. Public attributes may be set before the first call.

    ``source``: the XML itself, a directory with ``freeswitch.xml``, or that file; read again by
    ``reloadxml``; or a document that was read already, which several switches may share. ``cdr_dir``:
    where call detail records are written; None: nowhere. ``seed`` makes UUIDs
    repeatable. Raises XmlRejected when the document is broken.
    """

    def __init__(
        self,
        source: Path | str | Document,
        clock: Scheduler,
        *,
        password: str = "",
        cdr_dir: Path | None = None,
        sip_domain: str = "sangdam.local",
        node: str = "simswitch",
        seed: int | None = None,
        local_zone: tzinfo | None = None,
        write_recordings: bool = True,
    ) -> None:
        from simswitch.api import Api

        self.source = source
        self.clock = clock
        self.password = password
        self.cdr_dir = cdr_dir
        self.sip_domain = sip_domain
        self.node = node
        self.local_zone = local_zone
        self.write_recordings = write_recordings
        self.random = random.Random(seed)
        self.hostname = socket.gethostname()
        self.document = self._read()
        self.channels: dict[str, Channel] = {}
        self.connections: list[Connection] = []
        self.phones = Phones(self)
        self.network = Network()
        self.api = Api(self)
        self.tasks = Tasks(self)
        self.subscriptions: Counter[str] = Counter()
        self.stamped: tuple[int, str, str] = (0, "", "")
        self.system_calls: list[str] = []
        """Shell commands that somebody tried to run; nothing here ever runs one."""
        self.expansions: list[tuple[str, str]] = []
        """Api commands that were run out of ``${…}``, with their arguments."""
        self.running = False
        self._beat: Timer | None = None
        self._start()

    # --- Life ---

    def _start(self) -> None:
        self.core_uuid = self.new_uuid()
        self.sequence = 0
        self.started = self.clock.time()
        self.sessions = self.peak = 0
        self.usage: Counter[str] = Counter()
        self.fixed_headers = {
            "Core-UUID": self.core_uuid,
            "FreeSWITCH-Hostname": self.hostname,
            "FreeSWITCH-Switchname": self.node,
            "FreeSWITCH-IPv4": "127.0.0.1",
            "FreeSWITCH-IPv6": "::1",
            "Event-Calling-File": "simswitch",
            "Event-Calling-Function": "simswitch",
            "Event-Calling-Line-Number": "0",
        }
        self.running = True
        self._beat = self.clock.after(HEARTBEAT_SECONDS, self._heartbeat)

    def kill(self) -> None:
        """Die as by ``kill -9``: no event, no record, connections torn, calls gone."""
        self.running = False
        if self._beat is not None:
            self._beat.cancel()
        self.tasks.clear()
        for channel in tuple(self.channels.values()):
            channel.stop()
            for recording in channel.recordings.values():
                recording.drop()
            channel.recordings.clear()
            channel.state = State.DESTROY
        self.channels.clear()
        self.phones.forget()
        for connection in tuple(self.connections):
            connection.tear()

    def restart(self) -> None:
        """Come back after ``kill``: empty, with another core UUID. Phones register again by themselves
        only if somebody lets them."""
        if self.running:
            self.kill()
        self.document = self._read()
        self._start()

    def _heartbeat(self) -> None:
        self._beat = self.clock.after(HEARTBEAT_SECONDS, self._heartbeat)
        if self.wanted("HEARTBEAT"):
            self.deliver("HEARTBEAT", "", None, vitals(self))

    def reload(self) -> str:
        """Read the XML again; FreeSWITCH's word about it. A broken document changes nothing."""
        try:
            self.document = self._read()
        except XmlRejected as error:
            return str(error) if str(error).startswith("Cannot") else f"{error}"
        if self.wanted("RELOADXML"):
            self.deliver("RELOADXML", "", None, None)
        return "Success"

    def _read(self) -> Document:
        return self.source if isinstance(self.source, Document) else load(self.source)

    # --- Small things ---

    def microseconds(self) -> int:
        return round(self.clock.time() * 1_000_000)

    def new_uuid(self) -> str:
        bits = self.random.getrandbits(128)
        text = f"{bits:032x}"
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[bits & 3]}{text[17:20]}-{text[20:]}"

    def next_session_id(self) -> int:
        self.sessions += 1
        return self.sessions

    @property
    def gateways(self) -> set[str]:
        """Every trunk leads to the simulated network, so that calls out work without a contract."""
        return self.document.gateways | {"carrier"}

    def expansion_api(self, name: str, arguments: str) -> str | None:
        self.expansions.append((name, arguments))
        return self.api.expansion(name, arguments)

    # --- Channels ---

    def add(self, channel: Channel) -> None:
        self.channels[channel.uuid] = channel
        self.peak = max(self.peak, len(self.channels))

    def forget(self, channel: Channel) -> None:
        if self.channels.get(channel.uuid) is channel:
            del self.channels[channel.uuid]

    def locate(self, uuid: str) -> Channel | None:
        """A leg that has not been hung up."""
        channel = self.channels.get(uuid)
        return channel if channel is not None and channel.up else None

    def partner(self, channel: Channel) -> Channel | None:
        """Whom a leg is bridged to."""
        return self.locate(channel.variables.get("bridge_to", "")) if channel.bridged else None

    def hunt(self, channel: Channel, extension: str, context: str) -> list[tuple[str, str]] | None:
        """The actions of another place in the dialplan."""
        found = self.document.contexts.get(context)
        if found is None:
            return None
        profile = channel.profile
        before, profile.destination_number = profile.destination_number, extension
        try:
            hunt = Hunt(channel, lambda name, data: None)
            return hunt.actions if hunt.walk(found) else None
        finally:
            profile.destination_number = before

    def broadcast(self, uuid: str, path: str, to: str = "aleg") -> bool:
        """switch_ivr_broadcast: play to a leg, its partner or both, without disturbing the rest."""
        channel = self.locate(uuid)
        if channel is None:
            return False
        name, separator, argument = path.partition("::")
        if not separator:
            name, argument = "playback", path
        name, bang, cause = name.partition("!")
        targets = []
        if to in ("bleg", "both", "holdb"):
            targets.append(self.partner(channel))
        if to in ("aleg", "both", "holdb"):
            targets.append(channel)
        for target in targets:
            if target is not None:
                command = {"call-command": "execute", "execute-app-name": name, "execute-app-arg": argument}
                target.queue_command(command | {"event-lock": "true"})
        if bang:
            command = {"call-command": "execute", "execute-app-name": "hangup", "event-lock": "true"}
            channel.queue_command(command | {"execute-app-arg": cause or "normal_clearing"})
        return True

    def record(self, channel: Channel, path: str, limit: int = 0) -> bool:
        """Start a recording; False when the file cannot be made."""
        if not path or path in channel.recordings or not channel.up:
            return path in channel.recordings
        if self.write_recordings:
            try:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
            except OSError:
                return False
        waits = is_true(channel.text("RECORD_BRIDGE_REQ")) and not channel.bridged
        channel.recordings[path] = Recording(channel, path, limit, waits)
        return True

    # --- Limits (mod_hash) ---

    def take_limit(self, channel: Channel, realm: str, key: str, maximum: int) -> bool:
        name = f"{realm}_{key}"
        mine = (realm, key) in channel.limits
        if maximum >= 0 and self.usage[name] + (not mine) > maximum:
            return False
        if not mine:
            self.usage[name] += 1
            channel.limits.append((realm, key))
            if self.wanted("CUSTOM", "limit::usage"):
                about = {
                    "backend": "hash", "realm": realm, "key": key, "usage": str(self.usage[name]),
                    "rate": "0", "max": str(maximum), "ratemax": str(max(0, maximum)),
                }  # fmt: skip
                self.deliver("CUSTOM", "limit::usage", None, about)
        for suffix in ("", f"_{name}"):
            channel.variables[f"limit_usage{suffix}"] = str(self.usage[name])
            channel.variables[f"limit_rate{suffix}"] = "0"
        return True

    def release_limits(self, channel: Channel) -> None:
        for realm, key in channel.limits:
            self.usage[f"{realm}_{key}"] -= 1
        channel.limits.clear()

    # --- Calls that come in ---

    def call(
        self,
        did: str,
        number: str = "01012345678",
        name: str = "",
        *,
        keys: Sequence[tuple[float, str]] = (),
        patience: float | None = None,
        talks_for: float | None = None,
        chooses: str = "",
        context: str = "public",
        variables: dict[str, str] | None = None,
    ) -> Caller:
        """A customer calls; see telephones.Caller for the times."""
        caller = Caller(keys=keys, patience=patience, talks_for=talks_for, chooses=chooses)
        profile = Profile(
            username=number, caller_id_name=name or number, caller_id_number=number,
            orig_caller_id_name=name or number, orig_caller_id_number=number, ani=number,
            network_addr="127.0.0.1", destination_number=did, context=context,
        )  # fmt: skip
        channel = self._arrive(f"sofia/external/{number}@127.0.0.1", profile, caller, "external", variables)
        caller.place(channel)
        return caller

    def phone_call(self, phone: Phone, number: str) -> Channel:
        """A registered phone dials."""
        user = self.document.users.get((phone.user, self.sip_domain))
        variables = dict(user.variables) if user is not None else {}
        profile = Profile(
            username=phone.user, caller_id_name=phone.user, caller_id_number=phone.user,
            orig_caller_id_name=phone.user, orig_caller_id_number=phone.user, ani=phone.user,
            network_addr="127.0.0.1", destination_number=number,
            context=variables.get("user_context", "agents"),
        )  # fmt: skip
        variables |= {"user_name": phone.user, "domain_name": self.sip_domain}
        name = f"sofia/internal/{phone.user}@{self.sip_domain}"
        return self._arrive(name, profile, phone, "internal", variables)

    def _arrive(
        self, name: str, profile: Profile, party: Party, side: str, variables: dict[str, str] | None
    ) -> Channel:
        channel = Channel(self, self.new_uuid(), name, profile, party)
        given = {
            "sip_from_user": profile.caller_id_number,
            "sip_from_display": profile.caller_id_name,
            "sip_req_user": profile.destination_number,
            "sip_to_user": profile.destination_number,
            "sip_network_ip": profile.network_addr,
            "sip_received_ip": profile.network_addr,
            "sofia_profile_name": side,
            "sip_call_id": self.new_uuid(),
            "endpoint_disposition": "RECEIVED",
            "call_uuid": channel.uuid,
        }
        for key, value in (given | (variables or {})).items():
            channel.set_variable(key, value)
        self.add(channel)
        channel.start(inbound_session(channel))
        return channel

    # --- The end of a leg ---

    def final_variables(self, channel: Channel) -> None:
        cdr.final_variables(channel, self.local_zone)

    def write_cdr(self, channel: Channel) -> None:
        if self.cdr_dir is None:
            return
        settings = self.document.cdr
        if not channel.inbound and not is_true(settings.get("log-b-leg", "true")):
            return
        encode = is_true(settings.get("encode-values", "false"))
        prefix = (
            "a_" if is_true(settings.get("prefix-a-leg")) and "originator" not in channel.variables else ""
        )
        cdr.write(self.cdr_dir, prefix, channel, cdr.record(channel, self.core_uuid, self.node, encode))

    # --- Events ---

    def wanted(self, name: str, subclass: str = "") -> bool:
        """Whether anybody listens. Nothing is built for nobody."""
        wanted = self.subscriptions
        if not wanted:
            return False
        return wanted["ALL"] > 0 or wanted[subclass or name] > 0

    def deliver(
        self,
        name: str,
        subclass: str,
        channel: Channel | None,
        extra: dict[str, Any] | None,
        first: dict[str, Any] | None = None,
    ) -> None:
        event = events.Event(self, name, subclass, channel, extra, first)
        for connection in tuple(self.connections):
            if connection.takes(name, subclass, event.get):
                if connection.format == "json":
                    connection.push("text/event-json", event.json())
                else:
                    connection.push("text/event-plain", event.plain())

    def connect(self, receive: Any = None) -> Connection:
        """An Event Socket connection without a socket.

        ``receive(data: bytes)`` is called with what the switch says; without it, the bytes gather in the
        connection's ``output``. Say something with ``connection.feed(data)``.
        """
        from simswitch.eventsocket import Connection

        return Connection(self, receive)
