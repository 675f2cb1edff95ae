"""``doctor``: what is missing on this machine, how to get it, and every setting with its value."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.config import Settings, SettingsError, unknown_variables, variable
from app.supervisor import probes
from app.supervisor.programs import REMOTE, find_chromium, find_freeswitch, find_node, find_redis

ROOT = Path(__file__).resolve().parent.parent
SMALLEST_DISK = 1 << 30
"""Bytes of free space below which recordings will soon fail: about 17 hours of stereo audio."""

NEEDED_MODULES = (
    "mod_sofia",
    "mod_event_socket",
    "mod_dialplan_xml",
    "mod_dptools",
    "mod_commands",
    "mod_json_cdr",
    "mod_sndfile",
    "mod_local_stream",
    "mod_tone_stream",
)
"""FreeSWITCH's modules without which no call works; packages install some of them one by one."""

SECRET = frozenset({"esl_password", "secret_key"})


class Verdict(StrEnum):
    """What a check found."""

    GOOD = "✓"
    LACKING = "!"  # goes without, but something is less good
    BAD = "✗"  # does not go


@dataclass(frozen=True)
class Finding:
    """One line of the report; ``remedy`` says how to get what is missing."""

    verdict: Verdict
    text: str
    remedy: str = ""


def report(say: Callable[[str], None]) -> int:
    """Print every finding and every setting; 0 when `run` would work, else 1."""
    say("This machine")
    settings: Settings | None = None
    findings = [python(), *packages(), *settings_found()]
    try:
        settings = Settings.load()
    except SettingsError:
        pass  # settings_found has listed what is wrong
    if settings is not None:
        findings += [*state(settings), redis(settings), *freeswitch(settings), *ports(settings), speech(settings)]
        findings += front(settings)
    findings += [front_end(), *extras()]
    for finding in findings:
        say(f"  {finding.verdict} {finding.text}")
        if finding.remedy:
            say(f"      → {finding.remedy}")
    if settings is not None:
        say("")
        say("Settings (environment variable = value in use)")
        for name, field in Settings.model_fields.items():
            say(f"  {variable(name)}={shown(settings, name)}")
            say(f"      {field.description}")
    bad = sum(finding.verdict is Verdict.BAD for finding in findings)
    say("")
    say(
        "Nothing that is needed is missing."
        if not bad
        else ("One thing has" if bad == 1 else f"{bad} things have") + " to be put right, marked ✗ above."
    )
    return 1 if bad else 0


