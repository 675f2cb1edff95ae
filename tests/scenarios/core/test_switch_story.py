"""Screens learn at once that the switch has come or gone, also while nobody calls."""

from __future__ import annotations

import pytest

from app.core import effects as fx
from app.core import events as ev
from tests.scenarios.core.table import NODE, TENANT, Story


@pytest.mark.parametrize(
    "event",
    [ev.NodeDown, lambda node, at, _: ev.NodeUp(node, at, "core-1", False, ())],
    ids=["down", "up"],
)
def test_a_tenants_view_is_published_when_the_switch_comes_or_goes(event) -> None:  # type: ignore[no-untyped-def]
    story = Story()
    effects = story.tell(event(NODE, story.now, "gone"))
    assert [effect.tenant_id for effect in effects if isinstance(effect, fx.QueueChanged)] == [TENANT]
