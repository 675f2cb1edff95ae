"""One virtual call: the telephones, the caller who does what is planned, and what comes of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import structlog

from app.bootstrap.rehearsal.stage import Stage
from app.bootstrap.rehearsal.verdict import compare, sounded, spoken
from app.bootstrap.virtual import DeskPhone, VirtualOffice
from app.core.definitions import AgentId, AgentStatus
from app.core.journal import JournalEvent
from app.core.rehearsal_calls import MUSIC, ON_BREAK, TALK, Do, Planned, caller_keys
from app.core.rehearsed import Came, Fault, Rehearsed
from simswitch.channel import Channel
from simswitch.hearing import Sound, Tape, parts
from simswitch.telephones import Behaviour, Caller, answers, ignores

LEAD = 2.0
"""Virtual seconds before the call in which everybody takes their place."""

HELD_BEFORE = 0.5
"""Virtual seconds by which the calls that hold a line come earlier."""

ANSWER_AFTER = 2.0
AFTERWARDS = 3.0
BETWEEN_KEYS = 0.2


class _Phone(DeskPhone):
    """An agent's telephone; who is rung answers, unless it is to ring in vain."""

    def __init__(self, office: VirtualOffice, user: str, call: Performance) -> None:
        super().__init__(office.switch, user, ignores())
        self._call = call

    def ring(self, channel: Channel) -> None:
        self.behaviour = self._call.behaviour()
        super().ring(channel)


class Performance:
    """Makes one call on a switch of its own. ``seed`` makes everything repeatable."""

    def __init__(self, stage: Stage, planned: Planned, seed: int) -> None:
        self._stage = stage
        self._planned = planned
        self._in_vain = planned.let_ring
        self._office = VirtualOffice(
            stage.variant(under_contract=planned.under_contract),
            stage.document(under_contract=planned.under_contract),
            planned.at - timedelta(seconds=LEAD),
            seed=seed,
            watched=False,
            options={"sip_domain": stage.sip_domain},
        )
        self._tape = Tape(self._office.switch, self._hears)
        self._caller: Caller | None = None
        self._done = 0
        self._pending = False
        self._left = False
        self._pressed: list[tuple[float, str]] = []
        self._faults: list[Fault] = []

    def run(self) -> Rehearsed:
        """The call, from the first to the last of it."""
        with _errors() as errors:
            self._take_places()
            office, planned = self._office, self._planned
            office.run_until(LEAD - HELD_BEFORE)
            for number in range(planned.lines_held):
                office.switch.call(planned.did, number=f"0100{number:07d}")
            office.run_until(LEAD)
            caller = self._caller = office.switch.call(planned.did, number=planned.number)
            office.hurry()
            channel = caller.channel
            assert channel is not None
            last = office.clock.time() + planned.patience
            while channel.up and office.step(last):
                pass
            gave_up = channel.up
            ended = office.clock.time()
            self._clear()
        faults = [*self._faults, *(Fault("internal", {"text": text}) for text in errors)]
        return self._told(channel, gave_up, ended, faults)

    # -- who is there ---------------------------------------------------------------------------------

    def _take_places(self) -> None:
        office, planned = self._office, self._planned
        if planned.controller:
            office.start_controller()
        for agent_id, manner in planned.at_work.items():
            phone = _Phone(office, office.config.agents[agent_id].sip_user, self)
            office.switch.phones.register(phone.user, phone=phone)
            office.phones[agent_id] = phone
            office.hurry()
            if planned.controller:
                status = AgentStatus.ON_BREAK if manner == ON_BREAK else AgentStatus.AVAILABLE
                self._command(agent_id, "log_in", platform="rehearsal")
                self._command(agent_id, "set_status", status=status.value)
                office.pass_time(0.001)  # who logs in first has been idle longest

    def _command(self, agent_id: AgentId, name: str, **arguments: Any) -> None:
        answer = self._office.ask(agent_id, name, **arguments)
        if not answer["ok"]:
            text = f"{name} of agent {agent_id}: {answer['error']}"
            self._faults.append(Fault("internal", {"text": text}))

    def behaviour(self) -> Behaviour:
        """What the telephone that rings now does."""
        if self._in_vain:
            self._in_vain -= 1
            return ignores()
        return answers(ANSWER_AFTER)

    def _clear(self) -> None:
        """Everybody goes home; nothing may be left."""
        office = self._office
        for channel in list(office.switch.channels.values()):
            channel.far_hangup()
        office.pass_time(AFTERWARDS)
        for channel in list(office.switch.channels.values()):
            channel.far_hangup()
        office.pass_time(AFTERWARDS)
        if any(office.switch.usage.values()):
            self._faults.append(Fault("lines", {"left": sum(office.switch.usage.values())}))
        for phone in office.phones.values():
            self._faults += [Fault("internal", {"text": text}) for text in phone.doubled]
        if office.controller is not None:
            office.kill_controller()

    # -- what the caller does ---------------------------------------------------------------------------

    def _hears(self, leg: str, sound: Sound) -> None:
        caller = self._caller
        if caller is None or caller.channel is None or leg != caller.channel.uuid or self._pending:
            return
        if self._done < len(self._planned.does):
            do = self._planned.does[self._done]
            if do.cue in self._cues(sound):
                self._pending = True
                self._office.clock.after(do.after, self._do, do)

    def _cues(self, sound: Sound) -> set[str]:
        if sound.kind != "play":
            return {TALK} if sound.kind == "talk" else set()
        if sound.what.startswith("local_stream://"):
            return {MUSIC}
        return {name for part in parts(sound.what) for name in self._stage.names(part)}

    def _do(self, do: Do) -> None:
        channel = self._channel()
        self._done += 1
        self._pending = False
        if not channel.up:
            return
        if not do.keys:
            self._left = True
            channel.far_hangup()
        for number, key in enumerate(do.keys):
            self._office.clock.after(number * BETWEEN_KEYS, self._press, key)

    def _press(self, key: str) -> None:
        channel = self._channel()
        if channel.up:
            self._pressed.append((self._office.clock.time(), key))
            channel.far_digit(key)

    def _channel(self) -> Channel:
        assert self._caller is not None and self._caller.channel is not None
        return self._caller.channel

    # -- what came of it ----------------------------------------------------------------------------------

    def _told(self, channel: Channel, gave_up: bool, ended: float, faults: list[Fault]) -> Rehearsed:
        planned, ear = self._planned, self._tape.ears[channel.uuid]
        said = spoken(self._stage, ear)
        came, queue_id, number = self._met(channel, gave_up)
        rung = {agent_id for agent_id, phone in self._office.phones.items() if phone.rings}
        verdict = compare(
            self._stage, planned, ear, said, answered=_answered_at(channel), ended=ended
        )
        met = Came(verdict.heard, queue_id, self._answered_by(channel), came, number)
        if missing := [agent_id for agent_id in planned.must_ring if agent_id not in rung]:
            faults = [*faults, Fault("not_rung", {"agents": missing})]
        began = LEAD + self._office.began
        return Rehearsed(
            name=planned.name,
            details=planned.details,
            at=planned.at.isoformat(),
            keys=caller_keys(planned.does),
            expected=planned.expected,
            met=met,
            faults=_causes_first((*verdict.faults, *_differences(planned, met), *faults)),
            seconds=round(ended - began, 2),
            heard=sounded(self._stage, ear, self._pressed, began, ended, self._agents()),
        )

    def _met(self, channel: Channel, gave_up: bool) -> tuple[str, int | None, str]:
        """How it ended, the queue that was reached, the number left for a callback."""
        events = [event for event in self._office.journal.events() if event.call_id == channel.uuid]
        queue_id = _last(events, "queue.entered", "queue_id")
        if not self._planned.controller and channel.variables.get("sangdam_queue", "").isdigit():
            queue_id = int(channel.variables["sangdam_queue"])
        number = _last(events, "callback.requested", "number")
        if self._left:
            end = "talked" if self._answered_by(channel) else "left"
        elif gave_up:
            end = "gave_up"
        elif not _answered_at(channel):
            end = "refused"
        else:
            end = "callback" if number else "announced"
        return end, queue_id, number or ""

    def _agents(self) -> dict[str, AgentId]:
        """Whose telephone a leg is."""
        return {
            ring.channel.uuid: agent_id for agent_id, phone in self._office.phones.items() for ring in phone.rings
        }

    def _answered_by(self, channel: Channel) -> tuple[AgentId, ...]:
        whose = self._agents()
        talks = (one.what for one in self._tape.ears[channel.uuid].sounds if one.kind == "talk")
        return tuple(whose[leg] for leg in talks if leg in whose)


