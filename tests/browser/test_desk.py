"""The agents' desktop in a real browser, with a controller on a stage."""

from __future__ import annotations

import re

import pytest

WIDTHS = (1440, 390)
PHONE_FAILS = ("WebSocket", "ERR_CONNECTION")


def asked(site) -> list[str]:
    return [name for _, name, _ in site.world.bus.asked]


def test_a_wrong_login_is_said_and_the_id_is_kept_on_wish(open_page, site) -> None:
    page = open_page(may_fail=("401",))
    page.goto(f"{site.address}/desk/login")
    page.fill("#service_name", "demo")
    page.fill("#login", "Agent1")
    page.fill("#password", "Test-1234")
    page.check("#remember")
    page.click("#login-form button[type=submit]")
    assert "대소문자" in page.inner_text("[role=alert]")
    page.goto(f"{site.address}/desk/login")
    assert (page.input_value("#service_name"), page.input_value("#login")) == ("demo", "Agent1")
    assert page.input_value("#password") == ""
    page.uncheck("#remember")
    page.fill("#password", "Test-1234")
    page.click("#login-form button[type=submit]")
    page.goto(f"{site.address}/desk/login")
    assert page.input_value("#login") == ""


@pytest.mark.parametrize("width", WIDTHS)
def test_a_call_from_ring_to_write_up(agent, site, width) -> None:
    page = agent("agent1", width)
    site.stage.change(site.stage.agent("agent2"), status="available")
    page.wait_for_selector(".status-button:has-text('대기')")
    call_id = site.stage.ring("agent1")
    page.wait_for_selector(".ring-name:has-text('김하늘')")
    assert "010-3612-3712" in page.inner_text(".ring")
    assert "전화가 왔습니다" in page.title()
    page.click(".round.accept")
    panel = page.wait_for_selector(".call-panel")
    assert "모의 통화" in panel.inner_text()
    page.click(".tool:has-text('보류')")
    page.click(".tool:has-text('보류 해제')")
    page.click(".tool:has-text('음소거')")
    page.click(".tool:has-text('음소거 해제')")
    page.click(".tool:has-text('키패드')")
    page.click("dialog .key:has-text('5')")
    page.keyboard.type("1#")
    assert page.inner_text(".keypad-sent") == "51#"
    page.keyboard.press("Escape")
    page.click(".tool:has-text('호전환')")
    page.wait_for_selector(".targets li")
    assert page.locator(".targets li").count() == 1  # agent3 is not logged in
    page.click(".targets .btn:has-text('협의 후 전환')")
    page.wait_for_selector(".consult:has-text('상담사2')")
    page.click(".consult .btn:has-text('취소')")
    page.wait_for_selector(".consult", state="detached")
    page.fill(".call-panel textarea >> nth=0", "배송이 늦음")
    page.click(".hang-up")
    page.wait_for_selector(".wrap-up")
    assert page.input_value(".wrap-up textarea >> nth=0") == "배송이 늦음"
    page.fill(".wrap-up textarea >> nth=1", "재발송")
    page.click(".wrap-up .chip:has-text('배송문의')")
    page.click(".wrap-up .btn:has-text('대기')")
    page.wait_for_selector(".wrap-up", state="detached")
    (row,) = site.world.tenants["demo"].wrap_ups([call_id])
    assert (row.inquiry, row.action, row.contact_type_id) == ("배송이 늦음", "재발송", 1)
    assert asked(site) == [
        "log_in",
        "answer",
        "hold",
        "resume",
        "mute",
        "mute",
        "send_digits",
        "send_digits",
        "send_digits",
        "consult",
        "cancel_transfer",
        "hang_up",
        "wrap_up_done",
    ]


def test_a_write_up_that_is_too_long_is_refused_and_nothing_is_lost(agent, site) -> None:
    page = agent("agent1", may_fail=("422",))
    page.wait_for_selector(".status-button:has-text('대기')")
    site.stage.ring("agent1")
    page.click(".round.accept")
    page.click(".hang-up")
    page.fill(".wrap-up textarea >> nth=0", "가" * 1025)
    assert "1,025" in page.inner_text(".count.over")
    page.click(".wrap-up .btn:has-text('대기')")
    page.wait_for_selector(".toast-note.error:has-text('1025자')")
    assert "wrap_up_done" not in asked(site)
    assert len(page.input_value(".wrap-up textarea >> nth=0")) == 1025


