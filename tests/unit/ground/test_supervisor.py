"""The supervisor: on real small processes, with a clock that the test turns."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.config import Settings
from app.supervisor import probes
from app.supervisor.child import Child, Spec, back_off, describe_exit, is_loud
from app.supervisor.loop import StartFailed, Supervisor

SLEEPER = ["sleep", "600"]


class Clock:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Ticking(Clock):
    """A clock that goes a little at each look."""

    def __init__(self, step: float) -> None:
        super().__init__()
        self.step = step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


class Stage:
    """A supervisor with its children, what it said, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock, self.said = folder, Clock(), list[str]()
        self.supervisor: Supervisor | None = None

    def children(self, *specs: Spec, verbose: bool = False) -> list[Child]:
        children = [Child(spec, self.folder, self.folder, os.environ) for spec in specs]
        self.supervisor = Supervisor(children, self.said.append, verbose=verbose, clock=self.clock)
        return children

    def turn_until(self, reached: Callable[[], object], step: float = 0.0) -> None:
        """Turn the loop, the clock by ``step`` each time, until something is so; the test's limit ends it."""
        assert self.supervisor is not None
        while not reached():
            self.clock.now += step
            self.supervisor.turn(0.01)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    yield stage
    if stage.supervisor is not None:
        stage.supervisor.request_stop()
        stage.supervisor.request_stop()  # twice: impatiently
        stage.supervisor.stop()


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("deaths", "seconds"), [(1, 0), (2, 1), (3, 2), (4, 4), (5, 8), (6, 16), (7, 30), (8, 30), (500, 30)]
)
def test_restarts_are_at_once_and_then_ever_more_patient(deaths: int, seconds: float) -> None:
    assert back_off(deaths) == seconds


@pytest.mark.parametrize(
    ("line", "loud"),
    [
        ("2026-01-05 10:00:00 [warning  ] lease lost", True),
        ('{"event": "x", "level": "error"}', True),
        ("Traceback (most recent call last):", True),
        ("sqlalchemy.exc.OperationalError: no such table", False),
        ("OperationalError: no such table", True),
        ("Error: SANGDAM_WEB_PORT", True),
        ("2026-11-23 [ERR] switch_core.c ERROR loading module", True),
        ("[info     ] errors=0 warnings=0", False),
        ("GET /healthz 200", False),
        ("1:M 23 Nov # WARNING Memory overcommit must be enabled!", False),
    ],
)
def test_only_warnings_and_errors_reach_the_console(line: str, loud: bool) -> None:
    assert is_loud(line) is loud


@pytest.mark.parametrize(
    ("answers", "ready"),
    [
        ([None, None], False),  # not there yet
        (["7"], False),  # left behind by the last life?
        (["7", "7", "7"], False),  # it was
        (["7", "8"], True),
        ([None, "1"], True),  # was not there before, so it is new
        (["7", None, "7"], True),
    ],
)
def test_a_heartbeat_left_by_the_last_life_does_not_count(
    tmp_path: Path, answers: list[str | None], ready: bool
) -> None:
    child = Child(Spec("a", "A", SLEEPER, 1, probe=lambda: None, hangs_after=10), tmp_path, tmp_path, {})
    for answer in answers:
        child.answer(answer, 0.0)
    assert child.ready is ready


def test_a_process_that_dies_is_started_again_with_growing_pauses(stage: Stage) -> None:
    (child,) = stage.children(Spec("a", "A", ["sh", "-c", "echo going; exit 3"], 1))
    child.start(stage.clock())
    starts = []
    for _ in range(4):
        stage.turn_until(lambda: child.process is None)
        starts.append(child.start_at - stage.clock())
        stage.clock.now = child.start_at
        stage.turn_until(lambda: child.process is not None or child.deaths > len(starts))
    assert starts == [0.0, 1.0, 2.0, 4.0]
    assert "A ended with exit code 3; it is restarted now" in stage.said[0]
    assert "restarted in 1 s" in stage.said[1]
    assert child.log_path.read_text().count("going") >= 4


def test_a_long_life_is_rewarded_with_a_quick_restart(stage: Stage) -> None:
    (child,) = stage.children(Spec("a", "A", SLEEPER, 1))
    child.deaths = 5
    child.start(stage.clock())
    stage.clock.now += 61
    child.signal(signal.SIGKILL)
    stage.turn_until(lambda: child.process is None)
    assert (child.deaths, child.start_at) == (1, stage.clock.now)
    assert "was ended by SIGKILL" in stage.said[-1]


