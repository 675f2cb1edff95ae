"""The store: what is kept comes back, and no tenant reaches another's rows. On SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from app.adapters.journal_spool import JournalSpool
from app.adapters.sql.ingest import Ingestor
from app.adapters.sql.store import Store, TenantStore
from app.adapters.vault import SecretBox
from app.core.definitions import AgentStatus, Strategy
from app.core.errors import AlreadyTaken, InvalidDefinition, LicencesUsedUp, NotFound
from tests.scenarios.records.stories import (
    ANSWERED,
    CALLBACK,
    OUTBOUND,
    REFUSED_THEN_ABANDONED,
    START,
    TRANSFERRED,
    at,
    journal,
)

BOX = SecretBox("a key for the tests of the store")

ARS = {
    "menu": [{"digit": "1", "name": "배송 문의는", "queue_id": 1}],
    "slots": [{"weekdays": [0, 1, 2, 3, 4], "start": "09:00", "end": "18:00"}],
    "holidays": [{"day": "2026-01-01", "name": "신정", "kind": "public", "yearly": True}],
    "prompts": {"greeting": "/prompts/a.wav"},
    "texts": {"greeting": "안녕하세요."},
}


def add_agent(rows: TenantStore, login: str) -> int:
    extension, sip_user = rows.next_extension()
    agent = rows.create_agent(
        login=login, name=f"상담원 {login}", password_hash="argon2", extension=extension, sip_user=sip_user,
        sip_password_enc=BOX.seal("sip-secret"), sip_ha1="0" * 32,
    )  # fmt: skip
    return agent.id


@pytest.fixture
def store(store: Store) -> Store:
    return Store(store.sessions, BOX)


@pytest.fixture
def demo(store: Store) -> TenantStore:
    """Tenant 1 with queues 1 and 2 and agents 1 and 2."""
    rows = store.for_tenant(store.create_tenant("demo", licences=3).id)
    rows.add_did("07040000001")
    agents = [add_agent(rows, "agent1"), add_agent(rows, "agent2")]
    for name in ("배송", "반품"):
        rows.set_tiers(rows.create_queue(name).id, {agents[0]: 1, agents[1]: 2})
    return rows


@pytest.fixture
def other(store: Store, demo: TenantStore) -> TenantStore:
    """Tenant 2 with an agent and a queue of its own."""
    rows = store.for_tenant(store.create_tenant("other").id)
    rows.set_tiers(rows.create_queue("남의 큐").id, {add_agent(rows, "agent1"): 1})
    return rows


class TestTenants:
    def test_the_service_name_is_exact_and_unique_whatever_its_case(
        self, store: Store, demo: TenantStore
    ) -> None:
        assert store.tenant_id_of("demo") == demo.tenant_id
        assert store.tenant_id_of("Demo") is None
        with pytest.raises(AlreadyTaken):
            store.create_tenant("DEMO")

    def test_the_configuration_is_loaded_whole(self, store: Store, demo: TenantStore) -> None:
        demo.save_draft(ARS)
        assert demo.config().ars.menu == (), "a draft changes nothing for calls"
        demo.publish_draft("admin", START)
        demo.update_queue(1, strategy="round_robin")
        demo.update_tenant(status_after_call="available", recall_seconds=25)
        config = store.load(demo.tenant_id)
        assert config is not None
        assert [c.service_name for c in store.load_all()] == ["demo"]
        assert (config.dids, config.recall_seconds, config.version) == (("07040000001",), 25, 2)
        assert config.status_after_call is AgentStatus.AVAILABLE
        assert config.ars.menu[0].queue_id == 1
        assert config.ars.slots[0].end == time(18, 0)
        assert config.queues[1].strategy is Strategy.ROUND_ROBIN
        assert config.queues[1].tiers == {1: 1, 2: 2}
        assert config.agents[1].sip_user == "demo-1001"
        assert store.load(99) is None

    def test_publishing_keeps_the_past(self, demo: TenantStore) -> None:
        with pytest.raises(NotFound):
            demo.publish_draft("admin")
        demo.save_draft(ARS)
        demo.publish_draft("admin")
        demo.save_draft({**ARS, "menu_tries": 2})
        live = demo.ars()
        assert live is not None
        assert "menu_tries" not in live.definition
        demo.publish_draft("admin")
        assert demo.config().ars.menu_tries == 2
        assert demo.ars("draft") is None

    @pytest.mark.parametrize(
        ("broken", "field"),
        [
            ({"slots": [{"weekdays": [1], "start": "9", "end": "25:00"}]}, "slots"),
            ({"holidays": [{"day": "2026-02-30"}]}, "holidays"),
            ({"menu": [{"name": "x"}]}, "menu"),
            ({"prompts": 3}, "prompts"),
        ],
    )
    def test_a_broken_draft_is_refused(self, demo: TenantStore, broken: dict, field: str) -> None:
        with pytest.raises(InvalidDefinition) as caught:
            demo.save_draft(broken)
        assert caught.value.details["field"] == field
        assert demo.ars("draft") is None

    def test_one_unreadable_tenant_does_not_hide_the_others(
        self, store: Store, demo: TenantStore, other: TenantStore
    ) -> None:
        demo.save_draft(ARS)
        demo.publish_draft("admin")
        with store.sessions.begin() as session:
            live = demo.ars()
            assert live is not None
            session.get_one(type(live), live.id).definition = {"slots": [{}]}
        assert [config.service_name for config in store.load_all()] == ["other"]


class TestPeople:
    def test_licences_are_the_limit_and_deleting_frees_one(self, demo: TenantStore) -> None:
        third = add_agent(demo, "agent3")
        with pytest.raises(LicencesUsedUp):
            add_agent(demo, "agent4")
        demo.delete_agent(third)
        assert demo.agent_count() == 2
        assert add_agent(demo, "agent4") > third
        assert [a.login for a in demo.agents()] == ["agent1", "agent2", "agent4"]
        assert [a.login for a in demo.agents(deleted=True)] == ["agent1", "agent2", "agent3", "agent4"]

    def test_the_last_licence_is_given_once(self, demo: TenantStore) -> None:
        made, refused = [], []

        def one(login: str, extension: str) -> None:
            try:
                made.append(
                    demo.create_agent(
                        login=login, name=login, password_hash="x", extension=extension, sip_user=f"x-{extension}",
                        sip_password_enc="", sip_ha1="",
                    )
                )  # fmt: skip
            except LicencesUsedUp as error:
                refused.append(error)

        threads = [threading.Thread(target=one, args=(f"new{n}", f"5{n}")) for n in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(made), len(refused)) == (1, 1)

    def test_logins_are_case_sensitive_and_unique_within_the_tenant(
        self, demo: TenantStore, other: TenantStore
    ) -> None:
        assert demo.find_account("agent", "agent1") is not None
        assert demo.find_account("agent", "Agent1") is None
        with pytest.raises(AlreadyTaken) as caught:
            add_agent(demo, "agent1")
        assert caught.value.details["field"] == "login"

    def test_failures_are_counted_and_cleared(self, demo: TenantStore) -> None:
        assert [demo.count_failed_login("agent", 1) for _ in range(3)] == [1, 2, 3]
        demo.lock_account("agent", 1, START)
        row = demo.account("agent", 1)
        assert row is not None
        assert (row.locked_until, row.failed_logins) == (START, 0)
        demo.clear_failed_logins("agent", 1)
        row = demo.account("agent", 1)
        assert row is not None
        assert row.locked_until is None

    def test_the_sip_password_comes_back_clear(self, demo: TenantStore) -> None:
        assert demo.sip_password(1) == "sip-secret"

    def test_a_token_names_its_owner_until_it_is_revoked(self, store: Store, demo: TenantStore) -> None:
        user = demo.create_user(login="admin", password_hash="x")
        agents, managers = demo.create_token("agent", 1, "d1"), demo.create_token("manager", user.id, "d2")
        assert store.token_owner("d1") == (1, "agent", 1)
        assert store.token_owner("d2") == (1, "manager", user.id)
        demo.revoke_token(managers.id)
        assert store.token_owner("d2") is None
        demo.delete_agent(1)
        assert store.token_owner("d1") is None
        assert [t.id for t in demo.tokens()] == [agents.id, managers.id]

    def test_extensions_are_unique_on_the_platform(self, demo: TenantStore, other: TenantStore) -> None:
        assert [a.extension for a in demo.agents()] == ["1001", "1002"]
        assert [a.sip_user for a in other.agents()] == ["other-1003"]

    def test_the_next_extension_comes_after_the_greatest_number(
        self, demo: TenantStore, other: TenantStore
    ) -> None:
        # As text 999 would be greater than 10000, and a line of letters greater than both.
        for extension in ("999", "10000", "lobby"):
            other.create_agent(
                login=f"of-{extension}", name="", password_hash="", extension=extension, sip_user=f"x-{extension}",
                sip_password_enc="", sip_ha1="",
            )  # fmt: skip
        assert demo.next_extension() == ("10001", "demo-10001")


@dataclass(frozen=True)
class Filter:
    start: datetime = START - timedelta(days=1)
    end: datetime = START + timedelta(days=1)
    from_time: time | None = None
    to_time: time | None = None
    queue_id: int | None = None
    agent_id: int | None = None
    contact_type_id: int | None = None
    direction: str | None = None
    number: str = ""
    missed: bool | None = None
    internal: bool = False
    limit: int = 50
    offset: int = 0


INTERNAL = """
00:00 | call.arrived | | direction=internal agent_id=1 number=1002
00:05 | talk.started | x | talk_id=x agent_id=1 direction=internal
00:05 | talk.started | y | talk_id=y agent_id=2 direction=internal
00:15 | call.ended | | cause=NORMAL_CLEARING by=agent
"""


@pytest.fixture
def busy(demo: TenantStore, store: Store, tmp_path: Path) -> TenantStore:
    """The demo tenant after a call of each kind."""
    plain = OUTBOUND.replace(" callback_id=1", "")
    stories = {
        "answered": ANSWERED,
        "gone": REFUSED_THEN_ABANDONED,
        "moved": TRANSFERRED,
        "out": plain,
        "wish": CALLBACK,
        "inner": INTERNAL,
    }
    spool = JournalSpool(tmp_path)
    for call, story in stories.items():
        spool.append(journal(story, call=call))
    spool.append(journal(ANSWERED, call="theirs", tenant=2))
    Ingestor(tmp_path, store.sessions).drain()
    return demo


class TestHistory:
    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            (Filter(), "answered gone moved out wish"),
            (Filter(internal=True), "answered gone inner moved out wish"),
            (Filter(direction="internal"), "inner"),
            (Filter(direction="outbound"), "out"),
            (Filter(missed=True), "gone wish"),
            (Filter(missed=False), "answered moved out"),
            (Filter(queue_id=2), "wish"),
            (Filter(agent_id=2), "moved"),
            (Filter(agent_id=2, missed=True), "gone"),
            (Filter(agent_id=1), "answered moved out"),
            (Filter(number="1234"), "answered gone moved out wish"),
            (Filter(number="02-123"), "moved"),
            (Filter(number="%"), ""),
            (Filter(from_time=time(10, 0), to_time=time(10, 0)), "answered gone moved out wish"),
            (Filter(from_time=time(10, 1), to_time=time(9, 59)), ""),
            (Filter(end=START), ""),
            (Filter(start=START), "answered gone moved out wish"),
        ],
    )
    def test_filters(self, busy: TenantStore, wanted: Filter, found: str) -> None:
        calls, total = busy.calls(wanted)
        assert sorted(call.call_id for call in calls) == found.split()
        assert total == len(found.split())

    def test_pages(self, busy: TenantStore) -> None:
        pages = [busy.calls(Filter(limit=2, offset=offset)) for offset in (0, 2, 4, 6)]
        assert [total for _, total in pages] == [5] * 4
        assert [len(calls) for calls, _ in pages] == [2, 2, 1, 0]
        assert len({call.call_id for calls, _ in pages for call in calls}) == 5

    def test_too_many_days_with_a_time_of_day_are_refused(self, busy: TenantStore) -> None:
        wide = Filter(start=START - timedelta(days=500), from_time=time(9, 0))
        with pytest.raises(InvalidDefinition):
            busy.calls(wide)
        assert busy.calls(replace(wide, start=START - timedelta(days=390)))[1] == 5

    def test_a_call_in_all_its_parts(self, busy: TenantStore) -> None:
        assert [talk.direction for talk in busy.talks("moved")] == ["inbound", "consult", "transfer"]
        assert [visit.outcome for visit in busy.visits("gone")] == ["abandoned"]
        assert [offer.outcome for offer in busy.offers("gone")] == ["refused", "caller_gone"]
        assert busy.call_events("out")[0].kind == "call.arrived"
        assert busy.call_agents(["moved", "gone", "out"]) == {"moved": {1, 2}, "gone": {1, 2}, "out": {1}}

    def test_the_last_calls_with_a_number(self, busy: TenantStore) -> None:
        last = busy.last_calls("01012345678", before="answered")
        assert {call.call_id for call in last} == {"gone", "out", "wish"}

    def test_a_write_up_is_kept_per_agent_and_can_be_changed(self, busy: TenantStore) -> None:
        kind = busy.create_contact_type("배송문의", 10)
        busy.save_wrap_up("answered", 1, contact_type_id=kind.id, inquiry="언제 오나요", action="내일")
        busy.save_wrap_up("answered", 1, contact_type_id=kind.id, inquiry="언제 오나요?", action="내일")
        busy.save_wrap_up("answered", 2, contact_type_id=None, inquiry="", action="")
        assert [(w.agent_id, w.inquiry) for w in busy.wrap_ups(["answered"])] == [
            (1, "언제 오나요?"),
            (2, ""),
        ]
        assert [c.call_id for c in busy.calls(Filter(contact_type_id=kind.id))[0]] == ["answered"]
        with pytest.raises(InvalidDefinition):
            busy.save_wrap_up("answered", 1, contact_type_id=None, inquiry="가" * 1025, action="")

    def test_callbacks(self, busy: TenantStore) -> None:
        (callback,), total = busy.callbacks(state="pending")
        assert total == 1
        assert busy.delete_callback(callback.id, 1)
        assert not busy.delete_callback(callback.id, 1), "only once"
        assert not busy.finish_callback(callback.id, 1)
        (deleted,), _ = busy.callbacks(state="deleted")
        assert deleted.agent_id == 1


class TestIsolation:
    """Whatever id of another tenant is tried, it is not found."""

    def test_reading(self, busy: TenantStore, other: TenantStore) -> None:
        assert other.call("answered") is None
        assert busy.call("theirs") is None
        for read in (other.talks, other.visits, other.offers, other.call_events):
            assert read("answered") == []
        assert other.last_calls("01012345678")[0].call_id == "theirs"
        assert other.agent(1) is None
        assert other.account("agent", 1) is None
        assert other.callback(1) is None
        assert other.call_agents(["answered"]) == {"answered": set()}
        with pytest.raises(NotFound):
            other.sip_password(1)

    def test_changing(self, busy: TenantStore, other: TenantStore) -> None:
        kind = busy.create_contact_type("배송문의", 10)
        token = busy.create_token("agent", 1, "digest")
        assert not other.delete_callback(1, None)
        attempts = [
            lambda: other.update_agent(1, name="x"),
            lambda: other.delete_agent(1),
            lambda: other.set_password("agent", 1, "x"),
            lambda: other.count_failed_login("agent", 1),
            lambda: other.create_token("agent", 1, "d"),
            lambda: other.revoke_token(token.id),
            lambda: other.update_queue(1, name="x"),
            lambda: other.delete_queue(1),
            lambda: other.set_tiers(1, {}),
            lambda: other.set_tiers(3, {1: 1}),
            lambda: other.delete_contact_type(kind.id),
            lambda: other.finish_callback(1, 1),
            lambda: other.save_wrap_up("answered", 3, contact_type_id=None, inquiry="", action=""),
            lambda: other.save_wrap_up("theirs", 1, contact_type_id=None, inquiry="", action=""),
            lambda: other.save_wrap_up("theirs", 3, contact_type_id=kind.id, inquiry="", action=""),
        ]
        for attempt in attempts:
            with pytest.raises(NotFound):
                attempt()

    def test_figures(self, busy: TenantStore, other: TenantStore) -> None:
        figures = other.today(at("5:0"))
        assert (figures.inbound, figures.agents.total.offered) == (1, 0)
        assert busy.today(at("5:0")).inbound == 4


def test_logins_and_audit(demo: TenantStore) -> None:
    now = datetime.now(UTC)
    start, end = now - timedelta(minutes=1), now + timedelta(minutes=1)
    for result in ("failed", "ok"):
        demo.add_login(
            role="agent", person_id=1, login="agent1", action="login", result=result, platform="PC"
        )
    demo.add_login(role="agent", person_id=None, login="who", action="login", result="failed")
    entries, total = demo.logins(start, end, 2, 0)
    assert (total, [entry.login for entry in entries]) == (3, ["who", "agent1"])
    demo.add_audit(
        actor="관리자 (demo)", subject="상담이력", action="listen", address="10.1.1.1", details={"call": "x"}
    )
    (entry,), total = demo.audits(start, end, 10, 0)
    assert (entry.actor, entry.details, total) == ("관리자 (demo)", {"call": "x"}, 1)


def test_naive_times_are_refused(demo: TenantStore) -> None:
    with pytest.raises(Exception, match="naive datetime"):
        demo.lock_account("agent", 1, datetime(2026, 1, 1))  # noqa: DTZ001


def test_what_is_written_together_is_written_wholly_or_not_at_all(store: Store) -> None:
    with store.together() as whole:
        kept = whole.create_tenant("first", organisation="", email="").id
        whole.for_tenant(kept).add_did("07040000001")
    with pytest.raises(AlreadyTaken, match="07040000001"), store.together() as whole:
        second = whole.create_tenant("second", organisation="", email="")
        assert whole.tenant_id_of("second") == second.id  # seen inside, before anything is final
        whole.for_tenant(second.id).create_queue("주문")
        whole.for_tenant(second.id).add_did("07040000001")
    assert store.tenant_id_of("first") == kept
    assert store.tenant_id_of("second") is None
