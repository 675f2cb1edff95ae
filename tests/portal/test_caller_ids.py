"""발신번호: nobody shows a number that is not theirs (전기통신사업법 §84-2)."""

from __future__ import annotations

import io
import stat
from datetime import date, timedelta
from typing import Any

import pytest

from app.services.caller_ids import CallerIdDesk, expire
from tests.portal.test_ars_applying import all_time

PDF = b"%PDF-1.7\n1 0 obj\n"
DID, OFFICE = "07040000001", "0212345678"


@pytest.fixture
def manager(program, world) -> Any:
    world.tenants["demo"].add_did(DID)
    return program("demo", "admin")


@pytest.fixture
def desk(world) -> CallerIdDesk:
    return CallerIdDesk(world.store, world.clock, world.notified.append, world.outside.evidence_dir)


def ask(manager: Any, number: str = "02-1234-5678", data: bytes = PDF, name: str = "이용증명원.pdf") -> Any:
    return manager.post("/caller-ids", data={"number": number, "file": (io.BytesIO(data), name)})


def today(world: Any) -> date:
    return date(2026, 11, 20)


def actions(world: Any, tenant: str = "demo") -> list[tuple[str, str, str]]:
    entries, _ = world.tenants[tenant].audits(*all_time(world), 50, 0)
    return [(one.subject, one.action, one.result) for one in reversed(entries)]


def test_a_tenants_own_number_needs_no_proof(manager, world) -> None:
    shown = manager.get("/caller-ids").json
    assert (shown["chosen"], shown["used"], shown["fallback"]) == (DID, DID, False)
    assert [(one["shown"], one["state"], one["chosen"]) for one in shown["items"]] == [("070-4000-0001", "own", True)]
    assert manager.put("/caller-id", json={"number": "070-4000-0001"}).json["used"] == DID


def test_from_request_to_the_number_that_customers_see(manager, world, desk) -> None:
    own = world.tenants["demo"]
    asked = ask(manager)
    assert (asked.status_code, asked.json["state"], asked.json["number"]) == (201, "requested", OFFICE)
    refused = manager.put("/caller-id", json={"number": OFFICE})
    assert (refused.status_code, refused.json["code"]) == (422, "caller_id_not_verified")
    (waiting,) = desk.all()
    assert (waiting["tenant"], waiting["number"]) == ("demo", "02-1234-5678")
    desk.verify(waiting["id"], today(world) + timedelta(days=30), "운영자")
    assert desk.all() == []
    chosen = manager.put("/caller-id", json={"number": "02-1234-5678"}).json
    assert (chosen["used"], chosen["fallback"]) == (OFFICE, False)
    assert own.config().caller_id == OFFICE and world.notified == [own.tenant_id]
    assert actions(world) == [
        ("발신번호", "request", "ok"),
        ("발신번호", "choose", "refused"),
        ("발신번호", "verify", "ok"),
        ("발신번호", "choose", "ok"),
    ]


def test_an_expired_number_gives_way_visibly_and_comes_back_when_renewed(manager, world, desk) -> None:
    own = world.tenants["demo"]
    caller_id = ask(manager).json["id"]
    last_day = today(world) + timedelta(days=1)
    desk.verify(caller_id, last_day, "운영자")
    manager.put("/caller-id", json={"number": OFFICE})
    world.clock.moment += timedelta(days=1, hours=9)  # 23:30 of the last day in Seoul
    assert expire(world.store, world.clock, world.notified.append) == []
    assert manager.get("/caller-ids").json["used"] == OFFICE
    world.clock.moment += timedelta(minutes=30)
    world.notified.clear()
    assert expire(world.store, world.clock, world.notified.append) == ["demo 02-1234-5678"]
    assert world.notified == [own.tenant_id]
    assert expire(world.store, world.clock, world.notified.append) == [], "told once"
    shown = manager.get("/caller-ids").json
    assert (shown["chosen"], shown["used"], shown["fallback"]) == (OFFICE, DID, True)
    assert shown["items"][1]["state"] == "expired"
    assert manager.put("/caller-id", json={"number": OFFICE}).json["code"] == "caller_id_not_verified"
    assert ("발신번호", "expire", "ok") in actions(world)
    assert ask(manager).json["state"] == "requested"
    desk.verify(caller_id, last_day + timedelta(days=365), "운영자")
    assert manager.get("/caller-ids").json["used"] == OFFICE


