"""The ARS in the database: drafts and their queues, publication, who was first. On SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.adapters.sql.store import Store, TenantStore
from app.core.caller_ids import CallerIdState
from app.core.definitions import CallbackOffer
from app.core.errors import ChangedMeanwhile, InvalidDefinition, NotFound
from tests.unit.sql.test_store import add_agent

TODAY = datetime.now(UTC).date()


@pytest.fixture
def demo(store: Store) -> TenantStore:
    rows = store.for_tenant(store.create_tenant("demo", licences=3).id)
    rows.add_did("07040000001")
    return rows


@pytest.fixture
def other(store: Store, demo: TenantStore) -> TenantStore:
    return store.for_tenant(store.create_tenant("other").id)


def entry(digit: str, name: str, queue_id: int | None = None, **queue: Any) -> dict[str, Any]:
    return {"digit": digit, "name": name, "queue_id": queue_id, "announcement": None, "entries": [], "queue": queue}


def menu(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"menu": list(entries), "slots": [], "holidays": []}


def saved(rows: TenantStore, *entries: dict[str, Any], **how: Any) -> dict[str, Any]:
    return rows.save_draft(menu(*entries), **how).definition


def ids(definition: dict[str, Any]) -> list[int]:
    return [one["queue_id"] for one in definition["menu"]]


def live_queues(rows: TenantStore) -> dict[int, str]:
    return {row.id: row.name for row in rows.queues()}


class TestQueuesOfTheMenu:
    def test_a_draft_has_queues_that_calls_do_not_know(self, demo: TenantStore) -> None:
        definition = saved(demo, entry("1", "주문", callback="by_key", longest_wait_seconds=300), entry("2", "배송"))
        first, second = ids(definition)
        assert live_queues(demo) == {}
        assert {row.id: row.live for row in demo.queues(drafted=True)} == {first: False, second: False}
        agent = add_agent(demo, "agent1")
        demo.set_tiers(first, {agent: 1})
        assert demo.config().queues == {}
        drafted = demo.draft_config()
        assert drafted.queues[first].tiers == {agent: 1}
        assert (drafted.queues[first].callback, drafted.queues[first].longest_wait_seconds) == (
            CallbackOffer.BY_KEY, 300,
        )  # fmt: skip
        assert [one.queue_id for one in drafted.ars.menu] == [first, second]

    def test_publication_writes_them_live_named_and_set(self, demo: TenantStore) -> None:
        (first,) = ids(saved(demo, entry("1", "주문")))
        demo.publish_draft("admin", changes=[{"kind": "menu.added"}], note="처음")
        assert live_queues(demo) == {first: "주문"}
        saved(demo, entry("1", "주문과 결제", first, priority=5, strategy="round_robin"))
        assert live_queues(demo) == {first: "주문"}, "a live queue is renamed when it is applied, not before"
        version = demo.publish_draft("admin")
        assert (version.changes, version.restored_from) == ([], None)
        assert live_queues(demo) == {first: "주문과 결제"}
        queue = demo.config().queues[first]
        assert (queue.name, queue.priority, str(queue.strategy)) == ("주문과 결제", 5, "round_robin")

    def test_a_queue_that_left_the_menu_is_served_on_for_an_hour_and_comes_back(
        self, store: Store, demo: TenantStore
    ) -> None:
        first, second = ids(saved(demo, entry("1", "주문"), entry("2", "배송")))
        demo.publish_draft("admin")
        saved(demo, entry("2", "배송", second))
        demo.publish_draft("admin")
        assert live_queues(demo) == {second: "배송"}
        assert {number: queue.retired for number, queue in demo.config().queues.items()} == {first: True, second: False}
        back = demo.draft_config(menu(entry("1", "주문", first)))
        assert not back.queues[first].retired, "the draft brings it back"
        demo.update_queue(first, retired_at=datetime.now(UTC) - timedelta(minutes=61))
        assert set(demo.config().queues) == {second}
        past = demo.ars_versions()[0][1]
        demo.publish(past.definition, "admin", restored_from=past.id)
        assert live_queues(demo) == {first: "주문", second: "배송"}
        assert not demo.config().queues[first].retired
        newest = demo.ars_versions()[0][0]
        assert (newest.state, newest.restored_from) == ("live", past.id)

    def test_a_queue_that_no_menu_ever_led_to_is_left_alone(self, demo: TenantStore) -> None:
        aside = demo.create_queue("내선 안내").id
        saved(demo, entry("1", "주문"))
        demo.publish_draft("admin")
        assert aside in live_queues(demo)

    def test_queues_in_submenus_count_too(self, demo: TenantStore) -> None:
        inner = [entry("1", "교환"), entry("2", "반품")]
        definition = demo.save_draft(menu({"digit": "3", "name": "배송", "entries": inner})).definition
        numbers = [one["queue_id"] for one in definition["menu"][0]["entries"]]
        demo.publish_draft("admin")
        assert live_queues(demo) == dict(zip(numbers, ("교환", "반품"), strict=True))

    def test_a_stranger_s_queue_is_refused_and_nothing_is_kept(self, demo: TenantStore, other: TenantStore) -> None:
        theirs = other.create_queue("남의 큐").id
        with pytest.raises(InvalidDefinition):
            saved(demo, entry("1", "새 메뉴"), entry("2", "남의 것", theirs))
        assert demo.ars("draft") is None and demo.queues(drafted=True) == []
        assert demo.known_queue_ids() == frozenset()


class TestWhoWasFirst:
    def test_a_save_says_what_it_began_from(self, demo: TenantStore) -> None:
        begun = demo.ars_revision()
        saved(demo, entry("1", "주문"), by="김 과장", expected=begun)
        with pytest.raises(ChangedMeanwhile) as caught:
            saved(demo, entry("1", "결제"), by="이 대리", expected=begun)
        assert caught.value.details["by"] == "김 과장"
        assert caught.value.details["revision"] == demo.ars_revision() != begun
        with pytest.raises(ChangedMeanwhile):
            demo.delete_draft(expected=begun)
        seen = demo.ars_revision()
        demo.publish_draft("사장")
        assert demo.ars_revision() == seen, "what was looked at is live now: nothing to fear"
        demo.save_draft(menu(), by="이 대리", expected=seen)

    def test_of_two_at_the_same_moment_one_wins(self, demo: TenantStore) -> None:
        begun = demo.ars_revision()
        outcomes: list[str] = []
        barrier = threading.Barrier(2)

        def save(name: str) -> None:
            barrier.wait()
            try:
                saved(demo, entry("1", name), by=name, expected=begun)
                outcomes.append("saved")
            except ChangedMeanwhile:
                outcomes.append("refused")

        threads = [threading.Thread(target=save, args=(name,)) for name in ("하나", "둘")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["refused", "saved"]
        assert len(demo.queues(drafted=True)) == 1

    def test_what_was_edited_while_it_was_rendered_stays_a_draft(self, demo: TenantStore) -> None:
        compiled = saved(demo, entry("1", "주문"))
        revision = demo.ars_revision()
        later = saved(demo, *compiled["menu"], entry("2", "배송"))
        demo.publish({**compiled, "prompts": {}}, "admin", revision=revision)
        live, draft = demo.ars(), demo.ars("draft")
        assert live is not None and draft is not None
        assert [one["name"] for one in live.definition["menu"]] == ["주문"]
        assert draft.definition == later
        assert set(demo.known_queue_ids()) == set(ids(later))

    def test_what_was_published_already_is_not_published_twice(self, demo: TenantStore) -> None:
        compiled = saved(demo, entry("1", "주문"))
        revision = demo.ars_revision()
        demo.publish(compiled, "김 과장", revision=revision)
        with pytest.raises(ChangedMeanwhile) as caught:
            demo.publish(compiled, "이 대리", revision=revision)
        assert caught.value.details["by"] == "김 과장"
        assert demo.ars_versions()[1] == 1

    def test_a_queue_that_vanished_meanwhile_fails_the_whole_publication(self, demo: TenantStore) -> None:
        compiled = saved(demo, entry("1", "주문"))
        revision = demo.ars_revision()
        demo.save_draft(menu())
        with pytest.raises(InvalidDefinition):
            demo.publish(compiled, "admin", revision=revision)
        assert demo.ars() is None and demo.config().version == 1


class TestVersions:
    def test_they_are_listed_newest_first_and_the_draft_is_none_of_them(
        self, demo: TenantStore, other: TenantStore
    ) -> None:
        for tries in (1, 2, 3):
            demo.save_draft({**menu(), "menu_tries": tries})
            demo.publish_draft("admin")
        draft = demo.save_draft(menu())
        rows, total = demo.ars_versions(limit=2)
        assert total == 3 and [row.definition["menu_tries"] for row in rows] == [3, 2]
        with pytest.raises(NotFound):
            demo.ars_version(draft.id)
        with pytest.raises(NotFound):
            other.ars_version(rows[0].id)

    def test_dropping_a_draft(self, demo: TenantStore) -> None:
        assert demo.delete_draft() is False
        saved(demo, entry("1", "주문"))
        assert demo.delete_draft() is True
        assert demo.ars("draft") is None and demo.queues(drafted=True) == []

    def test_recordings_are_the_tenants_own(self, demo: TenantStore, other: TenantStore) -> None:
        file = demo.add_prompt_file("인사말.mp3", "/prompts/t1/uploads/a.wav", 3.5, "admin")
        assert demo.prompt_file(file.id).seconds == 3.5
        assert demo.upload_paths({"uploads": {"greeting": file.id}}) == {"greeting": "/prompts/t1/uploads/a.wav"}
        with pytest.raises(NotFound):
            other.prompt_file(file.id)
        with pytest.raises(InvalidDefinition):
            other.upload_paths({"uploads": {"greeting": file.id}})


class TestCallerIds:
    def test_the_configuration_shows_a_number_only_while_its_evidence_counts(self, demo: TenantStore) -> None:
        row, _ = demo.request_caller_id("0212345678", "a.pdf", "/evidence/a.pdf", "admin")
        demo.update_tenant(caller_id="0212345678")
        assert demo.config().caller_id == "07040000001", "asked for is not verified"
        demo.decide_caller_id(row.id, by="operator", expires_on=TODAY + timedelta(days=2))
        assert demo.config().caller_id == "0212345678"
        demo.decide_caller_id(row.id, by="operator", expires_on=TODAY - timedelta(days=2))
        assert demo.config().caller_id == "07040000001"
        demo.decide_caller_id(row.id, by="operator", reason="남의 것")
        assert demo.config().caller_id == "07040000001"

    def test_another_tenants_verified_number_is_nobody_elses(self, demo: TenantStore, other: TenantStore) -> None:
        row, _ = demo.request_caller_id("0212345678", "a.pdf", "/evidence/a.pdf", "admin")
        demo.decide_caller_id(row.id, by="operator", expires_on=TODAY + timedelta(days=2))
        other.update_tenant(caller_id="0212345678")
        assert other.config().caller_id == ""
        for reach in (other.caller_id, other.delete_caller_id, other.mark_caller_id_expired):
            with pytest.raises(NotFound):
                reach(row.id)
        with pytest.raises(NotFound):
            other.decide_caller_id(row.id, by="operator", expires_on=TODAY)
        assert demo.caller_id(row.id).state == CallerIdState.VERIFIED

    def test_what_has_expired_is_found_across_tenants(
        self, store: Store, demo: TenantStore, other: TenantStore
    ) -> None:
        row, _ = demo.request_caller_id("0212345678", "a.pdf", "/evidence/a.pdf", "admin")
        demo.decide_caller_id(row.id, by="operator", expires_on=TODAY)
        other.request_caller_id("0212345679", "b.pdf", "/evidence/b.pdf", "admin")
        assert store.tenants_with_expired_caller_ids(TODAY) == []
        assert store.tenants_with_expired_caller_ids(TODAY + timedelta(days=1)) == [demo.tenant_id]
        assert store.tenant_of_caller_id(row.id) == demo.tenant_id
        demo.mark_caller_id_expired(row.id)
        assert store.tenants_with_expired_caller_ids(TODAY + timedelta(days=9)) == []
        with pytest.raises(NotFound):
            store.tenant_of_caller_id(999)
