"""Tells calls as pipe tables over virtual time.

::

    at    | what happens          | how it is
    00:00 | kim calls             | kim hears greeting
    00:04 | kim presses 1         | kim hears connecting
    00:08 | -                     | alice rings; kim hears music
    00:10 | alice answers         | alice talks to kim; alice on_call

``what happens``: one sentence of :data:`SENTENCES`, or ``-``. ``how it is``: facts of :data:`FACTS`, by ``;``, as
they are at that moment. People called alice … erin are agents, everybody else is a customer.
A command that must be refused: ``alice holds: refused no_call``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from app.bootstrap.virtual import NoView
from app.controller.timers import Timers
from simswitch.telephones import Caller
from tests.scenarios.calls.office import Office
from tests.scenarios.calls.staff import AGENTS, QUEUE_NAMES, QUEUES

Handler = Callable[..., None]


def minutes(text: str) -> float:
    """``01:02.5`` in seconds."""
    whole, seconds = text.split(":")
    return int(whole) * 60 + float(seconds)


class Story:
    """Reads tables. ``story.customers`` are the callers by name."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.customers: dict[str, Caller] = {}
        self._numbers: dict[str, str] = {}
        self._start = office.seconds

    def tell(self, table: str) -> Story:
        """Play the table; AssertionError names the line that went otherwise."""
        for line in table.strip().splitlines():
            cells = [cell.strip() for cell in line.split("|")]
            if len(cells) < 2 or cells[0] == "at":
                continue
            self.office.run_until(self._start + minutes(cells[0]))
            if cells[1] != "-":
                self._happen(cells[1], line)
            for fact in (cells + [""])[2].split(";"):
                if fact.strip():
                    self._must_be(fact.strip(), line)
        return self

    def _happen(self, sentence: str, line: str) -> None:
        sentence, _, refused = sentence.partition(": refused ")
        for pattern, handler in SENTENCES:
            found = re.fullmatch(pattern, sentence)
            if found:
                self._refusal = refused
                handler(self, *found.groups())
                self.office.hurry()
                assert not self._refusal, f"{line}: was not refused"
                return
        raise AssertionError(f"not understood: {sentence}")

    def _must_be(self, fact: str, line: str) -> None:
        for pattern, handler in FACTS:
            found = re.fullmatch(pattern, fact)
            if found:
                seen, wanted = handler(self, *found.groups())
                assert seen == wanted, f"{line}\n    {fact}: but {seen!r}, not {wanted!r}"
                return
        raise AssertionError(f"not understood: {fact}")

    # --- what happens -------------------------------------------------------------------------------

    def calls(self, who: str, number: str | None = None, did: str | None = None) -> None:
        # A name's number is always the same, and another for each.
        number = number or self._numbers.setdefault(who, f"0102000{len(self._numbers):04d}")
        self.customers[who] = self.office.call(number, did or "")

    def presses(self, who: str, keys: str) -> None:
        if who in AGENTS:
            self.office.phones[AGENTS[who]].press(keys)
        else:
            self.customers[who].press(keys)

    def hangs_up(self, who: str) -> None:
        if who in AGENTS:
            self.office.phones[AGENTS[who]].hang_up()
        else:
            self.customers[who].hang_up()

    def answers(self, who: str) -> None:
        self.office.phones[AGENTS[who]].lift()

    def refuses(self, who: str) -> None:
        self.office.phones[AGENTS[who]].refuse(486)

    def command(self, who: str, name: str, **arguments: Any) -> None:
        answer = self.office.ask(AGENTS[who], name, **arguments)
        if self._refusal:
            assert (answer["ok"], answer["error"]) == (False, self._refusal), answer
            self._refusal = ""
        else:
            assert answer["ok"], f"{who} {name} {arguments}: {answer}"

    def transfers(self, who: str, target: str) -> None:
        self.command(who, "blind_transfer", **_target(target))

    def consults(self, who: str, target: str) -> None:
        self.command(who, "consult", **_target(target))

    def dials(self, who: str, number: str) -> None:
        self.command(who, "dial", number=number)

    def dials_by_hand(self, who: str, number: str) -> None:
        self.office.phones[AGENTS[who]].dial(number)

    def network(self, number: str, does: str) -> None:
        """The far end of an outside call answers or hangs up."""
        for channel in list(self.office.switch.channels.values()):
            if channel.profile.destination_number == number and not channel.inbound:
                channel.far_answer() if does == "answers" else channel.far_hangup()
                return
        raise AssertionError(f"nobody calls {number}")

    def controller_dies(self) -> None:
        self.office.kill_controller()

    def controller_returns(self) -> None:
        self.office.start_controller()

    def controller_stalls(self) -> None:
        """Its process gets no CPU: events pile up before it, and no timer of its own wakes it."""
        controller: Any = self.office.controller
        self._stalled = (controller.dispatcher, controller.timers, controller.live)
        controller.dispatcher, controller.timers, controller.live = _Standstill(), Timers(), NoView()
        self.office.alone = True

    def controller_goes_on(self) -> None:
        controller: Any = self.office.controller
        controller.dispatcher, controller.timers, controller.live = self._stalled
        self.office.hurry()
        self.office.wait_connected()

    def switch_restarts(self) -> None:
        self.office.restart_switch()

    # --- how it is ------------------------------------------------------------------------------------

    def hears(self, who: str, what: str) -> tuple[str, str]:
        channel = self._leg(who)
        return self._name(self.office.lookback.tape.ears[channel].now()), what

    def rings(self, who: str) -> tuple[bool, bool]:
        phone = self.office.phones[AGENTS[who]]
        return any(c.up and not c.answered for c in phone.channels), True

    def quiet(self, who: str) -> tuple[int, int]:
        return len(self.office.phones[AGENTS[who]].channels), 0

    def talks(self, who: str, other: str) -> tuple[str, str]:
        return self._name(self.office.lookback.tape.ears[self._leg(who)].now()), other

    def gone(self, who: str) -> tuple[bool, bool]:
        channel = self.customers[who].channel
        assert channel is not None
        return channel.up, False

    def waits(self, who: str, queue: str, place: str | None = None) -> tuple[Any, Any]:
        leg = self._leg(who)
        for one in self.office.snapshot()["queues"]:
            for call in one["calls"]:
                if call["id"] == leg:
                    found = QUEUE_NAMES[one["id"]]
                    return ((found, call["position"]), (queue, int(place))) if place else (found, queue)
        return "nowhere", queue

    def waits_nowhere(self, who: str) -> tuple[str, str]:
        return self.waits(who, "nowhere")

    def state(self, who: str, state: str, status: str | None = None) -> tuple[str, str]:
        view = self.office.view(AGENTS[who])
        if status:
            return f"{view['state']}/{view['status']}", f"{state}/{status}"
        return view["state"], state

    def phase(self, who: str, phase: str) -> tuple[str, str]:
        return (self.office.view(AGENTS[who])["call"] or {}).get("phase", ""), phase

    # --- names ------------------------------------------------------------------------------------------

    def _leg(self, who: str) -> str:
        if who in AGENTS:
            channels = self.office.phones[AGENTS[who]].channels
            return channels[-1].uuid if channels else ""
        channel = self.customers[who].channel
        assert channel is not None
        return channel.uuid

    def _name(self, leg: str) -> str:
        for name, customer in self.customers.items():
            if customer.channel is not None and customer.channel.uuid == leg:
                return name
        for name, number in AGENTS.items():
            for ring in self.office.phones[number].rings if number in self.office.phones else ():
                if ring.channel.uuid == leg:
                    return name
            if number in self.office.phones and leg in [c.uuid for c in self.office.phones[number].channels]:
                return name
        channel = self.office.switch.channels.get(leg)
        return channel.profile.destination_number if channel is not None else leg


