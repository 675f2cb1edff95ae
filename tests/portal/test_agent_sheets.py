"""상담인원 in Excel: what is downloaded can be taken in again; one wrong cell keeps all of it out; hostile files."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest

from app.reports.agent_columns import COLUMNS
from tests.portal.centre import audit, open_centre

HEADER = [column.titles[0] for column in COLUMNS]


@pytest.fixture
def manager(world, program) -> Any:
    open_centre(world)
    return program("demo", "admin")


def sheet(*rows: list[Any], header: list[str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (header or ["상담사ID", "이름"], *rows):
        page.append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def send(manager: Any, body: bytes, dry_run: bool = False, **kwargs: Any) -> Any:
    path = f"/agents.xlsx?dry_run={'true' if dry_run else 'false'}"
    data = {"file": (io.BytesIO(body), "agents.xlsx")}
    return manager.post(path, data=data, content_type="multipart/form-data", **kwargs)


def rows_of(body: bytes, title: str | None = None) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(body))
    return list((book[title] if title else book.worksheets[0]).iter_rows(values_only=True))


def codes(answer: Any) -> list[tuple[str, str]]:
    assert (answer.status_code, answer.json["code"]) == (422, "sheet_has_errors"), answer.json
    assert all(each["message"] for each in answer.json["details"]["problems"])
    return [(each["where"], each["code"]) for each in answer.json["details"]["problems"]]


class TestDownloading:
    def test_the_list_has_everything_but_secrets(self, manager, world) -> None:
        third = {"id": 3, "tiers": [{"agent_id": 1, "level": 2}]}
        manager.put("/assignments", json={"queues": [{"id": 1, "tiers": [{"agent_id": 1}]}, third]})
        manager.patch("/agents/3", json={"active": False})
        answer = manager.get("/agents.xlsx")
        assert "%EC%83%81%EB%8B%B4%EC%82%AC" in answer.headers["Content-Disposition"]
        header, first, second, third = rows_of(answer.data)
        assert [str(title).removesuffix(" *") for title in header] == HEADER
        assert first == ("agent1", "상담사1", "공통그룹", "1001", "주문 문의, 기타 문의(2차)", None, "예")
        assert (second[4], third[6]) == (None, "아니오")
        assert audit(world)[-1] == ("download", "ok", {"what": "agents.xlsx", "agents": 3})

    def test_names_that_look_like_formulas_are_texts(self, manager) -> None:
        for agent_id, name in ((1, "=1+1"), (2, "@SUM(A1)"), (3, "+82-10")):
            manager.patch(f"/agents/{agent_id}", json={"name": name})
        body = manager.get("/agents.xlsx").data
        page = openpyxl.load_workbook(io.BytesIO(body)).worksheets[0]
        cells = [page[f"B{row}"] for row in (2, 3, 4)]
        assert [(cell.value, cell.data_type, bool(cell.quotePrefix)) for cell in cells] == [
            ("=1+1", "s", True), ("@SUM(A1)", "s", True), ("+82-10", "s", True),
        ]  # fmt: skip

    def test_what_was_downloaded_changes_nothing_when_taken_in(self, manager) -> None:
        tiers = [{"agent_id": 1}, {"agent_id": 2, "level": 3}]
        manager.put("/assignments", json={"queues": [{"id": 1, "tiers": tiers}]})
        skill = manager.post("/skills", json={"name": "영어"}).json["id"]
        manager.patch("/agents/2", json={"skills": [{"id": skill, "level": 2}], "name": "=_x0041_ <&>"})
        for language in ("ko", "en"):
            body = manager.get("/agents.xlsx", headers={"Accept-Language": language}).data
            plan = send(manager, body, dry_run=True).json
            assert (plan["new"], plan["changed"], plan["same"], plan["problems"]) == (0, 0, 3, []), plan

    def test_the_template_says_how_and_its_example_is_passed_over(self, manager) -> None:
        for language, title in (("ko", "안내"), ("en", "Guide")):
            body = manager.get("/agents-template.xlsx", headers={"Accept-Language": language}).data
            guide = str(rows_of(body, title))
            assert "주문 문의" in guide and "3-1" in guide
            assert send(manager, body, dry_run=True).json["code"] == "sheet_empty"
            book = openpyxl.load_workbook(io.BytesIO(body))
            book.worksheets[0].append(["kim", "김하늘"])
            plan = send(manager, saved(book), dry_run=True).json
            assert (plan["new"], plan["examples"], plan["errors"]) == (1, 1, 0)


class TestTakingIn:
    def test_new_agents_and_changes_at_once(self, manager, log_in, world) -> None:
        body = sheet(
            ["agent1", "상담사하나", "야간", "1001", "2, 기타 문의(2차)", "영어", "예"],
            ["kim", "김하늘", "", None, "배송 문의\n1(3차)", "영어(2차), 불어", True],
            ["0012", 1004, "공통그룹", None, None, None, "아니오"],
            header=HEADER,
        )
        plan = send(manager, body, dry_run=True).json
        assert (plan["new"], plan["changed"], plan["errors"]) == (2, 1, 0)
        assert (plan["new_groups"], plan["new_skills"]) == (["야간"], ["불어", "영어"])
        assert plan["rows"][0]["changes"] == ["name", "group", "menus", "skills"]
        assert len(manager.get("/agents").json) == 3 and audit(world) == []

        done = send(manager, body).json
        agents = {agent["login"]: agent for agent in manager.get("/agents").json}
        assert (agents["agent1"]["name"], agents["agent1"]["group"]) == ("상담사하나", "야간")
        assert agents["agent1"]["queues"] == [{"id": 2, "level": 1}, {"id": 3, "level": 2}]
        assert agents["kim"]["queues"] == [{"id": 1, "level": 3}, {"id": 2, "level": 1}]
        assert (agents["0012"]["name"], agents["0012"]["active"]) == ("1004", False)
        passwords = rows_of(base64.b64decode(done["passwords"]["content"]))
        given = {row[1]: row[4] for row in passwords[4:]}
        assert set(given) == {"kim", "0012"}
        assert log_in("kim", password=given["kim"]).status_code == 200
        assert world.notified == [world.tenants["demo"].tenant_id]
        assert given["kim"] not in str(audit(world))
        assert audit(world)[-1][0] == "upload"

    def test_columns_that_are_not_there_change_nothing(self, manager) -> None:
        manager.put("/assignments", json={"queues": [{"id": 1, "tiers": [{"agent_id": 1}]}]})
        done = send(manager, sheet(["agent1", "새 이름"])).json
        assert (done["changed"], done["passwords"]) == (1, None)
        agent = manager.get("/agents").json[0]
        assert (agent["name"], agent["queues"]) == ("새 이름", [{"id": 1, "level": 1}])

    def test_every_problem_is_named_at_its_cell_and_nothing_is_kept(self, manager, world) -> None:
        manager.delete("/agents/3")
        before = (manager.get("/agents").json, len(audit(world)))
        body = sheet(
            ["agent1", "", "", "9999", "없는 메뉴, 1, 주문 문의", "a(b", "글쎄"],
            ["새 사람", "이름", "", "1005", "1(10)", "", ""],
            ["agent3", "이름"],
            ["kim", "김\n하늘", "그" * 61],
            ["lee", "이바다"],
            ["lee", "이바다"],
            ["park", date(2026, 1, 1)],
            ["", "이름 없는 ID"],
            header=HEADER,
        )
        problems = codes(send(manager, body))
        assert problems == [
            ("", "sheet_licences"),
            ("B2", "required"), ("D2", "extension_automatic"), ("E2", "menu_unknown"), ("E2", "named_twice"),
            ("F2", "field_characters"), ("G2", "yes_or_no"),
            ("A3", "login_form"), ("D3", "extension_automatic"), ("E3", "out_of_range"),
            ("A4", "login_taken_past"),
            ("B5", "control_characters"), ("C5", "field_too_long"),
            ("A7", "sheet_login_twice"),
            ("B8", "cell_date"),
            ("A9", "required"),
        ]  # fmt: skip
        assert (manager.get("/agents").json, len(audit(world))) == before
        assert send(manager, body, dry_run=True).json["errors"] == len(problems)

    def test_words_are_in_the_readers_language(self, manager) -> None:
        refused = send(manager, sheet(["kim", ""]), headers={"Accept-Language": "en"})
        assert refused.json["message"].startswith("1 to mend")
        assert refused.json["details"]["problems"][0]["message"] == "This is needed."

    def test_licences_are_counted_for_the_whole_file(self, manager) -> None:
        refused = send(manager, sheet(*([f"new{n}", "새"] for n in range(4))))
        assert codes(refused) == [("", "sheet_licences")]
        assert refused.json["details"]["problems"][0]["missing"] == 2
        assert manager.get("/licences").json["used"] == 3

    def test_menus_of_the_same_name_are_told_apart_by_their_digits(self, manager, world) -> None:
        world.tenants["demo"].update_queue(2, name="주문 문의")
        head = ["상담사ID", "이름", "상담메뉴"]
        by_name = send(manager, sheet(["agent1", "상담사1", "주문 문의"], header=head))
        assert codes(by_name) == [("C2", "menu_ambiguous")]
        assert send(manager, sheet(["agent1", "상담사1", "2"], header=head)).json["changed"] == 1
        assert rows_of(manager.get("/agents.xlsx").data)[1][4] == "2"

    def test_agents_keep_their_place_in_a_queue_that_left_the_menu(self, manager, world) -> None:
        """It is served on for an hour, and comes back with the version that led to it; the sheet cannot name it."""
        both = [{"agent_id": 1}, {"agent_id": 2, "level": 2}]
        manager.put("/assignments", json={"queues": [{"id": 2, "tiers": both}]})
        own = world.tenants["demo"]
        first, _, third = own.ars("live").definition["menu"]
        own.publish({**own.ars("live").definition, "menu": [first, third]}, "admin")
        assert own.config().queues[2].tiers == {1: 1, 2: 2}
        head = ["상담사ID", "이름", "상담메뉴"]
        done = send(manager, sheet(["agent1", "상담사1", "1"], ["agent2", "상담사2", ""], header=head))
        assert (done.status_code, done.json["changed"]) == (200, 1)
        tiers = {number: queue.tiers for number, queue in own.config().queues.items()}
        assert (tiers[1], tiers[2]) == ({1: 1}, {1: 1, 2: 2})

    def test_what_the_switch_refuses_is_not_kept(self, manager, world) -> None:
        world.switch.reply = "-ERR"
        refused = send(manager, sheet(["kim", "김하늘"], ["agent1", "새 이름"]))
        assert (refused.status_code, refused.json["code"]) == (503, "not_published")
        assert [agent["name"] for agent in manager.get("/agents").json] == ["상담사1", "상담사2", "상담사3"]


def _zip(**parts: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name.replace("__", "/"), body)
    return kept.getvalue()


def _replaced(body: bytes, part: str, change: Callable[[bytes], bytes], extra: str = "") -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
        if extra:
            new.writestr(extra, b"x")
    return kept.getvalue()


GOOD = sheet(["kim", "김하늘"])
SHEET = "xl/worksheets/sheet1.xml"
BOMB = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


class TestHostileFiles:
    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"not a workbook", "not_xlsx"),
            (b"PK\x03\x04 damaged", "not_xlsx"),
            (GOOD[:-200], "not_xlsx"),
            (_zip(hello=b"x"), "not_xlsx"),
            (_zip(xl__workbook_xml=b"x", **{"xl/workbook.xml": b"<broken"}), "not_xlsx"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000), "sheet_old_format"),
            (_replaced(GOOD, "", bytes, extra="xl/vbaProject.bin"), "sheet_macros"),
            (_replaced(GOOD, SHEET, lambda old: b" " * 50_000_000 + old), "sheet_too_big"),
            (_zip(**{"xl/workbook.xml": b"x"}, **{f"part{n}": b"" for n in range(400)}), "sheet_too_big"),
            (_replaced(GOOD, SHEET, lambda old: old.replace(b"<worksheet", BOMB + b"<worksheet", 1)), "not_xlsx"),
            (_replaced(GOOD, "xl/workbook.xml", lambda old: BOMB + old), "not_xlsx"),
            (sheet(["1", "2"], header=["아이디", "성명"]), "sheet_no_header"),
            (sheet(["kim", "김", "x"], header=["상담사ID", "이름", "비밀번호"]), "sheet_unknown_column"),
            (sheet(["kim", "김", "x"], header=["상담사ID", "이름", "Name"]), "sheet_column_twice"),
            (sheet(), "sheet_empty"),
            (sheet(*(["a", "b"] for _ in range(1001))), "sheet_too_many"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_are_refused_with_the_reason(self, manager, world, body, code) -> None:
        for dry_run in (True, False):
            refused = send(manager, body, dry_run)
            assert (refused.status_code, refused.json["code"]) == (422, code)
            assert "다" in refused.json["message"] and "xl/" not in refused.json["message"]
        assert len(manager.get("/agents").json) == 3

    def test_a_million_rows_are_not_read(self, manager) -> None:
        empty = b"".join(b'<row r="%d"/>' % row for row in range(3, 200_000))
        far = b'<row r="1000000"><c r="A1000000" t="inlineStr"><is><t>kim2</t></is></c></row>'
        for more in (empty, far):
            body = _replaced(GOOD, SHEET, lambda old, more=more: old.replace(b"</sheetData>", more + b"</sheetData>"))
            assert send(manager, body, dry_run=True).json["code"] == "sheet_too_long"

    def test_formulas_errors_and_long_cells_are_problems_of_their_cells(self, manager) -> None:
        body = sheet(['=HYPERLINK("http://evil.example","x")', "김"], ["kim", "#REF!"], ["lee", "가" * 1001])
        book = openpyxl.load_workbook(io.BytesIO(body))
        page = book.worksheets[0]
        page["B3"].data_type = "e"
        assert codes(send(manager, saved(book)))[1:] == [
            ("A2", "cell_formula"), ("B3", "cell_error"), ("B4", "cell_too_long"), ("B4", "field_too_long"),
        ]  # fmt: skip

    def test_a_file_is_needed_and_a_large_one_refused(self, manager) -> None:
        assert manager.post("/agents.xlsx").json["code"] == "no_file"
        assert send(manager, b"").json["code"] == "no_file"
        assert send(manager, bytes(900_001)).json["code"] == "sheet_file_too_big"
        assert send(manager, bytes(30_000_000)).json["code"] == "too_large"