def test_a_renewal_that_is_looked_at_takes_nothing_away(manager, world, desk) -> None:
    caller_id = ask(manager).json["id"]
    desk.verify(caller_id, today(world) + timedelta(days=3), "운영자")
    manager.put("/caller-id", json={"number": OFFICE})
    first = world.tenants["demo"].caller_id(caller_id).evidence_path
    assert ask(manager, data=b"\x89PNG\r\n\x1a\n...", name="renewed.png").json["usable"] is True
    assert manager.get("/caller-ids").json["used"] == OFFICE
    kept = world.tenants["demo"].caller_id(caller_id).evidence_path
    assert kept != first and kept.endswith(".png")
    assert not (world.outside.evidence_dir / first).exists()
    desk.refuse(caller_id, "다른 회사의 증명원입니다.", "운영자")
    shown = manager.get("/caller-ids").json
    assert (shown["used"], shown["fallback"], shown["items"][1]["reason"]) == (DID, True, "다른 회사의 증명원입니다.")


@pytest.mark.parametrize("number", ["112", "114", "+1 212 555 0100", "1003", "02-12", "<script>", "", "0" * 30])
def test_numbers_that_nobody_can_own(manager, number) -> None:
    assert ask(manager, number=number).json["code"] == "bad_caller_id"


def test_evidence_is_what_its_bytes_say(manager, world) -> None:
    assert ask(manager, data=b"<html><script>alert(1)</script>", name="a.pdf").json["code"] == "bad_evidence"
    assert ask(manager, data=b"").json["code"] == "evidence_missing"
    assert manager.post("/caller-ids", data={"number": OFFICE}).json["code"] == "evidence_missing"
    large = ask(manager, data=PDF + bytes(5 << 20))
    assert (large.status_code, large.json["code"]) == (413, "evidence_too_large")
    assert manager.get("/caller-ids").json["items"][1:] == []
    assert not list(world.outside.evidence_dir.rglob("*.*"))


def test_evidence_is_a_private_file_and_a_download(manager, world) -> None:
    caller_id = ask(manager, name='../../<b>"증명\n원".pdf').json["id"]
    path = world.outside.evidence_dir / world.tenants["demo"].caller_id(caller_id).evidence_path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    answer = manager.get(f"/caller-ids/{caller_id}/evidence")
    assert answer.data == PDF and answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert ("발신번호", "download", "ok") in actions(world)
    path.unlink()
    assert manager.get(f"/caller-ids/{caller_id}/evidence").json["code"] == "evidence_gone"


def test_giving_a_number_up_destroys_its_evidence(manager, world, desk) -> None:
    caller_id = ask(manager).json["id"]
    path = world.outside.evidence_dir / world.tenants["demo"].caller_id(caller_id).evidence_path
    desk.verify(caller_id, today(world), "운영자")
    manager.put("/caller-id", json={"number": OFFICE})
    assert manager.delete(f"/caller-ids/{caller_id}").json["code"] == "caller_id_in_use"
    manager.put("/caller-id", json={"number": DID})
    assert manager.delete(f"/caller-ids/{caller_id}").status_code == 204
    assert not path.exists()
    assert manager.delete(f"/caller-ids/{caller_id}").status_code == 404


def test_a_number_is_asked_for_once(manager, world) -> None:
    assert ask(manager, number=DID).json["code"] == "caller_id_known"
    ask(manager)
    ask(manager)
    assert len(manager.get("/caller-ids").json["items"]) == 2


def test_the_desk_sees_whose_did_it_is_and_refuses_days_that_are_over(manager, world, desk) -> None:
    from app.services.errors import Refused

    world.tenants["other"].add_did("07050000002")
    caller_id = ask(manager, number="070-5000-0002").json["id"]
    assert desk.all()[0]["did_of"] == "other"
    with pytest.raises(Refused, match="already_expired"):
        desk.verify(caller_id, today(world) - timedelta(days=1), "운영자")


def test_without_any_number_nothing_is_shown(program, world) -> None:
    shown = program("other", "admin").get("/caller-ids").json
    assert (shown["used"], shown["fallback"]) == ("", True)
    assert world.tenants["other"].config().caller_id == ""
