"""Which virtual calls a rehearsal makes, and what must come of each: derived from the tenant's definition alone, never
from what was compiled of it.

Names of the calls (``Rehearsed.name``): ``contract.none``; ``did.answers``, ``did.international``; ``lines.last``,
``lines.full``; ``hours.open``, ``hours.closed``, ``hours.holiday``; ``menu.none``, ``menu.silent``, ``menu.wrong``,
``menu.corrected``, ``menu.back``; ``greeting.key``, ``greeting.wrong_key``; ``entry.agents``,
``entry.announcement``, ``entry.announcement_keys``; and those of ``app.core.rehearsal_queues``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from app.core.business_hours import OpenState
from app.core.definitions import QueueConfig, TenantConfig
from app.core.rehearsal_calls import (
    ANSWERS,
    TALK,
    Do,
    Planned,
    Timing,
    Ways,
    assigned,
    first_tier,
)
from app.core.rehearsal_moments import Hours, Moment, Stretch
from app.core.rehearsal_queues import queue_calls
from app.core.rehearsed import Came, LeftOut

MOST_DIDS = 20
MOST_BOUNDARIES = 24
MOST_LINES = 300
"""Calls at the same time that are made to see that one more is refused."""

MOST_QUEUES = 6
"""With more queues only one of each kind is tried in every way; all of them are called."""

AT_WORK = 3
"""Agents of a queue's first tier who are at work in a call; one of the next tier is, too."""

ROOM = timedelta(minutes=15)
"""How long it has to be open beside the longest wait."""

AFTER_OPENING = timedelta(seconds=60.37)
"""No whole second: calls do not come by FreeSWITCH's clock."""


def plan(config: TenantConfig, start: datetime) -> tuple[tuple[Planned, ...], tuple[LeftOut, ...]]:
    """The calls of a rehearsal that is made at ``start`` (aware), what matters most first, and what is not tried.

    ``config`` has a DID at least and is under contract. Raises InvalidDefinition for hours that cannot be meant.
    """
    made = _Plan(config, Hours(config, start))
    return tuple(made.calls()), tuple(made.left_out)


