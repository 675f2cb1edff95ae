"""What must be true of every story, whatever it told: looked back at when it is over."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from contextlib import ExitStack
from typing import Any

import structlog

from app.adapters.cdr import closing_facts, parse_cdr, still_open
from app.core.journal import JournalEvent
from app.core.periods import Period
from app.core.record_types import CallFacts
from app.core.records import facts_by_call
from app.core.reporting import QueueReport, Targets, VisitFact, queue_report
from app.core.reporting_agents import (
    AgentFacts,
    AgentName,
    AgentReport,
    DialFact,
    OfferFact,
    TalkFact,
    agent_report,
    broken_identities,
)
from simswitch.hearing import Tape
from tests.scenarios.calls.office import Office

LONGEST_SILENCE = 1.2
"""Seconds."""

LONGEST_SILENCE_ALONE = 2.2
"""While no controller is there: FreeSWITCH's own music begins 1 to 2 s after parking when nobody adopts the call."""

CLOSE = 0.25
"""Seconds by which a record and a telephone may differ: what joining and parting take."""


class Lookback:
    """Listens from the beginning; ``check`` looks back."""

    def __init__(self, office: Office, enabled: bool = True) -> None:
        self.office = office
        self.enabled = enabled
        self.tape = Tape(office.switch)
        self.excused: set[str] = set()
        """Log events (their first words) that a story provokes on purpose."""
        self._logs: list[Any] = []
        self._errors: list[str] = []
        self._closing = ExitStack()

    def __enter__(self) -> Lookback:
        self._logs = self._closing.enter_context(structlog.testing.capture_logs())
        handler = _Handler(self._errors)
        root = logging.getLogger()
        root.addHandler(handler)
        self._closing.callback(root.removeHandler, handler)
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None and self.enabled:
                self.check()
        finally:
            self._closing.close()
            if self.office.controller is not None:
                self.office.kill_controller()

    # --- what was ----------------------------------------------------------------------------------

    def events(self) -> list[JournalEvent]:
        """The journal, and what the ingestion of call detail records adds to it."""
        events = self.office.journal.events()
        cdr_dir = self.office.switch.cdr_dir
        assert cdr_dir is not None
        legs = {leg.leg: leg for leg in (parse_cdr(path.read_bytes()) for path in cdr_dir.glob("*.cdr.json"))}
        users = {agent.sip_user: agent.agent_id for agent in self.office.config.agents.values()}
        ended = {event.call_id for event in events if event.kind == "call.ended"}
        for leg in legs.values():
            if leg.tenant_id is None or leg.call_id in ended:
                continue
            known = [event for event in events if event.call_id == leg.call_id]
            if not still_open(leg, known, legs.__contains__):
                told = closing_facts(leg, known, legs.get(leg.bridged_to), users.get)
                have = {event.event_id for event in events}
                events += [fact for fact in told if fact.event_id not in have]
        return events

    def facts(self) -> dict[str, CallFacts]:
        return dict(facts_by_call(self.events()))

    def of(self, caller: Any) -> CallFacts:
        """The records of one caller's call."""
        return self.facts()[caller.channel.uuid]

    def reports(self) -> tuple[QueueReport, AgentReport]:
        """상담큐 and 상담원별 통계 of the story's day, from the reduced records."""
        config = self.office.config
        day = self.office.start.date()
        period = Period(day, day, timezone="UTC")
        facts = list(self.facts().values())
        visits = {visit.visit_id: visit for one in facts for visit in one.visits}
        queues = queue_report(
            [
                VisitFact(v.queue_id, v.entered_at, v.origin, v.outcome, v.wait_seconds, v.talk_seconds)
                for v in visits.values()
            ],
            period,
            Targets(config.service_level_seconds, config.short_abandon_seconds),
            {number: (one.number, one.name) for number, one in config.queues.items()},
        )
        talks = _conversations(facts, visits)
        offers = [
            OfferFact(offer.agent_id, visits[offer.visit_id].entered_at, offer.outcome)
            for one in facts
            for offer in one.offers
            if offer.visit_id in visits
        ]
        dials = []
        for one in facts:
            if one.call is not None and one.call.direction == "outbound" and one.call.agent_id is not None:
                own = [t.talk_seconds for t in one.talks if t.direction == "outbound"]
                dials.append(DialFact(one.call.agent_id, one.call.started_at, sum(own) if own else None))
        agents = {a.agent_id: AgentName(a.login, a.name) for a in config.agents.values()}
        return queues, agent_report(AgentFacts(offers, talks, dials), period, agents)

    # --- looking back --------------------------------------------------------------------------------

    def end_story(self) -> None:
        """Everybody hangs up who has not; a little later nothing must be left."""
        office = self.office
        for caller in office.callers:
            caller.hang_up()
        office.pass_time(1)
        for phone in office.every_phone:
            phone.hang_up()
            phone.refuse()
        office.pass_time(5)
        for channel in list(office.switch.channels.values()):
            channel.far_hangup()  # two outside, whom an agent has connected
        office.pass_time(15)

    def check(self) -> None:
        self.end_story()
        problems = [
            *self._nothing_left(), *self._logged(), *self._told_once(), *self._no_double_offers(),
            *self._records_agree(), *self._never_silent(),
        ]  # fmt: skip
        problems += broken_identities(*self.reports())
        assert not problems, "\n".join(problems)

    def _nothing_left(self) -> list[str]:
        office, found = self.office, []
        if office.switch.channels:
            found.append(f"legs left: {list(office.switch.channels.values())}")
        if any(office.switch.usage.values()):
            found.append(f"lines not given back: {office.switch.usage}")
        controller = office.controller
        if controller is None:
            return found
        controller.centre.check()
        state = controller.centre.state
        for what, left in (
            ("calls", state.calls), ("legs of the core", state.legs), ("legs of the adapter", controller.switch._legs),
            ("early media", controller.switch._early),
        ):  # fmt: skip
            if left:
                found.append(f"{what} left: {dict(left)}")
        if len(controller.scripts) or len(controller.nodes):
            found.append(f"{len(controller.scripts)} scripts and {len(controller.nodes)} legs of nodes left")
        left = sorted(controller.timers._due)
        if left:
            found.append(f"timers left: {left}")
        for tenant in state.tenants.values():
            for agent in tenant.agents.values():
                if agent.state.value != "idle" or agent.call_id is not None:
                    found.append(f"agent {agent.agent_id} is stuck: {agent}")
        return found

    def _logged(self) -> list[str]:
        found = [str(line) for line in self._logs if line["log_level"] in ("error", "critical")]
        return [line for line in [*found, *self._errors] if not any(word in line for word in self.excused)]

    def _told_once(self) -> list[str]:
        """A fact told twice must be told alike: the second is dropped by its identity."""
        told: dict[str, str] = {}
        found = []
        for line in self.office.journal.lines:
            row = json.loads(line)
            key, word = row["id"], json.dumps([row["kind"], row["call"]])
            if told.setdefault(key, word) != word:
                found.append(f"{key} stands for two facts")
        return found

    def _no_double_offers(self) -> list[str]:
        found = [line for phone in self.office.every_phone for line in phone.doubled]
        by_agent = defaultdict(list)
        for one in self.facts().values():
            for offer in one.offers:
                if offer.ended_at is None:
                    found.append(f"offer without an end: {offer}")
                by_agent[offer.agent_id].append(offer)
        for offers in by_agent.values():
            offers.sort(key=lambda o: o.made_at)
            for before, after in zip(offers, offers[1:], strict=False):
                if before.ended_at is not None and after.made_at < before.ended_at:
                    found.append(f"offered twice at once: {before} {after}")
        return found

    def _records_agree(self) -> list[str]:
        """Times of records are those that the telephones saw."""
        found, facts = [], self.facts()
        for caller in self.office.callers:
            channel = caller.channel
            assert channel is not None
            one = facts.get(channel.uuid)
            if one is None or one.call is None:
                found.append(f"no record of {channel}")
                continue
            times = channel.profiles[0].times
            hungup = max(p.times.hungup for p in channel.profiles)
            found += _apart("start", channel, one.call.started_at, times.created, CLOSE)
            found += _apart("end", channel, one.call.ended_at, hungup, CLOSE)
            if not one.call.outcome:
                found.append(f"{channel} has no outcome")
        rings = {ring.channel.uuid: ring for phone in self.office.every_phone for ring in phone.rings}
        for one in facts.values():
            for talk in one.talks:
                ring = rings.get(talk.talk_id)
                if ring is None or talk.direction not in ("inbound", "consult"):
                    continue
                if ring.answered is None:
                    found.append(f"a talk at a telephone that was not answered: {talk}")
                    continue
                found += _apart("talk", talk, talk.started_at, ring.answered * 1e6, CLOSE)
                # Who reconnected goes on talking on another leg.
                again = [other for other in rings.values() if _goes_on(other, talk)]
                last = max([ring, *again], key=lambda one: one.answered or 0.0)
                if talk.direction == "inbound" and last.ended is not None and not (last is ring and again):
                    found += _apart("end of talk", talk, talk.ended_at, last.ended * 1e6, CLOSE)
        return found

    def _never_silent(self) -> list[str]:
        found = []
        longest = LONGEST_SILENCE_ALONE if self.office.alone else LONGEST_SILENCE
        for caller in self.office.callers:
            channel = caller.channel
            assert channel is not None
            ear = self.tape.ears[channel.uuid]
            answered = max(profile.times.answered for profile in channel.profiles) / 1e6
            for begin, end in ear.silences:
                length = end - max(begin, answered)
                if answered and length > longest:
                    after = [what for at, what in ear.heard if at <= begin][-2:]
                    found.append(
                        f"{channel} heard nothing for {length:.2f} s at {begin - self.office.began:.2f} after {after}"
                    )
        return found


