"""Tells a call as a pipe table over virtual time, and shows where it went otherwise.

::

    at    | what happens         | the centre does          | agents
    00:00 | c1 queues sales      | Adopt c1; Script c1; Offer c1>alice | alice ringing
    00:04 | alice answers        | Record c1                | alice on_call
    00:30 | c1 hangs up          | HangUp alice             | alice idle/wrap_up

``what happens`` is a sentence of the little language below (``Story.sentence``), ``-`` for time passing.
``the centre does`` lists every effect on the switch, the screens' scripts and refusals, in order; what only
tells screens, sets variables or timers is not written. ``agents`` (optional) names states (``alice idle``) or
state/status (``alice idle/wrap_up``). Timers fire by themselves between rows: effects that no row awaits fail.
After every event the invariants of the centre are checked.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.core import effects as fx
from app.core import events as ev
from app.core import live
from app.core.call import Call
from app.core.centre import Centre
from app.core.definitions import AgentConfig, AgentStatus, ArsDefinition, QueueConfig, TenantConfig
from app.core.errors import CommandRefused, NoTransition
from app.core.journal import JournalEvent

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
NODE = "fs1"
TENANT = 1
AGENTS = {"alice": 1, "bob": 2, "carol": 3}
QUEUES = {"sales": 10, "service": 11}
NAMES = {number: name for name, number in AGENTS.items()}
MORE = dict[str, Any]

HIDDEN = (
    fx.Record,
    fx.AgentChanged,
    fx.QueueChanged,
    fx.StartTimer,
    fx.CancelTimer,
    fx.SetVariables,
    fx.StopScript,
)


def queue(name: str, agents: str = "alice bob carol", **more: Any) -> QueueConfig:
    """A queue by name; ``agents`` are assigned to it, ``bob:2`` at level 2."""
    tiers = {}
    for word in agents.split():
        who, _, level = word.partition(":")
        tiers[AGENTS[who]] = int(level or 1)
    return QueueConfig(QUEUES[name], name, tiers=tiers, **more)


def config(*queues: QueueConfig, **more: Any) -> TenantConfig:
    """A tenant with alice, bob and carol (extensions 1001 to 1003); wrap-up off unless asked for."""
    chosen = queues or (queue("sales"),)
    agents = {n: AgentConfig(n, name, name, f"100{n}", f"demo-100{n}") for name, n in AGENTS.items()}
    defaults: MORE = {
        "under_contract": True, "licences": 5, "dids": ("07040000001",), "caller_id": "07040000001",
        "status_after_call": AgentStatus.WRAP_UP,
    }  # fmt: skip
    return TenantConfig(
        tenant_id=TENANT, service_name="demo", ars=ArsDefinition((), (), (), {}),
        queues={q.queue_id: q for q in chosen}, agents=agents, **{**defaults, **more},
    )  # fmt: skip


class Story:
    """A centre in virtual time, spoken to in sentences. ``available`` agents are logged in and registered."""

    def __init__(self, tenant: TenantConfig | None = None, available: str = "alice bob") -> None:
        self.config = tenant or config()
        self.centre = self.new_centre()
        self.now = START
        self.timers: dict[str, datetime] = {}
        self.facts: list[JournalEvent] = []
        self.effects: list[fx.Effect] = []
        self.log: list[str] = []
        self._made: live.Made = {}
        self.names: dict[str, str] = {}  # leg → how tables call it
        self.variables: dict[str, dict[str, str]] = {}
        self._commands = itertools.count(1)
        self.tell(ev.TenantPublished(self.config))
        self.tell(ev.NodeUp(NODE, self.now, "core-1", False, ()))
        for name in AGENTS:
            self.tell(ev.PhoneRegistered(NODE, self.now, f"demo-100{AGENTS[name]}"))
        for name in available.split():
            self.command(ev.LogIn, name)
            self.now += timedelta(milliseconds=1)  # who logs in first is idle longest
        self.now = START + timedelta(seconds=1)
        self.start = self.now
        self.log.clear()

    def new_centre(self) -> Centre:
        """A centre that knows nothing; its ids go on where others stopped."""
        if not hasattr(self, "_ids"):
            self._ids = itertools.count(1)
        return Centre(lambda: f"leg{next(self._ids)}")

    # --- driving -------------------------------------------------------------------------------

    def tell(self, event: Any) -> list[fx.Effect]:
        """Give the centre one event and take its effects in."""
        before = self._tables()
        try:
            effects = self.centre.handle(event, self.now)
        except CommandRefused as error:
            assert self._tables() == before, f"{event} was refused and changed something"
            self.log.append(f"refused:{error.code}")
            effects = []
        except NoTransition:
            assert self._tables() == before, f"{event} had no transition and changed something"
            self.log.append("no transition")
            effects = []
        self.centre.check()
        fresh = live.snapshot(self.centre, TENANT, self.now)
        assert live.snapshot(self.centre, TENANT, self.now, self._made) == fresh, "a screen would show what was"
        for effect in effects:
            self.effects.append(effect)
            self._take(effect)
        return effects

    def _tables(self) -> tuple[Any, ...]:
        """All live state, to see that a refusal leaves it alone (entities are frozen)."""
        state = self.centre.state
        tenants = {
            key: (t.config, dict(t.agents), dict(t.queues), dict(t.calls), dict(t.ready), t.removed)
            for key, t in state.tenants.items()
        }
        tables = (state.calls, state.legs, state.gone, state.nodes, state.phones, state.sip_users, state.last_at)
        return tenants, *(dict(table) for table in tables)

    def command(self, kind: Callable[..., ev.Command], name: str, *args: Any, **more: Any) -> None:
        """A person's command."""
        self.tell(kind(f"cmd{next(self._commands)}", TENANT, AGENTS[name], *args, **more))

    def _take(self, effect: fx.Effect) -> None:
        match effect:
            case fx.Record(event=fact):
                self.facts.append(fact)
            case fx.StartTimer(key=key, seconds=seconds):
                self.timers[key] = self.now + timedelta(seconds=seconds)
            case fx.CancelTimer(key=key):
                self.timers.pop(key, None)
            case fx.SetVariables(leg=leg, variables=variables) | fx.Adopt(leg=leg, variables=variables):
                self.variables.setdefault(leg, {}).update(variables)
            case fx.Offer(agent_leg=leg, agent_id=agent) | fx.CallAgent(agent_leg=leg, agent_id=agent):
                self.names[leg] = NAMES[agent]
                self.variables[leg] = {"role": "agent", "agent": str(agent), "call": effect.call_id}
            case fx.CallOut(new_leg=leg, number=number):
                self.names[leg] = number
                self.variables[leg] = {"role": effect.role, "call": effect.call_id}
        if not isinstance(effect, HIDDEN):
            shown = self.show(effect)
            if shown:
                self.log.append(shown)

    def show(self, effect: fx.Effect) -> str:
        """An effect as tables write it."""
        name = self.name
        match effect:
            case fx.Adopt(leg=leg):
                return f"Adopt {name(leg)}"
            case fx.RunScript(leg=leg, resume=resume):
                return f"{'Resume' if resume else 'Script'} {name(leg)}"
            case fx.Offer(leg=leg, agent_leg=new) | fx.CallOut(leg=leg, new_leg=new):
                return f"{type(effect).__name__} {name(leg)}>{name(new)}"
            case fx.CallAgent(agent_leg=leg):
                return f"CallAgent {name(leg)}"
            case fx.Join(leg=leg, other=other):
                return f"Join {name(leg)}+{name(other)}"
            case fx.Part(keep=keep):
                return f"Part keep {'+'.join(name(leg) for leg in keep)}"
            case fx.HangUpLeg(leg=leg, cause=cause):
                plain = cause in ("NORMAL_CLEARING", "ORIGINATOR_CANCEL")
                return f"HangUp {name(leg)}" + ("" if plain else f" {cause}")
            case fx.Divert(leg=leg, extension=extension):
                return f"Divert {name(leg)} {extension}"
            case fx.PlayMusic(leg=leg):
                return f"Music {name(leg)}"
            case fx.StartRecording(leg=leg):
                return f"Record {name(leg)}"
            case fx.MuteLeg(leg=leg, on=on):
                return f"Mute {name(leg)} {'on' if on else 'off'}"
            case fx.SendTones(leg=leg, digits=digits):
                return f"Tones {name(leg)} {digits}"
            case fx.AnswerPhone(leg=leg):
                return f"AnswerPhone {name(leg)}"
            case fx.Reply():
                return ""
        return repr(effect)

    def pass_until(self, at: datetime) -> None:
        """Let time pass; timers fire when they are due."""
        while self.timers:
            key, due = min(self.timers.items(), key=lambda item: (item[1], item[0]))
            if due > at:
                break
            self.now = max(self.now, due)
            del self.timers[key]
            self.tell(ev.TimerFired(key))
        self.now = at

    # --- names ----------------------------------------------------------------------------------

    def name(self, leg: str) -> str:
        return self.names.get(leg, leg)

    def leg(self, name: str) -> str:
        """The latest living leg that tables call ``name``; ``name~`` is the one before the latest."""
        if name.endswith("~"):
            return [leg for leg, known in self.names.items() if known == name[:-1]][-2]
        living = self.centre.state.legs
        for leg, known in reversed(self.names.items()):
            if known == name and leg in living:
                return leg
        for leg, known in reversed(self.names.items()):
            if known == name:
                return leg
        return name

    def call_of(self, name: str) -> Call:
        call = self.centre.state.call_of(self.leg(name))
        assert call is not None, f"{name} is in no call"
        return call

    def agent(self, name: str) -> Any:
        return self.centre.state.tenants[TENANT].agents[AGENTS[name]]

    def kinds(self, *prefixes: str) -> list[str]:
        """The facts so far: ``kind detail``, those that begin with one of ``prefixes``."""
        found = []
        for fact in self.facts:
            if not prefixes or fact.kind.startswith(prefixes):
                d = fact.data
                detail = d.get("outcome") or d.get("status") or d.get("direction") or d.get("mode") or ""
                agent = d.get("agent_id") or d.get("to_agent")
                who = NAMES.get(agent, "") if isinstance(agent, int) else ""
                found.append(" ".join(word for word in (fact.kind, detail, who) if word))
        return found

    def fact(self, kind: str, index: int = -1) -> JournalEvent:
        return [fact for fact in self.facts if fact.kind == kind][index]

    # --- the little language ------------------------------------------------------------------------

    def sentence(self, text: str) -> None:
        """One thing that happens."""
        for one in text.split(" & "):
            words = one.split()
            if len(words) > 1 and words[0].endswith(":"):
                self._asks(words[0][:-1], words[1], words[2:])
            elif one.strip() not in ("-", ""):
                self._happens(words)

    def _asks(self, who: str, verb: str, rest: list[str]) -> None:
        first = rest[0] if rest else ""
        statuses = {"대기": "available", "break": "on_break", "wrapup": "wrap_up"}
        target: MORE = {"target_agent": AGENTS[first]} if first in AGENTS else {"target_number": first}
        match verb:
            case "status":
                self.command(ev.SetStatus, who, AgentStatus(statuses.get(first, first)), " ".join(rest[1:]))
            case "done":
                self.command(ev.WrapUpDone, who, AgentStatus(statuses.get(first, first)))
            case "transfer":
                kind: MORE = {"target_queue": QUEUES[first]} if first in QUEUES else target
                self.command(ev.BlindTransfer, who, **kind)
            case "consult":
                self.command(ev.Consult, who, **target)
            case "mute":
                self.command(ev.Mute, who, first == "on")
            case "digits":
                self.command(ev.SendDigits, who, first)
            case "dial":
                self.command(ev.Dial, who, first, callback_id=int(rest[1]) if len(rest) > 1 else None)
            case _:
                plain = {
                    "login": ev.LogIn, "logout": ev.LogOut, "answer": ev.Answer, "reject": ev.Reject,
                    "hangup": ev.HangUp, "hold": ev.Hold, "resume": ev.Resume, "complete": ev.CompleteTransfer,
                    "cancel": ev.CancelTransfer, "forceend": ev.ForceEnd, "reconnect": ev.Reconnect,
                }  # fmt: skip
                self.command(plain[verb], who)

    def _happens(self, words: list[str]) -> None:
        who, verb, rest = words[0], words[1], words[2:]
        leg, at = self.leg(who), self.now
        match verb:
            case "arrives":
                number = rest[0] if rest else "01012345678"
                self.tell(ev.CallArrived(NODE, at, who, TENANT, "07040000001", number, ""))
            case "queues":
                self.tell(
                    ev.CallQueued(
                        NODE, at, who, TENANT, QUEUES[rest[0]], "07040000001", "01012345678", "", at, menu="1"
                    )
                )
            case "presses":
                self.tell(ev.ArsStep(NODE, at, leg, TENANT, "menu", rest[0]))
            case "answers":  # a phone that is rung: answered, and joined by the switch
                self.tell(ev.LegAnswered(NODE, at, leg))
                call = self.centre.state.call_of(leg)
                base = self.rings_for(leg) if call is not None else ""
                self.tell(ev.LegsBridged(NODE, at, base, leg))
            case "picks":  # … up, joined later
                self.tell(ev.LegAnswered(NODE, at, leg))
            case "joins":
                self.tell(ev.LegsBridged(NODE, at, leg, self.leg(rest[0])))
            case "parts":
                self.tell(ev.LegsUnbridged(NODE, at, leg, self.leg(rest[0])))
            case "refuses":
                base, cause = self.rings_for(leg), rest[0] if rest else "CALL_REJECTED"
                self.tell(ev.LegHungUp(NODE, at, leg, cause, by_far_end=True))
                self.tell(ev.AppFinished(NODE, at, base, leg, "bridge", cause))
            case "fails":  # never became a leg
                self.tell(ev.AppFinished(NODE, at, self.rings_for(leg), leg, "bridge", rest[0]))
            case "impossible":
                self.tell(ev.EffectFailed(NODE, at, self.rings_for(leg), leg, rest[0]))
            case "hangs":
                self.tell(ev.LegHungUp(NODE, at, leg, "NORMAL_CLEARING", by_far_end=True))
            case "goes":  # hung up by the switch or by us
                self.tell(ev.LegHungUp(NODE, at, leg, rest[0] if rest else "NORMAL_CLEARING"))
            case "rests":
                self.tell(ev.LegParked(NODE, at, leg))
            case "dials":
                own = rest[1]
                self.names[own] = who
                self.tell(ev.AgentDialled(NODE, at, own, TENANT, AGENTS[who], rest[0]))
            case "registers":
                self.tell(ev.PhoneRegistered(NODE, at, f"demo-100{AGENTS[who]}"))
            case "unregisters":
                self.tell(ev.PhoneUnregistered(NODE, at, f"demo-100{AGENTS[who]}"))
            case "script":
                data = {"number": rest[1]} if len(rest) > 1 else {}
                self.tell(ev.ScriptEnded(leg, "waiting", rest[0], data))
            case "engages":
                self.tell(ev.ScriptEngaged(leg, True))
            case "disengages":
                self.tell(ev.ScriptEngaged(leg, False))
            case "recorded":
                self.tell(ev.RecordingStopped(NODE, at, leg, f"t1/{leg}.wav", float(rest[0])))
            case "down":
                self.tell(ev.NodeDown(who, at, "lost"))
            case _:
                raise ValueError(f"no such sentence: {' '.join(words)}")

    def rings_for(self, leg: str) -> str:
        """The leg on which the switch's bridge to ``leg`` runs."""
        for effect in reversed(self.effects):
            if isinstance(effect, fx.Offer) and effect.agent_leg == leg:
                return effect.leg
            if isinstance(effect, fx.CallOut) and effect.new_leg == leg:
                return effect.leg
        raise AssertionError(f"nobody rang {leg}")

    # --- tables --------------------------------------------------------------------------------------

    def play(self, table: str) -> Story:
        """Act the table out; raises AssertionError with the story as it went beside the story as told."""
        rows = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
        told: list[str] = []
        went: list[str] = []
        for cells in rows[1:]:
            at, what, expected = cells[0], cells[1], cells[2]
            agents = cells[3] if len(cells) > 3 else ""
            moment = self.start + timedelta(seconds=_seconds(at))
            self.log.clear()
            self.pass_until(moment)
            if what != "-" and self.log:
                went.append(f"before {at} | - | {'; '.join(self.log)}")
                self.log.clear()
            self.sentence(what)
            told.append(f"{at} | {what} | {'; '.join(_items(expected))} | {agents}")
            went.append(f"{at} | {what} | {'; '.join(self.log)} | {self._agents_as(agents)}")
        if told != went:
            lines = [f"  {line}" if line in told else f"! {line}" for line in went]
            missing = [f"? {line}" for line in told if line not in went]
            raise AssertionError("the story went otherwise (! went, ? told):\n" + "\n".join(lines + missing))
        return self

    def _agents_as(self, expected: str) -> str:
        found = []
        for item in (part for part in expected.split(",") if part.strip()):
            name, _, wanted = item.strip().partition(" ")
            agent = self.agent(name)
            state = agent.state.value + (f"/{agent.status.value}" if "/" in wanted else "")
            found.append(f"{name} {state}")
        return ", ".join(found)


