"""서비스 설정 › 상담서비스 in a real browser, by mouse and by keys alone; and the 연동 URL at the desk."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import openpyxl
import pytest

from tests.browser.test_portal import DATA
from tests.portal.centre import add_draft_entry, audit, open_centre
from tests.portal.world import PASSWORD

TABS = ("agents", "assign", "types", "work", "access")
REFUSED = ("422", "409", "503", "403")
"""Refusals on purpose, which Chromium tells of as well."""


@pytest.fixture
def staff(manager, site) -> Any:
    """``staff("assign", width, language)``: the page with a live menu, at this tab."""
    open_centre(site.world)

    def start(tab: str = "agents", *args: Any, **kwargs: Any) -> Any:
        page = manager(*args, may_fail=REFUSED, **kwargs)
        page.goto(f"{site.address}/settings/staff#{tab}")
        page.wait_for_selector(f"#panel-{tab} .staff-card")
        return page

    return start


def tiers(site: Any, queue_id: int) -> dict[int, int]:
    return dict(site.world.tenants["demo"].config().queues[queue_id].tiers)


def workbook(*rows: list[str]) -> dict[str, Any]:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    kept = io.BytesIO()
    book.save(kept)
    return {"name": "상담사.xlsx", "mimeType": "application/octet-stream", "buffer": kept.getvalue()}


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_tab_is_whole(staff, site, width, language) -> None:
    rows = site.world.tenants["demo"]
    rows.set_agent_skills(1, {rows.create_skill("skill").id: 1})
    page = staff("agents", width, language)
    for tab in TABS:
        page.click(f"#tab-{tab}")
        page.wait_for_selector(f"#panel-{tab}:not([hidden])")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), tab
        if language == "en":
            text = re.sub(r"(?m)^상$", "", page.inner_text("body"))  # the letter in an agent's circle
            for word in (*DATA, "개인 용무", "식사", "회의"):
                text = text.replace(word, "")
            assert not re.search("[가-힣]", text), (tab, re.findall("[가-힣 ]+", text))


@pytest.mark.parametrize("width", [1440, 390])
def test_a_new_agent_is_added_assigned_and_logs_in(staff, site, open_page, width) -> None:
    page = staff("agents", width)
    assert "2명 더 등록" in page.inner_text(".licences")
    page.click("button:has-text('상담사 추가')")
    page.click("dialog button[type=submit]")
    page.wait_for_selector("dialog .island-error >> nth=1")
    page.get_by_label("이름").fill("김하늘")
    page.get_by_label("상담사ID").fill("agent1")
    page.click("dialog button[type=submit]")
    page.wait_for_selector("dialog .island-error:has-text('이미 쓰고 있는 ID')")
    page.get_by_label("상담사ID").fill("kim")
    page.click("dialog button[type=submit]")
    page.wait_for_selector(".secrets")
    password = page.inner_text(".secret:has-text('비밀번호') dd")
    page.click(".quick-assign .pick:has-text('배송 문의')")
    page.wait_for_selector(".quick-assign .pick[aria-pressed=true]")
    page.click("dialog footer .btn-primary")
    row = page.locator("tr:has-text('kim')")
    assert "배송 문의" in row.inner_text()
    (agent,) = [each for each in site.world.tenants["demo"].agents() if each.login == "kim"]
    assert tiers(site, 2) == {agent.id: 1}
    assert password not in page.content()
    desk = open_page(width, may_fail=("WebSocket", "ERR_CONNECTION"))
    desk.goto(f"{site.address}/desk/login")
    for name, value in (("service_name", "demo"), ("login", "kim"), ("password", password)):
        desk.fill(f"#{name}", value)
    site.stage.agents[agent.id] = {**site.stage.agent("agent1"), "id": agent.id, "name": "김하늘", "login": "kim"}
    desk.click("#login-form button[type=submit]")
    desk.wait_for_selector(".status-bar:has-text('김하늘')")


def test_an_agent_is_found_changed_given_a_new_password_and_deleted(staff, site) -> None:
    page = staff()
    page.fill("input[type=search]", "1002")
    assert page.locator(".agents-table tbody tr").count() == 1
    page.click("button[aria-label='상담사2 관리']")
    page.get_by_label("이름").fill("이바다")
    page.click("dialog .island-switch")
    page.click("dialog button[type=submit]")
    page.wait_for_selector("tr:has-text('이바다'):has-text('사용 중지')")
    page.click("button[aria-label='이바다 관리']")
    page.click("text=비밀번호 다시 정하기")
    page.click("dialog footer .btn-primary")
    page.wait_for_selector(".secrets")
    for key in ("Enter", "Escape", "Escape"):  # it cannot be shown again: only its own button closes it
        assert page.evaluate("document.activeElement.ariaLabel") == "비밀번호 복사"
        page.keyboard.press(key)
        assert page.locator("dialog[open] .secrets").is_visible()
    page.click("dialog footer .btn-primary:has-text('전달했습니다')")
    page.click("button[aria-label='이바다 관리']")
    page.click("text=SIP 계정 다시 만들기")
    page.click("[role=alertdialog] .btn-primary")
    assert "demo-1002" in page.inner_text(".secrets")
    page.click("dialog footer .btn-primary")
    page.click("button[aria-label='이바다 관리']")
    page.click("dialog footer button:has-text('삭제')")
    assert "라이선스 하나가 비어" in page.inner_text("[role=alertdialog]")
    page.click("[role=alertdialog] .btn-danger")
    page.wait_for_selector("text=찾는 상담사가 없습니다")
    assert [entry[0] for entry in audit(site.world)] == ["change", "change", "change", "delete"]


def test_the_licences_end_the_adding(staff, site) -> None:
    site.world.tenants["demo"].update_tenant(licences=3)
    page = staff()
    assert page.is_disabled("button:has-text('상담사 추가')")
    assert "라이선스를 늘려 달라고 운영자에게 요청" in page.inner_text(".licences")


def test_who_is_assigned_to_nothing_is_pointed_out_until_assigned(staff, site) -> None:
    page = staff()
    assert page.inner_text("#tab-assign .count") == "3"
    assert page.locator(".agents-table .tag:has-text('배정 안 됨')").count() == 3
    page.click("text=상담배정으로 가기")
    assert "상담사1, 상담사2, 상담사3" in page.inner_text("#panel-assign .notice >> nth=0")
    assert "주문 문의, 배송 문의, 기타 문의" in page.inner_text("#panel-assign .notice >> nth=1")
    page.click(".queue >> nth=0 >> .lane-add")
    for name in ("상담사1", "상담사2", "상담사3"):
        page.check(f".pick-list label:has-text('{name}') input")
    page.click("dialog footer .btn-primary")
    assert page.locator("#panel-assign .notice").count() == 1
    page.click(".staff-bar .btn-primary")
    page.wait_for_selector("text=적용했습니다")
    assert page.locator("#tab-assign .count").count() == 0
    assert tiers(site, 1) == {1: 1, 2: 1, 3: 1}


def drag(page: Any, source: str, target: str) -> None:
    start, end = (page.locator(each).first.bounding_box() for each in (source, target))
    page.mouse.move(start["x"] + 20, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + 40)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=4)
    page.mouse.up()


def test_agents_are_dragged_onto_tiers_and_off(staff, site) -> None:
    site.world.tenants["demo"].set_tiers(1, {1: 1})
    page = staff("assign")
    drag(page, ".pool .chip:has-text('상담사2')", "[data-lane='1:2']")
    drag(page, ".pool .chip:has-text('상담사3')", "[data-lane='2:1']")
    drag(page, ".queue >> nth=0 >> .chip:has-text('상담사1')", "[data-lane='2:1']")
    page.click(".staff-bar .btn-primary")
    page.wait_for_selector("text=적용했습니다")
    assert (tiers(site, 1), tiers(site, 2)) == ({2: 1}, {1: 1, 3: 1})
    drag(page, ".queue >> nth=1 >> .chip:has-text('상담사3')", ".pool")
    page.click(".staff-bar button:has-text('되돌리기')")
    assert page.locator(".queue >> nth=1 >> .chip").count() == 2
    assert page.is_disabled(".staff-bar .btn-primary")


def test_keys_alone_assign(staff, site) -> None:
    site.world.tenants["demo"].set_tiers(1, {1: 1, 2: 1})
    page = staff("agents")
    page.focus("#tab-agents")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#panel-assign:not([hidden])")
    for _ in range(40):  # to the first agent's chip
        if page.evaluate("document.activeElement.dataset.chip") == "1-1":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.chip") == "1-1"
    assert page.locator("[data-lane='1:2'] .chip:has-text('상담사1')").count() == 1
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.dataset.chip") == "1-2"
    page.keyboard.press("Delete")
    page.focus(".queue >> nth=2 >> .lane-add")
    page.keyboard.press("Enter")
    page.wait_for_selector(".pick-list")
    page.focus(".pick-list input >> nth=2")
    page.keyboard.press("Space")
    page.focus("dialog footer .btn-primary")
    page.keyboard.press("Enter")
    page.focus(".staff-bar .btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=적용했습니다")
    assert (tiers(site, 1), tiers(site, 3)) == ({1: 1}, {3: 1})


def test_draft_menus_and_skills_are_shown_as_such(staff, site) -> None:
    rows = site.world.tenants["demo"]
    english = rows.create_skill("영어").id
    rows.set_agent_skills(2, {english: 1})
    add_draft_entry(site.world, "새 메뉴")
    page = staff("assign")
    page.wait_for_selector(".queue:has-text('새 메뉴') .tag:has-text('적용 전')")
    page.select_option(".queue >> nth=0 >> select", label="영어")
    assert page.locator(".queue >> nth=0 >> .chip.by-skill:has-text('상담사2')").count() == 1
    page.click(".staff-bar .btn-primary")
    page.wait_for_selector("text=적용했습니다")
    assert tiers(site, 1) == {2: 1}


def test_two_managers_at_once_are_asked(staff, site) -> None:
    page = staff("assign")
    page.click(".queue >> nth=0 >> .lane-add")
    page.check(".pick-list input >> nth=0")
    page.click("dialog footer .btn-primary")
    site.world.tenants["demo"].set_tiers(2, {3: 1})
    page.click(".staff-bar .btn-primary")
    page.wait_for_selector("[role=alertdialog]:has-text('다른 관리자가')")
    page.click("[role=alertdialog] .btn-primary")
    page.wait_for_selector("text=적용했습니다")
    assert (tiers(site, 1), tiers(site, 2)) == ({1: 1}, {3: 1})


def test_what_the_switch_refuses_is_said_and_undone(staff, site) -> None:
    page = staff("assign")
    site.world.switch.reply = "-ERR"
    page.click(".queue >> nth=0 >> .lane-add")
    page.check(".pick-list input >> nth=0")
    page.click("dialog footer .btn-primary")
    page.click(".staff-bar .btn-primary")
    page.wait_for_selector(".island-toast:has-text('아무것도 바뀌지 않았습니다')")
    assert tiers(site, 1) == {} and not page.is_disabled(".staff-bar .btn-primary")
    site.world.switch.reply = None
    page.click(".staff-bar .btn-primary")
    page.wait_for_selector(".island-toast:has-text('적용했습니다')")
    assert tiers(site, 1) == {1: 1}


def test_an_excel_file_is_looked_at_mended_and_taken_in(staff, site) -> None:
    page = staff()
    with page.expect_download() as saved:
        page.click("a:has-text('엑셀 내려받기')")
    assert saved.value.suggested_filename.startswith("demo_상담사_")
    page.click("button:has-text('엑셀로 등록')")
    header = ["상담사ID", "이름", "상담메뉴"]
    page.set_input_files("#agents-file", workbook(header, ["kim", "김하늘", "없는 메뉴"], ["agent1", "하나", "2"]))
    page.wait_for_selector(".plan .wrong")
    assert "C2" in page.inner_text(".plan-table") and page.is_disabled("dialog footer .btn-primary")
    page.set_input_files("#agents-file", workbook(header, ["kim", "김하늘", "1"], ["agent1", "하나", "2"]))
    page.wait_for_selector(".plan .tag.good")
    with page.expect_download() as saved:
        page.click("dialog footer .btn-primary")
    assert saved.value.suggested_filename.startswith("demo_비밀번호_")
    page.wait_for_selector("dialog[open] footer:has-text('파일을 저장했습니다')")
    page.keyboard.press("Escape")
    assert "다시 내려받기" in page.evaluate("document.activeElement.innerText")
    page.click("dialog footer .btn-primary")
    page.wait_for_selector("tr:has-text('김하늘'):has-text('주문 문의')")
    page.wait_for_selector("tr:has-text('하나'):has-text('배송 문의')")


def test_lists_are_put_in_order_by_key_and_changed_in_place(staff, site) -> None:
    page = staff("types")
    page.focus("[data-handle] >> nth=0")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("() => document.querySelectorAll('.list-row .name')[1].value === '배송문의'")
    page.fill(".list-row .name >> nth=0", "주문 취소")
    page.keyboard.press("Enter")
    page.fill(".list-add .form-control >> nth=1", "교환")
    page.keyboard.press("Enter")
    page.wait_for_selector("[aria-label='이름: 교환']")
    page.click("[aria-label='기타 삭제']")
    page.click("[role=alertdialog] .btn-danger")
    page.wait_for_selector("[aria-label='기타 삭제']", state="detached")
    kinds = site.world.tenants["demo"].contact_types()
    assert [row.name for row in kinds] == ["주문 취소", "배송문의", "반품문의", "교환"]
    page.fill(".list-row .code >> nth=0", "10")
    page.keyboard.press("Enter")
    page.wait_for_selector(".island-error:has-text('이미 쓰고 있는 코드')")


def test_settings_say_what_is_wrong_and_apply(staff, site) -> None:
    page = staff("work")
    card = page.locator(".staff-card:has-text('전화 울림')")
    card.locator("input >> nth=0").fill("3")
    card.locator(".btn-primary").click()
    card.locator(".island-error:has-text('5~120')").wait_for()
    for typed, words in (("5.5", "소수점 없는"), ("", "재호출 시간: 꼭 입력")):
        card.locator("input >> nth=0").fill(typed)
        card.locator(".btn-primary").click()
        card.locator(f".island-error:has-text('{words}')").wait_for()
    card.locator("input >> nth=0").fill("3")
    page.click("#tab-types")
    page.click("#tab-work")  # what was typed is still there
    assert card.locator("input >> nth=0").input_value() == "3"
    card.locator("input >> nth=0").fill("25")
    card.locator(".btn-primary").click()
    page.wait_for_selector(".island-toast:has-text('적용했습니다')")
    page.click(".pick:has-text('{number}')")
    page.locator("input[type=url]").press("Home")
    page.keyboard.insert_text("https://crm.example.com/?tel=")
    page.click("text=시험해 보기")
    page.wait_for_selector(".test-result:has-text('HTTP 200')")
    with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.url.endswith("/settings")):
        page.locator(".staff-card:has-text('연동 URL') .btn-primary").click()
    tenant = site.world.tenants["demo"].tenant()
    assert (tenant.recall_seconds, tenant.integration_url) == (25, "https://crm.example.com/?tel={number}")


def test_nobody_locks_themselves_out(staff, site) -> None:
    page = staff("access")
    page.fill(".add-line input >> visible=true", "abc")
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel-access .island-error:has-text('IP 주소가 아닙니다')")
    assert page.locator(".networks li").count() == 0
    page.fill(".add-line input >> visible=true", "203.0.113.0/24")
    page.keyboard.press("Enter")
    page.click("#panel-access .card-foot .btn-primary")
    page.wait_for_selector("#panel-access .notice.warning:has-text('127.0.0.1')")
    page.click("#panel-access .notice.warning .btn")
    page.click("#panel-access .card-foot .btn-primary")
    page.wait_for_selector(".island-toast:has-text('적용했습니다')")
    assert site.world.tenants["demo"].tenant().allowed_addresses == ["203.0.113.0/24", "127.0.0.1"]
    site.world.tenants["demo"].update_tenant(allowed_addresses=["203.0.113.0/24"])
    page.goto(f"{site.address}/settings/staff")
    assert "허용되지 않은 IP 주소(127.0.0.1)" in page.inner_text("body")
    page.click("button:has-text('로그아웃')")
    page.wait_for_url("**/login")


class Crm(BaseHTTPRequestHandler):
    """Has a page for everything."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>customer</title>")

    def log_message(self, *_: Any) -> None:
        return


