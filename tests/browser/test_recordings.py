"""올린 녹음 in a real browser: what plays a recording, and away with one that nothing plays, by keyboard."""

from __future__ import annotations

from typing import Any

import pytest

from app.ports import Upload
from tests.portal.outside import sound


def recording(site: Any, name: str) -> int:
    own = site.world.tenants["demo"]
    path = site.world.outside.renderer.keep_upload(
        own.tenant_id, Upload(sound(1.5), 1.5, "wav", name), f"f{len(own.prompt_files())}"
    )
    return int(own.add_prompt_file(name, path, 1.5, "관리자 admin (demo)").id)


@pytest.mark.parametrize(("width", "language"), [(1440, "ko"), (390, "en")])
def test_a_recording_that_nothing_plays_is_deleted_by_keyboard(manager, site, width, language) -> None:
    used, free = recording(site, "인사말 2026.mp3"), recording(site, "예전 점심 안내.m4a")
    own = site.world.tenants["demo"]
    own.save_draft({"menu": [], "slots": [], "holidays": [], "uploads": {"greeting": used, "delay": used}})
    page = manager(width, language)
    page.goto(f"{site.address}/settings/ars")
    page.wait_for_selector(".section")
    page.focus("#ars-tools button >> nth=1")
    page.keyboard.press("Enter")
    page.wait_for_selector(".recordings > li >> nth=1")
    rows = page.locator(".recordings > li")
    assert rows.count() == 2
    assert {"ko": "고치고 있는 설정의 인사말", "en": "the draft: greeting"}[language] in rows.nth(1).inner_text()
    assert rows.nth(1).locator(".btn-ghost-danger").count() == 0, "what is used cannot be deleted"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.focus(".recordings .btn-ghost-danger")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alertdialog]")
    page.keyboard.press("Enter")  # the focus is on cancel: a second press harms nobody
    assert rows.count() == 2
    page.focus(".recordings .btn-ghost-danger")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alertdialog]")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('.recordings > li').length === 1")
    assert [row.id for row in own.prompt_files()] == [used] and free != used
    page.wait_for_function("() => document.activeElement?.closest('dialog') !== null")
