"""An agent in headless Chromium, everything through the page: log in, ring, answer, talk both ways, hang up,
write up, find the call again. The browser's microphone is Chromium's own fake one, which beeps."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.supervisor.programs import find_chromium
from tests.freeswitch.harness import Wav
from tests.freeswitch.rtp import linear, rms
from tests.freeswitch.softphone import Call
from tests.freeswitch.stack import Agent, Stack, assert_never_silent, eventually

BUNDLE = Path(__file__).resolve().parents[2] / "agent_ui/static/dist/desk.js"
pytestmark = [
    pytest.mark.freeswitch,
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not BUNDLE.exists(), reason="the front end is not built: make front"),
]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required", "--allow-loopback-in-peer-connection",
]  # fmt: skip
PATIENCE = 20_000

KEEP_CONNECTIONS = """
window.connections = [];
const Original = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Original {
  constructor(...args) { super(...args); window.connections.push(this); }
};
"""

STATISTICS = """
async () => {
  const found = { sent: 0, received: 0, energy: 0 };
  for (const connection of window.connections) {
    if (connection.connectionState === "closed") continue;
    for (const one of (await connection.getStats()).values()) {
      if (one.type === "outbound-rtp") found.sent += one.packetsSent;
      if (one.type !== "inbound-rtp") continue;
      found.received += one.packetsReceived;
      found.energy += one.totalAudioEnergy || 0;
    }
  }
  return found;
}
"""

PITCH = """
async () => {
  const element = document.getElementById("far");
  const context = window.listening ??= new AudioContext();
  await context.resume();
  const analyser = context.createAnalyser();
  analyser.fftSize = 8192;
  context.createMediaStreamSource(element.srcObject).connect(analyser);
  await new Promise((done) => setTimeout(done, 400));
  const levels = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(levels);
  return levels.indexOf(Math.max(...levels)) * context.sampleRate / analyser.fftSize;
}
"""


@pytest.fixture
def page(stack: Stack) -> Iterator[Any]:
    """A page of a fresh browser; what its console complained of is shown when the test fails."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_chromium()), args=FLAGS)
        context = browser.new_context(locale="ko-KR", timezone_id="Asia/Seoul", permissions=["microphone"])
        context.add_init_script(KEEP_CONNECTIONS)
        opened = context.new_page()
        opened.set_default_timeout(PATIENCE)
        opened.on("console", lambda message: print("console:", message.type, message.text))
        opened.on("pageerror", lambda error: print("exception:", error))
        yield opened
        context.close()
        browser.close()


def beeps(call: Call, since: float) -> bool:
    """Whether the telephone has heard both the fake microphone's beep and the pause between two."""
    levels = [rms(linear(p.payload)) for p in list(call.rtp.heard.packets) if p.kind == 0 and p.at > since]
    return len(levels) > 50 and max(levels) > 300 and min(levels) < 100


def hears_caller(page: Any) -> bool:
    return abs(page.evaluate(PITCH) - 440) < 15


def log_in(stack: Stack, page: Any, agent: Agent) -> None:
    """At the demo tenant's desktop, until the browser's phone can be called."""
    page.goto(f"http://127.0.0.1:{stack.settings.web_port}/desk/login")
    page.fill("#service_name", "demo")
    page.fill("#login", agent.login)
    page.fill("#password", agent.password)
    page.click("#login-form button[type=submit]")
    page.wait_for_selector(".status-button:has-text('대기')")
    eventually(lambda: agent.view()["registered"], 20, "the browser's phone is registered")


