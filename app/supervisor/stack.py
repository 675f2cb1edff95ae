"""What ``run`` starts, in which order, what it checks before, and what it says at the end."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import IO

from app.config import Settings, variable
from app.supervisor import probes
from app.supervisor.child import Child, Spec
from app.supervisor.exec_ import redis_argv
from app.supervisor.loop import StartFailed, Supervisor
from app.supervisor.programs import REMOTE, find_freeswitch
from app.supervisor.summary import summary

STORES, SWITCH, SERVICES = 1, 2, 3
"""Stages: what keeps data, what carries calls, what decides and shows."""

CONTROLLER_HANGS_AFTER = 10.0
"""Seconds. FreeSWITCH queues events for a subscriber that does not read and after 100,000 of them
stands still itself; a controller that does not answer has to be gone long before that."""

WEB_HANGS_AFTER = 30.0
"""Seconds without an answer of ``/healthz`` after which the web server is restarted."""


def say(line: str) -> None:
    """One line to the console, at once."""
    try:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except OSError:
        # The terminal or the reader of a pipe is gone. The logs have everything, and the processes
        # still have to be looked after.
        pass


def run(settings: Settings, *, verbose: bool, demo: bool) -> int:
    """Start everything, watch it until Ctrl-C or SIGTERM, stop everything. Returns the exit code."""
    settings.prepare()
    lock = _lock(settings)
    if lock is None:
        say(f"Another `run` works in {settings.state} already.")
        say("Stop it, or set SANGDAM_STATE (and the ports) to run a second one beside it.")
        return 1
    with lock:
        problems = preflight(settings)
        if problems:
            say("Not started:")
            for line in problems:
                say(f"  - {line}")
            return 1
        return _run(settings, verbose, demo)


def _run(settings: Settings, verbose: bool, demo: bool) -> int:
    environment = {**os.environ, **settings.environment(), "PYTHONUNBUFFERED": "1"}
    children = [
        Child(spec, settings.log_dir, settings.run_dir, environment) for spec in specs(settings, os.getpid())
    ]
    supervisor = Supervisor(children, say, verbose=verbose)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: supervisor.request_stop())
    say(f"Starting Sangdam in {settings.state}")
    try:
        supervisor.start(STORES, _progress)
        _once(supervisor, settings, environment, "Database", ["db", "upgrade"])
        if demo and not settings.demo_logins_file.exists():
            _once(supervisor, settings, environment, "Demo tenant", ["seed", "demo"])
        supervisor.start(SWITCH, _progress)
        supervisor.start(SERVICES, _progress)
        if not supervisor.stop_requested:
            say(summary(settings))
        supervisor.watch()
    except StartFailed as error:
        say(f"  ✗ {error}")
        say("Stopping, because not everything could be started.")
        return 1
    finally:
        if supervisor.stop_requested:
            say("Stopping …")
        supervisor.stop()
        say("Everything is stopped.")
    return 0


def specs(settings: Settings, supervisor: int) -> list[Spec]:
    """The processes of one machine, in the order of their start."""

    def process(name: str) -> list[str]:
        return [sys.executable, "-m", "app", f"--parent={supervisor}", name]

    real = find_freeswitch(settings.freeswitch)
    switch = "freeswitch" if real else "simswitch"
    beat = probes.heartbeat(settings.redis_url, probes.heartbeat_key("controller", settings.node))
    result = [
        Spec(
            switch,
            f"FreeSWITCH ({real})" if real else "Simulator",
            process(switch),
            SWITCH,
            probe=probes.event_socket_greets(settings.esl_host, settings.esl_port),
            stops_within=15.0,
        ),
        Spec(
            "controller",
            "Controller",
            process("controller"),
            SERVICES,
            probe=beat,
            hangs_after=CONTROLLER_HANGS_AFTER,
        ),
        Spec(
            "web",
            "Web",
            process("web"),
            SERVICES,
            probe=probes.http_answers(settings.reachable_ip, settings.web_port),
            hangs_after=WEB_HANGS_AFTER,
        ),
        Spec("worker", "Worker", process("worker"), SERVICES),
    ]
    if settings.freeswitch == REMOTE:
        del result[0]
    if settings.owns_redis:
        redis = Spec("redis", "Redis", process("redis"), STORES, probes.redis_answers(settings.redis_url))
        result.insert(0, redis)
    return result


def preflight(settings: Settings, patience: float = 5.0) -> list[str]:
    """What would keep the processes from starting, one sentence each.

    A port that is taken is looked at again for ``patience`` seconds: the last run may be leaving it.
    """
    problems: list[str] = []
    if settings.owns_redis:
        try:
            redis_argv(settings)
        except FileNotFoundError as error:
            problems.append(str(error))
    elif probes.redis_answers(settings.redis_url)() is None:
        problems.append("The Redis of SANGDAM_REDIS_URL does not answer; start it, or unset the variable.")
    until = time.monotonic() + patience
    while (taken := taken_ports(settings)) and time.monotonic() < until:
        time.sleep(0.2)
    return problems + taken


def taken_ports(settings: Settings) -> list[str]:
    """A sentence for each port that another program holds."""
    tcp, udp = socket.SOCK_STREAM, socket.SOCK_DGRAM
    wanted: list[tuple[str, str, int, list[socket.SocketKind]]] = [
        ("web_port", settings.bind, settings.web_port, [tcp]),
    ]
    if settings.freeswitch != REMOTE:
        wanted.append(("esl_port", settings.esl_host, settings.esl_port, [tcp]))
    if find_freeswitch(settings.freeswitch) is not None:
        wanted += [
            ("sip_port", settings.bind, settings.sip_port, [tcp, udp]),
            ("trunk_port", settings.bind, settings.trunk_port, [tcp, udp]),
            ("ws_port", settings.bind, settings.ws_port, [tcp]),
        ]
        if settings.wss_port is not None:
            wanted.append(("wss_port", settings.bind, settings.wss_port, [tcp]))
    lines = []
    for name, host, port, kinds in wanted:
        reasons = {reason for kind in kinds if (reason := _cannot_bind(host, port, kind))}
        if reasons:
            lines.append(
                f"{variable(name)}={port} cannot be used on {host} ({', '.join(sorted(reasons))}). "
                f"Stop the other program, or set {variable(name)} to a free port."
            )
    return lines


def _cannot_bind(host: str, port: int, kind: socket.SocketKind) -> str | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return os.strerror(error.errno or 0).lower()
    return None


def _once(
    supervisor: Supervisor,
    settings: Settings,
    environment: dict[str, str],
    title: str,
    command: Sequence[str],
) -> None:
    """Run a command to its end while the children are looked after. Raises :class:`StartFailed`."""
    if supervisor.stop_requested:
        return
    began = time.monotonic()
    log = settings.log_dir / "setup.log"
    with log.open("w+b") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", f"--parent={os.getpid()}", *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
        while process.poll() is None:
            supervisor.turn(0.05)
            if supervisor.stop_requested:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(10)
                return
        if process.returncode != 0:
            output.seek(0)
            last = output.read().decode("utf-8", "replace").strip().splitlines()[-15:]
            raise StartFailed(
                f"{title}: `{' '.join(command)}` failed:\n" + "\n".join(f"    {x}" for x in last)
            )
    _tick(title, time.monotonic() - began)


def _lock(settings: Settings) -> IO[str] | None:
    """The lock that keeps a second supervisor out of this state directory; None when it is held."""
    file = (settings.run_dir / "supervisor.lock").open("a", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def running(settings: Settings) -> bool:
    """True while a supervisor works in this state directory."""
    if not (settings.run_dir / "supervisor.lock").exists():
        return False
    lock = _lock(settings)
    if lock is not None:
        lock.close()
    return lock is None


def _progress(child: Child, seconds: float) -> None:
    _tick(child.spec.title, seconds)


def _tick(title: str, seconds: float) -> None:
    say(f"  ✓ {title}  ({seconds:.1f} s)")
