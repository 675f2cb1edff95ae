"""A shop owner sets up a centre alone, in the browser, and the first customer is answered."""

from __future__ import annotations

from typing import Any

import pytest

from app.bootstrap import setup
from tests.browser.test_ars_page import applied, opened, saved
from tests.freeswitch.stack import Stack, eventually
from tests.freeswitch.test_spine_browser import (
    BUNDLE,
    KEEP_CONNECTIONS,
    PATIENCE,
    STATISTICS,
    hears_caller,
)
from tests.freeswitch.test_spine_browser import page as page  # the fixture

pytestmark = [
    pytest.mark.freeswitch,
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not BUNDLE.exists(), reason="the front end is not built: make front"),
]
DID = "07040000077"


def test_from_an_empty_centre_to_the_first_answered_call(stack: Stack, page: Any) -> None:
    """The operator has given a number and a login. The owner does the rest: hours, greeting, a second menu entry,
    hears it, makes it live, adds an agent; the agent answers in the browser who pressed the new key."""
    name = f"flower{len(setup.open_store(stack.settings).tenant_ids())}"
    did = f"{DID[:-2]}{len(setup.open_store(stack.settings).tenant_ids()) + 70}"
    made = setup.create_tenant(
        stack.settings, name=name, organisation="꽃집", did=did, email="me@example.com", manager="admin",
        password=None, licences=2, carrier="SKTL",
    )  # fmt: skip
    address = f"http://127.0.0.1:{stack.settings.web_port}"
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto(f"{address}/login")
    for field, value in (("service_name", name), ("login", "admin"), ("password", made["manager"]["password"])):
        page.fill(f"#{field}", value)
    page.press("#password", "Enter")
    page.wait_for_url("**/dashboard")

    page.goto(f"{address}/settings/ars")
    page.wait_for_selector(".section")
    opened(page, "hours")
    page.click(".presets-row .pill:has-text('24시간')")
    opened(page, "greeting")
    page.fill("#prompt-greeting", "안녕하세요. 꽃집입니다.")
    opened(page, "menu")
    page.click("#section-menu .add-row")
    page.keyboard.type("배달 문의")
    saved(page)
    page.click(".call-now")
    page.wait_for_selector(".bubble:has-text('꽃집입니다')")
    applied(page)

    page.goto(f"{address}/settings/staff")
    page.click("button:has-text('상담사 추가')")
    page.get_by_label("이름").fill("김하늘")
    page.get_by_label("상담사ID").fill("kim")
    page.click("dialog button[type=submit]")
    page.wait_for_selector(".secrets")
    password = page.inner_text(".secret:has-text('비밀번호') dd")
    page.click(".quick-assign .pick:has-text('배달 문의')")
    page.wait_for_selector(".quick-assign .pick[aria-pressed=true]")
    page.click("dialog footer .btn-primary")
    page.wait_for_selector("tr:has-text('kim'):has-text('배달 문의')")

    context = page.context.browser.new_context(
        locale="ko-KR", timezone_id="Asia/Seoul", permissions=["microphone"]
    )
    context.add_init_script(KEEP_CONNECTIONS)
    desk = context.new_page()
    desk.set_default_timeout(PATIENCE)
    desk.on("pageerror", lambda error: complaints.append(str(error)))
    desk.goto(f"{address}/desk/login")
    for field, value in (("service_name", name), ("login", "kim"), ("password", password)):
        desk.fill(f"#{field}", value)
    desk.click("#login-form button[type=submit]")
    desk.wait_for_selector(".status-button:has-text('대기')")
    manager = stack.api(setup.create_token(stack.settings, tenant=name, login="admin", label="test")["token"])
    eventually(lambda: all(agent["registered"] for agent in manager.get("live")["agents"]), 20, "the phone is there")

    call = stack.caller(stack.number()).call(did).wait_state("talking", 15)
    eventually(lambda: len(call.rtp.heard.audio()) > 8000, 10, "hears the greeting")
    call.rtp.press("2")
    desk.wait_for_selector(".ring")
    assert "배달 문의" in desk.inner_text(".ring")
    desk.click(".round.accept")
    desk.wait_for_selector(".call-panel")
    eventually(lambda: desk.evaluate(STATISTICS)["received"] > 50, 20, "packets arrive", every=0.3)
    eventually(lambda: hears_caller(desk), 20, "the browser hears the caller's tone", every=0.3)
    call.hang_up()
    desk.wait_for_selector(".wrap-up")
    desk.click(".wrap-up .btn:has-text('대기')")
    desk.wait_for_selector(".wrap-up", state="detached")

    page.goto(f"{address}/history/contacts")

    def told() -> bool:
        page.reload()
        return bool(page.locator("tr:has-text('배달 문의'):has-text('김하늘')").count())

    eventually(told, 20, "the call is in 상담이력", every=1.0)
    assert complaints == []
    context.close()
