"""A headless Chromium, the web on a port with a stage behind it, and pages that tell of every error."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.portal.serve import example, served
from tests.portal.stage import Stage
from tests.portal.world import PASSWORD, World

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
]
FAKE_MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)
BUNDLES = Path(__file__).resolve().parents[2] / "agent_ui/static/dist/desk.js"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium in the PATH"))
            elif not BUNDLES.exists():
                item.add_marker(pytest.mark.skip(reason="the front end is not built: make front"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Callable[..., Any]]:
    """``chromium(flags)``: a browser with these flags, kept for the module. Not for the session: while one
    Playwright runs no other can, and other folders have tests with a browser, too."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        known: dict[tuple[str, ...], Any] = {}

        def start(flags: tuple[str, ...]) -> Any:
            if flags not in known:
                known[flags] = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
            return known[flags]

        yield start
        for browser in known.values():
            browser.close()


class Site:
    """The web under test and the stage behind it."""

    def __init__(self, address: str, world: World, stage: Stage) -> None:
        self.address = address
        self.world = world
        self.stage = stage


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    world, stage = example(tmp_path)
    with served(world) as address:
        yield Site(address, world, stage)
    world.store.sessions.kw["bind"].dispose()


@pytest.fixture
def open_page(chromium: Callable[..., Any], site: Site) -> Iterator[Callable[..., Any]]:
    """``open_page(width, language)``: a page whose errors fail the test unless ``may_fail`` says so."""
    contexts: list[Any] = []
    errors: list[str] = []

    def start(
        width: int = 1440, language: str = "ko", microphone: bool = True, may_fail: tuple[str, ...] = ()
    ) -> Any:
        browser = chromium(tuple(FAKE_MICROPHONE) if microphone else ())
        context = browser.new_context(
            viewport={"width": width, "height": 900 if width > 600 else 844},
            locale="ko-KR",
            timezone_id="Asia/Seoul",
        )
        context.add_cookies([{"name": "language", "value": language, "url": site.address}])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)

        def heard(message: Any) -> None:
            if message.type in ("error", "warning") and not any(word in message.text for word in may_fail):
                errors.append(f"{message.type}: {message.text} {message.location.get('url', '')}")

        page.on("console", heard)
        page.on("pageerror", lambda error: errors.append(f"exception: {error}"))
        return page

    yield start
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def agent(open_page: Callable[..., Any], site: Site) -> Callable[..., Any]:
    """``agent("agent1", width, language)``: a page with that agent's desktop."""

    def start(login: str = "agent1", *args: Any, **kwargs: Any) -> Any:
        page = open_page(*args, **kwargs)
        page.goto(f"{site.address}/desk/login")
        page.fill("#service_name", "demo")
        page.fill("#login", login)
        page.fill("#password", PASSWORD)
        page.click("#login-form button[type=submit]")
        page.wait_for_selector(".status-bar")
        return page

    return start


@pytest.fixture
def manager(open_page: Callable[..., Any], site: Site) -> Callable[..., Any]:
    """``manager(width, language)``: a page with the portal."""

    def start(*args: Any, **kwargs: Any) -> Any:
        page = open_page(*args, **kwargs)
        page.goto(f"{site.address}/login")
        page.fill("#service_name", "demo")
        page.fill("#login", "admin")
        page.fill("#password", PASSWORD)
        page.click("form.card button[type=submit]")
        page.wait_for_selector(".navbar-vertical")
        return page

    return start