class _Standstill:
    """A dispatcher that gets no CPU."""

    waiting = 0

    def drain(self) -> None: ...


def _target(target: str) -> dict[str, Any]:
    if target in AGENTS:
        return {"target_agent": AGENTS[target]}
    if target in QUEUES:
        return {"target_queue": QUEUES[target]}
    return {"target_number": target}


def _commanding(name: str, **arguments: Any) -> Handler:
    return lambda story, who: story.command(who, name, **arguments)


SENTENCES: tuple[tuple[str, Handler], ...] = (
    (r"(\d+) (answers|hangs up)", Story.network),
    (r"(\w+) calls", Story.calls),
    (r"(\w+) calls from (\S+)", Story.calls),
    (r"(\w+) presses (\S+)", Story.presses),
    (r"(\w+) hangs up", Story.hangs_up),
    (r"(\w+) answers", Story.answers),
    (r"(\w+) refuses", Story.refuses),
    (r"(\w+) rejects on screen", _commanding("reject")),
    (r"(\w+) answers on screen", _commanding("answer")),
    (r"(\w+) hangs up on screen", _commanding("hang_up")),
    (r"(\w+) holds", _commanding("hold")),
    (r"(\w+) resumes", _commanding("resume")),
    (r"(\w+) completes", _commanding("complete_transfer")),
    (r"(\w+) cancels", _commanding("cancel_transfer")),
    (r"(\w+) loads the page anew", lambda s, who: s.office.phones[AGENTS[who]].load_anew()),
    (r"(\w+) reconnects", _commanding("reconnect")),
    (r"(\w+) ends by force", _commanding("force_end")),
    (r"(\w+) mutes", _commanding("mute", on=True)),
    (r"(\w+) logs in", _commanding("log_in", platform="test")),
    (r"(\w+) logs out", _commanding("log_out")),
    (r"(\w+) is done", _commanding("wrap_up_done", status="available")),
    (r"(\w+) takes a break", _commanding("set_status", status="on_break", reason="lunch")),
    (r"(\w+) is available", _commanding("set_status", status="available")),
    (r"(\w+) transfers to (\S+)", Story.transfers),
    (r"(\w+) consults (\S+)", Story.consults),
    (r"(\w+) dials (\S+)", Story.dials),
    (r"(\w+) dials (\S+) by hand", Story.dials_by_hand),
    (r"(\w+) sends keys (\S+)", lambda s, who, keys: s.command(who, "send_digits", digits=keys)),
    (r"(\w+) begins work", lambda s, who: s.office.begin_work(who)),
    (r"the controller dies", Story.controller_dies),
    (r"the controller returns", Story.controller_returns),
    (r"the controller stalls", Story.controller_stalls),
    (r"the controller goes on", Story.controller_goes_on),
    (r"the switch restarts", Story.switch_restarts),
)

FACTS: tuple[tuple[str, Callable[..., tuple[Any, Any]]], ...] = (
    (r"(\w+) hears (\S+)", Story.hears),
    (r"(\w+) rings", Story.rings),
    (r"(\w+) is quiet", Story.quiet),
    (r"(\w+) talks to (\S+)", Story.talks),
    (r"(\w+) is gone", Story.gone),
    (r"(\w+) waits in (\w+)", Story.waits),
    (r"(\w+) waits in (\w+) at (\d+)", Story.waits),
    (r"(\w+) waits nowhere", Story.waits_nowhere),
    (r"(\w+)'s call is (\w+)", Story.phase),
    (r"(\w+) is (\w+)", Story.state),
    (r"(\w+) is (\w+)/(\w+)", Story.state),
)
