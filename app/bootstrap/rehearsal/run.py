"""All calls of a rehearsal, one after another, until they are done or the time is over."""

from __future__ import annotations

import dataclasses
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from app.bootstrap.rehearsal.performance import Performance
from app.bootstrap.rehearsal.stage import Compile, Stage
from app.core.definitions import TenantConfig
from app.core.errors import InvalidDefinition
from app.core.rehearsal_calls import Planned
from app.core.rehearsal_plan import plan
from app.core.rehearsed import Came, Fault, LeftOut, Rehearsal, Rehearsed

NO_NUMBER = "07000000000"
"""Is called when the tenant has no number yet."""


def run_rehearsal(
    config: TenantConfig,
    start: datetime,
    *,
    sip_domain: str = "sangdam.local",
    key_music: str = "",
    most_calls: int = 240,
    most_seconds: float = 20.0,
    compiled: Compile | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> Rehearsal:
    """Rehearse ``config`` as if it were under contract and called from ``start`` (aware) on.

    A definition that cannot be compiled is a failed call ``publication``. ``compiled``: what compiles, for tests.
    """
    began = monotonic()
    config = dataclasses.replace(config, under_contract=True, dids=config.dids or (NO_NUMBER,))
    with tempfile.TemporaryDirectory(prefix="sangdam-rehearsal-") as name:
        try:
            planned, left_out = plan(config, start)
            stage = Stage(
                Path(name), config, sip_domain=sip_domain, key_music=key_music, compiled=compiled
            )
        except InvalidDefinition as error:
            return Rehearsal((_refused(error, start),), (), round(monotonic() - began, 2))
        calls: list[Rehearsed] = []
        for number, one in enumerate(planned[:most_calls]):
            if monotonic() - began > most_seconds:
                break
            calls.append(Performance(stage, one, number + 1).run())
    left = [*left_out, *_rest(planned[len(calls) : most_calls], "time_over")]
    left += _rest(planned[most_calls:], "too_many")
    return Rehearsal(tuple(calls), tuple(left), round(monotonic() - began, 2))


def _rest(planned: tuple[Planned, ...], reason: str) -> list[LeftOut]:
    """Calls that were not made, by their names."""
    counted: dict[str, int] = {}
    for one in planned:
        counted[one.name] = counted.get(one.name, 0) + 1
    return [LeftOut(name, reason, {"calls": calls}) for name, calls in counted.items()]


def _refused(error: InvalidDefinition, start: datetime) -> Rehearsed:
    details: dict[str, Any] = {"text": str(error)}
    details |= {name: value if isinstance(value, int) else str(value) for name, value in error.details.items()}
    return Rehearsed(
        "publication", {}, start.isoformat(), (), Came(), Came(), (Fault("refused", details),)
    )
