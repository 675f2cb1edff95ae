"""``doctor``: finds what is missing, says how to get it, and keeps secrets to itself."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from app import doctor
from app.config import Settings
from app.doctor import Verdict

pytestmark = pytest.mark.usefixtures("clean_environment")


def report(monkeypatch: pytest.MonkeyPatch, **environment: str) -> tuple[int, str]:
    for name, value in environment.items():
        monkeypatch.setenv("SANGDAM_" + name, value)
    lines: list[str] = []
    code = doctor.report(lines.append)
    return code, "\n".join(lines)


def test_every_setting_is_shown_and_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _, text = report(
        monkeypatch,
        STATE=str(tmp_path),
        SECRET_KEY="verysecret" * 3,
        DATABASE_URL="postgresql://me:databaseword@10.0.0.1/sangdam",
        CARRIER="me:carrierword@10.0.0.2",
        FREESWITCH="none",
    )
    for name in Settings.model_fields:
        assert f"SANGDAM_{name.upper()}=" in text
    for secret in ("verysecret", "databaseword", "carrierword"):
        assert secret not in text
    assert "10.0.0.2:5060" in text and "Calls will be simulated, because SANGDAM_FREESWITCH is none" in text


def test_wrong_settings_are_listed_and_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    code, text = report(monkeypatch, WEB_PORT="x", BIND="everywhere", WEBPORT="1")
    assert code == 1
    assert "✗ SANGDAM_WEB_PORT: a port" in text and "✗ SANGDAM_BIND:" in text
    assert "! SANGDAM_WEBPORT is not a setting; did you mean SANGDAM_WEB_PORT?" in text


def test_a_taken_port_is_found(make_settings: Callable[..., Settings]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (finding,) = doctor.ports(make_settings(web_port=port, rtp_ports="1024-1100"))
    assert finding.verdict is Verdict.BAD and f"SANGDAM_WEB_PORT={port} cannot be used" in finding.text


def test_a_package_that_is_missing_is_named(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("# comment\nflask>=3\nno-such-package-at-all[extra]>=1,<2\n-r other.txt\n")
    (finding,) = doctor.packages(requirements)
    assert (finding.verdict, finding.remedy) == (Verdict.BAD, "make install")
    assert "no-such-package-at-all" in finding.text and "flask" not in finding.text


def test_modules_that_a_freeswitch_lacks_are_named_with_their_debian_packages(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    binary = tmp_path / "bin" / "freeswitch"
    folder = tmp_path / "lib" / "freeswitch" / "mod"
    folder.mkdir(parents=True)
    binary.parent.mkdir()
    binary.write_text("#!/bin/sh\n")
    binary.chmod(0o755)
    for name in doctor.NEEDED_MODULES:
        if name != "mod_json_cdr":
            (folder / f"{name}.so").touch()
    found, lacking = doctor.freeswitch(make_settings(freeswitch=str(binary)))
    assert found.verdict is Verdict.GOOD
    assert lacking.verdict is Verdict.BAD
    assert "mod_json_cdr" in lacking.text and lacking.remedy.endswith("apt install freeswitch-mod-json-cdr")


def test_an_open_state_directory_is_pointed_out(settings: Settings) -> None:
    assert [finding.verdict for finding in doctor.state(settings)] == [Verdict.GOOD]
    settings.state.chmod(0o755)
    assert [finding.remedy for finding in doctor.state(settings)] == ["", f"chmod 700 {settings.state}"]


def test_a_tls_front_that_nobody_counts_is_pointed_out(make_settings: Callable[..., Settings]) -> None:
    """Everybody would seem to come from the front's address."""
    (finding,) = doctor.front(make_settings(public_url="https://contact.example.kr"))
    assert finding.verdict is Verdict.LACKING and "SANGDAM_TRUSTED_PROXIES=1" in finding.remedy
    assert not list(doctor.front(make_settings(public_url="https://contact.example.kr", trusted_proxies=1)))
    assert not list(doctor.front(make_settings()))
