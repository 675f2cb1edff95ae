"""A leader that was killed is known to be dead at once; one that lives never is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from app.adapters.leader_file import LeaderFile

LEADER = """
import sys, time
from pathlib import Path
from app.adapters.leader_file import LeaderFile
assert LeaderFile(Path(sys.argv[1])).take(7)
print("leads", flush=True)
time.sleep(60)
"""


def test_the_kernel_tells_the_living_from_the_dead(tmp_path: Path) -> None:
    path = tmp_path / "controller.leader"
    ours = LeaderFile(path)
    assert ours.dead_owner() is None, "nobody has ever led"
    root = Path(__file__).resolve().parents[3]
    process = subprocess.Popen([sys.executable, "-c", LEADER, str(path)], cwd=root, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "leads\n"
        assert ours.dead_owner() is None
        assert not ours.take(8), "a leader that lives keeps the lock"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert ours.dead_owner() == 7
    assert ours.take(8)
    assert LeaderFile(path).dead_owner() is None


def test_a_file_that_says_nothing_proves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "controller.leader"
    path.write_text("no token")
    assert LeaderFile(path).dead_owner() is None
