"""What has to hold of the files at the top of the repository."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_the_front_ends_packages_are_pinned_and_the_lock_names_no_registry() -> None:
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    wanted = package["dependencies"] | package["devDependencies"]
    loose = [name for name, version in wanted.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)]
    assert not loose, f"pin exact versions: {loose}"
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    entries = {name: entry for name, entry in lock["packages"].items() if name}
    assert not [name for name, entry in entries.items() if "resolved" in entry]
    assert not [name for name, entry in entries.items() if "integrity" not in entry]
    assert {name: entries[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_what_is_made_is_not_tracked() -> None:
    made = [".venv/x", "node_modules/x", "var/x", "admin_ui/static/dist/portal.js", "agent_ui/static/dist/x"]
    answer = subprocess.run(
        ["git", "check-ignore", "--no-index", *made], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if answer.returncode == 128:  # not a clone but an unpacked archive: the list itself has to do
        ignored = (ROOT / ".gitignore").read_text("utf-8")
        assert all(f"/{path.rpartition('/')[0]}/" in ignored for path in made)
    else:
        assert answer.stdout.split() == made


def test_ci_runs_without_a_terminal() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0


def test_make_says_plainly_that_python_is_missing() -> None:
    answer = subprocess.run(
        ["make", "-s", "PYTHON=", "VENV=no-such-directory", "no-such-directory/.made"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode != 0
    assert "Python 3.11 or newer is needed and was not found" in answer.stderr
    assert not (ROOT / "no-such-directory").exists()
