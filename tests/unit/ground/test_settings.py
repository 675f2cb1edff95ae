"""Settings: read from the environment, checked all at once, derived without surprises."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from app.config import Settings, SettingsError, unknown_variables, variable
from app.config_values import Carrier, PortRange

pytestmark = pytest.mark.usefixtures("clean_environment")


def problems_of(monkeypatch: pytest.MonkeyPatch, **environment: str) -> list[str]:
    for name, value in environment.items():
        monkeypatch.setenv("SANGDAM_" + name, value)
    with pytest.raises(SettingsError) as refused:
        Settings.load()
    return refused.value.problems


def test_defaults_are_the_ones_that_others_script_against() -> None:
    settings = Settings.load()
    assert settings.state == Path("var").absolute()
    assert (settings.web_port, settings.sip_port, settings.trunk_port) == (8000, 5060, 5080)
    assert (settings.ws_port, settings.esl_port, settings.bind) == (5066, 8021, "127.0.0.1")
    assert str(settings.rtp_ports) == "20000-32000"
    assert settings.freeswitch == "auto"
    assert settings.database_url == f"sqlite:///{settings.state}/sangdam.db"
    assert settings.redis_url == f"unix://{settings.state}/redis/redis.sock"
    assert settings.owns_redis
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.trusted_proxies == 0


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("WEB_PORT", "eighty", "a port is a whole number from 1 to 65535"),
        ("WEB_PORT", "0", "a port is a whole number from 1 to 65535"),
        ("WEB_PORT", "65536", "a port is a whole number from 1 to 65535"),
        ("WEB_PORT", "٨٠٠٠", "a port is a whole number from 1 to 65535"),
        ("RTP_PORTS", "20000", "first-last"),
        ("RTP_PORTS", "32000-20000", "at least 20 ports"),
        ("RTP_PORTS", "500-2000", "1024 or above"),
        ("BIND", "localhost", "IP address in figures"),
        ("SIP_DOMAIN", "a b", "host name or an IP address"),
        ("FREESWITCH", "/no/such/freeswitch", "is not a program"),
        ("ESL_PASSWORD", "ClueCon", "which everybody knows"),
        ("ESL_PASSWORD", "short", "128 bits"),
        ("ESL_HOST", "8.8.8.8", "loopback or private"),
        ("ESL_HOST", "0.0.0.0", "loopback or private"),
        ("TRUNK_ACL", "10.0.0.0/8,everywhere", "'everywhere' is not a network"),
        ("TRUNK_ACL", "0.0.0.0/0", "the whole world"),
        ("CARRIER", "user@host:5060", "user:password before the @"),
        ("CARRIER", "host:99999", "from 1 to 65535"),
        ("CARRIER", "host;transport=pigeon", "transport=udp"),
        ("CARRIER", "a:b%0Ac@host", "characters that a SIP account cannot have"),
        ("DATABASE_URL", "mysql://x", "sqlite:///path or postgresql://"),
        ("REDIS_URL", "localhost", "redis://host:port/0"),
        ("PUBLIC_URL", "javascript:alert(1)", "https://name"),
        ("TRUSTED_PROXIES", "one", "a whole number from 0 to 9"),
        ("TRUSTED_PROXIES", "-1", "a whole number from 0 to 9"),
        ("TRUSTED_PROXIES", "true", "a whole number from 0 to 9"),
        ("NODE", "a/b", "letters, figures"),
        ("LOG_LEVEL", "loud", "debug, info, warning, error"),
        ("DEMO_TRAFFIC", "perhaps", "true or false"),
        ("STATE", "/tmp/two words", "has blanks or signs"),
        ("STATE", "/tmp/${system(id)}", "has blanks or signs"),
        ("STATE", "/dev/null", "is a file"),
    ],
)
def test_a_wrong_value_is_refused_with_its_variable_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    (problem,) = problems_of(monkeypatch, **{name: value})
    assert problem.startswith(f"SANGDAM_{name}: ")
    assert says in problem


def test_everything_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    problems = problems_of(monkeypatch, WEB_PORT="x", LOG_LEVEL="loud", SIP_PORT="8021", TRUNK_PORT="20000")
    assert len(problems) == 4
    assert "SANGDAM_SIP_PORT and SANGDAM_ESL_PORT are both 8021; they have to differ." in problems
    assert "SANGDAM_TRUNK_PORT=20000 lies in SANGDAM_RTP_PORTS=20000-32000; move one of them." in problems


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANGDAM_WEB_PORT", "")
    assert Settings.load().web_port == 8000


def test_secrets_are_not_in_the_text_of_the_settings() -> None:
    settings = Settings.load(
        secret_key="k" * 30, carrier="me:wordofpass@h", database_url="postgresql://u:dbword@h/d"
    )
    for word in ("k" * 30, "wordofpass", "dbword"):
        assert word not in repr(settings)


@pytest.mark.parametrize(
    ("text", "carrier"),
    [
        ("sip.example.com", Carrier("sip.example.com")),
        ("203.0.113.5:5070", Carrier("203.0.113.5", 5070)),
        ("[2001:db8::1]:5070", Carrier("2001:db8::1", 5070)),
        (
            "sip:me:p%40ss%3Aword@10.0.0.1:5080;transport=tcp",
            Carrier("10.0.0.1", 5080, "me", "p@ss:word", "tcp"),
        ),
        ("h;transport=tls", Carrier("h", 5061, transport="tls")),
    ],
)
def test_carriers_are_read_and_written_back(text: str, carrier: Carrier) -> None:
    settings = Settings.load(carrier=text)
    assert settings.carrier == carrier
    assert Settings.load(carrier=carrier.url).carrier == carrier


def test_a_child_process_reads_the_very_same_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = Settings.load(
        state=tmp_path, web_port=18000, wss_port=7443, trusted_proxies=2, rtp_ports="30000-30100", demo_traffic=False,
        carrier="me:p%40ss@10.0.0.1:5080;transport=tcp", trunk_acl="10.0.0.0/8,192.0.2.1",
        esl_password="x" * 40,
    )  # fmt: skip
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    assert Settings.load() == settings
    assert settings.rtp_ports == PortRange(30000, 30100)
    assert settings.trunk_acl == ("10.0.0.0/8", "192.0.2.1/32")


def test_postgresql_is_reached_by_the_driver_that_is_installed() -> None:
    assert Settings.load(database_url="postgresql://u:p@h/d").database_url == "postgresql+psycopg://u:p@h/d"


def test_the_state_is_for_its_owner_only_and_secrets_are_made_once(tmp_path: Path) -> None:
    settings = Settings.load(state=tmp_path / "inner" / "state")
    settings.prepare()
    assert stat.S_IMODE(settings.state.stat().st_mode) == 0o700
    for directory in (settings.recordings_dir, settings.cdr_dir, settings.freeswitch_conf_dir):
        assert directory.is_dir()
    password = settings.read_esl_password()
    assert len(password) == 32  # 24 random bytes
    assert stat.S_IMODE((settings.secrets_dir / "esl-password").stat().st_mode) == 0o600
    settings.prepare()
    assert settings.read_esl_password() == password != settings.read_secret_key()
    assert sorted(os.listdir(settings.secrets_dir)) == ["esl-password", "secret-key"]


def test_a_weak_password_in_the_state_is_refused(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings()
    (settings.secrets_dir / "esl-password").write_text("ClueCon\n")
    with pytest.raises(SettingsError, match="too weak; delete the file"):
        settings.read_esl_password()


def test_a_deep_state_directory_still_gets_a_socket_that_the_system_accepts(tmp_path: Path) -> None:
    settings = Settings.load(state=tmp_path / ("deep" * 30))
    settings.prepare()
    assert len(str(settings.redis_socket)) <= 100
    assert settings.owns_redis
    assert stat.S_IMODE(settings.redis_socket.parent.stat().st_mode) == 0o700
    settings.redis_socket.parent.chmod(0o777)
    with pytest.raises(SettingsError, match="open to others"):
        settings.prepare()
    settings.redis_socket.parent.rmdir()


def test_two_instances_share_nothing_but_the_machine(tmp_path: Path) -> None:
    one, two = Settings.load(state=tmp_path / "1"), Settings.load(state=tmp_path / "2", web_port=8001)
    shared = {
        name
        for name in ("database_url", "redis_url", "public_url", "recordings_dir", "run_dir", "redis_socket")
        if getattr(one, name) == getattr(two, name)
    }
    assert not shared


def test_misspelt_variables_are_pointed_out() -> None:
    assert unknown_variables({"SANGDAM_WEBPORT": "1", "SANGDAM_WEB_PORT": "1", "HOME": "/"}) == [
        "SANGDAM_WEBPORT is not a setting; did you mean SANGDAM_WEB_PORT?"
    ]
    assert variable("web_port") == "SANGDAM_WEB_PORT"
