"""Writes FreeSWITCH's configuration and says how to start it."""

from __future__ import annotations

import ipaddress
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.core.prompt_texts import PHONE_UNAVAILABLE
from app.core.tones import chime
from app.ports import SpeechUnavailable
from app.supervisor.programs import find_freeswitch
from freeswitch_conf.music import ensure_music, write_wav
from freeswitch_conf.profiles import common_params, external_params, internal_params
from freeswitch_conf.timezones import posix_rules

if TYPE_CHECKING:
    from app.config import Settings

NEEDED = (
    "mod_console",
    "mod_logfile",
    "mod_commands",
    "mod_dptools",
    "mod_dialplan_xml",
    "mod_hash",
    "mod_sndfile",
    "mod_local_stream",
    "mod_tone_stream",
    "mod_json_cdr",
    "mod_sofia",
    "mod_event_socket",
)
"""Modules without which no call works. The Event Socket is last: it answers when all is ready."""

OPTIONAL = ("mod_opus", "mod_native_file")
"""Used when they are installed. Without mod_opus browsers talk G.711."""

PUBLISHED = ("public", "tenants", "directory", "gateways")
"""Folders of the published files, one file for each tenant in each (see dialplan.publish)."""

_LEVELS = ("debug", "info", "notice", "warning", "err", "crit", "alert")
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
_PLAIN_PATH = re.compile(r"/[\w./+@~-]*")


class InvalidState(ValueError):
    """The state directory's path cannot be written into FreeSWITCH's configuration."""


Say = Callable[[str, str], None]
"""Speaks a text into a sound file (app.ports.Speech.render)."""


