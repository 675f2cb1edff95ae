"""``python -m app.bootstrap.rehearsal``: a request as JSON on standard input, the Rehearsal on standard output."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
from datetime import datetime

NICE = 5
"""Calls that are live come first."""


def main() -> int:
    """Rehearse what standard input describes."""
    with contextlib.suppress(OSError):
        os.nice(NICE)
    request = json.load(sys.stdin)
    # Whoever asked may be gone: it ends by itself.
    seconds = int(request["most_seconds"]) + 30
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    # What a library prints must not stand in the answer.
    answer, sys.stdout = sys.stdout, sys.stderr
    from app.bootstrap.rehearsal.run import run_rehearsal
    from app.core.tenant_json import tenant_from_json

    rehearsal = run_rehearsal(
        tenant_from_json(request["config"]),
        datetime.fromisoformat(request["start"]),
        sip_domain=request["sip_domain"],
        key_music=request["key_music"],
        most_calls=request["most_calls"],
        most_seconds=request["most_seconds"],
    )
    json.dump(rehearsal.to_json(), answer, ensure_ascii=False)
    answer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
