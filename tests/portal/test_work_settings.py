"""상담유형, 휴식사유, 업무관리 with 연동 URL, 접근관리: what is set holds at once; nobody locks themselves out."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from app.ports import IntegrationFailed
from tests.portal.centre import ALWAYS, audit, open_centre
from tests.portal.conftest import Program
from tests.portal.stage import Stage
from tests.portal.world import PASSWORD

HERE = "127.0.0.1"
CRM = "https://crm.example.com/customer?tel={number}&who={agent}&menu={menu}#{call}"


@pytest.fixture
def manager(world, program) -> Any:
    open_centre(world)
    return program("demo", "admin")


def problems(answer: Any) -> dict[str, str]:
    assert (answer.status_code, answer.json["code"]) == (422, "check_fields"), answer.json
    found = answer.json["details"]["problems"]
    assert all("…" not in problem["message"] for problem in found)
    return {problem["where"]: problem["code"] for problem in found}


class TestLists:
    def test_contact_types_come_change_and_go(self, manager) -> None:
        names = [(row["code"], row["name"]) for row in manager.get("/contact-types").json]
        assert names == [(10, "배송문의"), (20, "취소문의"), (30, "반품문의"), (99, "기타")]
        made = manager.post("/contact-types", json={"name": "교환문의"}).json
        assert made["code"] == 100
        changed = manager.patch(f"/contact-types/{made['id']}", json={"name": "교환", "code": 40}).json
        assert (changed["code"], changed["name"]) == (40, "교환")
        assert manager.delete(f"/contact-types/{made['id']}").status_code == 204
        assert manager.delete(f"/contact-types/{made['id']}").status_code == 404
        assert len(manager.get("/contact-types").json) == 4

    def test_they_stand_in_the_order_that_was_chosen(self, manager, program) -> None:
        ids = [row["id"] for row in manager.get("/contact-types").json]
        manager.put("/contact-types/order", json={"ids": ids[::-1]})
        assert [row["id"] for row in program("demo", "agent1").get("/contact-types").json] == ids[::-1]
        reasons = [row["id"] for row in manager.get("/break-reasons").json]
        ordered = manager.put("/break-reasons/order", json={"ids": reasons[::-1]}).json
        assert [row["id"] for row in ordered] == reasons[::-1]
        assert manager.put("/contact-types/order", json={"ids": [*ids, 999]}).status_code == 404

    def test_names_and_codes_are_unique(self, manager) -> None:
        first, second = manager.get("/contact-types").json[:2]
        taken = manager.post("/contact-types", json={"name": " 배송문의 ", "code": 20})
        assert problems(taken) == {"name": "name_taken", "code": "code_taken"}
        own = f"/contact-types/{first['id']}"
        assert problems(manager.patch(own, json={"code": second["code"]})) == {"code": "code_taken"}
        assert manager.patch(own, json={"name": first["name"]}).status_code == 200
        assert problems(manager.patch(own, json={"code": 5.5})) == {"code": "whole_number"}
        assert problems(manager.post("/contact-types", json={"name": "", "code": 10000})) == {
            "name": "required", "code": "out_of_range",
        }  # fmt: skip
        assert problems(manager.post("/break-reasons", json={"name": "식사"})) == {"name": "name_taken"}

    def test_break_reasons_come_change_and_go(self, manager) -> None:
        made = manager.post("/break-reasons", json={"name": "교육"}).json
        assert manager.patch(f"/break-reasons/{made['id']}", json={"name": "외부 교육"}).json["name"] == "외부 교육"
        assert manager.delete(f"/break-reasons/{made['id']}").status_code == 204
        assert [row["name"] for row in manager.get("/break-reasons").json] == ["식사", "회의", "개인 용무"]

    def test_every_change_stands_in_the_audit_log(self, manager, world) -> None:
        made = manager.post("/contact-types", json={"name": "교환"}).json["id"]
        manager.patch(f"/contact-types/{made}", json={"name": "교환문의"})
        manager.delete(f"/contact-types/{made}")
        assert [entry[0] for entry in audit(world)] == ["create", "change", "delete"]


class TestWork:
    def test_what_is_set_holds_for_calls_at_once(self, manager, world) -> None:
        wanted = {
            "status_after_login": "on_break", "status_after_call": "available", "recall_seconds": 20,
            "misses_before_break": 0, "service_level_seconds": 30, "short_abandon_seconds": 3,
        }  # fmt: skip
        saved = manager.put("/settings", json=wanted).json
        assert {name: saved[name] for name in wanted} == wanted
        config = world.tenants["demo"].config()
        assert (config.status_after_login.value, config.status_after_call.value) == ("on_break", "available")
        assert (config.recall_seconds, config.misses_before_break) == (20, 0)
        assert world.notified == [world.tenants["demo"].tenant_id]
        assert audit(world)[-1][2]["recall_seconds"] == [30, 20]

    def test_the_time_zone_is_one_whose_clock_the_switch_keeps(self, manager, world) -> None:
        own = world.tenants["demo"]
        wrong = {"Africa/Casablanca": "zone_unsayable", "Asia/Soul": "zone_unknown", "": "zone_unknown"}
        for zone, code in wrong.items():
            refused = manager.put("/settings", json={"timezone": zone, "recall_seconds": 45})
            assert problems(refused) == {"timezone": code}
        assert (own.config().timezone, own.config().recall_seconds) == ("Asia/Seoul", 30)
        english = manager.put("/settings", json={"timezone": "America/Nuuk"}, headers={"Accept-Language": "en"})
        assert "FreeSWITCH cannot express" in english.json["details"]["problems"][0]["message"]
        assert manager.put("/settings", json={"timezone": "Asia/Tokyo"}).json["timezone"] == "Asia/Tokyo"
        assert own.config().timezone == "Asia/Tokyo" and world.notified == [own.tenant_id]
        files = (world.settings.state / "dialplan").rglob("*.xml")
        assert any("timezone=Asia/Tokyo" in file.read_text("utf-8") for file in files)

    def test_what_is_the_same_is_no_change(self, manager, world) -> None:
        manager.put("/settings", json={"recall_seconds": 30})
        manager.put("/settings", json={"response_target": 95})
        assert world.notified == [] and len(audit(world)) == 1

    @pytest.mark.parametrize(
        ("values", "wrong"),
        [
            ({"recall_seconds": 4}, {"recall_seconds": "out_of_range"}),
            ({"recall_seconds": 121}, {"recall_seconds": "out_of_range"}),
            ({"recall_seconds": 5.5}, {"recall_seconds": "whole_number"}),
            ({"recall_seconds": "30"}, {"recall_seconds": "whole_number"}),
            ({"recall_seconds": True}, {"recall_seconds": "whole_number"}),
            ({"recall_seconds": ""}, {"recall_seconds": "required"}),
            ({"response_target": None}, {"response_target": "required"}),
            ({"misses_before_break": 21}, {"misses_before_break": "out_of_range"}),
            (
                {"service_level_seconds": 0, "response_target": 101},
                {"service_level_seconds": "out_of_range", "response_target": "out_of_range"},
            ),
            ({"status_after_login": "wrap_up"}, {"status_after_login": "choose_again"}),
            ({"status_after_call": "logged_out", "recall_seconds": 20}, {"status_after_call": "choose_again"}),
            ({"integration_url": "crm.example.com"}, {"integration_url": "url_scheme"}),
            ({"integration_url": "https://crm.example.com/{tel}"}, {"integration_url": "url_gap"}),
            ({"integration_url": "http://192.168.0.10/"}, {"integration_url": "url_private"}),
        ],
    )  # fmt: skip
    def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_kept(self, manager, values, wrong) -> None:
        before = manager.get("/settings").json
        assert problems(manager.put("/settings", json=values)) == wrong
        assert manager.get("/settings").json == before

    def test_the_ranges_are_told(self, manager) -> None:
        shown = manager.get("/settings").json
        for name, (low, high) in shown["ranges"].items():
            assert low <= shown[name] <= high


class TestIntegration:
    def test_a_url_is_kept_when_its_host_is_found(self, manager, world) -> None:
        assert manager.put("/settings", json={"integration_url": f" {CRM} "}).json["integration_url"] == CRM
        world.integration.failure = IntegrationFailed("url_unknown_host", host="crm.exmaple.com")
        refused = manager.put("/settings", json={"integration_url": "https://crm.exmaple.com/"})
        assert problems(refused) == {"integration_url": "url_unknown_host"}
        assert "crm.exmaple.com" in refused.json["details"]["problems"][0]["message"]
        assert manager.put("/settings", json={"integration_url": CRM, "recall_seconds": 20}).status_code == 200
        assert manager.put("/settings", json={"integration_url": ""}).json["integration_url"] == ""

    def test_the_button_calls_it_with_sample_values(self, manager, world) -> None:
        told = manager.post("/settings/integration-test", json={"url": CRM}).json
        assert (told["status"], told["first_line"]) == (200, "<title>고객 정보</title>")
        assert world.integration.called == [told["url"]]
        assert told["url"].startswith("https://crm.example.com/customer?tel=01012345678&who=agent1&menu=%EB%B0%B0")
        world.integration.failure = IntegrationFailed("url_timeout", seconds=5)
        for url, code in ((CRM, "url_timeout"), ("file:///etc/passwd", "url_scheme")):
            assert problems(manager.post("/settings/integration-test", json={"url": url})) == {"url": code}
        assert [entry[2]["result"] for entry in audit(world)] == ["200", "url_timeout"]

    def test_the_agent_gets_it_filled_for_the_call(self, manager, program, world) -> None:
        manager.put("/settings", json={"integration_url": CRM})
        stage = Stage(world)
        call = stage.ring("agent1", number="+821036123712", name="김하늘")
        url = program("demo", "agent1").get("/agent/current").json["integration_url"]
        assert url == f"https://crm.example.com/customer?tel=01036123712&who=agent1&menu={quote('주문 문의')}#{call}"
        stage.ring("agent2", direction="internal")
        assert program("demo", "agent2").get("/agent/current").json["integration_url"] == ""
        assert program("demo", "agent3").get("/agent/current").json["integration_url"] == ""

    def test_a_number_that_is_no_number_stays_harmless(self, manager, program, world) -> None:
        manager.put("/settings", json={"integration_url": CRM})
        Stage(world).ring("agent1", number='"><script>&tel=1')
        assert "tel=1&who" in program("demo", "agent1").get("/agent/current").json["integration_url"]


class TestAccess:
    def restrict(self, world, *networks: str) -> None:
        world.tenants["demo"].update_tenant(allowed_addresses=list(networks))

    def test_the_present_address_is_told_and_must_be_in_the_list(self, manager, world) -> None:
        assert manager.get("/settings/address").json == {"address": HERE}
        refused = manager.put("/settings", json={"allowed_addresses": ["203.0.113.0/24"]})
        assert problems(refused) == {"allowed_addresses": "network_locks_out"}
        assert HERE in refused.json["details"]["problems"][0]["message"]
        wanted = ["203.0.113.9/24", "127.0.0.0/8", "203.0.113.0/24"]
        saved = manager.put("/settings", json={"allowed_addresses": wanted})
        assert saved.json["allowed_addresses"] == ["203.0.113.0/24", "127.0.0.0/8"]
        assert manager.put("/settings", json={"allowed_addresses": []}).json["allowed_addresses"] == []
        assert [entry[2]["allowed_addresses"][1] for entry in audit(world)] == [["203.0.113.0/24", "127.0.0.0/8"], []]

    def test_what_is_no_network_is_said_in_its_row(self, manager) -> None:
        refused = manager.put("/settings", json={"allowed_addresses": [HERE, "office", "10.0.0.0/40"]})
        assert problems(refused) == {"allowed_addresses.1": "network_form", "allowed_addresses.2": "network_form"}
        many = manager.put("/settings", json={"allowed_addresses": [HERE, *(f"10.0.0.{n}" for n in range(60))]})
        assert problems(many) == {"allowed_addresses": "network_too_many"}

    @pytest.mark.parametrize(
        "path", ["/dashboard", "/history/calls", "/statistics/queues", "/settings/staff", "/api/v1/me"]
    )
    def test_a_managers_session_ends_at_the_fence(self, log_in, client, world, path) -> None:
        log_in("admin", role="manager")
        assert client.get(path).status_code == 200
        self.restrict(world, "203.0.113.0/24")
        refused = client.get(path)
        assert refused.status_code == 403 and HERE in refused.get_data(as_text=True)
        world.tenants["demo"].update_tenant(allowed_addresses=[])
        assert client.get(path).status_code == 200

    def test_tokens_and_changes_are_fenced_as_well(self, manager, world) -> None:
        self.restrict(world, "203.0.113.0/24")
        for method, path in (("get", "/agents"), ("get", "/events"), ("put", "/settings"), ("post", "/agents")):
            refused = getattr(manager, method)(path)
            assert (refused.status_code, refused.json["code"]) == (403, "address_not_allowed"), path
        assert len(world.tenants["demo"].agents()) == 3

    def test_nobody_outside_can_even_try_a_password(self, log_in, world) -> None:
        self.restrict(world, "203.0.113.0/24")
        for password in (PASSWORD, *("wrong",) * 6):
            refused = log_in("admin", role="manager", password=password)
            assert (refused.status_code, refused.json["code"]) == (403, "address_not_allowed")
        assert world.tenants["demo"].users()[0].failed_logins == 0
        rows, _ = world.tenants["demo"].audits(*ALWAYS, 10, 0)
        assert {(row.subject, row.result) for row in rows} == {("관리자 로그인", "refused")}

    def test_agents_and_other_tenants_are_not_fenced(self, log_in, program, world) -> None:
        self.restrict(world, "203.0.113.0/24")
        assert log_in().status_code == 200
        assert program("demo", "agent1").get("/agents").status_code == 200
        assert program("other", "admin").get("/settings").status_code == 200

    def test_who_is_fenced_out_can_log_out_and_an_agent_log_in(self, log_in, client, world) -> None:
        log_in("admin", role="manager")
        self.restrict(world, "203.0.113.0/24")
        page = client.get("/dashboard").get_data(as_text=True)
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        assert client.get("/desk/login").status_code == 200
        assert client.post("/logout", data={"csrf_token": token}).headers["Location"] == "/login"

    @pytest.mark.parametrize(
        ("peer", "status"),
        [("203.0.113.7", 200), ("203.0.114.7", 403), ("::ffff:203.0.113.7", 200), ("2001:db8::7", 200)],
    )
    def test_either_kind_of_address_is_recognised(self, app, world, peer, status) -> None:
        self.restrict(world, "203.0.113.0/24", "2001:db8::/32")
        asked = Program(app.test_client(), world.tokens["demo", "admin"])
        assert asked.get("/settings", environ_base={"REMOTE_ADDR": peer}).status_code == status

    def test_an_open_stream_ends_when_the_fence_goes_up(self, manager, world, monkeypatch) -> None:
        from admin_ui.api import live

        monkeypatch.setattr(live, "RECHECK_SECONDS", 0.0)
        monkeypatch.setattr(live, "KEEP_ALIVE_SECONDS", 0.05)
        stream = manager.get("/events").response
        assert b"snapshot" in next(stream)
        self.restrict(world, "203.0.113.0/24")
        left = b"".join(piece for piece, _ in zip(stream, range(20), strict=False))
        assert b"event: bye" in left
