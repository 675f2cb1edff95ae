"""The one place that wires the parts together; the command line and the supervisor call only this.

Every function takes the checked settings; what is wired is imported when it is called, so that one
process does not load another's libraries.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.config import Settings


def run_controller(settings: Settings) -> None:
    """Run the controller until SIGTERM. gevent has been monkey-patched before this is called."""
    from app.bootstrap import controller

    controller.run_controller(settings)


def run_web(settings: Settings) -> None:
    """Serve the portals, the API and the agent desktop until SIGTERM. gevent is patched before."""
    from app.bootstrap import web

    web.run_web(settings)


def run_worker(settings: Settings) -> None:
    """Run background jobs (speech, exports, recordings) until SIGTERM."""
    from app.worker import run_worker as run

    run(settings)


def run_simswitch(settings: Settings) -> None:
    """Run the built-in stand-in for FreeSWITCH on the Event Socket port until SIGTERM."""
    from app.bootstrap import simulator

    simulator.run_simswitch(settings)


def render_freeswitch(settings: Settings) -> list[str]:
    """Write FreeSWITCH's configuration and every tenant's files; the command line that starts it."""
    from app.bootstrap import setup
    from freeswitch_conf import render

    speech = setup.speech_of(settings)
    argv = render(settings, say=speech.render if speech.speaks else None)
    setup.refresh_all(settings)
    return argv


def set_up(settings: Settings) -> Path:
    """Schema, FreeSWITCH's configuration and every tenant's files, before a service starts; the script
    with which FreeSWITCH starts, whose binary is looked for where the script runs."""
    upgrade_database(settings)
    from app.supervisor.programs import FREESWITCH_ENVIRONMENT

    _, *arguments = render_freeswitch(settings)
    exports = "".join(f'export {name}="${{{name}:-{value}}}"\n' for name, value in FREESWITCH_ENVIRONMENT.items())
    script = settings.freeswitch_dir / "start.sh"
    script.write_text(
        f"#!/bin/sh\n{exports}"
        "for binary in freeswitch /usr/bin/freeswitch /usr/local/freeswitch/bin/freeswitch; do\n"
        f'  command -v "$binary" >/dev/null && exec "$binary" {shlex.join(arguments)}\n'
        "done\n"
        'echo "There is no FreeSWITCH in this image." >&2; exit 1\n',
        "utf-8",
    )
    return script


def upgrade_database(settings: Settings) -> None:
    """Bring the database to the newest schema; a database that is already there is left alone."""
    from app.adapters.sql.migrate import upgrade_database as upgrade

    upgrade(settings.database_url)


def seed_demo(settings: Settings) -> dict[str, Any]:
    """Make the demo tenant if it is missing, write ``demo-logins.json`` and return its content."""
    from app.bootstrap import setup

    return setup.seed_demo(settings)


def create_tenant(settings: Settings, **kw: Any) -> dict[str, Any]:
    """Make a tenant from the command line's ``name``, ``organisation``, ``did``, ``email`` …

    Returns what the operator needs to hand over (logins, DID).
    """
    from app.bootstrap import setup

    return setup.create_tenant(settings, **kw)


def allow_all(settings: Settings, name: str) -> list[str]:
    """Let a tenant's managers in from any address again; the networks to which they were limited."""
    from app.bootstrap import setup

    return setup.allow_all(settings, name)


def set_timezone(settings: Settings, **kw: Any) -> str:
    """Move a tenant (``name``) to another ``timezone``, live at once; the zone that it had."""
    from app.bootstrap import setup

    return setup.set_timezone(settings, **kw)


def create_agent(settings: Settings, **kw: Any) -> dict[str, Any]:
    """Make an agent of one tenant (``tenant``, ``login``, ``name``, ``password``, ``menus``)."""
    from app.bootstrap import setup

    return setup.create_agent(settings, **kw)


def create_token(settings: Settings, **kw: Any) -> dict[str, Any]:
    """Make an API token for one login of a tenant (``tenant``, ``login``, ``label``)."""
    from app.bootstrap import setup

    return setup.create_token(settings, **kw)


def show_dialplan(settings: Settings, did: str) -> str:
    """The live dialplan XML of one DID, as FreeSWITCH would be given it."""
    from app.bootstrap import setup

    return setup.show_dialplan(settings, did)


def list_caller_ids(settings: Settings, *, everything: bool = False) -> list[dict[str, Any]]:
    """Caller IDs that tenants have asked for and nobody has looked at; with ``everything`` all of them."""
    from app.bootstrap import caller_ids

    return caller_ids.list_caller_ids(settings, everything=everything)


def verify_caller_id(settings: Settings, **kw: Any) -> dict[str, Any]:
    """Verify a caller ID (``caller_id``) to the day ``until``."""
    from app.bootstrap import caller_ids

    return caller_ids.verify_caller_id(settings, **kw)


def refuse_caller_id(settings: Settings, **kw: Any) -> dict[str, Any]:
    """Refuse a caller ID (``caller_id``) for a ``reason`` that the tenant reads."""
    from app.bootstrap import caller_ids

    return caller_ids.refuse_caller_id(settings, **kw)


def describe_speech(settings: Settings) -> tuple[bool, str, str]:
    """Are announcements spoken, with what, and what to do when they are not."""
    from app.adapters.speech import describe

    return describe(voice=settings.voice, model=settings.voice_model, speaker=settings.voice_speaker)


def verify_journal(settings: Settings) -> list[str]:
    """Check the journal; one sentence for each thing that is wrong, an empty list when all is well."""
    from app.worker import verify_journal as verify

    return verify(settings)