def _differences(planned: Planned, met: Came) -> Iterator[Fault]:
    """Where the call came to something else, what was heard apart."""
    expected = planned.expected
    if expected.queue_id != met.queue_id:
        yield Fault("queue", {"expected": expected.queue_id, "met": met.queue_id})
    if expected.end == "talked" and not expected.agents:
        yield Fault("nobody_assigned", {"queue_id": expected.queue_id})
    elif expected.end == "talked" and (not met.agents or not set(met.agents) <= set(expected.agents)):
        yield Fault("agents", {"expected": list(expected.agents), "met": list(met.agents)})
    if expected.end != met.end:
        yield Fault("end", {"expected": expected.end, "met": met.end})
    if expected.callback != met.callback:
        yield Fault("callback", {"expected": expected.callback, "met": met.callback})


CAUSES = ("refused", "internal", "sound_missing", "nobody_assigned")
CONSEQUENCES = ("heard", "end")


def _causes_first(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """What a person has to do something about, before what follows of it; where nobody is assigned the rest follows."""
    if any(one.code == "nobody_assigned" for one in faults):
        faults = tuple(one for one in faults if one.code not in CONSEQUENCES)
    return tuple(sorted(faults, key=lambda one: one.code not in CAUSES))


def _last(events: list[JournalEvent], kind: str, name: str) -> Any:
    found = [event.data.get(name) for event in events if event.kind == kind]
    return found[-1] if found else None


def _answered_at(channel: Channel) -> float:
    """Epoch seconds; 0: never. Each transfer begins a profile of its own: one of them has the time."""
    return max(profile.times.answered for profile in channel.profiles) / 1_000_000


@contextmanager
def _errors() -> Iterator[list[str]]:
    """What is logged as an error meanwhile: a mistake of ours, or something that the controller could not do."""
    found: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(self.format(record))

    handler = Handler(logging.ERROR)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        with structlog.testing.capture_logs() as lines:
            yield found
        found += [str(line) for line in lines if line["log_level"] in ("error", "critical")]
    finally:
        root.removeHandler(handler)