class _Plan:
    def __init__(self, config: TenantConfig, hours: Hours) -> None:
        self.config = config
        self.hours = hours
        self.ways = Ways(config)
        self.did = config.dids[0]
        self.left_out: list[LeftOut] = []
        longest = max((one.longest_wait_seconds for one in config.queues.values()), default=0)
        self.open: Stretch | None = hours.open_for(longest + ROOM.total_seconds())

    def calls(self) -> Iterator[Planned]:
        yield Planned(
            "contract.none",
            self.hours.start,
            self.did,
            Came(("unavailable",), end="announced"),
            under_contract=False,
        )
        yield from self._hours()
        if self.open is None:
            self.left_out += [LeftOut(name, "never_open") for name in ("did", "lines", "menu", "entry", "queue")]
            return
        room = max(timedelta(0), min(AFTER_OPENING, (self.open.end - self.open.begin) / 4))
        at = self.open.begin + room
        yield from self._numbers(at)
        yield from self._lines(at)
        yield from self._entries(at)
        yield from self._menus(at)
        yield from self._early(at)
        yield from self._queues(at)

    # -- who calls, and when ----------------------------------------------------------------------

    def _numbers(self, at: datetime) -> Iterator[Planned]:
        did = self.did
        if did.startswith("0"):
            yield self._greeted("did.international", at, f"+82{did[1:]}")
        for other in self.config.dids[1:MOST_DIDS]:
            yield self._greeted("did.answers", at, other)
        if rest := self.config.dids[MOST_DIDS:]:
            self.left_out.append(LeftOut("did.answers", "too_many", {"dids": list(rest)}))

    def _greeted(self, name: str, at: datetime, did: str, lines_held: int = 0) -> Planned:
        return Planned(
            name,
            at,
            did,
            Came(("greeting",), end="left"),
            (Do("greeting", after=0.3),),
            {"did": did} if name.startswith("did") else {"lines": self.config.lines_in},
            lines_held=lines_held,
        )

    def _lines(self, at: datetime) -> Iterator[Planned]:
        lines = self.config.lines_in
        if lines > MOST_LINES:
            self.left_out.append(LeftOut("lines.full", "too_many", {"lines": lines}))
            return
        if lines > 1:
            yield replace(self._greeted("lines.last", at, self.did, lines - 1), controller=False)
        yield Planned(
            "lines.full",
            at,
            self.did,
            Came(("lines_full",), end="announced"),
            details={"lines": lines},
            controller=False,
            lines_held=lines,
        )

    def _hours(self) -> Iterator[Planned]:
        found = list(self.hours.moments())
        named = [one for one in found if one.edge == "within"]
        edges = [one for one in found if one.edge != "within"]
        if len(edges) > MOST_BOUNDARIES:
            self.left_out.append(LeftOut("hours", "too_many", {"moments": len(edges) - MOST_BOUNDARIES}))
        for one in (*edges[:MOST_BOUNDARIES], *named):
            yield self._met(one)

    def _met(self, moment: Moment) -> Planned:
        details = {"edge": moment.edge, "weekday": moment.at.weekday()}
        if moment.holiday:
            details["holiday"] = moment.holiday
        name = f"hours.{moment.state.value}"
        if moment.state is OpenState.OPEN:
            return replace(self._greeted(name, moment.at, self.did), details=details)
        prompt = "holiday" if moment.state is OpenState.HOLIDAY else "after_hours"
        return Planned(name, moment.at, self.did, Came((prompt,), end="announced"), details=details)

    # -- entries ------------------------------------------------------------------------------------

    def _entries(self, at: datetime) -> Iterator[Planned]:
        if not self.ways.menu:
            yield Planned("menu.none", at, self.did, Came(("greeting", "unavailable"), end="announced"))
        for keys, entry in self.config.ars.leaves():
            if entry.queue_id is None:
                yield from self._announcement(at, keys)
            elif entry.queue_id in self.config.queues:
                yield self._agents(at, keys, self.config.queues[entry.queue_id])

    def _agents(self, at: datetime, keys: str, queue: QueueConfig) -> Planned:
        """All is well: an agent of the first tier answers."""
        does, heard = self.ways.to(keys)
        first = first_tier(self.config, queue)
        others = [one for one in assigned(self.config, queue) if one not in first]
        return Planned(
            "entry.agents",
            at,
            self.did,
            Came((*heard, "connecting"), queue.queue_id, first[:AT_WORK], "talked"),
            (*does, Do(TALK, after=4.0)),
            {**self.ways.told(keys), "queue_id": queue.queue_id, "queue": queue.name},
            at_work={agent_id: ANSWERS for agent_id in (*first[:AT_WORK], *others[:1])},
        )

    def _announcement(self, at: datetime, keys: str) -> Iterator[Planned]:
        does, heard = self.ways.to(keys)
        said = f"announcement_{keys}"
        tries, seconds = self.config.ars.menu_tries, self.config.ars.menu_timeout_seconds
        yield Planned(
            "entry.announcement",
            at,
            self.did,
            Came((*heard, *(said,) * tries, "no_digit"), end="announced"),
            does,
            self.ways.told(keys),
            timings=(Timing(said, said if tries > 1 else "no_digit", seconds),),
            patience=120.0 + tries * (seconds + 60),
        )
        top = self.ways.top
        yield Planned(
            "entry.announcement_keys",
            at,
            self.did,
            Came((*heard, said, said, top), end="left"),
            (*does, Do(said, "1"), Do(said, "2"), Do(top, after=0.3)),
            self.ways.told(keys),
        )

    # -- menus --------------------------------------------------------------------------------------

    def _menus(self, at: datetime) -> Iterator[Planned]:
        """The menu and each within it: no key, wrong keys, a wrong key and then a right one, back to the top."""
        if not self.ways.single and self.ways.menu:
            yield from self._menu(at, "")
        for entry in self.ways.menu:
            if entry.is_submenu:
                yield from self._menu(at, entry.digit)

    def _menu(self, at: datetime, keys: str) -> Iterator[Planned]:
        does, heard = self.ways.to(keys)
        asked = f"menu_{keys}" if keys else "menu"
        entries = {found: entry for found, entry in self.ways.entries() if found[:-1] == keys}
        right = next(iter(entries))
        wrong = next((key for key in "987654321#" if keys + key not in entries), "#")
        ars = self.config.ars
        tries, seconds = ars.menu_tries, ars.menu_timeout_seconds
        told = self.ways.told(keys)
        yield Planned(
            "menu.silent",
            at,
            self.did,
            Came((*heard, *(asked,) * tries, "no_digit"), end="announced"),
            does,
            told,
            timings=(Timing(asked, asked if tries > 1 else "no_digit", seconds),),
            patience=120.0 + tries * (seconds + 60),
        )
        rounds = (asked, "invalid") * (tries - 1)
        yield Planned(
            "menu.wrong",
            at,
            self.did,
            Came((*heard, *rounds, asked, "wrong_digit"), end="announced"),
            (*does, *(Do(asked, wrong),) * tries),
            told,
        )
        door = self.ways.door(right, entries[right])
        if tries > 1:
            yield Planned(
                "menu.corrected",
                at,
                self.did,
                Came((*heard, asked, "invalid", asked, door), end="left"),
                (*does, Do(asked, wrong), Do(asked, right[-1]), Do(door, after=0.3)),
                told,
            )
        if keys and not self.ways.single:
            yield Planned(
                "menu.back",
                at,
                self.did,
                Came((*heard, asked, "menu"), end="left"),
                (*does, Do(asked, "*"), Do("menu", after=0.3)),
                told,
            )

    def _early(self, at: datetime) -> Iterator[Planned]:
        """A key while the greeting still plays."""
        if len(self.ways.menu) < 2:
            return
        for entry in self.ways.menu:
            door = self.ways.door(entry.digit, entry)
            yield Planned(
                "greeting.key",
                at,
                self.did,
                Came(("greeting", door), end="left"),
                (Do("greeting", entry.digit, 0.3), Do(door, after=0.3)),
                self.ways.told(entry.digit),
            )
        taken = {entry.digit for entry in self.ways.menu}
        wrong = next((key for key in "987654321#" if key not in taken), "#")
        yield Planned(
            "greeting.wrong_key",
            at,
            self.did,
            Came(("greeting", "menu"), end="left"),
            (Do("greeting", wrong, 0.3), Do("menu", after=0.3)),
        )

    # -- queues ---------------------------------------------------------------------------------------

    def _queues(self, at: datetime) -> Iterator[Planned]:
        """Every way of waiting, for each queue of the menu; of many queues, for one of each kind."""
        reached: dict[int, str] = {}
        for keys, entry in self.config.ars.leaves():
            if entry.queue_id is not None and entry.queue_id in self.config.queues:
                reached.setdefault(entry.queue_id, keys)
        alike: dict[object, list[int]] = {}
        for queue_id in reached:
            kind = queue_id if len(reached) <= MOST_QUEUES else self._kind(self.config.queues[queue_id])
            alike.setdefault(kind, []).append(queue_id)
        closing = self._closing()
        for number, (first, *others) in enumerate(alike.values()):
            if others:
                self.left_out.append(
                    LeftOut("queue", "alike", {"queue_id": first, "queue_ids": others, "calls": "queue"})
                )
            found, left = queue_calls(
                self.config,
                self.ways,
                reached[first],
                self.config.queues[first],
                at,
                first=number == 0,
                closing=closing,
            )
            yield from found
            self.left_out += left
        if reached and closing is None:
            self.left_out.append(LeftOut("queue.closing", "nothing"))

    def _closing(self) -> Stretch | None:
        """A stretch with an end: the last one that was looked at may be cut."""
        found = self.hours.stretches()
        return found[0] if len(found) > 1 else None

    def _kind(self, queue: QueueConfig) -> tuple[object, ...]:
        return (
            queue.strategy, queue.delay_interval_seconds, queue.longest_wait_seconds, queue.announce_position,
            queue.callback, queue.callback_key, queue.callback_after_seconds,
            min(2, len(assigned(self.config, queue))), len(set(queue.tiers.values())) > 1,
        )  # fmt: skip
