"""Leaving a callback: confirm the calling number or key in another."""

from __future__ import annotations

import re
from collections.abc import Generator

from ivr_scripts.actions import Action, CallerGone, Collect, Ended, Play, Wait, WaitingFacts

TRIES = 3
ANSWER_SECONDS = 7.0
DIGIT_SECONDS = 8.0
LONGEST_NUMBER = 12

_REACHABLE = re.compile(r"0\d{8,10}|1\d{7}")
"""National numbers: an area, mobile or internet number, or a service number (15xx-xxxx)."""


def reachable(number: str) -> bool:
    """Whether a callback can be made to ``number`` (national form, digits only)."""
    return _REACHABLE.fullmatch(number) is not None


def leave_callback(facts: WaitingFacts) -> Generator[Action, str, Ended | None]:
    """Ask for the number; ``Ended("callback", number=…)``, or None when the caller would rather wait on."""
    for _ in range(TRIES):
        key = "2"
        if reachable(facts.caller_number):
            key = yield Play(("callback_confirm",), keys="12")
            key = key or (yield Wait(ANSWER_SECONDS, keys="12"))
        if key == "1":
            return (yield from _registered(facts.caller_number))
        if key == "2":
            first = yield Play(("callback_number",), keys="0123456789")
            number = first + (yield Collect(DIGIT_SECONDS, LONGEST_NUMBER - len(first)))
            if reachable(number):
                return (yield from _registered(number))
            if not number:
                return None
            yield Play(("invalid",))
        else:
            return None
    return None


def _registered(number: str) -> Generator[Action, str, Ended]:
    try:
        yield Play(("callback_done",))
    except CallerGone:
        # Asked for and confirmed: nobody has to hear the thanks out to be called back.
        pass
    return Ended("callback", {"number": number})
