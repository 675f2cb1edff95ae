"""호종료상세사유: how a call ended, as a code; and what statistics make of how a visit ended."""

from __future__ import annotations

from collections.abc import Sequence

CALL_OUTCOMES = (
    "connected ringing_abandoned queue_abandoned ars_abandoned refused failed transferred callback timeout "
    "unavailable lost after_hours holiday lines_full no_digit wrong_digit announcement busy no_answer cancelled"
).split()
"""Every code that ``call_outcome`` may give; screens and reports translate them."""

ARS_ENDS = ("after_hours", "holiday", "lines_full", "no_digit", "wrong_digit", "announcement", "unavailable")

_VISIT_ENDS = {
    "refused": "refused",
    "centre_transfer": "transferred",
    "callback": "callback",
    "timeout": "timeout",
    "unavailable": "unavailable",
    "lost": "lost",
}

_CAUSES = {"USER_BUSY": "busy", "NO_ANSWER": "no_answer", "NO_USER_RESPONSE": "no_answer"}


def call_outcome(
    direction: str,
    cause: str,
    by: str,
    *,
    talked: bool,
    last_visit: str,
    ringing: bool,
    steps: Sequence[str],
) -> str:
    """How an ended call ended.

    ``last_visit`` is the outcome of its last stay in a queue ('' without one), ``ringing`` whether an
    agent's phone rang when it left that queue, ``steps`` its way through the ARS. Which of them decides:
    a talk, then a loss, then the queue, then the ARS.
    """
    if talked:
        return "connected"
    if by == "lost":
        return "lost"
    if direction != "inbound":
        if cause in ("ORIGINATOR_CANCEL", "NORMAL_CLEARING") and by in ("agent", "caller"):
            return "cancelled"
        return _CAUSES.get(cause, "failed")
    if last_visit == "abandoned":
        return "ringing_abandoned" if ringing else "queue_abandoned"
    if last_visit:
        return _VISIT_ENDS.get(last_visit, "failed")
    return next((step for step in reversed(steps) if step in ARS_ENDS), "ars_abandoned")
