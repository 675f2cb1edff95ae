"""The generated configuration, read back as XML: addresses, networks, hardening, carriers. No FreeSWITCH."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest

from app.config import Settings
from app.config_values import Carrier
from app.ports import SpeechUnavailable
from freeswitch_conf import render
from freeswitch_conf.timezones import posix_rules

Make = Callable[..., Settings]


@pytest.fixture
def make_settings(make_settings: Make) -> Make:
    """Settings whose music is there already: composing it takes two seconds."""

    def make(**changes: object) -> Settings:
        settings = make_settings(**changes)
        for rate in ("8000", "16000"):
            (settings.prompts_dir / "music" / rate).mkdir(parents=True, exist_ok=True)
            (settings.prompts_dir / "music" / rate / "own.wav").write_bytes(b"")
        return settings

    return make


def parsed(settings: Settings, name: str) -> ElementTree.Element:
    return ElementTree.parse(settings.freeswitch_conf_dir / "autoload_configs" / f"{name}.conf.xml").getroot()


def params(element: ElementTree.Element) -> dict[str, str]:
    return {p.get("name", ""): p.get("value", "") for p in element.iter("param")}


def profile(settings: Settings, name: str) -> dict[str, str]:
    found = parsed(settings, "sofia").find(f".//profile[@name='{name}']/settings")
    assert found is not None
    return params(found)


def test_every_file_is_xml_and_inside_the_state(make_settings: Make) -> None:
    settings = make_settings()
    argv = render(settings)
    for path in settings.freeswitch_conf_dir.rglob("*.xml"):
        ElementTree.parse(path)
    directories = [word for word in argv if word.startswith("/")]
    assert all(word.startswith(str(settings.state)) for word in directories)
    assert {"-conf", "-log", "-db", "-run", "-temp", "-certs", "-cache", "-recordings"} <= set(argv)
    assert {"-nf", "-nc", "-nonat"} <= set(argv)


def test_writing_it_again_changes_nothing_and_leftovers_go(make_settings: Make) -> None:
    settings = make_settings()
    render(settings)
    stale = settings.freeswitch_conf_dir / "autoload_configs" / "verto.conf.xml"
    stale.write_text("<x/>")
    before = {p: p.stat().st_mtime_ns for p in settings.freeswitch_conf_dir.rglob("*.xml") if p != stale}
    render(settings)
    assert {p: p.stat().st_mtime_ns for p in settings.freeswitch_conf_dir.rglob("*.xml")} == before


def test_ports_and_addresses_are_the_settings(make_settings: Make) -> None:
    settings = make_settings(
        sip_port=15060,
        trunk_port=15080,
        ws_port=15066,
        esl_port=15021,
        rtp_ports="15100-15199",
        bind="127.0.0.2",
    )
    render(settings)
    internal, external = profile(settings, "internal"), profile(settings, "external")
    assert (internal["sip-ip"], internal["sip-port"], internal["ws-binding"]) == (
        "127.0.0.2",
        "15060",
        "127.0.0.2:15066",
    )
    assert (external["sip-ip"], external["sip-port"], external["rtp-ip"]) == (
        "127.0.0.2",
        "15080",
        "127.0.0.2",
    )
    switch = params(parsed(settings, "switch"))
    assert (switch["rtp-start-port"], switch["rtp-end-port"], switch["max-sessions"]) == (
        "15100",
        "15199",
        "50",
    )
    assert "wss-binding" not in internal
    assert "ext-rtp-ip" not in external


def test_behind_a_tls_front_plain_websockets_stay_on_the_machine(make_settings: Make) -> None:
    settings = make_settings(bind="0.0.0.0", external_ip="203.0.113.7", public_url="https://contact.example.kr")
    render(settings)
    assert profile(settings, "internal")["ws-binding"] == "127.0.0.1:5066"


def test_a_public_server(make_settings: Make) -> None:
    settings = make_settings(bind="0.0.0.0", external_ip="203.0.113.7", wss_port=7443)
    render(settings)
    internal = profile(settings, "internal")
    assert internal["sip-ip"] == "$${local_ip_v4}"
    assert (internal["ws-binding"], internal["wss-binding"]) == (":5066", ":7443")
    assert internal["ext-rtp-ip"] == internal["ext-sip-ip"] == "203.0.113.7"


@pytest.mark.parametrize(
    ("host", "listens", "others"),
    [
        ("127.0.0.1", "127.0.0.1", False),
        ("localhost", "127.0.0.1", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("freeswitch", "0.0.0.0", True),
    ],
)
def test_the_event_socket_is_for_loopback_or_a_private_network(
    make_settings: Make, host: str, listens: str, others: bool
) -> None:
    settings = make_settings(esl_host=host)
    render(settings)
    socket = params(parsed(settings, "event_socket"))
    assert socket["listen-ip"] == listens
    assert socket["apply-inbound-acl"] == "sangdam_esl"
    assert len(socket["password"]) >= 22
    networks = [n.get("cidr") for n in parsed(settings, "acl").findall(".//list[@name='sangdam_esl']/node")]
    assert ("10.0.0.0/8" in networks) is others
    assert "0.0.0.0/0" not in networks


def test_what_was_attacked_is_shut(make_settings: Make) -> None:
    settings = make_settings()
    render(settings)
    root = (settings.freeswitch_conf_dir / "freeswitch.xml").read_text()
    for name in ("disable_system_api_commands", "disable_system_app_commands"):
        assert re.search(rf'cmd="set" data="{name}=true"', root)
    internal, external = profile(settings, "internal"), profile(settings, "external")
    for each in (internal, external):
        assert each["auth-messages"] == each["disable-transfer"] == "true"
        assert each["enable-timer"] == each["enable-chat"] == each["accept-blind-auth"] == "false"
    assert internal["auth-calls"] == internal["inbound-reg-force-matching-username"] == "true"
    assert internal["challenge-realm"] == internal["force-register-domain"] == settings.sip_domain
    assert (external["auth-calls"], external["apply-inbound-acl"]) == ("false", "sangdam_trunks")
    modules = {m.get("module") for m in parsed(settings, "modules").iter("load")}
    assert not modules & {
        "mod_callcenter",
        "mod_sms",
        "mod_lua",
        "mod_xml_rpc",
        "mod_verto",
        "mod_loopback",
        "mod_curl",
    }
    assert "url" not in params(parsed(settings, "json_cdr"))
    assert params(parsed(settings, "json_cdr"))["log-dir"] == str(settings.cdr_dir)


def test_a_carrier_is_a_gateway_and_may_call_in(make_settings: Make) -> None:
    settings = make_settings(
        carrier="sangdam:pa%40ss%3A@203.0.113.9:5070;transport=tcp", trunk_acl="198.51.100.0/28"
    )
    assert isinstance(settings.carrier, Carrier)
    render(settings)
    path = settings.freeswitch_conf_dir / "gateways" / "carrier.xml"
    gateway = params(ElementTree.parse(path).getroot())
    assert gateway["proxy"] == "203.0.113.9:5070"
    assert gateway["register"] == "true"
    assert gateway["password"] == settings.carrier.password
    networks = [
        n.get("cidr") for n in parsed(settings, "acl").findall(".//list[@name='sangdam_trunks']/node")
    ]
    assert networks == ["198.51.100.0/28", "203.0.113.9/32"]
    without = make_settings(state=settings.state)
    render(without)
    assert not path.exists()


def test_without_a_voice_a_phone_hears_a_chime_and_with_one_words(make_settings: Make) -> None:
    settings = make_settings()

    def unavailable() -> Path:
        text = (settings.freeswitch_conf_dir / "freeswitch.xml").read_text()
        found = re.search(r'application="playback" data="([^"]+)"', text)
        assert found is not None
        return Path(found[1])

    def fails(text: str, path: str) -> None:
        raise SpeechUnavailable("no engine")

    render(settings, say=fails)
    assert unavailable().name == "unavailable-chime.wav"
    assert unavailable().stat().st_size > 10_000
    render(settings, say=lambda text, path: Path(path).write_text(text) and None)
    assert "걸 수 없습니다" in unavailable().read_text()


def test_extra_modules_and_music(make_settings: Make) -> None:
    settings = make_settings()
    render(settings, extra_modules=("mod_callcenter",))
    modules = [m.get("module") for m in parsed(settings, "modules").iter("load")]
    assert "mod_callcenter" in modules
    assert modules[-1] == "mod_event_socket", "it answers when everything else is ready"
    streams = {d.get("name"): d.get("path") for d in parsed(settings, "local_stream").iter("directory")}
    assert set(streams) == {"sangdam", "sangdam/8000", "sangdam/16000"}
    assert all(list(Path(path or "").glob("*.wav")) for path in streams.values())


def test_the_rules_of_time_zones() -> None:
    rules = dict(posix_rules())
    assert rules["Asia/Seoul"] == "KST-9"
    assert rules["Europe/Berlin"] == "CET-1CEST,M3.5.0,M10.5.0/3"
    assert rules["Asia/Kathmandu"] == "STD-5:45"
    assert not [rule for rule in rules.values() if "<" in rule or "/-" in rule]
