"""What a process does before it becomes Redis or FreeSWITCH, and how it dies with its supervisor.

Both are started as ``python -m app redis`` and ``python -m app freeswitch`` and replace themselves
with the program. So each start, also a restart, writes the configuration anew, and the program is
the supervisor's own child: no shell and no wrapper stands between that could be left behind.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

from app.supervisor.programs import FREESWITCH_ENVIRONMENT, find_freeswitch, find_redis

if TYPE_CHECKING:
    from app.config import Settings

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with_parent(parent: int, sig: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel send ``sig`` to this process when ``parent`` dies, however it dies.

    The wish survives exec. Elsewhere than on Linux nothing happens: there the supervisor stops its
    children itself and only a ``kill -9`` of the supervisor leaves them behind.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, int(sig), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) was refused")
    if os.getppid() != parent:  # it died before the wish was made
        raise SystemExit(1)


def redis_argv(settings: Settings) -> list[str]:
    """The command line of our own Redis: on a socket in the state directory, without any port.

    The append-only file keeps the worker's jobs over a restart; one second may be lost, which the
    journal's spool files do not depend on.
    """
    program = find_redis()
    if program is None:
        raise FileNotFoundError(
            "No Redis: install one (apt install redis-server), or set SANGDAM_REDIS_URL to one that runs."
        )
    options = {
        "port": "0",
        "unixsocket": str(settings.redis_socket),
        "unixsocketperm": "700",
        "dir": str(settings.redis_dir),
        "daemonize": "no",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
    }
    return [str(program), *(part for name, value in options.items() for part in (f"--{name}", value))]


def become_redis(settings: Settings) -> NoReturn:
    """Replace this process with our own Redis."""
    argv = redis_argv(settings)
    settings.redis_socket.unlink(missing_ok=True)  # left by a Redis that was killed
    os.execv(argv[0], argv)


def become_freeswitch(settings: Settings) -> NoReturn:
    """Write FreeSWITCH's configuration and replace this process with FreeSWITCH in the foreground."""
    from app import bootstrap

    if find_freeswitch(settings.freeswitch) is None:
        raise FileNotFoundError(
            "No FreeSWITCH was found in the PATH, /usr/bin or /usr/local/freeswitch/bin. "
            "Set SANGDAM_FREESWITCH to its path, or run the simulator instead."
        )
    argv = bootstrap.render_freeswitch(settings)
    os.execve(argv[0], argv, {**FREESWITCH_ENVIRONMENT, **os.environ})
