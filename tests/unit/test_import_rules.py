"""Who may import whom (ARCHITECTURE), read from the source of every module, and two rules on modules.

A breach is shown as ``file:line``, what was imported, and what that layer may import.
"""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "app",
    "esl",
    "dialplan",
    "ivr_scripts",
    "provisioning",
    "admin_ui",
    "agent_ui",
    "freeswitch_conf",
    "simswitch",
)
LONG, TOO_LONG = 400, 450

ANY = frozenset({"*"})
NONE: frozenset[str] = frozenset()
OUTSIDE_WORLD = frozenset(
    {"flask", "sqlalchemy", "redis", "greenswitch", "huey", "psycopg", "alembic", "requests", "jinja2"}
)
"""Libraries behind which a database, a network or a screen stands; only adapters and screens use them."""

IO_OF_THE_STANDARD_LIBRARY = frozenset(
    {
        "asyncio",
        "http",
        "multiprocessing",
        "select",
        "selectors",
        "shutil",
        "smtplib",
        "socket",
        "sqlite3",
        "ssl",
        "subprocess",
        "tempfile",
        "threading",
        "time",
    }
)
"""What the core may not touch: it does no I/O, and time is an argument."""


@dataclass(frozen=True)
class Layer:
    """What the modules below ``name`` may import beside the standard library and themselves."""

    name: str
    own: frozenset[str]
    libraries: frozenset[str] = ANY
    not_libraries: frozenset[str] = NONE
    not_standard: frozenset[str] = NONE


def layer(
    name: str,
    own: str = "",
    libraries: frozenset[str] = ANY,
    not_libraries: frozenset[str] = NONE,
    not_standard: frozenset[str] = NONE,
) -> Layer:
    return Layer(name, frozenset(own.split()), libraries, not_libraries, not_standard)


USE_CASES = "app.core app.ports"

# The most particular name that fits a module counts.
LAYERS = (
    layer("app.core", libraries=NONE, not_standard=IO_OF_THE_STANDARD_LIBRARY),
    layer("app.ports", "app.core", libraries=NONE),
    layer("app.controller", f"{USE_CASES} ivr_scripts", not_libraries=OUTSIDE_WORLD),
    layer(
        "app.services",
        f"{USE_CASES} app.reports dialplan provisioning ivr_scripts",
        not_libraries=OUTSIDE_WORLD,
    ),
    layer("app.reports", USE_CASES, not_libraries=OUTSIDE_WORLD),
    # The preview goes on where the dialplan ends: with what a waiting caller hears.
    layer("dialplan", f"{USE_CASES} ivr_scripts", not_libraries=OUTSIDE_WORLD),
    layer("ivr_scripts", USE_CASES, not_libraries=OUTSIDE_WORLD),
    layer("provisioning", USE_CASES, not_libraries=OUTSIDE_WORLD),
    layer("app.adapters", f"{USE_CASES} esl"),
    layer("esl", libraries=frozenset({"gevent", "greenswitch", "orjson"})),
    layer("esl.codec", "esl", libraries=frozenset({"orjson"}), not_standard=frozenset({"socket", "select"})),
    layer("esl.commands", "esl", libraries=NONE, not_standard=frozenset({"socket", "select"})),
    layer("admin_ui", f"{USE_CASES} app.services app.reports agent_ui"),
    layer("agent_ui", f"{USE_CASES} app.services app.reports admin_ui"),
    layer("simswitch", "app.core esl dialplan"),
    layer("freeswitch_conf", f"{USE_CASES} app.config app.supervisor.programs"),
    layer("app.config", "app.config_values app.config_paths"),
    layer("app.config_values"),
    layer("app.config_paths"),
    layer("app.supervisor", "app.config app.bootstrap"),
    layer("app.doctor", "app.config app.supervisor app.bootstrap"),
    layer("app", "app esl dialplan ivr_scripts provisioning admin_ui agent_ui freeswitch_conf simswitch"),
)


def layer_of(module: str) -> Layer | None:
    """The layer whose name is the longest that ``module`` begins with."""
    fitting = [each for each in LAYERS if is_below(module, each.name)]
    return max(fitting, key=lambda each: len(each.name), default=None)


def is_below(module: str, name: str) -> bool:
    return module == name or module.startswith(name + ".")


def imports(module: str, source: str, is_package: bool) -> Iterator[tuple[int, str]]:
    """``(line, dotted name)`` of each import, relative ones resolved; ``from a import b`` gives ``a.b``."""
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parent = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parent, base] if base else parent)
            for name in node.names:
                yield node.lineno, f"{base}.{name.name}"


