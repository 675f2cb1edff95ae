"""ARS서비스 in a real browser, over the REST API: a centre is set up from nothing, heard, and goes live."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

DID = "07040000001"
REFUSED = ("409", "422")
CONTENT = ".section-summary, .ready-card span, .bubble p, .heard-lines, .changes, .version-head .subtle, option"
"""Where the tenant's own words stand, and the sentences that callers hear: Korean in any language."""


@pytest.fixture
def ars(manager: Callable[..., Any], site: Any) -> Callable[..., Any]:
    """``ars(width, language)``: the page of a tenant that has a number and nothing else."""
    if DID not in site.world.tenants["demo"].dids():
        site.world.tenants["demo"].add_did(DID)

    def start(*args: Any, **kwargs: Any) -> Any:
        page = manager(*args, **kwargs)
        page.goto(f"{site.address}/settings/ars")
        page.wait_for_selector(".section")
        return page

    return start


def opened(page: Any, section: str) -> None:
    head = f"#section-{section} .section-head"
    if page.get_attribute(head, "aria-expanded") == "false":
        page.click(head)


def saved(page: Any) -> None:
    """All that was typed is with the server; first the page draws what was typed."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_selector(".save-mark.saved", state="attached")


def shows(page: Any, field: str, text: str) -> None:
    """The (first) field, or other element, comes to hold the text."""
    page.wait_for_function(
        """([field, text]) => {
            const found = document.querySelector(field);
            return (found?.value ?? found?.textContent ?? "").includes(text);
        }""",
        arg=[field, text],
    )


def stored(site: Any, state: str) -> dict[str, Any]:
    return dict(site.world.tenants["demo"].ars(state).definition)


def with_menu(page: Any) -> None:
    """Hours at all times and two entries, saved."""
    opened(page, "hours")
    page.click(".presets-row .pill:has-text('24시간')")
    opened(page, "menu")
    page.click(".ready-card:has-text('수리')")
    page.wait_for_selector("[data-name]")
    saved(page)


def applied(page: Any) -> None:
    page.click(".apply-buttons .btn-primary")
    page.click(".island-dialog-body > footer .btn-primary:not([disabled])")
    page.wait_for_selector(".applied")
    page.click(".island-dialog-body > footer .btn-primary")
    page.wait_for_selector(".apply-bar:has-text('지금 고객이 듣는 설정과 같습니다')")


def test_a_centre_from_nothing_to_what_callers_hear(ars, site) -> None:
    page = ars()
    page.click(".guide li:nth-child(1) button")
    page.click(".presets-row .pill:has-text('점심 제외')")
    assert page.locator(".week .open").count() == 10
    shows(page, "#prompt-after_hours", "아홉 시부터")
    page.click(".public-offer .btn-primary")
    page.wait_for_selector(".public-offer.done")
    page.fill(".day-panel input[maxlength]", "창립기념일")
    page.click(".day-panel [type=submit]")
    page.wait_for_selector(".holiday-list .what:has-text('창립기념일')")
    page.click("#section-hours .section-next .btn")
    page.fill("#prompt-greeting", "안녕하세요. <꽃집> & '나무'입니다.")
    page.click("#section-greeting .section-next .btn")

    page.click("#section-menu .add-row")  # by keyboard from here on: Enter goes on to the next entry
    page.keyboard.type("꽃 주문")
    page.keyboard.press("Enter")
    page.keyboard.type("배달 문의")
    shows(page, "#prompt-menu", "꽃 주문은 일번, 배달 문의는 이번")
    page.focus("[data-handle] >> nth=1")
    page.keyboard.press("ArrowUp")
    shows(page, "#prompt-menu", "배달 문의는 일번, 꽃 주문은 이번")
    assert "배달 문의" in page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.focus(".digit select >> nth=0")
    page.keyboard.press("2")
    page.wait_for_selector(".digit-refused:has-text('꽃 주문')")
    page.keyboard.press("7")
    page.wait_for_selector(".digit-key:text-is('7')")
    saved(page)

    page.click(".whens .pill:has-text('휴일')")
    page.click(".call-now")
    page.wait_for_selector(".bubble:has-text('휴무일')")
    page.wait_for_selector(".call-now")
    page.click(".whens .pill:has-text('상담시간')")
    page.click(".call-now")
    page.wait_for_selector(".bubble:has-text(\"<꽃집> & '나무'\")")
    page.wait_for_selector(".ask.asking")
    page.click(".keypad button:text-is('7')")
    page.wait_for_selector(".phone-told:has-text('배달 문의')")
    page.click(".round.end")

    page.click(".apply-buttons .btn-primary")
    page.wait_for_selector(".findings.warning:has-text('배달 문의')")  # nobody is assigned yet
    page.wait_for_selector(".year-grid i.holiday")
    page.click(".island-dialog-body > footer .btn-primary")
    page.wait_for_selector(".applied")
    page.keyboard.press("Escape")
    page.wait_for_selector(".apply-bar:has-text('지금 고객이 듣는 설정과 같습니다')")
    live = stored(site, "live")
    assert [(entry["digit"], entry["name"]) for entry in live["menu"]] == [("7", "배달 문의"), ("2", "꽃 주문")]
    assert live["texts"] == {"greeting": "안녕하세요. <꽃집> & '나무'입니다."}
    assert {slot["name"]: slot["open"] for slot in live["slots"]} == {"평일": True, "점심시간": False}
    assert any(day["name"] == "창립기념일" and day["kind"] == "own" for day in live["holidays"])
    assert not page.is_visible(".guide")


def test_what_is_only_begun_is_not_saved_and_not_called_an_error_while_typing(ars, site) -> None:
    page = ars()
    with_menu(page)
    page.click("#section-menu .add-row")
    page.wait_for_selector(".apply-bar:has-text('마저 입력할 곳이 1곳')")
    assert page.locator(".entry .island-error").count() == 0
    page.keyboard.press("Tab")
    page.wait_for_selector(".entry .island-error:has-text('메뉴 이름')")
    page.fill("[data-name] >> nth=3", "부품 문의")
    saved(page)
    page.fill("#prompt-menu", "가" * 201)
    page.wait_for_selector(".count.over")
    page.wait_for_selector(".island-error:has-text('1자를 줄여')")
    page.fill("#prompt-menu", "")
    page.keyboard.press("Tab")
    shows(page, "#prompt-menu", "부품 문의는 사번")
    saved(page)
    assert [entry["name"] for entry in stored(site, "draft")["menu"]][3:] == ["부품 문의"]
    assert stored(site, "draft")["texts"] == {}


def test_entries_of_every_kind_and_texts_that_follow_their_entry(ars, site) -> None:
    page = ars(may_fail=REFUSED)
    with_menu(page)
    before = stored(site, "draft")["menu"][0]["queue_id"]
    page.select_option(".entry-kind >> nth=0", "announcement")
    page.fill("#prompt-announcement_1", "매장은 역 앞에 있습니다.")
    saved(page)
    page.select_option(".entry-kind >> nth=0", "agents")  # its queue was forgotten meanwhile: a new one is made
    saved(page)
    assert stored(site, "draft")["menu"][0]["queue_id"] not in (None, before)
    page.select_option(".entry-kind >> nth=0", "announcement")
    assert page.input_value("#prompt-announcement_1") == "매장은 역 앞에 있습니다."
    page.select_option(".entry-kind >> nth=1", "submenu")
    page.wait_for_selector(".entry-more [data-name]")
    page.fill(".entry-more [data-name]", "노트북")
    page.fill("#prompt-menu_2", "노트북은 일번입니다.")
    saved(page)
    page.focus("[data-handle] >> nth=1")
    page.keyboard.press("ArrowUp")
    saved(page)
    menu = stored(site, "draft")["menu"]
    assert [(entry["digit"], bool(entry["entries"]), entry["announcement"]) for entry in menu[:2]] == [
        ("1", True, None),
        ("2", False, "매장은 역 앞에 있습니다."),
    ]
    assert stored(site, "draft")["texts"] == {"menu_1": "노트북은 일번입니다."}
    page.click(".entry.submenu > .entry-line .icon-button[aria-label*='지우기']")
    page.click(".toast-action")
    page.wait_for_selector(".entry.submenu")
    saved(page)
    assert stored(site, "draft")["texts"] == {"menu_1": "노트북은 일번입니다."}


def test_two_windows_do_not_write_over_each_other(ars, site) -> None:
    first = ars(may_fail=REFUSED)
    with_menu(first)
    second = ars(may_fail=REFUSED)
    opened(second, "connecting")
    second.fill("#prompt-connecting", "잠시만요.")
    saved(second)
    first.fill("[data-name] >> nth=0", "상담")
    first.wait_for_selector("[role=alertdialog]:has-text('먼저 바뀐 내용')")
    first.click("[role=alertdialog] .btn-primary")
    shows(first, "[data-name]", "구매 상담")
    opened(first, "connecting")
    assert first.input_value("#prompt-connecting") == "잠시만요."


def test_leaving_for_the_assignment_at_once_loses_nothing(ars, site) -> None:
    page = ars()
    with_menu(page)
    page.fill("[data-name] >> nth=2", "진행 상황")
    page.click(".people a >> nth=2")
    page.wait_for_selector("#tab-assign[aria-selected=true]")
    page.go_back()
    shows(page, "#section-menu .section-summary", "진행 상황")
    assert stored(site, "draft")["menu"][2]["name"] == "진행 상황"


def test_one_click_back(ars, site) -> None:
    page = ars()
    with_menu(page)
    applied(page)
    page.fill("[data-name] >> nth=0", "새 이름")
    saved(page)
    page.wait_for_selector(".apply-bar:has-text('변경 1건')")
    applied(page)
    page.click("#ars-tools button")
    page.click(".versions .btn >> nth=0")
    page.click("[role=alertdialog] .btn-primary")
    page.wait_for_selector(".island-toast.success")
    shows(page, "[data-name]", "구매 상담")
    assert stored(site, "live")["menu"][0]["name"] == "구매 상담"


def test_a_recording_is_played_instead_of_the_text(ars, site) -> None:
    page = ars(may_fail=REFUSED)
    opened(page, "greeting")
    pick = "#section-greeting input[type=file]"
    page.set_input_files(pick, {"name": "notes.wav", "mimeType": "audio/wav", "buffer": b"no sound at all"})
    page.wait_for_selector("#section-greeting .island-error")
    recording = site.world.outside.voice.preview("인사말")
    page.set_input_files(pick, {"name": "인사말.wav", "mimeType": "audio/wav", "buffer": recording})
    page.wait_for_selector(".uploaded:has-text('인사말.wav')")
    saved(page)
    assert list(stored(site, "draft")["uploads"]) == ["greeting"]
    page.click(".uploaded .btn-ghost-danger")
    page.wait_for_selector("#prompt-greeting")


def test_without_a_voice_the_page_says_so_and_shows_the_words(ars, site) -> None:
    site.world.outside.voice.speaks = False
    site.world.outside.voice.advice = "운영자에게 문의해 주세요."
    page = ars()
    page.wait_for_selector(".no-speech:has-text('운영자에게 문의해 주세요.')")
    page.click(".call-now")
    page.wait_for_selector(".bubble:has-text('지금은 상담 시간이 아닙니다')")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_section_is_whole(ars, site, width, language) -> None:
    page = ars(width, language)
    for section in page.locator(".section-head").all():
        section.click()
    page.wait_for_selector(".caller-id")
    page.wait_for_selector(".public-offer")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if language == "en":
        text = page.evaluate(
            f"""() => {{ const copy = document.querySelector('main').cloneNode(true);
            copy.querySelectorAll({CONTENT!r} + ', textarea, .public-list').forEach((each) => each.remove());
            return copy.innerText; }}"""
        )
        assert not re.search("[가-힣]", text), re.findall("[가-힣 ]+", text)
