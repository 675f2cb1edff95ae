"""작업이력 in a real browser: a row opens by keyboard and tells what was changed, on a telephone too."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(("width", "language"), [(1440, "ko"), (390, "ko"), (390, "en")])
def test_a_row_opens_and_tells_what_was_changed(manager, site, width, language) -> None:
    own = site.world.tenants["demo"]
    details = {"recall_seconds": [20, 45], "allowed_addresses": [[], ["203.0.113.0/24"] * 20]}
    own.add_audit(actor="관리자 admin (demo)", subject="상담서비스", action="change", details=details)
    page = manager(width, language)
    page.goto(f"{site.address}/history/audit")
    row = page.locator("tr:has(td.subject)", has_text={"ko": "변경", "en": "Change"}[language])
    button = row.locator("button")
    told = page.locator(f"#{button.get_attribute('aria-controls')}")
    assert not told.is_visible() and button.is_visible()
    button.focus()
    page.keyboard.press("Enter")
    assert told.is_visible() and button.get_attribute("aria-expanded") == "true"
    assert "20 → 45" in told.inner_text() and "203.0.113.0/24" in told.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.querySelector('.table-scroll').scrollWidth") <= width
    page.keyboard.press("Enter")
    assert not told.is_visible()