def test_reject_force_end_and_a_caller_who_leaves(agent, site) -> None:
    page = agent("agent1")
    page.wait_for_selector(".status-button:has-text('대기')")
    site.stage.ring("agent1")
    page.wait_for_selector(".round.accept:not([disabled])")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.round.accept')")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.round.reject')")
    page.click(".round.reject")
    page.wait_for_selector(".ring", state="detached")
    site.stage.ring("agent1")
    page.wait_for_selector(".ring")
    site.stage.caller_gone("agent1")
    page.wait_for_selector(".ring", state="detached")
    site.stage.ring("agent1")
    page.click(".round.accept")
    page.click(".tool.danger")
    page.click("dialog .btn-danger")
    page.wait_for_selector(".wrap-up")
    assert asked(site)[1:] == ["reject", "answer", "force_end"]


def test_dialling_from_the_pad_the_history_and_a_callback(agent, site) -> None:
    page = agent("agent1")
    page.wait_for_selector(".status-button:has-text('대기')")
    for digit in "1002":
        page.click(f".pad-box .key >> text=/^{digit}/")
    page.click(".call-button")
    page.wait_for_selector(".call-panel:has-text('거는 중')")
    page.click(".hang-up")
    page.wait_for_selector(".call-panel", state="detached")
    page.click(".tab-history")
    page.click(".row-act >> nth=0")
    assert "**" in page.inner_text(".dial-confirm")
    page.click("dialog .btn-success")
    page.wait_for_selector(".call-panel")
    page.click(".hang-up")
    page.wait_for_selector(".call-panel", state="detached")
    page.click(".tab-callbacks")
    page.click(".row-main >> nth=0")
    page.click("dialog .btn-success")
    page.wait_for_selector(".call-panel")
    dialled = [args for _, name, args in site.world.bus.asked if name == "dial"]
    assert dialled[0]["number"] == "1002"
    assert dialled[1]["number"].startswith("010") and "*" not in dialled[1]["number"]
    assert dialled[2]["callback_id"] >= 1


def test_a_refused_call_is_explained(agent, site) -> None:
    page = agent("agent1", may_fail=("403",))
    page.wait_for_selector(".status-button:has-text('대기')")
    site.world.bus.refusals["dial"] = "international_refused"
    page.fill(".dial-number", "0081312345678")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast-note.error:has-text('국제전화')")


def test_what_the_controller_tells_later_is_said(agent, site) -> None:
    page = agent("agent1")
    page.wait_for_selector(".status-button:has-text('대기')")
    site.stage.change(site.stage.agent("agent1"), notice="dial_failed:USER_BUSY")
    page.wait_for_selector(".toast-note:has-text('통화 중입니다')")


def test_status_with_a_reason_by_keyboard_alone(agent, site) -> None:
    page = agent("agent1")
    page.wait_for_selector(".status-button:has-text('대기')")
    page.focus(".status-button")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    for _ in range(10):
        if page.evaluate("document.activeElement.textContent") == "식사":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".status-button:has-text('휴식 · 식사')")
    assert site.world.bus.asked[-1][2]["reason"] == "식사"
    first = page.inner_text(".state-time")
    page.wait_for_function("first => document.querySelector('.state-time').textContent !== first", arg=first)


def test_a_ringing_call_can_be_taken_by_keyboard(agent, site) -> None:
    page = agent("agent1")
    page.wait_for_selector(".status-button:has-text('대기')")
    site.stage.ring("agent1")
    page.wait_for_selector(".round.accept:not([disabled])")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".call-panel")
    assert asked(site)[-1] == "answer"


def test_a_reload_during_a_call_keeps_the_call_and_the_draft(agent, site) -> None:
    page = agent("agent1")
    page.wait_for_selector(".status-button:has-text('대기')")
    site.stage.ring("agent1")
    page.click(".round.accept")
    page.fill(".call-panel textarea >> nth=0", "초안")
    page.reload()
    page.wait_for_selector(".call-panel")
    assert "김하늘" in page.inner_text(".call-panel")
    assert page.input_value(".call-panel textarea >> nth=0") == "초안"
    assert asked(site).count("log_in") == 1


def test_a_real_phone_that_cannot_register_is_said_and_tried_again(agent, site) -> None:
    site.world.settings.ws_port = 9  # nobody listens there
    site.stage.simulated = False
    for element in site.stage.agents.values():
        element["registered"] = False
    site.stage.publish()
    page = agent("agent1", may_fail=PHONE_FAILS)
    page.wait_for_selector(".notice.bad:has-text('전화 서버에 연결할 수 없습니다')")
    page.wait_for_selector(".phone-mark.bad")
    assert "모의 통화" not in page.inner_text("body")


