"""Groups, skills, ordered lists, and a committed change that is taken back. On SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from app.adapters.sql.store import Store, TenantStore
from app.adapters.sql.tables import Base
from app.core.errors import AlreadyTaken, NotFound


def add_agent(rows: TenantStore, login: str, group: str = "공통그룹") -> int:
    extension, sip_user = rows.next_extension()
    return rows.create_agent(
        login=login, name=login, password_hash="argon2", extension=extension, sip_user=sip_user,
        sip_password_enc="sealed", sip_ha1="0" * 32, group=group,
    ).id  # fmt: skip


@pytest.fixture
def demo(store: Store) -> TenantStore:
    """Tenant 1 with agents 1 and 2, queue 1 that asks for 영어, which agent 1 speaks."""
    rows = store.for_tenant(store.create_tenant("demo", licences=5).id)
    first, second = add_agent(rows, "agent1"), add_agent(rows, "agent2", "주간")
    english = rows.create_skill("영어").id
    queue = rows.create_queue("배송", skill_id=english)
    rows.set_tiers(queue.id, {second: 2})
    rows.set_agent_skills(first, {english: 1})
    return rows


@pytest.fixture
def other(store: Store, demo: TenantStore) -> TenantStore:
    rows = store.for_tenant(store.create_tenant("other").id)
    add_agent(rows, "agent1")
    return rows


def content(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables but 작업이력, which keeps everything."""
    with store.sessions() as session:
        return {
            name: sorted(map(tuple, session.execute(table.select())), key=repr)
            for name, table in Base.metadata.tables.items()
            if name != "audit"
        }


class TestGroupsAndSkills:
    def test_names_are_unique_within_the_tenant(self, demo: TenantStore, other: TenantStore) -> None:
        for make in (demo.create_group, demo.create_skill):
            make("야간")
            with pytest.raises(AlreadyTaken):
                make("야간")
        other.create_group("야간")
        other.create_skill("야간")
        with pytest.raises(AlreadyTaken):
            demo.rename_group(demo.groups()[1].id, "야간")
        demo.rename_group(demo.groups()[1].id, "주간")  # its own name is free for itself

    def test_members_of_a_deleted_group_move(self, demo: TenantStore) -> None:
        common, day = demo.groups()
        demo.delete_agent(add_agent(demo, "past", "주간"))
        assert demo.delete_group(day.id, into="공통그룹") == 1
        assert {agent.group_id for agent in demo.agents(deleted=True)} == {common.id}
        with pytest.raises(NotFound):
            demo.delete_group(common.id, into="공통그룹")

    def test_a_deleted_skill_leaves_agents_and_queues(self, demo: TenantStore) -> None:
        demo.delete_skill(demo.skills()[0].id)
        assert (list(demo.skills()), list(demo.agent_skills())) == ([], [])
        assert demo.queues()[0].skill_id is None
        assert demo.config().queues[1].tiers == {2: 2}

    def test_agents_with_the_skill_belong_to_the_queue(self, demo: TenantStore) -> None:
        assert demo.config().queues[1].tiers == {1: 1, 2: 2}
        demo.delete_agent(1)
        assert demo.config().queues[1].tiers == {2: 2}
        assert list(demo.agent_skills()) == []

    def test_nothing_of_another_tenant_is_reached(self, demo: TenantStore, other: TenantStore) -> None:
        skill, group = demo.skills()[0].id, demo.groups()[1].id
        for act in (
            lambda: other.rename_group(group, "x"),
            lambda: other.delete_group(group, into="공통그룹"),
            lambda: other.rename_skill(skill, "x"),
            lambda: other.delete_skill(skill),
            lambda: other.set_agent_skills(3, {skill: 1}),
            lambda: other.set_agent_skills(1, {}),
            lambda: other.set_agent_group(3, group),
            lambda: other.set_agent_group(1, other.groups()[0].id),
            lambda: other.set_sip_account(1, "x", "x"),
        ):
            with pytest.raises(NotFound):
                act()


