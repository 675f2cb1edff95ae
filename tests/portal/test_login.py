"""Who gets in, who does not, what is said, and what is written down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from admin_ui import create_app
from admin_ui.security import limiter
from app.services.accounts import FAILURES_BEFORE_LOCK, LOCKED_FOR
from tests.portal.world import PASSWORD

ALWAYS = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tenant", "login", "password"),
    [
        ("demo", "agent1", "wrong"),
        ("demo", "Agent1", PASSWORD),
        ("Demo", "agent1", PASSWORD),
        ("demo", "agent1", PASSWORD.lower()),
        ("demo", "nobody", PASSWORD),
        ("nowhere", "agent1", PASSWORD),
        ("other", "agent2", PASSWORD),
        ("demo", "admin", PASSWORD),
    ],
    ids=[
        "password",
        "capital in ID",
        "capital in service",
        "case of password",
        "nobody",
        "no tenant",
        "another tenant's agent",
        "a manager is no agent",
    ],
)
def test_a_wrong_login_is_refused_without_saying_what_was_wrong(log_in, tenant, login, password) -> None:
    answer = log_in(login, tenant=tenant, password=password)
    assert (answer.status_code, answer.json["code"]) == (401, "bad_credentials")
    assert "대소문자" in answer.json["message"]
    assert "Set-Cookie" not in answer.headers or "_user_id" not in answer.headers["Set-Cookie"]


def test_errors_are_in_the_readers_language(log_in) -> None:
    answer = log_in(password="wrong", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert answer.json["message"].startswith("The login is not right")


def test_failures_lock_an_account_for_a_while(log_in, world) -> None:
    answers = [log_in(password="wrong").json["code"] for _ in range(FAILURES_BEFORE_LOCK)]
    assert answers == ["bad_credentials"] * (FAILURES_BEFORE_LOCK - 1) + ["locked"]
    locked = log_in()
    assert (locked.status_code, locked.json["details"]["minutes"]) == (423, 10)
    world.clock.moment += LOCKED_FOR - timedelta(seconds=1)
    assert log_in().json["code"] == "locked"
    world.clock.moment += timedelta(seconds=1)
    assert log_in().status_code == 200


def test_a_lock_is_one_accounts_own(log_in) -> None:
    for _ in range(FAILURES_BEFORE_LOCK):
        log_in(password="wrong")
    assert log_in("agent2").status_code == 200
    assert log_in("agent1", tenant="other").status_code == 200


def test_a_success_forgets_earlier_failures(log_in) -> None:
    for _ in range(FAILURES_BEFORE_LOCK - 1):
        log_in(password="wrong")
    assert log_in().status_code == 200
    assert log_in(password="wrong").json["code"] == "bad_credentials"


def test_agents_logins_stand_in_their_history_and_managers_in_the_audit_log(log_in, world, client) -> None:
    log_in(password="wrong")
    token = log_in().json["csrf_token"]
    client.delete("/api/v1/session", headers={"X-CSRFToken": token})
    log_in("admin", role="manager")
    store = world.tenants["demo"]
    rows, total = store.logins(*ALWAYS, 10, 0)
    assert sorted((row.action, row.result) for row in rows) == [
        ("login", "failed"),
        ("login", "ok"),
        ("logout", "ok"),
    ]
    assert [(row.subject, row.action) for row in store.audits(*ALWAYS, 10, 0)[0]] == [
        ("관리자 로그인", "login")
    ]


def test_me_has_the_phones_account_for_the_agent_alone(log_in, program, world) -> None:
    me = log_in().json
    assert me["sip"]["user"] == "demo-1001"
    assert me["sip"]["password"] == world.tenants["demo"].sip_password(me["id"])
    assert me["sip"]["ws_url"] == "ws://localhost:5066"
    assert program("demo", "admin").get("/me").json["sip"] is None


def test_a_page_over_tls_gets_a_tls_websocket(app, world) -> None:
    client = app.test_client()
    headers = {"Authorization": f"Bearer {world.tokens['demo', 'agent1']}"}
    assert client.get("https://desk.example/api/v1/me", headers=headers).json["sip"]["ws_url"] == (
        "wss://desk.example/sip"
    )
    world.settings.wss_port = 7443
    assert client.get("https://desk.example/api/v1/me", headers=headers).json["sip"]["ws_url"] == (
        "wss://desk.example:7443"
    )


def test_a_change_by_session_needs_its_token(log_in, client) -> None:
    token = log_in().json["csrf_token"]
    refused = client.post("/api/v1/agent/hold", json={})
    assert (refused.status_code, refused.json["code"]) == (403, "csrf")
    assert client.post("/api/v1/agent/hold", json={}, headers={"X-CSRFToken": token}).status_code == 200


def test_a_form_of_another_site_cannot_log_anybody_in(client) -> None:
    form = {"service_name": "demo", "login": "agent1", "password": PASSWORD, "role": "agent"}
    assert client.post("/api/v1/session", data=form).status_code == 403
    assert client.post("/desk/login", data=form).status_code == 403


def test_a_new_password_ends_other_sessions(app, log_in, client) -> None:
    body = {"service_name": "demo", "login": "agent1", "password": PASSWORD}
    elsewhere = app.test_client()
    elsewhere.post("/api/v1/session", json=body)
    token = log_in().json["csrf_token"]

    def change(old: str, new: str):
        return client.put(
            "/api/v1/me/password", json={"old": old, "new": new}, headers={"X-CSRFToken": token}
        )

    assert change("wrong", "Better-12345").json["code"] == "wrong_password"
    assert [change(PASSWORD, new).json["code"] for new in ("short1", "onlyletters", "12345678")] == [
        "weak_password"
    ] * 3
    assert change(PASSWORD, "Better-12345").status_code == 204
    assert client.get("/api/v1/me").status_code == 200
    assert elsewhere.get("/api/v1/me").status_code == 401
    assert log_in(password=PASSWORD).status_code == 401
    assert log_in(password="Better-12345").status_code == 200


def test_a_deleted_agent_is_out_at_once(log_in, client, program, world) -> None:
    log_in()
    world.tenants["demo"].delete_agent(world.agents["demo"]["agent1"])
    assert client.get("/api/v1/me").status_code == 401
    assert program("demo", "agent1").get("/me").status_code == 401
    assert log_in().status_code == 401


def test_a_bearer_token_counts_before_a_session(log_in, client, world) -> None:
    log_in("agent1")
    headers = {"Authorization": f"Bearer {world.tokens['other', 'agent1']}"}
    assert client.get("/api/v1/me", headers=headers).json["service_name"] == "other"
    assert client.get("/api/v1/me", headers={"Authorization": "Bearer invented"}).status_code == 401


def test_a_token_gets_no_cookie(client, world) -> None:
    answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {world.tokens['demo', 'agent1']}"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_pages_send_who_is_not_logged_in_to_the_right_login(client) -> None:
    assert client.get("/dashboard").headers["Location"] == "/login?next=/dashboard"
    assert client.get("/desk/").headers["Location"] == "/desk/login"
    assert client.get("/").headers["Location"] == "/login"


@pytest.mark.parametrize(
    "wanted", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:1"]
)
def test_a_login_leads_to_our_own_pages_only(client, wanted) -> None:
    page = client.get("/login").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    form = {
        "service_name": "demo",
        "login": "admin",
        "password": PASSWORD,
        "next": wanted,
        "csrf_token": token,
    }
    assert client.post("/login", data=form).headers["Location"] == "/dashboard"


def test_every_answer_has_the_security_headers(client) -> None:
    for path in ("/login", "/desk/login", "/api/v1/me", "/nothing-here", "/healthz"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert (
            "default-src 'none'" in policy and "unsafe" not in policy and "connect-src 'self' ws://" in policy
        )
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"


def test_many_logins_from_one_address_are_slowed_down(log_in) -> None:
    answers = [log_in("nobody", password="x") for _ in range(31)]
    assert answers[-1].status_code == 429
    assert answers[-1].json["code"] == "too_many_requests"
    assert all(answer.status_code == 401 for answer in answers[:30])


def test_people_get_in_while_redis_is_away_and_are_still_counted(world, monkeypatch) -> None:
    """The rates are counted in Redis. Without it each web process counts for itself."""
    monkeypatch.setattr(limiter, "_storage_dead", False)  # put back afterwards: all apps share the limiter
    app = create_app(
        world.services, world.settings, TESTING=True, RATELIMIT_STORAGE_URI="redis://127.0.0.1:1/0"
    )
    client = app.test_client()
    answers = [client.post("/api/v1/session", json={}).status_code for _ in range(31)]
    assert answers == [422] * 30 + [429]