def test_a_missing_microphone_is_said_before_a_call(agent, site) -> None:
    site.world.settings.ws_port = 9
    site.stage.simulated = False
    site.stage.publish()
    page = agent("agent1", microphone=False, may_fail=PHONE_FAILS)
    page.wait_for_selector(".notice.bad:has-text('마이크가 없습니다')")


def test_a_silent_controller_is_said(agent, site) -> None:
    page = agent("agent1")
    page.wait_for_selector(".status-button:has-text('대기')")
    site.world.feed.alive = False
    page.reload()
    page.wait_for_selector(".notice.bad:has-text('통화 제어기가 응답하지 않습니다')")


def test_the_password_is_changed_with_the_old_one(agent, site) -> None:
    page = agent("agent1", may_fail=("422",))
    page.click(".tab-more")
    page.click(".row-main:has-text('비밀번호 변경')")

    def fill(old: str, new: str, again: str) -> None:
        for name, value in (("old", old), ("new", new), ("again", again)):
            page.fill(f"dialog input[name={name}]", value)
        page.click("dialog button[type=submit]")

    fill("Test-1234", "Better-12345", "Different-12345")
    page.wait_for_selector("dialog [role=alert]:has-text('서로 다릅니다')")
    fill("wrong", "Better-12345", "Better-12345")
    page.wait_for_selector("dialog [role=alert]:has-text('기존 비밀번호')")
    fill("Test-1234", "Better-12345", "Better-12345")
    page.wait_for_selector(".toast-note:has-text('변경했습니다')")


def test_a_recording_plays_and_an_old_call_is_written_up(agent, site) -> None:
    page = agent("agent1")
    page.click(".tab-history")
    page.wait_for_selector(".rows li")
    page.click(".row-main:has(.ti-phone-incoming) >> nth=0")
    page.wait_for_selector("dialog .fact-list")
    page.fill("dialog textarea >> nth=0", "나중에 적음")
    page.click("dialog .btn:has-text('저장')")
    page.wait_for_selector(".toast-note:has-text('저장했습니다')")
    page.click(".tabs button:has-text('미연결')")
    page.wait_for_selector(".rows li .ti-phone-x")
    page.click(".tabs button:has-text('전체')")
    page.wait_for_selector(".rows li .ti-phone-outgoing")
    page.click(".more")
    page.wait_for_function("() => document.querySelectorAll('.rows li').length > 30")


@pytest.mark.parametrize("width", WIDTHS)
def test_english_has_no_korean_left_and_nothing_is_wider_than_the_screen(agent, site, width) -> None:
    page = agent("agent1", width, "en")
    for tab in ("home", "history", "callbacks", "more"):
        page.click(f".tab-{tab}")
        page.wait_for_timeout(300)
        text = page.inner_text("body")
        for data in ("상담사1", "상담사2", "상담사3", "주문 문의", "배송 문의", "기타 문의", "한국어"):
            text = text.replace(data, "")
        assert not re.search("[가-힣]", text), (tab, text)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), tab


def test_it_can_be_installed(agent, site) -> None:
    page = agent("agent1")
    manifest = page.evaluate("fetch(document.querySelector('link[rel=manifest]').href).then(a => a.json())")
    assert (manifest["start_url"], manifest["display"]) == ("/desk/", "standalone")
    sizes = page.evaluate(
        "icons => Promise.all(icons.map(i => fetch(i.src).then(a => a.ok)))", manifest["icons"]
    )
    assert sizes == [True] * 4
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def test_logging_out_ends_work_and_the_session(agent, site) -> None:
    page = agent("agent1")
    page.wait_for_selector(".status-button:has-text('대기')")
    page.click(".tab-more")
    page.click(".row-main:has-text('로그아웃')")
    page.click("dialog .btn-primary")
    page.wait_for_url("**/desk/login")
    assert asked(site)[-1] == "log_out"


def test_a_call_rings_above_an_open_dialog(agent, site) -> None:
    page = agent("agent1", 1440)
    page.click(".status-button")
    page.wait_for_selector("dialog.sheet")
    site.stage.ring("agent1")
    page.wait_for_selector("dialog.ring")
    page.keyboard.press("Escape")
    page.click(".round.accept", timeout=5000)  # fails when something lies above the button
    page.wait_for_selector(".call-panel")