def refusals(module: str, source: str, is_package: bool = False) -> list[tuple[int, str]]:
    """``(line, sentence)`` for each import that the module's layer may not have."""
    rule = layer_of(module)
    if rule is None:
        return [(1, f"{module} belongs to no layer; give it one in {Path(__file__).name}")]
    found: list[tuple[int, str]] = []
    for line, name in imports(module, source, is_package):
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names:
            if top in rule.not_standard:
                found.append((line, f"{rule.name} may not import {top}: it does no I/O and asks no clock"))
        elif top in PACKAGES:
            if not is_below(name, rule.name) and not any(is_below(name, own) for own in rule.own):
                allowed = ", ".join(sorted(rule.own)) or "nothing else of this tree"
                found.append((line, f"{rule.name} may not import {name}; it may import {allowed}"))
        elif top in rule.not_libraries or (rule.libraries is not ANY and top not in rule.libraries):
            found.append((line, f"{rule.name} may not import the library {top}"))
    return found


def modules() -> Iterator[tuple[Path, str, bool]]:
    """``(file, dotted name, is it a package)`` of every module of the product."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if {"node_modules", "dist", "__pycache__"} & set(path.parts):
                continue
            parts = path.relative_to(ROOT).with_suffix("").parts
            is_package = parts[-1] == "__init__"
            yield path, ".".join(parts[:-1] if is_package else parts), is_package


def test_each_module_imports_only_what_its_layer_may() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {sentence}"
        for path, module, is_package in modules()
        for line, sentence in refusals(module, path.read_text("utf-8"), is_package)
    ]
    assert not found, "ARCHITECTURE.md, Who may import whom:\n" + "\n".join(found)


def test_no_module_has_the_name_of_one_of_the_standard_library() -> None:
    own = {"__init__", "__main__"}
    found = [
        f"{path.relative_to(ROOT)} is named like the standard library's {part}"
        for path, module, _ in modules()
        if (part := module.rpartition(".")[2]) in sys.stdlib_module_names - own
    ]
    assert not found, "\n".join(found)


def test_no_module_is_longer_than_a_person_reads_at_once() -> None:
    lengths = [
        (len(path.read_text("utf-8").splitlines()), path.relative_to(ROOT)) for path, _, _ in modules()
    ]
    for length, path in lengths:
        if LONG < length <= TOO_LONG:
            warnings.warn(
                f"{path} has {length} lines; find the seam before it grows over {TOO_LONG}", stacklevel=1
            )
    too_long = [
        f"{path}: {length} lines, the limit is {TOO_LONG}" for length, path in lengths if length > TOO_LONG
    ]
    assert not too_long, "\n".join(too_long)


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("app.core.call", "import datetime\nfrom app.core.ids import LegId", []),
        ("app.core.call", "from . import ids", []),
        ("app.core.call", "import orjson", ["app.core may not import the library orjson"]),
        (
            "app.core.call",
            "from app import ports",
            ["app.core may not import app.ports; it may import nothing"],
        ),
        ("app.core.call", "def f():\n    import time", ["app.core may not import time"]),
        ("app.core.call", "from ..adapters import sql", ["app.core may not import app.adapters.sql"]),
        ("app.ports", "from app.core.events import Event", []),
        (
            "app.controller.runner",
            "from app.adapters.redis import feed",
            ["app.controller may not import app.adapters"],
        ),
        ("app.services.ars", "import sqlalchemy.orm", ["app.services may not import the library sqlalchemy"]),
        ("app.adapters.freeswitch.switch", "from esl import commands\nimport gevent", []),
        (
            "app.adapters.sql.store",
            "from app.services import ars",
            ["app.adapters may not import app.services.ars"],
        ),
        ("esl.codec", "from esl.values import Header\nimport orjson", []),
        ("esl.codec", "import gevent", ["esl.codec may not import the library gevent"]),
        ("esl.connection", "from app.core import events", ["esl may not import app.core.events"]),
        (
            "admin_ui.views",
            "from app.adapters.sql import tables",
            ["admin_ui may not import app.adapters.sql.tables"],
        ),
        ("app.bootstrap", "import app.adapters.sql\nfrom admin_ui import create_app\nimport flask", []),
        ("strange", "import os", ["strange belongs to no layer"]),
    ],
)
def test_the_rules_themselves(module: str, source: str, expected: list[str]) -> None:
    found = [sentence for _, sentence in refusals(module, source)]
    assert len(found) == len(expected)
    assert all(sentence.startswith(start) for sentence, start in zip(found, expected, strict=True)), found