class TestLists:
    def test_a_list_keeps_the_order_it_was_put_in(self, demo: TenantStore) -> None:
        kinds = [demo.create_contact_type(name, code).id for name, code in (("반품", 40), ("배송", 10), ("기타", 90))]
        assert [row.code for row in demo.contact_types()] == [10, 40, 90]
        demo.order_contact_types([kinds[2], kinds[0], kinds[1]])
        demo.create_contact_type("교환", 5)
        assert [row.name for row in demo.contact_types()] == ["기타", "반품", "배송", "교환"]
        reasons = [demo.create_break_reason(name).id for name in ("식사", "회의")]
        demo.order_break_reasons(reasons[::-1])
        assert [row.name for row in demo.break_reasons()] == ["회의", "식사"]

    def test_what_is_deleted_cannot_be_changed_or_ordered(self, demo: TenantStore, other: TenantStore) -> None:
        kind, reason = demo.create_contact_type("배송", 10).id, demo.create_break_reason("식사").id
        for rows in (other, demo):
            if rows is demo:
                demo.delete_contact_type(kind)
                demo.delete_break_reason(reason)
            for act in (
                lambda rows=rows: rows.update_contact_type(kind, name="x"),
                lambda rows=rows: rows.order_contact_types([kind]),
                lambda rows=rows: rows.update_break_reason(reason, name="x"),
                lambda rows=rows: rows.order_break_reasons([reason]),
            ):
                with pytest.raises(NotFound):
                    act()


class TestUndo:
    def change_everything(self, rows: TenantStore) -> None:
        rows.delete_agent(1)
        made = add_agent(rows, "agent3", "새 그룹")
        rows.set_tiers(1, {made: 1, 2: 1})
        rows.delete_skill(rows.skills()[0].id)
        rows.set_agent_skills(2, {rows.create_skill("불어").id: 3})
        rows.update_tenant(recall_seconds=9, allowed_addresses=["10.0.0.0/8"])
        rows.add_audit(actor="관리자", subject="상담서비스", action="change")

    def test_a_committed_change_is_taken_back_to_the_last_row(self, store: Store, demo: TenantStore) -> None:
        before = content(store)
        with store.undoable() as (whole, undo):
            self.change_everything(whole.for_tenant(demo.tenant_id))
        assert content(store) != before
        undo()
        assert content(store) == before

    def test_what_was_done_stays_in_the_audit_log(self, store: Store, demo: TenantStore) -> None:
        with store.undoable() as (whole, undo):
            whole.for_tenant(demo.tenant_id).add_audit(actor="관리자", subject="상담서비스", action="change")
        undo()
        assert demo.noted_lately("관리자", "상담서비스")

    def test_a_change_that_raises_leaves_nothing_to_undo(self, store: Store, demo: TenantStore) -> None:
        before = content(store)
        with pytest.raises(RuntimeError), store.undoable() as (whole, _):
            self.change_everything(whole.for_tenant(demo.tenant_id))
            raise RuntimeError
        assert content(store) == before

    def test_what_somebody_else_changed_since_is_theirs(self, store: Store, demo: TenantStore) -> None:
        with store.undoable() as (whole, undo):
            whole.for_tenant(demo.tenant_id).update_tenant(recall_seconds=9, misses_before_break=9)
        demo.update_tenant(recall_seconds=77)
        undo()
        assert (demo.tenant().recall_seconds, demo.tenant().misses_before_break) == (77, 3)

    def test_a_row_that_others_depend_on_stays_with_all_the_rest(self, store: Store, demo: TenantStore) -> None:
        with store.undoable() as (whole, undo):
            rows = whole.for_tenant(demo.tenant_id)
            made = add_agent(rows, "agent3")
            rows.update_tenant(recall_seconds=9)
        demo.create_token("agent", made, "digest")
        with pytest.raises(IntegrityError):
            undo()
        assert demo.agent(made) is not None and demo.tenant().recall_seconds == 9
