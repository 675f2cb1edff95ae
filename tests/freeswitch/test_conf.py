"""The product's own configuration and dialplan on a real FreeSWITCH: who gets in, and what callers hear."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import subprocess
import time as clock
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.core.definitions import Holiday, MenuEntry, QueueConfig, Slot, TenantConfig
from app.core.events import ArsStep
from dialplan.publish import PublicationRejected
from esl.commands import Api
from esl.connection import Connection
from freeswitch_conf.timezones import posix_rules
from tests.freeswitch.harness import (
    AGENT_HERTZ,
    CALLER_HERTZ,
    DID,
    PROMPT_HERTZ,
    RealSwitch,
    Wav,
    hears,
    prompts_heard,
    tenant_config,
    wait_until,
    write_tone,
)
from tests.freeswitch.rtp import strength
from tests.freeswitch.softphone import Call, Message, SoftPhone

pytestmark = [pytest.mark.freeswitch, pytest.mark.slow]

SEOUL = ZoneInfo("Asia/Seoul")
ALWAYS = (Slot(frozenset(range(7)), time(0), time(0)),)
ANNOUNCEMENT_HERTZ = 2700
HEARD = dict(PROMPT_HERTZ, announcement_3=ANNOUNCEMENT_HERTZ)


def with_menu(prompts_dir: Path, **changes: object) -> TenantConfig:
    """Three entries: two queues and an announcement; two tries of one second."""
    config = tenant_config(prompts_dir)
    announcement = write_tone(prompts_dir / "t1" / "announcement_3.wav", ANNOUNCEMENT_HERTZ)
    ars = dataclasses.replace(
        config.ars,
        menu=(
            MenuEntry("1", "구매 <b>&\"'${system(touch /tmp/owned)}", 1),
            MenuEntry("2", "수리", 2),
            MenuEntry("3", "안내", None, "안내"),
        ),
        slots=ALWAYS,
        prompts={**config.ars.prompts, "announcement_3": str(announcement)},
        menu_tries=2,
        menu_timeout_seconds=1,
    )
    ars = dataclasses.replace(
        ars, **{key[4:]: changes.pop(key) for key in list(changes) if key.startswith("ars_")}
    )  # type: ignore[arg-type]
    queues = {1: QueueConfig(1, "구매", tiers={11: 1}), 2: QueueConfig(2, "수리")}
    return dataclasses.replace(config, ars=ars, queues=queues, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def switch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealSwitch]:
    with RealSwitch(tmp_path_factory.mktemp("conf"), tenant=with_menu) as running:
        yield running


@pytest.fixture(autouse=True)
def no_calls_left(switch: RealSwitch) -> Iterator[None]:
    """After each test its telephones go away, and with them their calls and registrations."""
    before = len(switch._closing)
    yield
    for close in reversed(switch._closing[before:]):
        close()
    del switch._closing[before:]
    wait_until(lambda: json.loads(switch.cli("show channels as json"))["row_count"] == 0, 10, "no channels")


@pytest.fixture
def published(switch: RealSwitch) -> Iterator[Callable[..., TenantConfig]]:
    """``published(ars_slots=…)`` publishes a change; afterwards the usual tenant is back."""

    def publish(**changes: object) -> TenantConfig:
        config = with_menu(switch.settings.prompts_dir, **changes)
        switch.publish(config)
        return config

    yield publish
    switch.publish(with_menu(switch.settings.prompts_dir))


def heard(call: Call) -> list[str]:
    """Announcements in the order in which they were heard, by their tones."""
    samples, found = call.rtp.heard.audio(), list[str]()
    for start in range(0, len(samples) - 1600, 800):
        window = samples[start : start + 1600]
        name = next((n for n, hertz in HEARD.items() if strength(window, hertz) > 0.8), None)
        if name and (not found or found[-1] != name):
            found.append(name)
    return found


def dial(switch: RealSwitch, number: str = DID) -> Call:
    return switch.caller().call(number).wait_state("talking")


def wait_heard(call: Call, name: str, seconds: float = 8.0) -> None:
    wait_until(lambda: name in heard(call), seconds, f"{name}; heard {heard(call)}")


def never_silent(call: Call, since: float = 0.5, until: float | None = None) -> bool:
    """No second of silence between ``since`` after the answer and ``until`` (or the end)."""
    end = (call.ended_at or clock.monotonic()) if until is None else call.answered_at + until
    return call.rtp.heard.longest_silence(call.answered_at + since, end) < 1.0


# -- the configuration -----------------------------------------------------------------------------


def test_it_starts_without_complaints_and_listens_where_it_should(switch: RealSwitch) -> None:
    status = switch.cli("sofia status")
    for profile, port in (("internal", switch.settings.sip_port), ("external", switch.settings.trunk_port)):
        assert re.search(rf"{profile}\s+profile\s+sip:mod_sofia@127\.0\.0\.1:{port}\s+RUNNING", status)
    bound = switch.cli("sofia status profile internal")
    assert re.search(
        rf"WS-BIND-URL\s+sip:mod_sofia@127\.0\.0\.1:{switch.settings.ws_port};transport=ws", bound
    )
    assert "sangdam/8000" in switch.cli("local_stream show")
    log = (switch.settings.freeswitch_dir / "log" / "freeswitch.log").read_text(errors="replace")
    complaints = [line for line in log.splitlines() if re.search(r"\[(ERR|CRIT|ALERT)\]", line)]
    assert not complaints, "\n".join(complaints)


def test_nothing_runs_shell_commands(switch: RealSwitch) -> None:
    from esl.errors import EslError

    for command in ("system id", "bg_system id", "spawn id", "spawn_stream id"):
        with pytest.raises(EslError, match="not found"):
            switch.cli(command)
    applications = switch.cli("show application")
    assert "playback" in applications
    assert not re.search(r"^(system|bgsystem)\b", applications, re.MULTILINE)
    assert "true" in switch.cli("module_exists mod_opus") or "false" in switch.cli("module_exists mod_opus")
    assert switch.cli("module_exists mod_callcenter").strip() == "false"
    assert switch.cli("module_exists mod_sms").strip() == "false"


def test_the_password_is_generated_and_files_are_private(switch: RealSwitch) -> None:
    conf = switch.settings.freeswitch_conf_dir
    text = (conf / "autoload_configs" / "event_socket.conf.xml").read_text()
    assert switch.settings.read_esl_password() in text
    assert "ClueCon" not in "".join(path.read_text() for path in conf.rglob("*.xml"))
    assert all(path.stat().st_mode & 0o077 == 0 for path in conf.rglob("*.xml"))


def test_it_knows_every_time_zone_as_python_does(switch: RealSwitch) -> None:
    names = {rule: name for name, rule in posix_rules()}  # one zone for each rule
    assert len(names) > 50
    wrong = []
    with Connection("127.0.0.1", switch.settings.esl_port, switch.settings.read_esl_password()) as connection:
        for name in ["Asia/Seoul", *names.values()]:
            for moment in (
                datetime(2026, 1, 15, 3, 30, tzinfo=UTC),
                datetime(2026, 7, 15, 3, 30, tzinfo=UTC),
            ):
                request = f"{name} {moment.timestamp():.0f}|%Y-%m-%d %H:%M"
                said = connection.api(Api("strftime_tz", request)).strip()
                if said != f"{moment.astimezone(ZoneInfo(name)):%Y-%m-%d %H:%M}":
                    wrong.append((name, moment, said))
    assert not wrong


# -- who gets in -----------------------------------------------------------------------------------


def test_phones_register_in_the_one_domain_whatever_host_they_name(switch: RealSwitch) -> None:
    switch.phone(1)
    switch.phone(2)
    assert switch.cli("sofia_contact internal/demo-1001@sangdam.local").startswith(
        "sofia/internal/sip:demo-1001@"
    )
    assert "user_not_registered" in switch.cli("sofia_contact internal/demo-1003@sangdam.local")

    def rows() -> list[dict[str, str]]:
        return json.loads(switch.cli("show registrations as json")).get("rows", [])

    wait_until(lambda: {row["reg_user"] for row in rows()} >= {"demo-1001", "demo-1002"}, 5)
    assert {row["realm"] for row in rows()} == {"sangdam.local"}


def test_wrong_passwords_and_strangers_are_refused(switch: RealSwitch) -> None:
    server = ("127.0.0.1", switch.settings.sip_port)
    for user, password in (("demo-1001", "wrong"), ("nobody", "x"), ("demo-1001", "")):
        phone = SoftPhone(server, user, password)
        with pytest.raises(AssertionError, match="answered with (401|403)"):
            phone.register()
        call = phone.call("1002").wait_state("ended")
        assert call.status in (401, 403, 407)
        phone.close()
    assert not switch.cli("show channels").strip().startswith("uuid,")


@pytest.mark.parametrize("user", ["api", "demo-1001"])
def test_a_message_from_a_stranger_reaches_nobody(switch: RealSwitch, user: str) -> None:
    phone = SoftPhone(("127.0.0.1", switch.settings.sip_port), "stranger")
    alice = switch.phone(1)
    answer = phone._ask(
        Message(
            f"MESSAGE sip:{user}@sangdam.local SIP/2.0",
            [
                ("Via", phone._via()),
                ("From", "<sip:stranger@sangdam.local>;tag=1"),
                ("To", f"<sip:{user}@sangdam.local>"),
                ("Call-ID", f"message-{user}"),
                ("CSeq", "1 MESSAGE"),
                ("Max-Forwards", "70"),
                ("Content-Type", "text/plain"),
            ],
            "api system touch /tmp/owned",
        )
    )
    phone.close()
    assert answer.status in (202, 401, 403, 407)  # 202: taken off the wire and dropped (enable-chat false)
    clock.sleep(0.5)
    assert not alice.calls and not alice.notifies
    assert not Path("/tmp/owned").exists()


@pytest.mark.parametrize("number", ["07099999999", "entry", "t1", "fallback-1", "${uuid}", "0704000000"])
def test_a_number_that_nobody_has_is_refused(switch: RealSwitch, number: str) -> None:
    call = switch.caller().call(number).wait_state("ended")
    assert call.status in (400, 404)


@pytest.mark.parametrize("number", ["dial-unavailable", "park", "1001a", "api", "-1"])
def test_a_phone_dials_numbers_only(switch: RealSwitch, number: str) -> None:
    assert switch.phone(1).call(number).wait_state("ended").status == 484


def test_without_a_controller_a_phone_that_dials_is_told_so(switch: RealSwitch) -> None:
    call = switch.phone(1).call("01012345678").wait_state("talking", 8)
    call.wait_state("ended", 8)
    assert never_silent(call, 0.3)
    assert max(abs(sample) for sample in call.rtp.heard.audio()) > 1000


def test_calls_from_networks_that_are_not_carriers_are_refused(tmp_path: Path) -> None:
    with RealSwitch(tmp_path, trunk_acl="10.255.255.0/24", carrier=None) as closed:
        assert closed.caller().call(DID).wait_state("ended").status == 403


# -- what callers hear -----------------------------------------------------------------------------


def test_greeting_menu_key_queue_and_then_an_agent_by_the_guard(switch: RealSwitch) -> None:
    before = set(switch.recordings())  # of a first try, say
    agent = switch.phone(1)
    call = dial(switch)
    wait_heard(call, "menu")
    call.rtp.press("1")
    ringing = agent.wait_call(1, 12)
    ringing.wait_state("talking")
    clock.sleep(3)
    assert heard(call)[:3] == ["greeting", "menu", "connecting"]
    assert speaks(call, AGENT_HERTZ + 100)
    assert speaks(ringing, CALLER_HERTZ)
    call.hang_up()
    ringing.wait_state("ended")
    (recording,) = wait_until(lambda: [one for one in switch.recordings() if one not in before], 5, "the recording")
    wav = wait_until(lambda: Wav.read(recording) if recording.stat().st_size > 1000 else None, 5)
    assert recording.parent.relative_to(switch.settings.recordings_dir) == Path(
        "t1", f"{datetime.now(SEOUL):%Y/%m/%d}"
    )
    assert len(wav.channels) == 2
    middle = slice(len(wav.channels[0]) // 3, len(wav.channels[0]) // 3 + wav.rate)
    assert loudest(wav.channels[0][middle], wav.rate) == CALLER_HERTZ
    assert loudest(wav.channels[1][middle], wav.rate) == AGENT_HERTZ + 100


def speaks(call: Call, hertz: int) -> bool:
    """That voice is what was mostly heard in the last two seconds (a lost packet shifts a tone's phase)."""
    samples = call.rtp.heard.audio(clock.monotonic() - 2)
    windows = [samples[at : at + 800] for at in range(0, len(samples) - 800, 800)]
    return len(windows) > 5 and sum(hears(window, hertz) for window in windows) > len(windows) / 2


def loudest(samples: list[int], rate: int) -> int:
    """Which of the two voices is in these samples (``strength`` counts in 8 kHz)."""
    return max((CALLER_HERTZ, AGENT_HERTZ + 100), key=lambda hertz: strength(samples, hertz * 8000 / rate))


def test_the_menu_follows_the_greeting_without_a_gap(switch: RealSwitch) -> None:
    call = dial(switch)
    wait_heard(call, "menu")
    assert call.rtp.heard.longest_silence(call.answered_at + 0.5, clock.monotonic()) < 0.4
    call.hang_up()


def test_a_key_during_the_greeting_goes_straight_there(switch: RealSwitch) -> None:
    call = dial(switch)
    wait_heard(call, "greeting")
    call.rtp.press("2")
    wait_heard(call, "connecting")
    assert heard(call) == ["greeting", "connecting"]
    call.hang_up()


def test_a_queue_without_agents_ends_with_the_unavailable_announcement(switch: RealSwitch) -> None:
    call = dial(switch)
    wait_heard(call, "menu")
    call.rtp.press("2")
    call.wait_state("ended", 15)
    assert heard(call) == ["greeting", "menu", "connecting", "unavailable"]
    silence = call.rtp.heard.longest_silence(call.answered_at + 0.5, call.ended_at)
    # FreeSWITCH's scheduler counts whole seconds: +1 is one to two of them, and the prompt's own pause.
    assert silence < 3.0, "the music begins a second or two after nobody has adopted the call"


def test_wrong_key_then_none(switch: RealSwitch) -> None:
    call = dial(switch)
    wait_heard(call, "menu")
    call.rtp.press("8")
    call.wait_state("ended", 15)
    assert heard(call) == ["greeting", "menu", "invalid", "menu", "no_digit"]


def test_wrong_keys_until_the_tries_are_over(switch: RealSwitch) -> None:
    call = dial(switch)
    wait_heard(call, "menu")
    call.rtp.press("*")
    wait_until(lambda: heard(call).count("menu") == 2, 8)
    call.rtp.press("#")
    call.wait_state("ended", 15)
    assert heard(call) == ["greeting", "menu", "invalid", "menu", "wrong_digit"]


def test_no_key_at_all(switch: RealSwitch) -> None:
    call = dial(switch).wait_state("ended", 15)
    assert heard(call) == ["greeting", "menu", "no_digit"]


def test_an_announcement_again_and_back_to_the_top(switch: RealSwitch) -> None:
    call = dial(switch)
    for name, key in (("menu", "3"), ("announcement_3", "1")):
        wait_heard(call, name)
        call.rtp.press(key)
    clock.sleep(0.9)
    call.rtp.press("2")
    wait_until(lambda: heard(call)[-1] == "menu", 8, f"{heard(call)}")
    assert [name for name in heard(call) if name != "announcement_3"] == ["greeting", "menu", "menu"]
    call.hang_up()


def test_a_key_by_sip_info_from_sipp(switch: RealSwitch, tmp_path: Path) -> None:
    sipp = shutil.which("sipp")
    if sipp is None:
        pytest.skip("no sipp in the PATH (apt install sip-tester)")
    scenario = Path(__file__).parent / "sipp" / "caller_info_digit.xml"
    node, box = switch.connect()
    try:
        arguments = [
            "-sf",
            str(scenario),
            "-m",
            "1",
            "-s",
            DID,
            "-i",
            "127.0.0.1",
            "-nostdin",
            "-timeout",
            "20s",
        ]
        process = subprocess.Popen(
            [sipp, *arguments, f"127.0.0.1:{switch.settings.trunk_port}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=tmp_path,
        )  # fmt: skip
        box.wait(ArsStep, 15, step="menu", detail="2")
        wait_until(lambda: process.poll() is not None, 15, "sipp's end")
        assert process.returncode == 0, process.communicate()[1]
        assert [event.step for event in box.all(ArsStep)] == ["greeting", "menu", "queue"]
    finally:
        node.stop()


# -- hours -----------------------------------------------------------------------------------------


def test_after_hours_and_holidays_in_the_tenants_zone(
    switch: RealSwitch, published: Callable[..., TenantConfig]
) -> None:
    here = datetime.now(SEOUL)
    today, begun = here.date(), here.replace(minute=0, second=0, microsecond=0)
    this_hour = (Slot(frozenset({here.weekday()}), begun.time(), (begun + timedelta(hours=1)).time()),)
    other_days = (Slot(frozenset(range(7)) - {here.weekday()}, time(0), time(0)),)
    table: list[tuple[tuple[Slot, ...], tuple[Holiday, ...], list[str]]] = [
        (this_hour, (), ["greeting"]),
        (other_days, (), ["after_hours"]),
        ((), (), ["after_hours"]),
        (ALWAYS, (Holiday(today, "임시", "temporary"),), ["holiday"]),
        (ALWAYS, (Holiday(date(2020, today.month, today.day), "", yearly=True),), ["holiday"]),
        (
            ALWAYS,
            (Holiday(today - timedelta(days=1), ""), Holiday(today + timedelta(days=1), "")),
            ["greeting"],
        ),
    ]
    for slots, holidays, expected in table:
        published(ars_slots=slots, ars_holidays=holidays)
        call = dial(switch)
        wait_until(lambda call=call: heard(call), 5)
        assert heard(call)[:1] == expected, (slots, holidays)
        call.hang_up()


def test_closing_time_to_the_second(switch: RealSwitch, published: Callable[..., TenantConfig]) -> None:
    closing = (datetime.now(SEOUL) + timedelta(seconds=3)).replace(microsecond=0)
    opening = closing - timedelta(hours=6)
    published(ars_slots=(Slot(frozenset(range(7)), opening.time(), closing.time()),))
    clock.sleep(max(0.0, (closing - datetime.now(SEOUL)).total_seconds() - 1.2))
    before = dial(switch)  # the hours are asked some 0.2 s after the answer
    clock.sleep(max(0.0, (closing - datetime.now(SEOUL)).total_seconds() + 0.05))
    after = dial(switch)
    wait_until(lambda: heard(before) and heard(after), 5)
    assert (heard(before)[0], heard(after)[0]) == ("greeting", "after_hours")


def test_the_line_limit(switch: RealSwitch, published: Callable[..., TenantConfig]) -> None:
    published(licences=1)  # two incoming lines
    first, second = dial(switch), dial(switch)
    third = dial(switch).wait_state("ended", 8)
    assert heard(third) == ["lines_full"]
    assert never_silent(third, 0.6)
    first.hang_up()
    wait_until(lambda: switch.cli("limit_usage hash sangdam t1_in").strip() == "1", 3)
    fourth = dial(switch)
    wait_heard(fourth, "greeting")
    for call in (second, fourth):
        call.hang_up()


# -- publication -----------------------------------------------------------------------------------


def test_a_publication_does_not_disturb_a_call_that_is_on(
    switch: RealSwitch, published: Callable[..., TenantConfig]
) -> None:
    call = dial(switch)
    wait_heard(call, "menu")
    published(ars_slots=())
    call.rtp.press("2")
    wait_heard(call, "connecting")
    assert dial(switch).wait_state("ended", 8).ended_by == "remote"
    call.hang_up()


def test_what_freeswitch_rejects_is_rolled_back(switch: RealSwitch) -> None:
    before = (switch.settings.dialplan_dir / "tenants" / "t1.xml").read_bytes()
    broken = switch.settings.dialplan_dir / "tenants" / "zz-broken.xml"
    broken.write_text("</document>")
    try:
        with pytest.raises(PublicationRejected, match="error"):
            switch.publish(with_menu(switch.settings.prompts_dir, ars_slots=()))
        assert (switch.settings.dialplan_dir / "tenants" / "t1.xml").read_bytes() == before
    finally:
        broken.unlink()
    assert "Success" in switch.cli("reloadxml")
    call = dial(switch)
    wait_heard(call, "greeting")
    call.hang_up()


def test_no_hostile_text_ran_and_every_leg_left_a_record(switch: RealSwitch) -> None:
    assert not Path("/tmp/owned").exists()
    records = list(switch.settings.cdr_dir.glob("*.cdr.json"))
    assert records
    tenants = {json.loads(path.read_text())["variables"].get("sangdam_tenant") for path in records}
    assert "1" in tenants


def test_the_prompts_of_the_harness_are_told_apart() -> None:
    """The ears of these tests: each prompt is recognised and none is heard in music or silence."""
    assert prompts_heard([0] * 8000) == []
