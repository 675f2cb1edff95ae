"""The rehearsal (app.ports.Rehearse): virtual callers through every branch of a tenant's ARS, in virtual time.

The published XML runs on a switch of its own (simswitch), with the real controller core, adapter and scripts; nothing
that is live is touched. It runs in a process of its own, so that the web's loop goes on meanwhile, and is bounded in
calls and in time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from app.config import PREFIX
from app.core.definitions import TenantConfig
from app.core.rehearsed import Rehearsal
from app.core.tenant_json import tenant_to_json
from app.ports import RehearsalFailed, Rehearse
from freeswitch_conf.music import ensure_key_music

if TYPE_CHECKING:
    from app.config import Settings

log = structlog.get_logger(__name__)

MOST_CALLS = 240
MOST_SECONDS = 20.0
"""Wall time in which calls are begun; what is left is said to be left out."""

GRACE_SECONDS = 15.0
"""What starting, the last call and the answer may take beside that."""

ROOT = Path(__file__).resolve().parents[3]


_TURN = threading.Lock()


def rehearser(settings: Settings, turn: threading.Lock = _TURN) -> Rehearse:
    """Rehearses on this installation, one tenant at a time: another waits for its ``turn``."""

    def rehearse(config: TenantConfig) -> Rehearsal:
        if not turn.acquire(timeout=MOST_SECONDS + GRACE_SECONDS):
            raise RehearsalFailed("busy")
        try:
            return _in_a_process(
                {
                    "config": tenant_to_json(config),
                    "start": datetime.now(UTC).isoformat(),
                    "sip_domain": settings.sip_domain,
                    "key_music": str(ensure_key_music(settings.prompts_dir / "system")),
                    "most_calls": MOST_CALLS,
                    "most_seconds": MOST_SECONDS,
                }
            )
        finally:
            turn.release()

    return rehearse


def _in_a_process(request: dict[str, Any]) -> Rehearsal:
    # It reads no setting of the installation: ports, passwords and databases are none of its business.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=request["most_seconds"] + GRACE_SECONDS,
            cwd=ROOT,
            env=environment,
            check=True,
        )
        return Rehearsal.from_json(json.loads(done.stdout))
    except subprocess.TimeoutExpired as error:
        raise RehearsalFailed("time_over") from error
    except subprocess.CalledProcessError as error:
        text = error.stderr.decode(errors="replace")[-2000:]
        log.error("rehearsal_broken", exit=error.returncode, said=text)
        raise RehearsalFailed("broken", text) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.error("rehearsal_broken", error=repr(error))
        raise RehearsalFailed("broken", repr(error)) from error
