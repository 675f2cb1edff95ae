"""A configuration that went through JSON is the same."""

from __future__ import annotations

import dataclasses
import json
from datetime import time

import pytest

from app.core.definitions import CallbackOffer, MenuEntry, Slot, Strategy, TenantConfig
from app.core.errors import InvalidDefinition
from app.core.tenant_json import tenant_from_json, tenant_to_json
from tests.unit.dialplan.example import MENU, SALES, tenant

INNER = (MenuEntry("1", "국내", SALES), MenuEntry("2", "안내", None, "<text>"))


def several() -> list[TenantConfig]:
    plain = tenant()
    sales = dataclasses.replace(
        plain.queues[SALES],
        strategy=Strategy.TOP_DOWN,
        callback=CallbackOffer.AFTER_SECONDS,
        name='<>&"${x}\n',
    )
    return [
        plain,
        tenant(queues={**plain.queues, SALES: sales}, blocked_prefixes=("060",), under_contract=False),
        tenant(ars_menu=(*MENU, MenuEntry("4", "더", entries=INNER))),
        tenant(
            ars_slots=(Slot(frozenset({6}), time(22, 0, 30), time(1, 59, 59), is_open=False, name="밤"),)
        ),
    ]


@pytest.mark.parametrize("number", range(4))
def test_there_and_back(number: int) -> None:
    config = several()[number]
    assert tenant_from_json(json.loads(json.dumps(tenant_to_json(config)))) == config


def test_a_broken_one_is_refused() -> None:
    raw = tenant_to_json(tenant())
    del raw["ars"]["menu"][0]["digit"]
    with pytest.raises(InvalidDefinition):
        tenant_from_json(raw)
    with pytest.raises(InvalidDefinition):
        tenant_from_json({**tenant_to_json(tenant()), "stranger": 1})
