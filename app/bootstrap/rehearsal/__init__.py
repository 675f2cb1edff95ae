"""The rehearsal (app.ports.Rehearse): virtual callers through every branch of a tenant's ARS, in virtual time.

The published XML runs on a switch of its own (simswitch), with the real controller core, adapter and scripts; nothing
that is live is touched. It runs in a process of its own, so that the web's loop goes on meanwhile, and is bounded in
calls and in time.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from app.adapters.children import Busy, Children, TimedOut
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

MOST_BYTES = 16 << 20
"""Of an answer; one with 150 calls has 150 kB."""


def rehearser(settings: Settings, children: Children | None = None) -> Rehearse:
    """Rehearses on this installation, one tenant at a time: another waits for its turn. May be called from any
    thread or greenlet."""
    children = children or Children(at_once=1, patience_seconds=MOST_SECONDS + GRACE_SECONDS)

    def rehearse(config: TenantConfig) -> Rehearsal:
        request = {
            "config": tenant_to_json(config),
            "start": datetime.now(UTC).isoformat(),
            "sip_domain": settings.sip_domain,
            "key_music": str(ensure_key_music(settings.prompts_dir / "system")),
            "most_calls": MOST_CALLS,
            "most_seconds": MOST_SECONDS,
        }
        try:
            done = children.run(
                [sys.executable, "-m", __name__],
                json.dumps(request).encode(),
                seconds=MOST_SECONDS + GRACE_SECONDS,
                most_bytes=MOST_BYTES,
            )
        except Busy as error:
            raise RehearsalFailed("busy") from error
        except TimedOut as error:
            raise RehearsalFailed("time_over") from error
        except OSError as error:
            log.error("rehearsal_broken", error=repr(error))
            raise RehearsalFailed("broken", repr(error)) from error
        if done.code != 0:
            log.error("rehearsal_broken", exit=done.code, said=done.errors[-2000:])
            raise RehearsalFailed("broken", done.errors[-2000:])
        try:
            return Rehearsal.from_json(json.loads(done.output))
        except (ValueError, KeyError, TypeError) as error:
            log.error("rehearsal_broken", error=repr(error))
            raise RehearsalFailed("broken", repr(error)) from error

    return rehearse
