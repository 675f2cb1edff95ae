"""The last words of a successful start: addresses, logins, and whether calls are real."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.supervisor.programs import REMOTE, find_freeswitch, switch_is_real

if TYPE_CHECKING:
    from app.config import Settings


def summary(settings: Settings) -> str:
    """Everything a person needs to go on, as text for the console."""
    return "\n".join(
        ["", *_calls(settings), "", *_addresses(settings), *_logins(settings), "", "Ctrl-C stops everything."]
    )


def _calls(settings: Settings) -> Iterator[str]:
    binary = find_freeswitch(settings.freeswitch)
    if settings.freeswitch == REMOTE:
        yield f"Sangdam is running. Calls are real: FreeSWITCH at {settings.esl_host}:{settings.esl_port} carries them."
        return
    if binary is not None:
        yield f"Sangdam is running. Calls are real: {binary} carries them."
    elif settings.freeswitch == "none":
        yield "Sangdam is running. Calls are simulated, because SANGDAM_FREESWITCH is none."
    else:
        yield "Sangdam is running. Calls are simulated, because no FreeSWITCH was found on this machine."
    if binary is None and settings.demo_traffic:
        yield "Simulated customers call the demo tenant all the time; `--no-demo-traffic` keeps them away."


def _addresses(settings: Settings) -> Iterator[str]:
    rows = [
        ("Agent desktop 상담 APP", f"{settings.public_url}/desk/"),
        ("Admin portal", f"{settings.public_url}/"),
        ("API", f"{settings.public_url}/api/v1/openapi.json"),
    ]
    if switch_is_real(settings):
        ip = settings.external_ip or settings.reachable_ip
        rows += [
            ("Phones register at", f"{ip}:{settings.sip_port}, domain {settings.sip_domain}"),
            ("Trunks deliver to", f"{ip}:{settings.trunk_port}, from {', '.join(settings.trunk_acl)}"),
        ]
    for title, value in rows:
        yield f"  {_pad(title, 24)}{value}"


def _logins(settings: Settings) -> Iterator[str]:
    """The demo tenant's logins as its file has them; nothing when there is no demo tenant."""
    if not settings.demo_logins_file.exists():
        return
    demo = json.loads(settings.demo_logins_file.read_text("utf-8"))
    yield ""
    yield f"  Demo tenant (서비스명) {demo.get('tenant', 'demo')}, number {demo.get('did', '')}"
    for person in _people(demo):
        extension = f", extension {person['extension']}" if person.get("extension") else ""
        yield f"  {_pad(str(person['login']), 24)}password {person['password']}{extension}"
    yield f"  SIP accounts and API tokens are in {settings.demo_logins_file}"


def _people(demo: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if isinstance(demo.get("manager"), dict):
        yield demo["manager"]
    yield from demo.get("agents", [])


def _pad(text: str, width: int) -> str:
    """Fill up to ``width`` columns of a terminal, where a Korean letter takes two."""
    taken = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
    return text + " " * max(width - taken, 1)
