"""A fresh platform and a client for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin_ui import create_app
from tests.portal.world import PASSWORD, World, build, snapshot_of


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = build(tmp_path)
    for tenant in made.tenants:
        made.feed.publish(made.tenants[tenant].tenant_id, snapshot_of(made, tenant))
    yield made
    made.store.sessions.kw["bind"].dispose()


@pytest.fixture
def app(world: World) -> Flask:
    return create_app(world.services, world.settings, TESTING=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


class Program:
    """A program with a bearer token."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}

    def __getattr__(self, method: str) -> Callable[..., object]:
        call = getattr(self._client, method)

        def with_token(path: str, headers: dict[str, str] | None = None, **kwargs: object) -> object:
            return call(f"/api/v1{path}", headers={**self._headers, **(headers or {})}, **kwargs)

        return with_token


@pytest.fixture
def program(app: Flask, world: World) -> Callable[..., Program]:
    """``program("demo", "agent1")``: the API by that login's token."""

    def make(tenant: str, login: str) -> Program:
        return Program(app.test_client(), world.tokens[tenant, login])

    return make


@pytest.fixture
def log_in(client: FlaskClient) -> Callable[..., dict[str, object]]:
    """Log in by the API; the answer, with the CSRF token to send."""

    def do(
        login: str = "agent1",
        role: str = "agent",
        tenant: str = "demo",
        password: str = PASSWORD,
        **kw: object,
    ):
        body = {"service_name": tenant, "login": login, "password": password, "role": role}
        return client.post("/api/v1/session", json=body, **kw)

    return do