class TestCustomersPage:
    @pytest.fixture
    def crm(self, site) -> Iterator[str]:
        """The tenant's own system: a server of another origin."""
        with ThreadingHTTPServer(("127.0.0.1", 0), Crm) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            url = f"http://localhost:{server.server_port}/customer?tel={{number}}&menu={{menu}}"
            site.world.tenants["demo"].update_tenant(integration_url=url)
            yield "/customer?tel=01036123712"
            server.shutdown()

    def talk(self, page: Any, site: Any) -> None:
        site.stage.ring("agent1")
        page.click(".round.accept")
        page.wait_for_selector(".call-panel")

    def test_it_opens_with_the_call_in_one_tab(self, agent, site, crm) -> None:
        page = agent("agent1")
        with page.expect_popup() as opened:
            self.talk(page, site)
        opened.value.wait_for_url(f"**{crm}**")
        assert page.get_attribute(".customer-link", "href") == opened.value.url
        site.stage.ended(site.stage.agent("agent1"))
        page.bring_to_front()
        page.click(".wrap-up .btn:has-text('대기')")
        site.stage.ring("agent1", number="0212345678")
        page.click(".round.accept")
        opened.value.wait_for_url("**tel=0212345678**")
        assert len(page.context.pages) == 2

    def test_on_a_telephone_there_is_a_link_and_no_tab_over_the_call(self, agent, site, crm) -> None:
        page = agent("agent1", 390)
        page.evaluate("() => { window.matchMedia = (query) => ({ matches: !query.includes('pointer') }); }")
        self.talk(page, site)
        page.wait_for_selector(".customer-link")
        assert len(page.context.pages) == 1
        with page.expect_popup() as opened:
            page.click(".customer-link")
        assert crm in opened.value.url

    def test_without_a_url_there_is_nothing(self, agent, site) -> None:
        page = agent("agent1")
        self.talk(page, site)
        assert page.locator(".customer-link").count() == 0


def test_a_deleted_agent_is_out_of_the_desk(agent, site) -> None:
    page = agent("agent1", may_fail=("401",))
    site.world.tenants["demo"].delete_agent(site.world.agents["demo"]["agent1"])
    # what the page was still loading may be refused before the click: then it leaves by itself
    with page.expect_navigation(url="**/desk/login"):
        page.evaluate("() => { document.querySelector('.tab-history')?.click(); }")
    page.fill("#password", PASSWORD)
