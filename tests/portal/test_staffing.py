"""상담인원: agents come, change and go within the licences; their passwords, phones, groups and skills."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.services.accounts import FAILURES_BEFORE_LOCK
from tests.portal.centre import audit, open_centre, sip_users
from tests.portal.stage import Stage
from tests.portal.world import PASSWORD


@pytest.fixture
def manager(world, program) -> Any:
    open_centre(world)
    return program("demo", "admin")


def problems(answer: Any) -> dict[str, str]:
    assert (answer.status_code, answer.json["code"]) == (422, "check_fields"), answer.json
    assert all(problem["message"] for problem in answer.json["details"]["problems"])
    return {problem["where"]: problem["code"] for problem in answer.json["details"]["problems"]}


class TestComingAndGoing:
    def test_a_new_agent_can_log_in_and_register_at_once(self, manager, log_in, world) -> None:
        made = manager.post("/agents", json={"login": "kim", "name": "김하늘"})
        assert made.status_code == 201
        agent, password = made.json["agent"], made.json["password"]
        assert (agent["login"], agent["name"], agent["group"], agent["queues"]) == ("kim", "김하늘", "공통그룹", [])
        assert agent["extension"].isdigit() and agent["active"]
        me = log_in("kim", password=password).json
        assert me["extension"] == agent["extension"] and me["sip"]["user"] in sip_users(world)
        assert world.notified == [world.tenants["demo"].tenant_id]

    def test_a_password_is_shown_once_and_stands_nowhere(self, manager, world) -> None:
        made = manager.post("/agents", json={"login": "kim", "name": "김하늘"}).json
        chosen = manager.post("/agents", json={"login": "lee", "name": "이바다", "password": "Chosen-123"}).json
        assert chosen["password"] is None
        everything = json.dumps([manager.get("/agents").json, audit(world)], ensure_ascii=False)
        for secret in (made["password"], "Chosen-123", "sip_password", "sip_ha1", "password_hash"):
            assert secret not in everything

    def test_the_licences_are_the_limit_and_a_deleted_agent_frees_a_place(self, manager, world) -> None:
        assert manager.get("/licences").json == {"used": 3, "licences": 5}
        ids = [manager.post("/agents", json={"login": f"a{n}", "name": "새"}).json["agent"]["id"] for n in (1, 2)]
        full = manager.post("/agents", json={"login": "a3", "name": "새"})
        assert (full.status_code, full.json["code"], full.json["details"]) == (409, "licences_used_up", {"licences": 5})
        assert "5개" in full.json["message"]
        assert manager.delete(f"/agents/{ids[0]}").json == {"effective": "now"}
        assert manager.get("/licences").json == {"used": 4, "licences": 5}
        assert manager.post("/agents", json={"login": "a3", "name": "새"}).status_code == 201

    def test_a_deleted_agent_is_out_everywhere_and_stays_in_the_histories(self, manager, log_in, client, world) -> None:
        agent_id = world.agents["demo"]["agent1"]
        sip_user = log_in().json["sip"]["user"]
        manager.delete(f"/agents/{agent_id}")
        assert client.get("/api/v1/me").status_code == 401
        assert log_in().status_code == 401
        assert sip_user not in sip_users(world)
        assert agent_id not in [agent["id"] for agent in manager.get("/agents").json]
        assert world.tenants["demo"].agent(agent_id).name == "상담사1"
        again = manager.post("/agents", json={"login": "agent1", "name": "새"})
        assert problems(again) == {"login": "login_taken_past"}

    def test_who_is_talking_finishes_the_call_first(self, manager, world) -> None:
        Stage(world, status="available").ring("agent1")
        ids = world.agents["demo"]
        gone, off = manager.delete(f"/agents/{ids['agent1']}"), manager.patch(
            f"/agents/{ids['agent2']}", json={"active": False}
        )  # fmt: skip
        assert (gone.json["effective"], off.json["effective"]) == ("after_call", "now")

    def test_an_inactive_agent_keeps_the_place_and_takes_no_calls(self, manager, log_in, world) -> None:
        agent_id = world.agents["demo"]["agent1"]
        sip_user = log_in().json["sip"]["user"]
        changed = manager.patch(f"/agents/{agent_id}", json={"active": False}).json
        assert not changed["agent"]["active"] and manager.get("/licences").json["used"] == 3
        assert log_in().status_code == 401 and sip_user not in sip_users(world)
        manager.patch(f"/agents/{agent_id}", json={"active": True})
        assert log_in().status_code == 200 and sip_user in sip_users(world)

    def test_two_tenants_agents_never_share_an_extension(self, manager, program, world) -> None:
        others = program("other", "admin")
        for number in range(2):
            for each in (manager, others):
                assert each.post("/agents", json={"login": f"new{number}", "name": "새"}).status_code == 201
        found = [agent["extension"] for each in (manager, others) for agent in each.get("/agents").json]
        assert len(set(found)) == len(found) == 8


class TestWhatIsEntered:
    @pytest.mark.parametrize(
        ("changes", "wrong"),
        [
            ({"login": "agent1"}, {"login": "login_taken"}),
            ({"login": " "}, {"login": "login_form"}),
            ({"login": "김하늘"}, {"login": "login_form"}),
            ({"login": "a"}, {"login": "login_form"}),
            ({"login": "a b"}, {"login": "login_form"}),
            ({"login": "a" * 61}, {"login": "login_form"}),
            ({"name": " "}, {"name": "required"}),
            ({"name": "가" * 61}, {"name": "field_too_long"}),
            ({"name": "김\n하늘"}, {"name": "control_characters"}),
            ({"password": "short1"}, {"password": "weak_password"}),
            ({"password": "onlyletters"}, {"password": "weak_password"}),
            ({"login": "kim-12345", "password": "KIM-12345"}, {"password": "weak_password"}),
            ({"group_id": 99}, {"group_id": "choose_again"}),
            ({"skills": [{"id": 99}]}, {"skills": "choose_again"}),
            (
                {"login": "", "name": "", "password": "x"},
                {"login": "login_form", "name": "required", "password": "weak_password"},
            ),
        ],
    )  # fmt: skip
    def test_is_checked_all_at_once_and_at_its_field(self, manager, world, changes, wrong) -> None:
        refused = manager.post("/agents", json={"login": "kim", "name": "김하늘", **changes})
        assert problems(refused) == wrong
        assert len(manager.get("/agents").json) == 3 and world.notified == [] and audit(world) == []

    def test_capitals_make_another_login(self, manager) -> None:
        assert manager.post("/agents", json={"login": "Agent1", "name": "다른 사람"}).status_code == 201

    def test_a_name_is_text_whatever_it_says(self, manager, world) -> None:
        name = "<b>&\"'${uuid}</b>"
        made = manager.post("/agents", json={"login": "kim", "name": f"  {name}  "})
        assert made.json["agent"]["name"] == name
        assert sip_users(world)  # the directory is still XML

    def test_words_are_in_the_readers_language(self, manager) -> None:
        refused = manager.post("/agents", json={"login": "", "name": ""}, headers={"Accept-Language": "en"})
        assert "Latin letters" in refused.json["details"]["problems"][0]["message"]
        assert refused.json["message"] == "Check what was entered: 2 to mend."

    def test_unknown_members_and_ids_are_refused(self, manager) -> None:
        assert manager.patch("/agents/1", json={"extension": "1"}).json["code"] == "invalid"
        for path in ("/agents/99", "/agents/99/password", "/agents/99/sip-account"):
            method = manager.patch if path == "/agents/99" else manager.post
            assert method(path, json={}).json["code"] == "unknown_agent", path


class TestSecrets:
    def test_a_reset_password_ends_sessions_and_locks(self, manager, log_in, client, world) -> None:
        agent_id = world.agents["demo"]["agent1"]
        log_in()
        for _ in range(FAILURES_BEFORE_LOCK):
            log_in("agent1", password="wrong")
        assert next(a for a in manager.get("/agents").json if a["id"] == agent_id)["locked_until"]
        fresh = manager.post(f"/agents/{agent_id}/password", json={}).json["password"]
        assert client.get("/api/v1/me").status_code == 401
        assert log_in(password=PASSWORD).status_code == 401
        assert log_in(password=fresh).status_code == 200
        assert manager.post(f"/agents/{agent_id}/password", json={"password": "Chosen-123"}).json == {"password": None}
        assert log_in(password="Chosen-123").status_code == 200
        assert problems(manager.post(f"/agents/{agent_id}/password", json={"password": "agent1"})) == {
            "password": "weak_password"
        }
        assert [entry[2] for entry in audit(world)] == [{"agent": "agent1", "what": "password"}] * 2

    def test_a_sip_account_is_made_again_for_a_softphone(self, manager, log_in, world) -> None:
        manager.patch(f"/agents/{world.agents['demo']['agent2']}", json={"name": "상담사둘"})
        before = sip_users(world)
        account = manager.post(f"/agents/{world.agents['demo']['agent1']}/sip-account").json
        assert (account["domain"], account["server"]) == ("sangdam.local", "127.0.0.1:5060")
        assert log_in().json["sip"]["password"] == account["password"]
        after = sip_users(world)
        assert {user for user in after if after[user] != before[user]} == {account["user"]}

    def test_generated_passwords_are_strong_and_all_different(self, manager) -> None:
        made = [manager.post("/agents/1/password", json={}).json["password"] for _ in range(5)]
        assert len(set(made)) == 5 and all(len(word) == 14 for word in made)


class TestGroupsAndSkills:
    def test_groups_come_are_renamed_and_go(self, manager, world) -> None:
        night = manager.post("/groups", json={"name": "야간"}).json
        assert night == {"id": night["id"], "name": "야간", "agents": 0, "common": False}
        agent_id = world.agents["demo"]["agent1"]
        manager.patch(f"/agents/{agent_id}", json={"group_id": night["id"]})
        assert manager.patch(f"/groups/{night['id']}", json={"name": "심야"}).json["agents"] == 1
        assert world.tenants["demo"].config().agents[agent_id].group == "심야"
        assert problems(manager.post("/groups", json={"name": "심야"})) == {"name": "name_taken"}
        assert manager.delete(f"/groups/{night['id']}").json == {"moved": 1}
        assert {agent["group"] for agent in manager.get("/agents").json} == {"공통그룹"}

    def test_the_common_group_stays(self, manager) -> None:
        common = next(group for group in manager.get("/groups").json if group["common"])
        path = f"/groups/{common['id']}"
        for refused in (manager.patch(path, json={"name": "x"}), manager.delete(path)):
            assert (refused.status_code, refused.json["code"]) == (409, "common_group")

    def test_an_agents_skills_have_levels(self, manager, world) -> None:
        english, refunds = (manager.post("/skills", json={"name": name}).json["id"] for name in ("영어", "환불"))
        agent_id = world.agents["demo"]["agent1"]
        wanted = [{"id": english, "level": 1}, {"id": refunds, "level": 2}]
        assert manager.patch(f"/agents/{agent_id}", json={"skills": wanted}).json["agent"]["skills"] == wanted
        assert [skill["agents"] for skill in manager.get("/skills").json] == [1, 1]
        too_low = manager.patch(f"/agents/{agent_id}", json={"skills": [{"id": english, "level": 10}]})
        assert problems(too_low) == {"skills": "out_of_range"}
        assert problems(manager.post("/skills", json={"name": "영어, 불어"})) == {"name": "field_characters"}
        assert manager.patch(f"/skills/{english}", json={"name": "English"}).json["name"] == "English"
        assert manager.delete(f"/skills/{english}").status_code == 204
        assert manager.get("/agents").json[0]["skills"] == [{"id": refunds, "level": 2}]


class TestAllOrNothing:
    @pytest.fixture
    def broken(self, manager, world) -> Any:
        """FreeSWITCH refuses what it is given."""
        world.switch.reply = "-ERR [[error near line 5]: unexpected end]"
        return manager

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("post", "/agents", {"login": "kim", "name": "김하늘"}),
            ("delete", "/agents/1", None),
            ("patch", "/agents/1", {"active": False}),
            ("post", "/agents/1/sip-account", None),
            ("put", "/assignments", {"queues": [{"id": 1, "tiers": [{"agent_id": 1}, {"agent_id": 2, "level": 2}]}]}),
        ],
    )
    def test_what_cannot_be_made_live_is_not_kept(self, broken, world, method, path, body) -> None:
        before = (broken.get("/agents").json, broken.get("/assignments").json)
        version = world.tenants["demo"].config().version
        refused = getattr(broken, method)(path, json=body)
        assert (refused.status_code, refused.json["code"]) == (503, "not_published")
        assert "아무것도 바뀌지 않았습니다" in refused.json["message"]
        assert (broken.get("/agents").json, broken.get("/assignments").json) == before
        assert world.tenants["demo"].config().version == version and world.notified == []
        (first, second) = audit(world)
        assert (first[1], second[1], second[2]["undone"]) == ("ok", "failed", True)

    def test_it_works_again_when_the_switch_does(self, broken, world) -> None:
        broken.delete("/agents/1")
        world.switch.reply = "+OK [Success]"
        assert broken.delete("/agents/1").status_code == 200
        assert len(broken.get("/agents").json) == 2

    def test_what_calls_do_not_depend_on_needs_no_switch(self, broken, world) -> None:
        reloads = world.switch.reloads
        assert broken.post("/agents/1/password", json={}).status_code == 200
        assert broken.post("/contact-types", json={"name": "새 유형"}).status_code == 201
        assert world.switch.reloads == reloads


class TestWhoMay:
    CALLS = (
        ("post", "/agents", {"login": "kim", "name": "김"}),
        ("get", "/agents/{agent}", None),
        ("patch", "/agents/{agent}", {"name": "x"}),
        ("delete", "/agents/{agent}", None),
        ("post", "/agents/{agent}/password", {}),
        ("post", "/agents/{agent}/sip-account", None),
        ("get", "/agents.xlsx", None),
        ("post", "/agents.xlsx", None),
        ("get", "/agents-template.xlsx", None),
        ("get", "/licences", None),
        ("get", "/groups", None),
        ("post", "/groups", {"name": "x"}),
        ("patch", "/groups/{group}", {"name": "x"}),
        ("delete", "/groups/{group}", None),
        ("get", "/skills", None),
        ("post", "/skills", {"name": "x"}),
        ("patch", "/skills/{skill}", {"name": "x"}),
        ("delete", "/skills/{skill}", None),
        ("get", "/assignments", None),
        ("put", "/assignments", {"queues": [{"id": 1, "tiers": []}]}),
        ("post", "/contact-types", {"name": "x"}),
        ("patch", "/contact-types/{type}", {"name": "x"}),
        ("delete", "/contact-types/{type}", None),
        ("put", "/contact-types/order", {"ids": []}),
        ("post", "/break-reasons", {"name": "x"}),
        ("patch", "/break-reasons/{reason}", {"name": "x"}),
        ("delete", "/break-reasons/{reason}", None),
        ("put", "/break-reasons/order", {"ids": []}),
        ("get", "/settings", None),
        ("put", "/settings", {"recall_seconds": 20}),
        ("post", "/settings/integration-test", {"url": "https://crm.example.com/"}),
        ("get", "/settings/address", None),
    )

    @pytest.fixture
    def theirs(self, world) -> dict[str, int]:
        rows = world.tenants["other"]
        return {
            "agent": world.agents["other"]["agent1"],
            "group": rows.create_group("남의 그룹").id,
            "skill": rows.create_skill("남의 스킬").id,
            "type": rows.contact_types()[0].id,
            "reason": rows.break_reasons()[0].id,
        }

    @pytest.mark.parametrize(("method", "path", "body"), CALLS, ids=[f"{m} {p}" for m, p, _ in CALLS])
    def test_agents_may_nothing_of_it(self, program, theirs, world, method, path, body) -> None:
        kwargs = {} if body is None else {"json": body}
        refused = getattr(program("other", "agent1"), method)(path.format(**theirs), **kwargs)
        assert (refused.status_code, refused.json["code"]) == (403, "forbidden")

    @pytest.mark.parametrize(("method", "path", "body"), [c for c in CALLS if "{" in c[1]], ids=lambda v: str(v)[:30])
    def test_another_tenants_things_are_not_found(self, manager, theirs, world, method, path, body) -> None:
        kwargs = {} if body is None else {"json": body}
        assert getattr(manager, method)(path.format(**theirs), **kwargs).status_code == 404
        assert world.tenants["other"].agents()[0].name == "남의상담사"
        assert [row.name for row in world.tenants["other"].skills()] == ["남의 스킬"]

    @pytest.mark.parametrize(("method", "path", "body"), [c for c in CALLS if c[0] != "get"], ids=lambda v: str(v)[:30])
    def test_a_sessions_change_needs_its_token(self, log_in, client, theirs, method, path, body) -> None:
        log_in("admin", role="manager")
        kwargs = {} if body is None else {"json": body}
        refused = getattr(client, method)("/api/v1" + path.format(**theirs), **kwargs)
        assert (refused.status_code, refused.json["code"]) == (403, "csrf")

    def test_agents_see_colleagues_without_what_is_the_managers(self, program) -> None:
        seen = program("demo", "agent1").get("/agents").json[0]
        assert set(seen) == {"id", "login", "name", "extension", "group", "active"}