@pytest.mark.parametrize(
    ("answers", "killed"),
    [
        (lambda beat: "stuck", True),  # its main loop stands still
        (lambda beat: None, True),  # nothing there any more
        (lambda beat: str(beat), False),  # alive
    ],
)
def test_a_controller_that_does_not_answer_for_ten_seconds_is_killed(
    stage: Stage, answers: Callable[[int], str | None], killed: bool
) -> None:
    beats = iter(range(10**9))
    healthy = True

    def probe() -> str | None:
        beat = next(beats)
        return str(beat) if healthy else answers(beat)

    (child,) = stage.children(Spec("controller", "Controller", SLEEPER, 1, probe=probe, hangs_after=10))
    child.start(stage.clock())
    stage.supervisor._ask_at["controller"] = 0.0
    stage.turn_until(lambda: child.ready, step=0.2)
    first, healthy = child.pid, False
    until = stage.clock.now + 9.5
    stage.turn_until(lambda: stage.clock.now >= until, step=0.2)
    assert child.pid == first  # not yet
    until += 4
    stage.turn_until(lambda: stage.clock.now >= until or child.deaths, step=0.2)
    assert (child.deaths == 1) is killed
    assert any("did not answer for 10 seconds and was killed" in line for line in stage.said) is killed


def test_silence_is_nobodys_fault_when_redis_is_away(stage: Stage) -> None:
    def probe() -> str | None:
        raise probes.Unknown

    (child,) = stage.children(Spec("controller", "Controller", SLEEPER, 1, probe=probe, hangs_after=10))
    child.start(stage.clock())
    child.ready = True
    stage.supervisor._ask_at["controller"] = 0.0
    until = stage.clock.now + 30
    stage.turn_until(lambda: stage.clock.now >= until, step=0.2)
    assert child.deaths == 0


def test_a_supervisor_that_stood_still_itself_blames_nobody(stage: Stage) -> None:
    (child,) = stage.children(Spec("controller", "C", SLEEPER, 1, probe=lambda: "stuck", hangs_after=10))
    child.start(stage.clock())
    child.ready = True
    stage.supervisor._ask_at["controller"] = 0.0
    stage.supervisor.turn(0.0)
    stage.clock.now += 3600  # suspended, or stopped in a debugger
    stage.supervisor.turn(0.0)
    assert child.killed_because is None


def test_the_start_gives_up_on_what_cannot_start_and_shows_why(stage: Stage) -> None:
    (child,) = stage.children(Spec("web", "Web", ["sh", "-c", "echo no such module: portal; exit 1"], 2))
    stage.supervisor._clock = Ticking(0.2)
    with pytest.raises(StartFailed) as failed:
        stage.supervisor.start(2, lambda child, seconds: None)
    assert "Web died 3 times while it started" in str(failed.value)
    assert "no such module: portal" in str(failed.value)
    assert str(child.log_path) in str(failed.value)


def test_a_program_that_is_missing_is_a_sentence(stage: Stage) -> None:
    stage.children(Spec("x", "X", ["/no/such/program"], 1))
    with pytest.raises(StartFailed, match=r"X cannot be started: .*/no/such/program"):
        stage.supervisor.start(1, lambda child, seconds: None)


def test_a_full_disk_stops_no_process(stage: Stage) -> None:
    """The switch carries calls: a log that cannot be written is no reason to take it down."""
    (child,) = stage.children(Spec("x", "X", ["sh", "-c", "echo one; echo two; exec sleep 600"], 1))
    child.log_path.symlink_to("/dev/full")
    child.start(stage.clock())
    stage.supervisor._selector.register(child.process.stdout, select.POLLIN, child)
    stage.turn_until(lambda: list(child.tail) == ["one", "two"])
    assert child.process is not None and is_alive(child.pid)
    assert [line for line in stage.said if "cannot be written" in line] == [
        f"[x] Warning: {child.log_path} cannot be written: No space left on device"
    ]


@pytest.mark.parametrize("missing", ["log", "pid"])
def test_a_process_runs_also_without_its_log_and_pid_file(stage: Stage, missing: str) -> None:
    (child,) = stage.children(Spec("x", "X", SLEEPER, 1))
    (stage.folder / f"x.{missing}").mkdir()  # nothing can be written there
    child.start(stage.clock())
    assert is_alive(child.pid)


