"""Waiting in a queue: music, the delay prompt at intervals, the position, and the offer of a callback."""

from __future__ import annotations

from app.core.definitions import CallbackOffer, QueueConfig
from ivr_scripts.actions import Ended, Engaged, MusicOnHold, Play, Script, Wait, WaitingFacts
from ivr_scripts.callback import ANSWER_SECONDS, leave_callback

MORE = "position_more"
"""Prompt for the places that have none of their own."""


def waiting(queue: QueueConfig, facts: WaitingFacts) -> Script:
    """Runs until the call is answered or leaves (the driver closes it), or the caller leaves a callback:
    ``Ended("callback", number=…)``, or nobody is left after closing time: ``Ended("unavailable")``. The longest
    wait is not its business: the core keeps that time."""
    yield MusicOnHold()
    by_key = queue.callback_key if queue.callback is CallbackOffer.BY_KEY else ""
    offered = False
    pause = float(queue.delay_interval_seconds)
    if queue.callback is CallbackOffer.NOBODY_LOGGED_IN and facts.agents_logged_in() == 0:
        pause = 0.0
    elif queue.callback is CallbackOffer.AFTER_SECONDS:
        pause = min(pause, _left(queue, facts))
    while True:
        key = (yield Wait(pause, keys=by_key)) if pause > 0 else ""
        pause = float(queue.delay_interval_seconds)
        if not key and facts.agents_logged_in() == 0 and not facts.is_open():
            # The working day is over and nobody is left: nobody will come any more.
            return Ended("unavailable")
        due = not offered and _offer_due(queue, facts)
        if not key and due:
            offered = True
            key = yield Play(("callback_offer",), keys=queue.callback_key)
            key = key or (yield Wait(ANSWER_SECONDS, keys=queue.callback_key))
        elif not key:
            key = yield Play(_delay_prompts(queue, facts), keys=by_key)
        if key:
            yield Engaged(True)
            left = yield from leave_callback(facts)
            if left is not None:
                return left
            yield Engaged(False)
        if not offered and queue.callback is CallbackOffer.AFTER_SECONDS:
            pause = min(pause, max(1.0, _left(queue, facts)))


def _left(queue: QueueConfig, facts: WaitingFacts) -> float:
    return max(0.0, queue.callback_after_seconds - facts.waited_seconds())


def _offer_due(queue: QueueConfig, facts: WaitingFacts) -> bool:
    if queue.callback is CallbackOffer.AFTER_SECONDS:
        return _left(queue, facts) <= 0
    return queue.callback is CallbackOffer.NOBODY_LOGGED_IN and facts.agents_logged_in() == 0


def _delay_prompts(queue: QueueConfig, facts: WaitingFacts) -> tuple[str, ...]:
    names = ["delay"]
    if queue.announce_position:
        position = f"position_{facts.position()}"
        names.append(position if facts.prompt_exists(position) else MORE)
    if queue.callback is CallbackOffer.BY_KEY:
        names.append("callback_offer")
    return tuple(name for name in names if facts.prompt_exists(name))