def render(settings: Settings, extra_modules: Sequence[str] = (), say: Say | None = None) -> list[str]:
    """Write the whole configuration below ``settings.freeswitch_dir``; the command line to start it.

    Idempotent: a file whose text is the same stays untouched, one that is no longer written is
    removed. ``extra_modules`` are loaded beside the minimum (a benchmark compares with other ones).
    ``say`` speaks what a phone hears when no controller answers; without it that is a chime.
    The process stays in the foreground; SIGTERM ends it. Raises :class:`InvalidState`, OSError.
    """
    settings.prepare()
    root = settings.freeswitch_dir
    if not _PLAIN_PATH.fullmatch(str(settings.state)):
        raise InvalidState(f"{settings.state}: FreeSWITCH needs a path of plain letters; set SANGDAM_STATE")
    for name in PUBLISHED:
        (settings.dialplan_dir / name).mkdir(exist_ok=True)
    directories = {name: root / name for name in _DIRECTORIES.values()}
    for directory in directories.values():
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    music = ensure_music(settings.prompts_dir / "music")
    unavailable = _unavailable(settings.prompts_dir / "system", say)

    binary = find_freeswitch(settings.freeswitch)
    modules = (*NEEDED[:-2], *OPTIONAL, *extra_modules, *NEEDED[-2:])
    installed = installed_modules(binary) if binary else None
    if installed is not None:
        modules = tuple(name for name in modules if name in installed or name in NEEDED)
    esl_listen, esl_networks = _event_socket(settings)
    streams = [("sangdam", music[16000], 16000)]
    streams += [(f"sangdam/{rate}", folder, rate) for rate, folder in music.items()]
    level = {"error": "err"}.get(settings.log_level, settings.log_level)
    values = {
        "conf": settings.freeswitch_conf_dir,
        "published": settings.dialplan_dir,
        "sip_domain": settings.sip_domain,
        "node": settings.node,
        "unavailable_prompt": unavailable,
        "trunk_networks": _trunk_networks(settings),
        "esl_networks": esl_networks,
        "esl_listen": esl_listen,
        "esl_port": settings.esl_port,
        "esl_password": settings.read_esl_password(),
        "cdr_dir": settings.cdr_dir,
        "streams": streams,
        "log_dir": root / "log",
        "log_levels": ",".join(_LEVELS[_LEVELS.index(level) :]),
        "core_log_level": level,
        "modules": modules,
        # One port for audio and one for RTCP is what a leg takes; calls come in bursts after a fault.
        "max_sessions": max(20, (settings.rtp_ports.high - settings.rtp_ports.low + 1) // 2),
        "sessions_per_second": 200,
        "rtp_low": settings.rtp_ports.low,
        "rtp_high": settings.rtp_ports.high,
        "timezones": posix_rules(),
        "common_params": common_params(settings),
        "internal_params": internal_params(settings, opus=installed is None or "mod_opus" in installed),
        "external_params": external_params(settings),
        "carrier": settings.carrier,
        "bind_ip": settings.bind,
    }
    _write_all(settings.freeswitch_conf_dir, values)
    argv = [str(binary or "freeswitch"), "-nf", "-nc", "-nonat", "-np"]
    for option, name in _DIRECTORIES.items():
        argv += [f"-{option}", str(directories[name])]
    return [*argv, "-recordings", str(settings.recordings_dir), "-sounds", str(settings.prompts_dir)]


def _unavailable(folder: Path, say: Say | None) -> Path:
    """What a phone hears that dials while no controller is there: spoken, or a chime."""
    spoken, sign = folder / "unavailable.wav", folder / "unavailable-chime.wav"
    if not spoken.exists() and say is not None:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            say(PHONE_UNAVAILABLE, str(spoken))
        except SpeechUnavailable:
            pass  # doctor says what to install; the chime is heard until then
    if spoken.exists():
        return spoken
    if not sign.exists():
        write_wav(sign, 16000, chime(16000))
    return sign


_DIRECTORIES = {
    "conf": "conf",
    "log": "log",
    "run": "run",
    "db": "db",
    "temp": "tmp",
    "storage": "storage",
    "cache": "cache",
    "certs": "certs",
    "scripts": "scripts",
    "htdocs": "htdocs",
    "grammar": "grammar",
}
"""FreeSWITCH's option → folder below the state. All are given: a default would point to the system."""


def installed_modules(binary: Path) -> frozenset[str] | None:
    """Names of the modules that belong to this FreeSWITCH; None when its module folder is not found."""
    prefix = binary.resolve().parent.parent
    for place in (prefix / "lib/freeswitch/mod", prefix / "lib64/freeswitch/mod", prefix / "mod"):
        names = frozenset(path.stem for path in place.glob("mod_*.so"))
        if names:
            return names
    for path in Path(prefix / "lib").glob("*/freeswitch/mod"):
        return frozenset(item.stem for item in path.glob("mod_*.so"))
    return None


def _event_socket(settings: Settings) -> tuple[str, list[str]]:
    """Where the Event Socket listens, and who may connect."""
    loopback = ["127.0.0.0/8", "::1/128"]
    try:
        address = ipaddress.ip_address(settings.esl_host)
    except ValueError:
        # A name: controller and FreeSWITCH are containers on a private network of their own.
        return (
            ("127.0.0.1", loopback)
            if settings.esl_host == "localhost"
            else ("0.0.0.0", loopback + [*_PRIVATE])
        )
    return str(address), loopback if address.is_loopback else loopback + [*_PRIVATE]


def _trunk_networks(settings: Settings) -> list[str]:
    """The networks of the setting, and the carrier itself when it is given by address."""
    networks = list(settings.trunk_acl)
    if settings.carrier is not None:
        try:
            networks.append(str(ipaddress.ip_network(settings.carrier.host)))
        except ValueError:
            pass  # by name: calls come from addresses that only the operator knows
    return list(dict.fromkeys(networks))


def _write_all(target: Path, values: dict[str, object]) -> None:
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,  # every value is text inside XML, whatever it holds
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    names = set(templates.list_templates(extensions=["xml"]))
    if values["carrier"] is None:
        names.discard("gateways/carrier.xml")
    for name in sorted(names):
        path = target / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_if_changed(path, templates.get_template(name).render(values))
    (target / "gateways").mkdir(exist_ok=True)
    for stale in _files(target) - {target / name for name in names}:
        stale.unlink()


def _files(target: Path) -> set[Path]:
    return {path for path in target.rglob("*.xml") if path.is_file()}


def write_if_changed(path: Path, text: str) -> bool:
    """Replace the file by ``text`` in one step, readable by the owner only; False when it is the same."""
    data = text.encode()
    if path.is_file() and path.read_bytes() == data:
        return False
    handle, draft = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    os.replace(draft, path)
    return True


def published_files(settings: Settings) -> Iterable[Path]:
    """All files that tenants have published."""
    return (path for name in PUBLISHED for path in sorted((settings.dialplan_dir / name).glob("*.xml")))
