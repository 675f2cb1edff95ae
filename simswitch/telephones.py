"""The telephones at the far ends of legs: agents' phones, callers, the public network."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from simswitch import causes
from simswitch.channel import Channel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simswitch.switch import SimSwitch


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a telephone does when it is called. Seconds; None: never."""

    rings_after: float | None = 0.1
    answers_after: float | None = None
    """After it began to ring."""
    early_after: float | None = None
    """After it began to ring: sound before the answer, an announcement of the network."""
    refuses_after: float | None = None
    status: int = 486
    """The SIP status of a refusal."""
    hangs_up_after: float | None = None
    """After it was answered."""
    obeys: bool = True
    """Answers when told to by ``uuid_phone_event … talk``."""


def answers(after: float = 1.0, hangs_up_after: float | None = None) -> Behaviour:
    return Behaviour(answers_after=after, hangs_up_after=hangs_up_after)


def refuses(after: float = 1.0, status: int = 603) -> Behaviour:
    return Behaviour(refuses_after=after, status=status)


def busy() -> Behaviour:
    """Says 486 at once."""
    return Behaviour(rings_after=None, refuses_after=0.0, status=486)


def ignores() -> Behaviour:
    """Rings for ever; answers when told to."""
    return Behaviour()


def silent() -> Behaviour:
    """Says nothing at all, as a phone whose network is gone."""
    return Behaviour(rings_after=None, obeys=False)


class Telephone:
    """Does nothing of its own accord."""

    def ring(self, channel: Channel) -> None: ...

    def answered(self, channel: Channel) -> None: ...

    def hung_up(self, channel: Channel) -> None: ...

    def hears_digit(self, channel: Channel, digit: str) -> None: ...

    def pressed(self, channel: Channel, event: str) -> None: ...

    def joined(self, channel: Channel) -> None: ...

    def asked(self, channel: Channel) -> None: ...


AUTO_ANSWER_SECONDS = 0.3


def _told_to_answer(channel: Channel) -> bool:
    return "true" in (
        channel.variables.get("sip_auto_answer"), channel.variables.get("sip_h_X-Sangdam-Auto-Answer")
    )  # fmt: skip


