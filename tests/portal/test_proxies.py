"""Who asks, and over what: the proxies in front are believed as far as the settings say, and no further."""

from __future__ import annotations

from dataclasses import replace

import pytest

from admin_ui import create_app
from admin_ui.api.session import LOGINS_PER_ADDRESS
from tests.portal.conftest import Program

PUBLIC = "https://contact.example.kr"


@pytest.fixture
def behind(world):
    """``behind(proxies, public_url)``: the platform with that many proxies in front, asked by demo's manager."""

    def make(proxies: int, public_url: str = PUBLIC) -> Program:
        settings = replace(world.settings, trusted_proxies=proxies, public_url=public_url)
        made = create_app(world.services, settings, TESTING=True)
        return Program(made.test_client(), world.tokens["demo", "admin"])

    return make


def from_where(asked: Program, forwarded: str | None, peer: str = "127.0.0.1") -> str:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return asked.get("/settings/address", headers=headers, environ_base={"REMOTE_ADDR": peer}).json["address"]


@pytest.mark.parametrize("public_url", [PUBLIC, "http://10.0.0.5:8000"])
@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "198.51.100.1"),
        (0, "203.0.113.7", "198.51.100.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "10.0.0.1, 203.0.113.7", "203.0.113.7"),
        (2, "10.0.0.1, 203.0.113.7, 198.51.100.9", "203.0.113.7"),
        (2, "203.0.113.7", "198.51.100.1"),
        (1, None, "198.51.100.1"),
    ],
)
def test_only_the_proxies_that_are_there_are_believed(behind, public_url, proxies, forwarded, address) -> None:
    """Of the addresses that X-Forwarded-For names, the client may have written all but the last ``proxies``."""
    assert from_where(behind(proxies, public_url), forwarded, "198.51.100.1") == address


def test_the_fence_of_managers_cannot_be_talked_over(behind, world) -> None:
    world.tenants["demo"].update_tenant(allowed_addresses=["203.0.113.0/24"])
    asked, claimed = behind(0), {"X-Forwarded-For": "203.0.113.7"}
    assert asked.get("/settings", headers=claimed).status_code == 403
    assert behind(1).get("/settings", headers=claimed).status_code == 200


@pytest.mark.parametrize(("proxies", "last"), [(0, 429), (1, 401)])
def test_attempts_are_counted_by_the_address_that_counts(world, proxies, last) -> None:
    """Without a trusted proxy nobody gets new attempts by claiming another address; behind one, an office does not
    use up the attempts of the others."""
    settings = replace(world.settings, trusted_proxies=proxies, public_url=PUBLIC)
    client = create_app(world.services, settings, TESTING=True).test_client()
    attempts = int(LOGINS_PER_ADDRESS.partition("/")[0])
    statuses = [
        client.post(
            "/api/v1/session",
            json={"service_name": "demo", "login": f"nobody{number}", "password": "x", "role": "agent"},
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
        ).status_code
        for number in range(attempts + 1)
    ]
    assert statuses == [401] * attempts + [last]


@pytest.mark.parametrize(
    ("proxies", "public_url", "said", "websocket"),
    [
        (0, PUBLIC, None, "wss://contact.example.kr/sip"),
        (1, PUBLIC, "https", "wss://contact.example.kr/sip"),
        (1, PUBLIC, None, "wss://contact.example.kr/sip"),
        (1, "http://contact.example.kr", "https", "wss://contact.example.kr/sip"),
        (0, "http://contact.example.kr", "https", "ws://contact.example.kr:5066"),
    ],
)
def test_pages_behind_tls_know_that_they_are(world, proxies, public_url, said, websocket) -> None:
    """A page that came by TLS may open no plain WebSocket, whoever tells us of the TLS."""
    settings = replace(world.settings, trusted_proxies=proxies, public_url=public_url)
    client = create_app(world.services, settings, TESTING=True).test_client()
    headers = {"Host": "contact.example.kr", **({"X-Forwarded-Proto": said} if said else {})}
    answer = client.get("/login", headers=headers)
    assert f"connect-src 'self' {websocket};" in answer.headers["Content-Security-Policy"]
    assert ("Strict-Transport-Security" in answer.headers) is websocket.startswith("wss:")


def test_the_session_cookie_stays_on_tls(world) -> None:
    body = {"service_name": "demo", "login": "agent1", "password": "Test-1234", "role": "agent"}
    for public_url, secure in ((PUBLIC, True), ("http://10.0.0.5:8000", False)):
        settings = replace(world.settings, public_url=public_url)
        client = create_app(world.services, settings, TESTING=True).test_client()
        answer = client.post("/api/v1/session", json=body)
        assert ("Secure" in answer.headers["Set-Cookie"]) is secure
