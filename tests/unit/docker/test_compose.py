"""The compose file is YAML that says what the settings understand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.cli import cli
from app.config import PREFIX, Settings

DOCKER = Path(__file__).resolve().parents[3] / "docker"


@pytest.fixture
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((DOCKER / "compose.yaml").read_text("utf-8")))


def variables(service: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in service.get("environment", {}).items() if name.startswith(PREFIX)}


def filled(text: str, values: dict[str, str]) -> str:
    """``${NAME}``, ``${NAME:-default}`` and ``${NAME:?reason}`` as compose fills them in."""
    return re.sub(
        r"\$\{(\w+)(?::([-?])([^}]*))?\}",
        lambda m: values.get(m[1]) or (m[3] if m[2] == "-" else ""),
        text,
    )


EXAMPLE = {
    "PUBLIC_HOST": "contact.example.kr",
    "EXTERNAL_IP": "203.0.113.10",
    "TRUNK_ACL": "198.51.100.0/24",
    "CARRIER": "user:password@sip.carrier.example:5060",
    "ESL_PASSWORD": "a" * 64,
    "SECRET_KEY": "b" * 64,
    "POSTGRES_PASSWORD": "c" * 48,
}


def test_it_runs_what_a_real_service_needs(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) >= {
        "setup", "freeswitch", "controller", "controller-standby", "web1", "web2", "worker", "postgres", "redis",
        "proxy",
    }  # fmt: skip


def test_each_process_is_a_command_that_exists(compose: dict[str, Any]) -> None:
    ours = {name: one for name, one in compose["services"].items() if one.get("image") == "sangdam:latest"}
    assert len(ours) == 6
    for name, service in ours.items():
        assert service["command"][0] in cli.commands, name


def test_its_environment_makes_settings_that_fit_together(
    compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("controller", "web1", "web2", "worker"):
        for variable, value in variables(compose["services"][name]).items():
            monkeypatch.setenv(variable, filled(value, EXAMPLE))
        monkeypatch.setenv("SANGDAM_STATE", str(tmp_path / "state"))
        settings = Settings.load()
        assert settings.public_url == "https://contact.example.kr"
        assert settings.trusted_proxies == 1  # the proxy of this file
        assert settings.freeswitch == "remote"
        assert settings.database_url.startswith("postgresql+psycopg://")
        assert settings.demo_traffic is False


def test_the_example_names_every_variable_that_has_no_default(compose: dict[str, Any]) -> None:
    text = (DOCKER / "compose.yaml").read_text("utf-8")
    needed = set(re.findall(r"\$\{(\w+):\?", text)) | set(re.findall(r"\$\{(\w+)\}", text))
    named = set(re.findall(r"^(\w+)=", (DOCKER / "env.example").read_text("utf-8"), re.M))
    assert needed <= named
    assert set(EXAMPLE) <= named


def test_nothing_but_the_proxy_sip_and_media_is_open_to_the_world(compose: dict[str, Any]) -> None:
    for name in ("postgres", "redis"):
        assert "127.0.0.1" in " ".join(map(str, compose["services"][name]["command"]))
    for name in ("web1", "web2"):
        assert variables(compose["services"][name])["SANGDAM_BIND"] == "127.0.0.1"


def test_the_proxy_hands_the_telephones_of_browsers_to_the_websocket_port() -> None:
    caddyfile = (DOCKER / "Caddyfile").read_text("utf-8")
    assert re.search(r"handle /sip \{\s+reverse_proxy 127\.0\.0\.1:5066", caddyfile)
    assert "127.0.0.1:8001 127.0.0.1:8002" in caddyfile