class Responder(Telephone):
    """Behaves as its ``behaviour`` says, on every leg for itself."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.heard: list[str] = []
        """Keys that reached it."""

    def behaviour_for(self, channel: Channel) -> Behaviour:
        return self.behaviour

    def ring(self, channel: Channel) -> None:
        how = self.behaviour_for(channel)
        clock = channel.switch.clock
        began = how.rings_after or 0.0
        if how.rings_after is not None:
            clock.after(how.rings_after, channel.far_ringing)
        if how.early_after is not None:
            clock.after(began + how.early_after, channel.pre_answer)
        if _told_to_answer(channel) and how.rings_after is not None:
            # The agent asked for this call: browsers and phones accept it by themselves.
            clock.after(began + AUTO_ANSWER_SECONDS, self.answer, channel)
        elif how.refuses_after is not None:
            clock.after(began + how.refuses_after, self._refuse, channel, how.status)
        elif how.answers_after is not None:
            clock.after(began + how.answers_after, self.answer, channel)

    def answer(self, channel: Channel) -> None:
        """Lift the receiver."""
        if not channel.up or channel.answered:
            return
        channel.far_answer()
        how = self.behaviour_for(channel)
        if how.hangs_up_after is not None:
            channel.switch.clock.after(how.hangs_up_after, channel.far_hangup)

    @staticmethod
    def _refuse(channel: Channel, status: int) -> None:
        if channel.up and not channel.answered:
            channel.far_hangup(causes.from_sip(status), status)

    def hears_digit(self, channel: Channel, digit: str) -> None:
        self.heard.append(digit)

    def pressed(self, channel: Channel, event: str) -> None:
        if event == "talk" and self.behaviour_for(channel).obeys and not channel.inbound:
            self.answer(channel)
        elif event == "hold":
            channel.hold(not channel.held)


# --- Agents' phones ---


class Phone(Responder):
    """One registered SIP phone."""

    def __init__(self, switch: SimSwitch, user: str, behaviour: Behaviour) -> None:
        super().__init__(behaviour)
        self.user = user
        self.channels: list[Channel] = []
        self._switch = switch

    def ring(self, channel: Channel) -> None:
        self.channels.append(channel)
        super().ring(channel)

    def hung_up(self, channel: Channel) -> None:
        if channel in self.channels:
            self.channels.remove(channel)

    def dial(self, number: str) -> Channel:
        """The agent dials by hand."""
        channel = self._switch.phone_call(self, number)
        self.channels.append(channel)
        return channel

    def refuse(self, status: int = 603) -> None:
        """Press "reject" on whatever rings."""
        for channel in tuple(self.channels):
            self._refuse(channel, status)

    def lift(self) -> None:
        """Answer whatever rings."""
        for channel in tuple(self.channels):
            if not channel.inbound:
                self.answer(channel)

    def hang_up(self) -> None:
        for channel in tuple(self.channels):
            channel.far_hangup()

    def press(self, digits: str) -> None:
        for channel in tuple(self.channels):
            for digit in digits:
                channel.far_digit(digit)


@dataclass(slots=True)
class Contact:
    """A registration."""

    user: str
    domain: str
    address: str
    port: int
    party: Phone
    user_agent: str
    call_id: str
    since: int


class Phones:
    """Who is registered. A newer registration of a user replaces the older (multiple-registrations=false)."""

    def __init__(self, switch: SimSwitch) -> None:
        self._switch = switch
        self._contacts: dict[str, Contact] = {}
        self._known: set[tuple[str, str]] = set()
        self._port = 40000

    def known(self, user: str, domain: str) -> bool:
        return (user, domain) in self._known

    def contacts(self, user: str) -> list[Contact]:
        found = self._contacts.get(user)
        return [found] if found is not None else []

    def all(self) -> list[Contact]:
        return list(self._contacts.values())

    def party(self, user: str) -> Phone | None:
        found = self._contacts.get(user)
        return found.party if found is not None else None

    def register(
        self,
        user: str,
        behaviour: Behaviour | None = None,
        user_agent: str = "simulated phone",
        phone: Phone | None = None,
    ) -> Phone:
        """A phone registers; ``phone`` is one with a life of its own."""
        switch = self._switch
        phone = phone or Phone(switch, user, behaviour or ignores())
        self._port = 40000 + (self._port - 39999) % 20000
        address = f"{user}@127.0.0.1:{self._port}"
        contact = Contact(
            user, switch.sip_domain, address, self._port, phone, user_agent, switch.new_uuid(),
            int(switch.clock.time()),
        )  # fmt: skip
        self._contacts[user] = contact
        self._known.add((user, switch.sip_domain))
        self._tell("sofia::register", contact, {
            "from-user": user, "from-host": contact.domain, "presence-hosts": contact.domain,
            "rpid": "unknown", "status": "Registered(UDP)", "to-user": user, "to-host": contact.domain,
        })  # fmt: skip
        return phone

    def unregister(self, user: str) -> None:
        contact = self._contacts.pop(user, None)
        if contact is not None:
            about = {"from-user": user, "from-host": contact.domain, "rpid": "unknown"}
            self._tell("sofia::unregister", contact, about)

    def expire(self, user: str) -> None:
        """The registration runs out without a word from the phone."""
        contact = self._contacts.pop(user, None)
        if contact is not None:
            self._tell("sofia::expire", contact, {"user": user, "host": contact.domain})

    def forget(self) -> None:
        """The switch starts anew: registrations are gone until the phones come back."""
        self._contacts.clear()

    def _tell(self, subclass: str, contact: Contact, extra: dict[str, str]) -> None:
        if self._switch.wanted("CUSTOM", subclass):
            about = {
                "profile-name": "internal",
                "username": contact.user,
                "realm": contact.domain,
                "contact": f"<sip:{contact.address}>",
                "call-id": contact.call_id,
                "expires": "3600",
                "user-agent": contact.user_agent,
                "network-ip": "127.0.0.1",
                "network-port": str(contact.port),
            }
            self._switch.deliver("CUSTOM", subclass, None, about | extra)


# --- Callers ---


@dataclass(slots=True)
class Caller(Telephone):
    """Somebody who calls. Times are seconds: ``keys`` since the call arrived, ``patience`` until it is
    given up unless somebody answers, ``talks_for`` since somebody could be heard (None: for ever).
    ``chooses`` is pressed ``thinks`` seconds after every prompt that asks for a key began."""

    keys: Sequence[tuple[float, str]] = ()
    patience: float | None = None
    talks_for: float | None = None
    chooses: str = ""
    thinks: float = 2.0
    channel: Channel | None = None
    served: bool = False
    heard: list[str] = field(default_factory=list)

    def place(self, channel: Channel) -> None:
        """The call begins."""
        self.channel = channel
        clock = channel.switch.clock
        for at, digits in self.keys:
            for position, digit in enumerate(digits):
                clock.after(at + 0.2 * position, channel.far_digit, digit)
        if self.patience is not None:
            clock.after(self.patience, self._give_up)

    def _give_up(self) -> None:
        if not self.served and self.channel is not None:
            self.channel.far_hangup()

    def hang_up(self) -> None:
        if self.channel is not None:
            self.channel.far_hangup()

    def press(self, digits: str) -> None:
        for digit in digits:
            if self.channel is not None:
                self.channel.far_digit(digit)

    def asked(self, channel: Channel) -> None:
        if self.chooses:
            channel.switch.clock.after(self.thinks, channel.far_digit, self.chooses)

    def joined(self, channel: Channel) -> None:
        if not self.served and self.talks_for is not None:
            channel.switch.clock.after(self.talks_for, channel.far_hangup)
        self.served = True

    def hears_digit(self, channel: Channel, digit: str) -> None:
        self.heard.append(digit)


# --- The public network ---


class Network(Responder):
    """Everybody outside. The first rule whose expression the number matches decides."""

    def __init__(self) -> None:
        super().__init__(Behaviour(rings_after=0.5, answers_after=3.0))
        self.rules: list[tuple[re.Pattern[str], Behaviour]] = [
            (re.compile(r"0000$"), replace(busy(), refuses_after=0.5)),
            (re.compile(r"0001$"), Behaviour(rings_after=0.5)),
            (re.compile(r"0002$"), Behaviour(rings_after=None, refuses_after=0.5, status=404)),
            (re.compile(r"0003$"), Behaviour(rings_after=0.5, refuses_after=5.0, status=603)),
        ]
        """Numbers that end so are busy, never answer, do not exist, refuse."""

    def add_rule(self, expression: str, behaviour: Behaviour) -> None:
        self.rules.insert(0, (re.compile(expression), behaviour))

    def behaviour_for(self, channel: Channel) -> Behaviour:
        number = channel.profile.destination_number
        for expression, behaviour in self.rules:
            if expression.search(number):
                return behaviour
        return self.behaviour
