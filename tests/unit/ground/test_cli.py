"""The command line: its help, its errors, and that each command calls the wiring with what was typed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app import bootstrap, cli
from app.adapters.sql.store import Store
from app.bootstrap.setup import open_store
from app.config import Settings
from app.core.errors import InvalidDefinition

pytestmark = pytest.mark.usefixtures("clean_environment")


@pytest.fixture(autouse=True)
def own_state(clean_environment: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this lands in the repository's own ``var``."""
    monkeypatch.setenv("SANGDAM_STATE", str(tmp_path / "state"))


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """``(exit code, standard output, standard error)`` of one command."""
    codes: list[int] = []
    cli.main(list(arguments), exit_with=codes.append)
    captured = capsys.readouterr()
    return codes[-1], captured.out, captured.err


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    return tmp_path / "state"


def test_help_shows_what_people_call_before_what_the_supervisor_calls(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = call(capsys, "--help")
    assert code == 0
    words = [
        "make run",
        "Commands",
        "  run",
        "  doctor",
        "  tenant",
        "Single processes",
        "  controller",
        "  web",
    ]
    places = [out.index(word) for word in words]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["tenant", "create"], "Missing argument 'NAME'"),
        (["no-such"], "No such command 'no-such'"),
        (["agent", "create", "kim", "--tenant", "demo"], "Missing option '--name'"),
    ],
)
def test_a_command_called_wrongly_says_how_it_is_called(
    capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    code, _, err = call(capsys, *arguments)
    assert code == 2
    assert says in err and "--help" in err


def test_wrong_settings_are_sentences_and_make_no_directory(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, state: Path
) -> None:
    monkeypatch.setenv("SANGDAM_WEB_PORT", "x")
    code, _, err = call(capsys, "db", "upgrade")
    assert code == 1
    assert "SANGDAM_WEB_PORT: a port is" in err and "Traceback" not in err
    assert not state.exists()


def test_what_the_product_itself_refuses_is_said_plainly(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise InvalidDefinition("The simulator is away.")

    monkeypatch.setattr(bootstrap, "run_simswitch", missing)
    assert call(capsys, "simswitch") == (1, "", "Error: The simulator is away.\n")


def test_an_unforeseen_error_names_its_place_but_shows_no_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "run_worker", lambda settings: {}["nothing"])
    code, _, err = call(capsys, "worker")
    assert code == 1
    assert "KeyError" in err and "test_cli.py:" in err and "Traceback" not in err
    with pytest.raises(KeyError):
        cli.main(["--traceback", "worker"], exit_with=lambda code: None)


def test_what_was_typed_reaches_the_wiring(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []

    def create(settings: object, **options: Any) -> dict[str, Any]:
        seen.append(options)
        return {"login": "kim", "name": options["name"]}

    monkeypatch.setattr(bootstrap, "create_agent", create)
    code, out, _ = call(
        capsys, "agent", "create", "kim", "--tenant", "demo", "--name", "김상담", "--menu", "1", "--menu", "2"
    )
    assert code == 0
    assert seen == [
        {"login": "kim", "tenant": "demo", "name": "김상담", "password": None, "menus": ("1", "2")}
    ]
    assert json.loads(out) == {"login": "kim", "name": "김상담"}
    assert "김상담" in out


@pytest.mark.parametrize(
    ("problems", "code"), [([], 0), (["event 7 is missing", "event 9 is there twice"], 1)]
)
def test_journal_verify_fails_when_something_is_wrong(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, problems: list[str], code: int
) -> None:
    monkeypatch.setattr(bootstrap, "verify_journal", lambda settings: problems)
    found, out, err = call(capsys, "journal", "verify")
    assert found == code
    assert all(problem in err for problem in problems)
    assert ("whole" in out) == (not problems)


def test_a_tenant_that_locked_itself_out_is_let_in_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, "db", "upgrade")[0] == 0
    store = open_store(Settings.load())
    rows = store.for_tenant(store.create_tenant("demo").id)
    rows.update_tenant(allowed_addresses=["203.0.113.0/24"])
    code, out, _ = call(capsys, "tenant", "allow-all", "demo")
    assert code == 0 and "203.0.113.0/24" in out
    assert rows.tenant().allowed_addresses == []
    assert "not limited before" in call(capsys, "tenant", "allow-all", "demo")[1]
    code, _, err = call(capsys, "tenant", "allow-all", "Demo")
    assert code == 1 and "case sensitive" in err


def test_the_operator_looks_at_caller_ids(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    database = f"sqlite:///{tmp_path / 'sangdam.db'}"
    monkeypatch.setenv("SANGDAM_DATABASE_URL", database)
    assert call(capsys, "db", "upgrade")[0] == 0
    store = Store.open(database)
    own = store.for_tenant(store.create_tenant("demo").id)
    row, _ = own.request_caller_id("0212345678", "증명원.pdf", f"t{own.tenant_id}/x.pdf", "관리자 admin (demo)")
    code, out, _ = call(capsys, "caller-id", "list")
    (waiting,) = json.loads(out)
    assert (code, waiting["number"], waiting["called"]) == (0, "02-1234-5678", "증명원.pdf")
    assert waiting["evidence"].endswith(f"/evidence/t{own.tenant_id}/x.pdf")
    code, out, _ = call(capsys, "caller-id", "verify", str(row.id), "--until", "2099-12-31")
    assert (code, json.loads(out)["state"]) == (0, "verified")
    assert call(capsys, "caller-id", "list")[1] == "[]\n"
    code, _, err = call(capsys, "caller-id", "verify", str(row.id), "--until", "2020-01-01")
    assert code == 1 and "2020-01-01 is over" in err
    assert call(capsys, "caller-id", "verify", str(row.id), "--until", "soon")[0] == 2
    code, out, _ = call(capsys, "caller-id", "refuse", str(row.id), "--reason", "다른 회사의 번호입니다.")
    assert (code, json.loads(out)["state"]) == (0, "refused")
    (refused,) = json.loads(call(capsys, "caller-id", "list", "--all")[1])
    assert (refused["state"], refused["reason"]) == ("refused", "다른 회사의 번호입니다.")
    code, _, err = call(capsys, "caller-id", "refuse", "99", "--reason", "-")
    assert code == 1 and "no caller ID has the number 99" in err


NEW = ("tenant", "create", "shop", "--organisation", "가게", "--did", "07040000077", "--email", "me@example.com")


def changed(option: str, value: str) -> list[str]:
    """NEW with another value of one option."""
    return [value if before == option else word for before, word in zip(("", *NEW), NEW, strict=False)]


def test_a_company_has_a_name_of_a_hundred_characters_at_most(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANGDAM_VOICE", "none")
    assert call(capsys, "db", "upgrade")[0] == 0
    for name in ("", "   ", "가" * 101, "가" * 5000, "가\n게"):
        code, _, err = call(capsys, *changed("--organisation", name))
        assert code == 1 and "1 to 100 characters" in err and len(err) < 400, err
    assert open_store(Settings.load()).tenant_id_of("shop") is None, "nothing half done"
    assert call(capsys, *changed("--organisation", "가" * 100))[0] == 0


@pytest.mark.parametrize(
    "did", ["0703333444", "070333344445", "0101234", "021234567890", "1588", "112", "07040000O77", "+827040000077", ""]
)
def test_a_number_of_the_wrong_length_is_no_did(capsys: pytest.CaptureFixture[str], did: str) -> None:
    assert call(capsys, "db", "upgrade")[0] == 0
    code, _, err = call(capsys, *changed("--did", did))
    assert code == 1 and "a 070 number has 11" in err and repr(did) in err
    assert open_store(Settings.load()).tenant_id_of("shop") is None, "nothing half done"


@pytest.mark.parametrize("did", ["07033334444", "0212345678", "0311234567", "15880000", "0801234567", "05051234567"])
def test_numbers_of_the_right_length_are_dids(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, did: str
) -> None:
    monkeypatch.setenv("SANGDAM_VOICE", "none")
    assert call(capsys, "db", "upgrade")[0] == 0
    assert call(capsys, *changed("--did", did))[0] == 0


def test_a_tenant_lives_in_a_zone_whose_clock_freeswitch_keeps(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANGDAM_VOICE", "none")
    assert call(capsys, "db", "upgrade")[0] == 0
    store = open_store(Settings.load())
    for zone, says in (("Africa/Casablanca", "2"), ("America/Nuuk", "2"), ("Asia/Soul", "no time zone")):
        code, _, err = call(capsys, *NEW, "--timezone", zone)
        assert code == 1 and f"'{zone}'" in err and says in err
    assert store.tenant_id_of("shop") is None, "nothing half done"
    assert call(capsys, *NEW, "--timezone", "Asia/Tokyo")[0] == 0
    own = store.for_tenant(store.tenant_id_of("shop") or 0)
    assert own.tenant().timezone == own.config().timezone == "Asia/Tokyo"


def test_a_tenant_moves_to_another_zone(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANGDAM_VOICE", "none")
    assert call(capsys, "db", "upgrade")[0] == 0
    assert call(capsys, *NEW)[0] == 0
    settings = Settings.load()
    store = open_store(settings)
    own = store.for_tenant(store.tenant_id_of("shop") or 0)
    assert own.tenant().timezone == "Asia/Seoul"
    code, _, err = call(capsys, "tenant", "set-timezone", "shop", "America/Scoresbysund")
    assert code == 1 and "America/Scoresbysund" in err and own.tenant().timezone == "Asia/Seoul"
    code, out, _ = call(capsys, "tenant", "set-timezone", "shop", "Asia/Tokyo")
    assert code == 0 and "Asia/Tokyo" in out and own.tenant().timezone == "Asia/Tokyo"
    assert "Asia/Tokyo" in call(capsys, "dialplan", "show", "07040000077")[1]
    rows, _ = own.audits(datetime(2020, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC), 10, 0)
    assert [row.details for row in rows if row.subject == "상담서비스"] == [{"timezone": ["Asia/Seoul", "Asia/Tokyo"]}]
