"""Carries out the core's effects, in order. Knows the ports, decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import structlog

from app.controller.journalling import JournalWriter
from app.controller.liveview import LiveView
from app.controller.nodes import Nodes
from app.controller.timers import Timers
from app.core import effects as fx
from app.core.events import EffectFailed
from app.ports import Clock, SwitchUnavailable

log = structlog.get_logger(__name__)


class Scripts(Protocol):
    """The script driver, as the runner sees it."""

    def start(self, effect: fx.RunScript) -> tuple[Sequence[fx.Effect], Sequence[Any]]: ...

    def stop(self, effect: fx.StopScript) -> Sequence[fx.Effect]: ...


class Runner:
    """Effects → ports. A switch that cannot be reached becomes an ``EffectFailed`` event for the core."""

    def __init__(
        self,
        *,
        nodes: Nodes,
        timers: Timers,
        journal: JournalWriter,
        live: LiveView,
        scripts: Scripts,
        clock: Clock,
        reply: Callable[[str, Mapping[str, Any]], None],
        post: Callable[[EffectFailed], None],
    ) -> None:
        self._nodes = nodes
        self._timers = timers
        self._journal = journal
        self._live = live
        self._scripts = scripts
        self._clock = clock
        self._reply = reply
        self._post = post
        self.told: list[Any] = []
        """What scripts have said while an event was handled: for the core, before the next event."""
        self._own: dict[type[fx.Effect], Callable[[Any], None]] = {
            fx.Record: lambda e: journal.put(e.event),
            fx.StartTimer: lambda e: timers.start(e.key, e.seconds, clock.monotonic()),
            fx.CancelTimer: lambda e: timers.cancel(e.key),
            fx.AgentChanged: lambda e: live.agent_changed(e.tenant_id, e.agent_id),
            fx.QueueChanged: lambda e: live.tenant_changed(e.tenant_id),
            fx.RunScript: self._start,
            fx.StopScript: lambda e: self.run(self._scripts.stop(e)),
            fx.Reply: self._answer,
        }

    def run(self, decided: Sequence[fx.Effect]) -> None:
        """Carry out ``decided`` in order."""
        for effect in decided:
            own = self._own.get(type(effect))
            if own is not None:
                own(effect)
            else:
                self._switch(effect)

    def _start(self, effect: fx.RunScript) -> None:
        effects, told = self._scripts.start(effect)
        self.run(effects)
        self.told.extend(told)

    def _switch(self, effect: fx.Effect) -> None:
        try:
            self._nodes.of(effect).perform(effect)
        except (SwitchUnavailable, ValueError) as error:
            # ValueError: a value that must not reach the switch (esl.UnsafeValue). The core is told,
            # as it would be by the switch, so that no agent stays reserved for what never happened.
            log.warning("effect_not_performed", effect=type(effect).__name__, reason=str(error))
            leg = getattr(effect, "leg", None) or getattr(effect, "agent_leg", "")
            token = (
                getattr(effect, "token", "") or getattr(effect, "agent_leg", "") or getattr(effect, "new_leg", "")
            )
            self._post(
                EffectFailed(
                    node="", at=self._clock.now(), leg=leg, token=token, reason="DESTINATION_OUT_OF_ORDER"
                )
            )

    def _answer(self, effect: fx.Reply) -> None:
        self._reply(
            effect.command_id, {"ok": effect.error is None, "error": effect.error, "data": dict(effect.data)}
        )