@pytest.mark.parametrize("who", ["agent", "customer"])
def test_a_call_in_the_browser(stack: Stack, page: Any, who: str) -> None:
    demo = stack.tenants["demo"]
    agent = demo.agents[0]
    number = stack.number()
    log_in(stack, page, agent)

    call = stack.caller(number).call(demo.did).wait_state("talking", 15)
    eventually(lambda: len(call.rtp.heard.audio()) > 8000, 10, "hears the greeting")
    call.rtp.press("1")
    page.wait_for_selector(".ring")
    shown = page.inner_text(".ring")
    assert f"010-{number[3:7]}-{number[7:]}" in shown and "회원 문의" in shown
    page.click(".round.accept")
    page.wait_for_selector(".call-panel")
    agent.wait_phase("talking")
    answered = time.monotonic()
    eventually(lambda: page.evaluate(STATISTICS)["received"] > 50, 20, "packets arrive", every=0.3)
    eventually(lambda: hears_caller(page), 20, "the browser hears the caller's tone", every=0.3)
    eventually(lambda: beeps(call, answered), 20, "the caller hears the browser's microphone", every=0.2)
    before = page.evaluate(STATISTICS)
    assert before["sent"] > 50 and before["energy"] > 0

    if who == "agent":
        page.click(".tool:has-text('보류')")
        page.wait_for_selector(".tool:has-text('보류 해제')")
        agent.wait("holding")
        page.click(".tool:has-text('보류 해제')")
        agent.wait("on_call")
        resumed = time.monotonic()
        eventually(lambda: beeps(call, resumed), 20, "the agent is back", every=0.2)
        eventually(lambda: hears_caller(page), 20, "the caller is back", every=0.3)
        page.click(".hang-up")
    else:
        call.hang_up()
    call.wait_state("ended", 10)
    page.wait_for_selector(".wrap-up")
    assert_never_silent(call, call.answered_at, call.ended_at, 2.5)
    page.fill(".wrap-up textarea >> nth=0", "배송 문의")
    page.fill(".wrap-up textarea >> nth=1", "송장 안내")
    page.click(".wrap-up .chip:has-text('배송문의')")
    page.click(".wrap-up .btn:has-text('대기')")
    page.wait_for_selector(".wrap-up", state="detached")
    agent.wait("idle", "available")
    record = demo.ended_call(number)
    assert (record["outcome"], record["agent_id"], record["contact_type"]) == ("connected", agent.id, "배송문의")
    assert record["ended_by"] == {"agent": "agent", "customer": "caller"}[who]
    assert record["wrap_ups"][0]["inquiry"] == "배송 문의"
    assert record["talk_seconds"] == pytest.approx(call.ended_at - answered, abs=1.5)
    page.click(".tab-history")
    page.wait_for_selector(".row-main")
    eventually(lambda: demo.api.get(f"calls/{record['id']}")["recorded"], 20, "recorded")
    path = Path(stack.settings.state) / "heard.wav"
    path.write_bytes(demo.api.file(f"calls/{record['id']}/recording"))
    wav = Wav.read(path)
    assert len(wav.channels) == 2
    assert all(max(rms(c[at : at + 160]) for at in range(0, len(c) - 160, 160)) > 300 for c in wav.channels)
    agent.do("logout")


def test_a_page_loaded_anew_in_a_call_gets_its_sound_back(stack: Stack, page: Any) -> None:
    """The agent reloads while talking: the page says that the sound is gone, and one press brings it back."""
    demo = stack.tenants["demo"]
    agent, number = demo.agents[0], stack.number()
    log_in(stack, page, agent)
    call = stack.caller(number).call(demo.did).wait_state("talking", 15)
    eventually(lambda: len(call.rtp.heard.audio()) > 8000, 10, "hears the greeting")
    call.rtp.press("1")
    page.wait_for_selector(".ring")
    page.click(".round.accept")
    page.wait_for_selector(".call-panel")
    eventually(lambda: page.evaluate(STATISTICS)["received"] > 50, 20, "packets arrive", every=0.3)
    eventually(lambda: hears_caller(page), 20, "the browser hears the caller's tone", every=0.3)

    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.wait_for_selector(".notice:has-text('음성 연결이 끊어졌습니다')")
    assert call.state == "talking" and agent.view()["call"]["phase"] == "talking"
    page.click(".notice .btn:has-text('소리 다시 연결')")
    page.wait_for_selector(".notice", state="detached")
    eventually(lambda: page.evaluate(STATISTICS)["received"] > 50, 20, "packets arrive again", every=0.3)
    back = time.monotonic()
    eventually(lambda: hears_caller(page), 20, "the browser hears the caller again", every=0.3)
    eventually(lambda: beeps(call, back), 20, "the caller hears the browser's microphone", every=0.2)
    agent.wait_phase("talking")
    page.click(".hang-up")
    call.wait_state("ended", 10)
    page.wait_for_selector(".wrap-up")
    page.click(".wrap-up .btn:has-text('대기')")
    record = demo.ended_call(number)
    full = demo.api.get(f"calls/{record['id']}")
    assert len(full["talks"]) == 1
    agent.do("logout")
