"""Every text of every screen has its English: in templates, scripts and the codes that screens translate."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from admin_ui import outcomes, pages_statistics
from app.core.outcomes import CALL_OUTCOMES
from app.reports.columns import agent_columns, contact_columns, queue_columns
from app.services import messages
from app.services.figures import KINDS

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE: dict[str, str] = json.loads((ROOT / "admin_ui/catalogue/en.json").read_text("utf-8"))
HANGUL = re.compile(r"[가-힣]")
CALLS = re.compile(r"""(?<![\w.])(?:_|t|translate)\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")""")


def sources() -> list[Path]:
    found = []
    for part in ("admin_ui", "agent_ui"):
        for pattern in ("templates/**/*.html", "assets/*.js", "*.py"):
            found += sorted((ROOT / part).glob(pattern))
    return found


def texts_of(path: Path) -> set[str]:
    return {single or double for single, double in CALLS.findall(path.read_text("utf-8"))}


def texts_of_codes() -> set[str]:
    found: set[str] = set()
    for name in dir(outcomes):
        table = getattr(outcomes, name)
        if name.isupper() and isinstance(table, dict):
            found |= set(table.values())
    for column in (*queue_columns(True), *agent_columns(True, ""), *contact_columns(True)):
        found |= {column.title, column.group, column.definition}
    found |= (
        set(KINDS.values()) | set(pages_statistics.UNITS.values()) | set(pages_statistics.FORMULAS.values())
    )
    found |= set(pages_statistics.TITLES.values())
    for path in (ROOT / "app/services").glob("*.py"):
        found |= set(re.findall(r'_?note\((?:store, )?(?:person|who), "([^"]+)"', path.read_text("utf-8")))
    return {text for text in found if HANGUL.search(text)}


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_of_a_screen_has_english(path: Path) -> None:
    missing = {text for text in texts_of(path) if HANGUL.search(text)} - CATALOGUE.keys()
    assert not missing


def test_every_code_that_is_shown_has_english() -> None:
    assert not texts_of_codes() - CATALOGUE.keys()


def test_every_outcome_of_a_call_has_words() -> None:
    assert set(CALL_OUTCOMES) <= outcomes.OUTCOMES.keys()


def test_no_english_is_left_over_or_untranslated() -> None:
    used = set().union(*(texts_of(path) for path in sources())) | texts_of_codes()
    assert CATALOGUE.keys() <= used | {"비밀번호", "녹취", "콜백"}
    assert not [korean for korean, english in CATALOGUE.items() if HANGUL.search(english) or not english]


def test_gaps_are_the_same_in_both_languages() -> None:
    gaps = re.compile(r"\{(\w+)\}")
    for korean, english in [*CATALOGUE.items(), *messages.TEXTS.values()]:
        assert set(gaps.findall(korean)) == set(gaps.findall(english)), korean


def test_templates_have_no_korean_outside_the_translation() -> None:
    for path in (ROOT / "admin_ui/templates").glob("**/*.html"):
        text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S)
        bare = CALLS.sub("", text).replace("한국어", "").replace("'관리자 '", "")
        assert not HANGUL.search(bare), (path.name, HANGUL.findall(bare))