def python() -> Finding:
    """The Python that runs this."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(Verdict.GOOD, f"Python {version}")


def packages(requirements: Path = ROOT / "requirements.txt") -> Iterator[Finding]:
    """The packages of requirements.txt, by their presence."""
    missing = []
    for line in requirements.read_text("utf-8").splitlines():
        match = re.match(r"\s*([A-Za-z0-9._-]+)", line)
        if match is None or line.lstrip().startswith(("#", "-")):
            continue
        try:
            importlib.metadata.version(match[1])
        except importlib.metadata.PackageNotFoundError:
            missing.append(match[1])
    if missing:
        yield Finding(Verdict.BAD, f"Python packages are missing: {', '.join(missing)}", "make install")
    else:
        yield Finding(Verdict.GOOD, "Python packages of requirements.txt")


def settings_found() -> Iterator[Finding]:
    """What is wrong in the environment."""
    for line in unknown_variables():
        yield Finding(Verdict.LACKING, line)
    try:
        Settings.load()
    except SettingsError as error:
        for line in error.problems:
            yield Finding(Verdict.BAD, line)
    else:
        yield Finding(Verdict.GOOD, "Settings")


def state(settings: Settings) -> Iterator[Finding]:
    """The state directory: writable, private, on a disk with room."""
    place = settings.state
    while not place.exists():
        place = place.parent
    if not os.access(place, os.W_OK | os.X_OK):
        yield Finding(Verdict.BAD, f"{place} cannot be written", "set SANGDAM_STATE to a directory of yours")
        return
    free = shutil.disk_usage(place).free
    if free < SMALLEST_DISK:
        yield Finding(Verdict.LACKING, f"Only {free >> 20} MB are free for {settings.state}", "make room")
    else:
        yield Finding(Verdict.GOOD, f"State directory {settings.state}, {free >> 30} GB free")
    if settings.state.exists() and settings.state.stat().st_mode & 0o077:
        yield Finding(
            Verdict.LACKING,
            "Other users of this machine can look into the state directory",
            f"chmod 700 {settings.state}",
        )


def redis(settings: Settings) -> Finding:
    """The Redis that will be used."""
    if not settings.owns_redis:
        if probes.redis_answers(settings.redis_url)() is None:
            return Finding(
                Verdict.BAD, "The Redis of SANGDAM_REDIS_URL does not answer", "start it, or unset it"
            )
        return Finding(Verdict.GOOD, "Redis of SANGDAM_REDIS_URL answers")
    found = find_redis()
    if found is None:
        return Finding(Verdict.BAD, "No Redis", "apt install redis-server, or set SANGDAM_REDIS_URL")
    return Finding(Verdict.GOOD, f"Redis {found}")


def freeswitch(settings: Settings) -> Iterator[Finding]:
    """FreeSWITCH and its modules."""
    if settings.freeswitch == REMOTE:
        yield Finding(Verdict.GOOD, f"FreeSWITCH runs elsewhere: {settings.esl_host}:{settings.esl_port}")
        return
    binary = find_freeswitch(settings.freeswitch)
    if binary is None:
        yield Finding(
            Verdict.LACKING,
            "No FreeSWITCH: calls will be simulated"
            if settings.freeswitch == "auto"
            else "Calls will be simulated, because SANGDAM_FREESWITCH is none",
            "for real calls install FreeSWITCH, or set SANGDAM_FREESWITCH to its path",
        )
        return
    yield Finding(Verdict.GOOD, f"FreeSWITCH {binary}")
    folder = modules_folder(binary)
    if folder is None:
        yield Finding(Verdict.LACKING, f"The modules of {binary} were not found; they could not be checked")
        return
    missing = [name for name in NEEDED_MODULES if not (folder / f"{name}.so").exists()]
    if missing:
        debian = " ".join("freeswitch-" + name.replace("_", "-") for name in missing)
        yield Finding(
            Verdict.BAD,
            f"FreeSWITCH lacks {', '.join(missing)} in {folder}",
            f"install them, on Debian: apt install {debian}",
        )


def modules_folder(binary: Path) -> Path | None:
    """Where the modules of a FreeSWITCH are, by the two usual layouts."""
    home = binary.resolve().parent.parent
    for folder in (home / "lib/freeswitch/mod", home / "mod", Path("/usr/lib/freeswitch/mod")):
        if folder.is_dir():
            return folder
    return None


def ports(settings: Settings) -> Iterator[Finding]:
    """The ports, unless this state's own `run` holds them."""
    from app.supervisor.stack import running, taken_ports

    if running(settings):
        yield Finding(Verdict.GOOD, "`run` is working in this state directory; its ports are its own")
        return
    taken = taken_ports(settings)
    for line in taken:
        yield Finding(Verdict.BAD, line)
    if not taken:
        yield Finding(Verdict.GOOD, "The ports are free")


def speech(settings: Settings) -> Finding:
    """What speaks the announcements; without an engine calls work, with one that is asked for and missing not."""
    from app.bootstrap import describe_speech

    spoken, text, remedy = describe_speech(settings)
    if spoken:
        return Finding(Verdict.GOOD, text)
    asked_for = settings.voice in ("espeak", "sherpa") or settings.voice_model is not None
    return Finding(Verdict.BAD if asked_for else Verdict.LACKING, text, remedy)


def front(settings: Settings) -> Iterator[Finding]:
    """The TLS front, whose word on where a request came from is believed only when it is counted."""
    if settings.public_url.startswith("https://") and not settings.trusted_proxies:
        yield Finding(
            Verdict.LACKING,
            "SANGDAM_PUBLIC_URL is https, but no proxy is trusted: where the TLS front is a proxy, everybody seems to "
            "come from its address, for 접근관리 and for the limits of attempts",
            "set SANGDAM_TRUSTED_PROXIES=1 (2 with a load balancer before it)",
        )


def front_end() -> Finding:
    """The bundled scripts and style sheets."""
    built = all((ROOT / part / "static/dist/manifest.json").exists() for part in ("admin_ui", "agent_ui"))
    if built:
        return Finding(Verdict.GOOD, "Front end is built")
    if find_node() is None:
        return Finding(Verdict.BAD, "The front end is not built, and there is no Node.js", "make install")
    return Finding(Verdict.BAD, "The front end is not built", "make front")


def extras() -> Iterator[Finding]:
    """Programs that the product does without, but does less."""
    if find_chromium() is None:
        yield Finding(
            Verdict.LACKING, "No Chromium: the tests in tests/browser are skipped", "apt install chromium"
        )
    if shutil.which("sipp") is None:
        yield Finding(
            Verdict.LACKING, "No SIPp: some tests in tests/freeswitch are skipped", "apt install sip-tester"
        )


def shown(settings: Settings, name: str) -> str:
    """A setting's value for the screen; passwords are not shown."""
    value = getattr(settings, name)
    if name in SECRET:
        return "(set)" if value else "(generated, kept in the state directory)"
    if value is None:
        return "(none)"
    if isinstance(value, tuple):
        return ",".join(value)
    return re.sub(r"(://[^:/@]*):[^@/]+@", r"\1:…@", str(getattr(value, "proxy", value)))