def _seconds(text: str) -> float:
    minutes, _, seconds = text.partition(":")
    return int(minutes) * 60 + float(seconds)


def _items(text: str) -> Iterable[str]:
    return [item.strip() for item in text.split(";") if item.strip() and item.strip() != "-"]


def play(table: str, tenant: TenantConfig | None = None, available: str = "alice bob") -> Story:
    """A story told by one table."""
    return Story(tenant, available).play(table)


def assert_sums(facts: list[JournalEvent]) -> None:
    """What was begun has ended, once: visits, offers, talks, holds, consultations, calls (PRODUCT.md §5)."""
    pairs = {
        "queue.entered": ("queue.left", "visit_id"),
        "offer.made": ("offer.ended", "offer_id"),
        "talk.started": ("talk.ended", "talk_id"),
    }
    for begin, (end, key) in pairs.items():
        begun = sorted(fact.data[key] for fact in facts if fact.kind == begin)
        ended = sorted(fact.data[key] for fact in facts if fact.kind == end)
        assert begun == ended, f"{begin} {begun} but {end} {ended}"
    for begin, end in (("hold.started", "hold.ended"), ("consult.started", "consult.ended")):
        marks = [
            sorted(f.event_id.split("/", 2)[2] for f in facts if f.kind == kind) for kind in (begin, end)
        ]
        assert marks[0] == marks[1], f"{begin} {marks[0]} but {end} {marks[1]}"
    calls = {fact.call_id for fact in facts if fact.kind == "call.arrived"}
    closed = [fact.call_id for fact in facts if fact.kind == "call.ended"]
    assert calls == set(closed) and len(closed) == len(calls), "calls that did not end, or twice"
    # Rung, left and rung again in the same microsecond is one interval of no length.
    ids = [fact.event_id for fact in facts if fact.kind != "agent.state"]
    assert len(ids) == len(set(ids)), f"told twice: {sorted({i for i in ids if ids.count(i) > 1})}"


def without_wrap_up(*queues: QueueConfig, **more: Any) -> TenantConfig:
    """A tenant whose agents are 대기 again right after a call."""
    return replace(config(*queues, **more), status_after_call=AgentStatus.AVAILABLE)
