"""The directory into which FreeSWITCH writes call detail records: take them in, put them away.

Nothing is noted in the database about a file: what it adds has an identity of its own, so a file that is
read twice (the process died between the commit and the move) adds nothing the second time.
"""

from __future__ import annotations

import shutil
import time
import wave
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import structlog
from sqlalchemy import select

from app.adapters.cdr import LegRecord, closing_facts, parse_cdr, still_open
from app.adapters.sql import record_rows
from app.adapters.sql.engine import Sessions, writing
from app.adapters.sql.tables import Agent, JournalRow
from app.core.journal import JournalEvent

log = structlog.get_logger(__name__)

GRACE_SECONDS = 5.0
"""A controller that is alive tells the end itself, and knows more; give its word time to come first."""

FILES_PER_BATCH = 500
KEPT_HOURS = 48
GIVE_UP_SECONDS = 6 * 3600.0
"""A leg whose call seems to go on for longer than this after it is closed with it."""

SUFFIX = ".cdr.json"


class CdrSpool:
    """Takes in one node's records. One at a time (the worker's SpoolLock covers it)."""

    def __init__(
        self,
        directory: Path,
        sessions: Sessions,
        recordings: Path | None = None,
        now: Callable[[], float] = time.time,
        grace_seconds: float = GRACE_SECONDS,
        keeper: record_rows.RecordKeeper | None = None,
    ) -> None:
        self._directory = directory
        self._sessions = sessions
        self._recordings = recordings
        self._now = now
        self._grace = grace_seconds
        self._keeper = keeper or record_rows.RecordKeeper()

    def run_once(self) -> int:
        """Take in the files that are old enough; how many were put away."""
        now = self._now()
        legs: dict[Path, LegRecord] = {}
        put_away = 0
        for path in self._due(now):
            try:
                legs[path] = parse_cdr(path.read_bytes())
            except ValueError as error:
                log.warning("cdr_damaged", file=path.name, error=str(error))
                self._move(path, self._directory / "damaged")
                put_away += 1
        first = [leg for leg in legs.values() if leg.is_first and leg.tenant_id is not None]
        waiting = self._close(first, now) if first else set()
        done = self._directory / "done" / datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H")
        for path, leg in legs.items():
            if leg.leg not in waiting:
                self._move(path, done)
                put_away += 1
        return put_away

    def remove_old_files(self) -> None:
        """Delete what was put away more than two days ago; damaged files stay for people to look at."""
        for hour in (self._directory / "done").glob("*T*"):
            if hour.stat().st_mtime < self._now() - KEPT_HOURS * 3600:
                shutil.rmtree(hour)

    def _due(self, now: float) -> list[Path]:
        found = []
        for path in self._directory.glob(f"*{SUFFIX}"):
            if path.stat().st_mtime <= now - self._grace:
                found.append(path)
        return sorted(found)[:FILES_PER_BATCH]

    def _close(self, legs: list[LegRecord], now: float) -> set[str]:
        """Add what the journal lacks; the legs whose calls go on."""
        ends = {f"{leg.call_id}/call.ended": leg for leg in legs}
        waiting: set[str] = set()
        with self._sessions() as session:
            ended = set(session.scalars(select(JournalRow.event_id).where(JournalRow.event_id.in_(ends))))
        missing = [leg for event_id, leg in ends.items() if event_id not in ended]
        if not missing:
            return waiting
        try:
            with writing(self._sessions) as session:
                connection = session.connection()
                known = record_rows.events_of_calls(connection, {leg.call_id for leg in missing})

                def agent_of(sip_user: str) -> int | None:
                    return session.scalar(select(Agent.id).where(Agent.sip_user == sip_user))

                facts: list[JournalEvent] = []
                for leg in missing:
                    events = known.get(leg.call_id, [])
                    if still_open(leg, events, lambda other: self._find(other) is not None):
                        if leg.ended_at.timestamp() > now - GIVE_UP_SECONDS:
                            waiting.add(leg.leg)
                            continue
                    other = self._find(leg.bridged_to) if leg.bridged_to else None
                    told = closing_facts(leg, events, other, agent_of, self._recording(leg))
                    if told:
                        log.info("call_closed_from_cdr", call=leg.call_id, facts=[fact.kind for fact in told])
                    facts += [fact for fact in told if record_rows.storable(fact)]
                self._keeper.store(connection, facts)
        except BaseException:
            self._keeper.forget()
            raise
        return waiting

    def _find(self, leg: str) -> LegRecord | None:
        """The record of another leg, put away already or not."""
        if not leg or "/" in leg:
            return None
        name = leg + SUFFIX
        for path in (self._directory / name, *self._put_away(name)):
            try:
                return parse_cdr(path.read_bytes())
            except FileNotFoundError:
                continue
            except ValueError:
                return None
        return None

    def _put_away(self, name: str) -> Iterable[Path]:
        hours = sorted((self._directory / "done").glob("*T*"), reverse=True)
        return (hour / name for hour in hours)

    def _recording(self, leg: LegRecord) -> tuple[str, float] | None:
        if self._recordings is None or "/" in leg.call_id:
            return None
        for path in self._recordings.glob(f"t{leg.tenant_id}/*/*/*/{leg.call_id}.wav"):
            try:
                with wave.open(str(path)) as sound:
                    seconds = sound.getnframes() / sound.getframerate()
            except (OSError, EOFError, wave.Error) as error:
                log.warning("recording_unreadable", file=str(path), error=str(error))
                continue
            return str(path.relative_to(self._recordings)), round(seconds, 3)
        return None

    @staticmethod
    def _move(path: Path, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        path.replace(directory / path.name)