def _goes_on(ring: Any, talk: Any) -> bool:
    """Whether the agent's phone was called anew for this talk."""
    v = ring.channel.variables
    return (v.get("sangdam_role"), v.get("sangdam_call")) == ("reconnect", talk.call_id) and (
        v.get("sangdam_agent") == str(talk.agent_id)
    )


def _conversations(facts: list[CallFacts], visits: Any) -> list[TalkFact]:
    found: dict[Any, TalkFact] = {}
    others = []
    for one in facts:
        for talk in one.talks:
            if talk.direction == "inbound" and talk.visit_id in visits:
                key = talk.agent_id, talk.visit_id
                before = found[key].talk_seconds if key in found else 0.0
                at = visits[talk.visit_id].entered_at
                found[key] = TalkFact(talk.agent_id, at, "inbound", before + talk.talk_seconds)
            elif talk.direction in ("consult", "transfer"):
                others.append(TalkFact(talk.agent_id, talk.started_at, talk.direction, talk.talk_seconds))
            elif talk.direction == "internal":
                assert one.call is not None
                way = "internal_out" if talk.agent_id == one.call.agent_id else "internal_in"
                others.append(TalkFact(talk.agent_id, talk.started_at, way, talk.talk_seconds))
    return [*found.values(), *others]


def _apart(what: str, who: object, told: Any, seen: float, most: float) -> list[str]:
    if told is None:
        return [f"{who}: no {what}"]
    gap = abs(told.timestamp() - seen / 1e6)
    return [f"{who}: {what} is {gap:.3f} s from what the telephone saw"] if gap > most else []


class _Handler(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(f"{record.name}: {self.format(record)}")