def test_a_restart_that_fails_is_tried_again_and_ends_nothing_else(stage: Stage) -> None:
    program = stage.folder / "program"
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    program.chmod(0o700)
    child, other = stage.children(Spec("x", "X", [str(program)], 1), Spec("y", "Y", SLEEPER, 1))
    for one in (child, other):
        stage.supervisor._launch(one)
    first = child.pid
    program.rename(stage.folder / "elsewhere")
    os.kill(first, signal.SIGKILL)
    stage.turn_until(lambda: any("cannot be started" in line for line in stage.said), step=1.0)
    (stage.folder / "elsewhere").rename(program)
    stage.turn_until(lambda: child.process is not None, step=1.0)
    assert is_alive(child.pid) and is_alive(other.pid) and other.deaths == 0


def test_stages_stop_in_reverse_and_leave_nothing_behind(stage: Stage) -> None:
    order = stage.folder / "order"
    obedient = f"trap 'echo {{}} >> {order}; exit 0' TERM; echo up; while :; do sleep 0.05; done"
    stubborn = "trap '' TERM; (trap '' TERM; exec sleep 600) & echo $!; wait"
    redis, switch, web, hard = stage.children(
        Spec("redis", "Redis", ["sh", "-c", obedient.format("redis")], 1),
        Spec("switch", "Switch", ["sh", "-c", obedient.format("switch")], 2),
        Spec("web", "Web", ["sh", "-c", obedient.format("web")], 3),
        Spec("hard", "Hard", ["sh", "-c", stubborn], 3, stops_within=0.0),
    )
    for child in (redis, switch, web, hard):
        stage.supervisor._launch(child)
    stage.turn_until(lambda: redis.tail and switch.tail and web.tail and hard.tail)
    pids = [child.pid for child in (redis, switch, web, hard)]
    grandchild = int(hard.tail[0])
    assert is_alive(grandchild) and (stage.folder / "web.pid").read_text().strip() == str(web.pid)

    stage.supervisor._clock = Ticking(0.001)
    stage.supervisor.stop()
    stage.supervisor = None

    assert order.read_text().split() == ["web", "switch", "redis"]
    assert not [pid for pid in [*pids, grandchild] if is_alive(pid)]
    assert not list(stage.folder.glob("*.pid"))


def test_quiet_lines_go_to_the_log_only(stage: Stage) -> None:
    script = "echo hello; echo '[error  ] trouble'; printf unfinished"
    (child,) = stage.children(Spec("a", "A", ["sh", "-c", script], 1))
    stage.supervisor._launch(child)
    stage.turn_until(lambda: child.deaths)
    assert stage.said[0] == "[a] [error  ] trouble"
    assert child.log_path.read_text() == "hello\n[error  ] trouble\nunfinished"
    assert list(child.tail) == ["hello", "[error  ] trouble", "unfinished"]


def test_exit_codes_are_put_into_words() -> None:
    assert describe_exit(2) == "ended with exit code 2"
    assert describe_exit(-9) == "was ended by SIGKILL"


PARENT = """
import subprocess, sys, os
child = subprocess.Popen([sys.executable, "-c", sys.argv[1], str(os.getpid())], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
child.wait()
"""
CHILD = """
import sys, time
from app.supervisor.exec_ import die_with_parent
die_with_parent(int(sys.argv[1]))
print("ready", flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's promise is Linux's")
def test_children_die_with_a_supervisor_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, CHILD], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_alive(child)
        handle = os.pidfd_open(child)  # readable when the process has ended
        try:
            parent.kill()
            parent.wait()
            assert select.select([handle], [], [], 10)[0] == [handle]
        finally:
            os.close(handle)


def test_a_child_whose_parent_is_gone_already_does_not_start() -> None:
    finished = subprocess.run([sys.executable, "-c", CHILD, "1"], check=False, timeout=30)
    assert finished.returncode == 1


def test_probes_say_nothing_where_nothing_answers(
    free_ports: Callable[[int], list[int]], settings: Settings
) -> None:
    (port,) = free_ports(1)
    assert probes.event_socket_greets("127.0.0.1", port)() is None
    assert probes.http_answers("127.0.0.1", port)() is None
    assert probes.redis_answers(f"redis://127.0.0.1:{port}/0")() is None
    with pytest.raises(probes.Unknown):
        probes.heartbeat(f"redis://127.0.0.1:{port}/0", "key")()
