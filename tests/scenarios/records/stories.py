"""Journals told as tables: ``at | kind | mark | data`` with data as ``key=value`` (numbers, true, or text)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from app.core.journal import JournalEvent, call_fact

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""10:00 in Seoul."""


def at(text: str) -> datetime:
    """``02:05.250`` after the start."""
    minutes, seconds = text.strip().split(":")
    return START + timedelta(minutes=int(minutes), seconds=float(seconds))


def value(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    if text == "none":
        return None
    return int(text) if text.isdigit() and not text.startswith("0") else text


def journal(table: str, call: str = "call-1", tenant: int = 1) -> list[JournalEvent]:
    """The events of one call. ``~`` stands for the call's id in values."""
    events = []
    for line in table.strip().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) < 2 or cells[0] == "at":
            continue
        when, kind, mark, data = (cells + ["", ""])[:4]
        values = dict(pair.split("=", 1) for pair in data.replace("~", call).split())
        events.append(
            call_fact(
                tenant,
                call,
                kind,
                at(when),
                mark.replace("~", call),
                **{k: value(v) for k, v in values.items()},
            )
        )
    return events


ANSWERED = """
at        | kind          | mark   | data
00:00     | call.arrived  |        | direction=inbound did=07040000001 caller=01012345678 name=kim
00:00     | ars.step      | 1      | step=greeting detail=
00:06     | ars.step      | 2      | step=menu detail=1
00:08     | queue.entered | 1      | visit_id=~#1 queue_id=1 origin=direct position=1
00:08.1   | offer.made    | ~-a1   | offer_id=~-a1 visit_id=~#1 queue_id=1 agent_id=1
00:14     | offer.ended   | ~-a1   | offer_id=~-a1 agent_id=1 outcome=answered cause=
00:14     | queue.left    | 1      | visit_id=~#1 outcome=answered agent_id=1 cause= ringing=true
00:14     | talk.started  | ~-a1   | talk_id=~-a1 agent_id=1 leg=~ queue_id=1 visit_id=~#1 direction=inbound
01:00     | hold.started  | ~-a1/1 | talk_id=~-a1 agent_id=1
01:10     | hold.ended    | ~-a1/1 | talk_id=~-a1 agent_id=1
02:14.4   | talk.ended    | ~-a1   | talk_id=~-a1 agent_id=1 cause=NORMAL_CLEARING
02:14.4   | call.recorded |        | path=t1/2026/11/23/~.wav seconds=120 leg=~
02:14.4   | call.ended    |        | cause=NORMAL_CLEARING by=caller billsec=134 talk_seconds=120
"""

REFUSED_THEN_ABANDONED = """
at        | kind          | mark   | data
00:00     | call.arrived  |        | direction=inbound did=07040000001 caller=01012345678
00:05     | queue.entered | 1      | visit_id=~#1 queue_id=1 origin=direct position=1
00:05     | offer.made    | ~-a1   | offer_id=~-a1 visit_id=~#1 queue_id=1 agent_id=1
00:09     | offer.ended   | ~-a1   | offer_id=~-a1 agent_id=1 outcome=refused cause=CALL_REJECTED
00:09     | offer.made    | ~-b1   | offer_id=~-b1 visit_id=~#1 queue_id=1 agent_id=2
00:30     | offer.ended   | ~-b1   | offer_id=~-b1 agent_id=2 outcome=caller_gone cause=ORIGINATOR_CANCEL
00:30     | queue.left    | 1      | visit_id=~#1 outcome=abandoned agent_id=none cause=ORIGINATOR_CANCEL ringing=true
00:30     | call.ended    |        | cause=ORIGINATOR_CANCEL by=caller billsec=30 talk_seconds=0
"""

TRANSFERRED = """
at        | kind             | mark  | data
00:00     | call.arrived     |       | direction=inbound did=07040000001 caller=021234567
00:05     | queue.entered    | 1     | visit_id=~#1 queue_id=1 origin=direct position=1
00:05     | offer.made       | ~-a1  | offer_id=~-a1 visit_id=~#1 queue_id=1 agent_id=1
00:10     | offer.ended      | ~-a1  | offer_id=~-a1 agent_id=1 outcome=answered cause=
00:10     | queue.left       | 1     | visit_id=~#1 outcome=answered agent_id=1 cause= ringing=true
00:10     | talk.started     | ~-a1  | talk_id=~-a1 agent_id=1 leg=~ queue_id=1 visit_id=~#1 direction=inbound
00:40     | hold.started     | ~-a1/1| talk_id=~-a1 agent_id=1
00:41     | consult.started  | 1     | talk_id=~-a1 agent_id=1 target_agent=2 target_number=
00:45     | talk.started     | ~-b1  | talk_id=~-b1 agent_id=2 leg=~-a1 queue_id=none visit_id= direction=consult
01:00     | talk.ended       | ~-b1  | talk_id=~-b1 agent_id=2 cause=NORMAL_CLEARING
01:00     | consult.ended    | 1     | talk_id=~-a1 agent_id=1 outcome=completed
01:00     | hold.ended       | ~-a1/1| talk_id=~-a1 agent_id=1
01:00     | talk.ended       | ~-a1  | talk_id=~-a1 agent_id=1 cause=NORMAL_CLEARING
01:00     | call.transferred | ~-b1  | from_agent=1 to_agent=2 to_queue=none to_number= mode=consult
01:00     | talk.started     | ~-b2  | talk_id=~-b2 agent_id=2 leg=~ queue_id=none visit_id= direction=transfer
02:00     | talk.ended       | ~-b2  | talk_id=~-b2 agent_id=2 cause=NORMAL_CLEARING
02:00     | call.ended       |       | cause=NORMAL_CLEARING by=agent billsec=120 talk_seconds=110
"""

OUTBOUND = """
at        | kind          | mark   | data
00:00     | call.arrived  |        | direction=outbound agent_id=1 number=01012345678 caller=07040000001 callback_id=1
00:10     | talk.started  | ~      | talk_id=~ agent_id=1 leg=~-c1 queue_id=none visit_id= direction=outbound
00:17.2   | talk.ended    | ~      | talk_id=~ agent_id=1 cause=NORMAL_CLEARING
00:17.2   | call.ended    |        | cause=NORMAL_CLEARING by=caller billsec=17 talk_seconds=7.2
"""

CALLBACK = """
at        | kind               | mark | data
00:00     | call.arrived       |      | direction=inbound did=07040000001 caller=01012345678
00:05     | queue.entered      | 1    | visit_id=~#1 queue_id=2 origin=direct position=3
00:40     | callback.requested |      | callback_id=cb-~ queue_id=2 number=01087654321 caller=01012345678 visit_id=~#1
00:40     | queue.left         | 1    | visit_id=~#1 outcome=callback agent_id=none cause= ringing=false
00:45     | call.ended         |      | cause=NORMAL_CLEARING by=system billsec=45 talk_seconds=0
"""
