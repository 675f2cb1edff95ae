"""What was published while Redis could not say so is found out."""

from __future__ import annotations

from app.controller.publications import Publications
from app.controller.tenants import Tenants
from tests.scenarios.core.table import TENANT, config


def test_what_is_newer_new_or_gone_is_found_out_and_nothing_else() -> None:
    tenants = Tenants()
    tenants.learn(config(version=3))
    published = {TENANT: 3}
    done: list[str] = []
    publications = Publications(
        lambda: published, tenants, lambda t: done.append(f"load {t}"), lambda t: done.append(f"remove {t}")
    )
    publications.check()
    assert done == []
    published[TENANT] = 4
    published[7] = 1
    publications.check()
    assert done == [f"load {TENANT}", "load 7"]
    done.clear()
    published.clear()
    publications.check()
    assert done == [f"remove {TENANT}"]
