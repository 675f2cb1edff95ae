"""The portal in a real browser: every page, both languages, both widths."""

from __future__ import annotations

import re

import pytest

PAGES = (
    "/dashboard",
    "/statistics/queues?period=30days",
    "/statistics/agents?period=30days&unit=day",
    "/statistics/contact-types",
    "/history/calls?period=week",
    "/history/contacts?period=30days",
    "/history/calls/example-001",
    "/history/callbacks",
    "/history/logins",
    "/history/audit",
)
DATA = (
    "상담사1",
    "상담사2",
    "상담사3",
    "주문 문의",
    "배송 문의",
    "기타 문의",
    "배송문의",
    "취소문의",
    "반품문의",
    "기타",
    "공통그룹",
    "관리자",
    "한국어",
)


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_is_whole(manager, site, width, language) -> None:
    page = manager(width, language)
    for path in PAGES:
        answer = page.goto(site.address + path)
        assert answer.status == 200, path
        if path == "/dashboard":
            page.wait_for_selector(".agent-tile")
            page.wait_for_selector("canvas")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        if language == "en":
            text = page.inner_text("body")
            for word in DATA:
                text = text.replace(word, "")
            assert not re.search("[가-힣]", text), (path, re.findall("[가-힣 ]+", text))


def test_the_dashboard_is_live(manager, site) -> None:
    page = manager()
    page.goto(site.address + "/dashboard")
    page.wait_for_selector(".agent-tile")
    for element in site.stage.agents.values():
        site.stage.change(element, status="available")
    site.stage.ring("agent2")
    page.wait_for_selector(".agent-tile:has-text('벨울림중')")
    assert "010-36**-37**" in page.inner_text(".agent-tile:has-text('벨울림중')")
    site.stage.carry_out(1, "answer", {"agent_id": site.world.agents["demo"]["agent2"]})
    page.wait_for_selector(".agent-tile:has-text('통화중')")


def test_presets_fill_the_period_and_filters_stay(manager, site) -> None:
    page = manager()
    page.goto(site.address + "/history/calls")
    page.select_option("#f-direction", "outbound")
    page.click("button[name=period][value='30days']")
    page.wait_for_url("**period=30days**")
    assert "direction=outbound" in page.url and "from=" not in page.url
    assert page.input_value("#f-direction") == "outbound"
    assert set(page.locator("tbody tr td:nth-child(4)").all_inner_texts()) == {"발신전화"}


def test_excel_is_what_is_shown(manager, site) -> None:
    page = manager()
    page.goto(site.address + "/statistics/queues?period=30days&id=1")
    with page.expect_download() as saved:
        page.click("a:has-text('다운로드')")
    assert saved.value.suggested_filename.startswith("상담큐통계_")


def test_the_menu_opens_on_a_phone(manager, site) -> None:
    page = manager(390)
    assert not page.is_visible("#menu")
    page.click(".navbar-toggler")
    page.wait_for_selector("#menu .nav-link:has-text('상담큐통계')")
    page.click("#menu .nav-link:has-text('상담큐통계')")
    page.wait_for_url("**/statistics/queues")


def test_a_recording_plays_in_the_list(manager, site) -> None:
    page = manager()
    page.goto(site.address + "/history/contacts?period=week")
    with page.expect_response(lambda answer: "/recording" in answer.url) as heard:
        page.click("[data-play] >> nth=0")
    assert heard.value.status in (200, 206)
    page.wait_for_function("() => document.querySelector('#player audio').duration > 0")


def test_the_language_is_switched_on_the_page(open_page, site) -> None:
    page = open_page()
    page.goto(site.address + "/login")
    page.click("button:has-text('English')")
    page.wait_for_selector("h1:has-text('Manager login')")
    page.click("button:has-text('한국어')")
    page.wait_for_selector("h1:has-text('관리자 로그인')")
