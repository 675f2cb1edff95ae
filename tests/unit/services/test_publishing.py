"""적용 with others at the same time, and when its last step fails: what is live is whole."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from app.core.ars_json import ars_to_json
from app.core.errors import ChangedMeanwhile
from app.services.publishing import Publishing
from tests.unit.dialplan.example import tenant


class Rows:
    """One tenant's rows: a draft, what is live, and a database that may fail."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {"draft": self.version(ars_to_json(tenant().ars), 1)}
        self.fails = False
        self.published: list[str] = []

    @staticmethod
    def version(definition: dict[str, Any], revision: int) -> Any:
        return SimpleNamespace(id=7, revision=revision, definition=definition)

    def ars(self, state: str) -> Any:
        return self.kept.get(state)

    def draft_config(self, definition: dict[str, Any]) -> Any:
        return tenant()

    def config(self) -> Any:
        return replace(tenant(), version=8)

    def upload_paths(self, definition: dict[str, Any]) -> dict[str, str]:
        return {}

    def agents(self) -> tuple[()]:
        return ()

    def publish(self, definition: dict[str, Any], by: str, **values: Any) -> None:
        if self.fails:
            raise ConnectionError("the database is gone")
        self.published.append(by)

    def set_live_prompts(self, prompts: dict[str, str]) -> None: ...

    def count_publication(self) -> None: ...


class Site:
    """A store with these rows, files, and a lock that knows who holds it."""

    def __init__(self) -> None:
        self.rows = Rows()
        self.files: list[str] = []
        self.held = False
        self.told: list[int] = []
        self.publishing = Publishing(
            SimpleNamespace(for_tenant=lambda tenant_id: self.rows),
            render=lambda config, texts, uploads: {"greeting": "/p/greeting.wav"},
            publish_files=lambda config, directory: self.write("written"),
            publish_directory=lambda tenant_id, directory: self.write("directory"),
            directory=lambda tenant_id, rows: "<include/>",
            notify=self.told.append,
            lock=self.lock,
            remove_files=lambda tenant_id: self.write("removed"),
        )

    def write(self, what: str) -> None:
        assert self.held, "files are written under the tenant's lock only"
        self.files.append(what)

    @contextlib.contextmanager
    def lock(self, tenant_id: int) -> Iterator[None]:
        assert not self.held
        self.held = True
        try:
            yield
        finally:
            self.held = False


def test_only_the_draft_that_was_seen_and_proved_is_published() -> None:
    site = Site()
    site.rows.kept["draft"] = Rows.version({}, 2)  # saved again while the first was being proved
    with pytest.raises(ChangedMeanwhile):
        site.publishing.apply(1, "kim", revision="7.1")
    assert site.files == site.rows.published == site.told == []
    site.publishing.apply(1, "kim", revision="7.2")
    assert (site.files, site.rows.published, site.told) == (["written"], ["kim"], [1])


def test_a_first_publication_that_the_database_does_not_keep_leaves_no_files() -> None:
    site = Site()
    site.rows.fails = True
    with pytest.raises(ConnectionError):
        site.publishing.apply(1, "kim")
    assert site.files == ["written", "removed"]
    assert site.told == []


def test_a_later_one_brings_back_what_is_live() -> None:
    site = Site()
    site.rows.kept["live"] = Rows.version(ars_to_json(tenant().ars), 1)
    site.rows.fails = True
    with pytest.raises(ConnectionError):
        site.publishing.apply(1, "kim")
    assert site.files == ["written", "written"]


def test_agents_of_who_has_never_published_can_register() -> None:
    site = Site()
    site.publishing.republish(1)
    assert (site.files, site.told) == (["directory"], [1])
