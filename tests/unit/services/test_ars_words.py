"""The ARS in sentences: every code has words in both languages, particles fit, nothing typed is a pattern."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from app.core.ars_change import Change
from app.core.ars_changes import changes
from app.services import ars_change_words, ars_claim_words, ars_finding_words, ars_messages, ars_words
from app.services.ars_change_words import CHANGES, change_sentence
from app.services.ars_finding_words import FINDINGS, finding_sentence
from app.services.ars_problem_words import PROBLEMS
from app.services.ars_problems import Problem
from app.services.ars_words import filled, place, problem_sentence, prompt_name, settle_particles, slot_words
from dialplan.findings import Finding, Severity

ROOT = Path(__file__).resolve().parents[3]
GAP = re.compile(r"\{(\w+)\}")
BOTH_FORMS = re.compile(r"[은이을과]\([는가를와]\)|\((으)?[로라]?\)[로라]")
HANGUL = re.compile(r"[가-힣]")
WEEK = {"weekdays": [0, 1, 2, 3, 4], "start": "09:00", "end": "18:00", "open": True, "name": "평일"}


def tables() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for module in (ars_words, ars_change_words, ars_claim_words, ars_finding_words, ars_messages):
        for name, table in vars(module).items():
            if name.isupper() and not name.startswith("_") and isinstance(table, dict):
                found[f"{module.__name__}.{name}"] = table
    return {**found, "PROBLEMS": PROBLEMS}


@pytest.mark.parametrize("name", tables())
def test_both_languages_are_there_with_the_same_gaps(name: str) -> None:
    for code, (korean, english) in tables()[name].items():
        assert korean and english and not HANGUL.search(english), code
        assert set(GAP.findall(korean)) == set(GAP.findall(english)), code


def documented(path: str, table: re.Pattern[str]) -> set[str]:
    """Codes that a module's docstring lists."""
    return set(table.findall((ROOT / path).read_text("utf-8").split('"""')[1]))


def test_every_change_has_words() -> None:
    kinds = documented("app/core/ars_changes.py", re.compile(r"^([a-z]+\.[a-z_]+) ", re.M))
    assert len(kinds) > 15
    assert kinds <= CHANGES.keys()


def test_every_finding_has_words() -> None:
    codes = documented("dialplan/proof.py", re.compile(r"^([a-z]+\.[a-z_]+)  ", re.M))
    assert len(codes) > 20
    assert codes == FINDINGS.keys()


def test_every_contradiction_has_words() -> None:
    codes = documented("app/core/prompt_claims.py", re.compile(r"^([a-z]+(?:_[a-z]+)+)  ", re.M))
    assert codes == ars_claim_words.CLAIMS.keys() and len(codes) == 4
    seconds = {"weekdays": [5, 6], "start": 32400, "end": 36000, "real": [[36000, 64800]]}
    assert ars_claim_words.contradiction_sentence("break_but_open", seconds) == (
        "토·일요일 09:00–10:00: 문구에서는 쉬는 시간이라고 하지만 상담시간입니다. 실제 상담시간: 10:00–18:00"
    )


def test_every_problem_has_words() -> None:
    text = "".join((ROOT / f"app/services/{name}.py").read_text("utf-8") for name in ("ars_validation", "ars_hours"))
    codes = set(re.findall(r'(?:_problem|Problem|_text)\(\s*[^()]*?"([a-z]+_[a-z_]+)"', text))
    assert len(codes) > 20
    assert codes <= PROBLEMS.keys()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'식사'이(가)", "'식사'가"),
        ("'배송'이(가)", "'배송'이"),
        ("3번(으)로", "3번으로"),
        ("서울(으)로", "서울로"),
        ("1(으)로", "1로"),
        ("6(으)로", "6으로"),
        ("'A&B'과(와)", "'A&B'와"),
        ("'VIP'을(를)", "'VIP'를"),
        ("'mail'(으)로", "'mail'로"),
        ("09:00'을(를)", "09:00'를"),
        ("'설날 (연휴)'은(는)", "'설날 (연휴)'는"),
    ],
)
def test_particles_fit_the_word_before_them(text: str, expected: str) -> None:
    assert settle_particles(text) == expected


def test_what_was_typed_is_never_a_pattern() -> None:
    assert filled("{name}을(를) 씁니다.", {"name": "{other} %s ${x} 은(는"}) == "{other} %s ${x} 은(는을 씁니다."
    assert filled("{gone}", {}) == "…"


def document(**parts: Any) -> dict[str, Any]:
    return {"menu": [], "slots": [], "holidays": [], "texts": {}, "uploads": {}, **parts}


def told(before: dict[str, Any], after: dict[str, Any], language: str = "ko") -> list[str]:
    return [change_sentence(one, language) for one in changes(before, after)]


def test_changes_are_told_as_a_person_would() -> None:
    order = {"digit": "1", "name": "주문", "queue_id": 5, "queue": {"callback": "off", "longest_wait_seconds": 600}}
    before = document(menu=[order], slots=[WEEK], holidays=[{"day": "2027-01-01", "name": "신정", "kind": "public"}])
    busy = {"callback": "by_key", "callback_key": "#", "longest_wait_seconds": 300, "announce_position": True}
    after = document(
        menu=[{**order, "digit": "2", "name": "주문·결제", "queue": busy}],
        slots=[{**WEEK, "end": "17:00"}],
        holidays=[{"day": "2027-05-01", "name": "창립기념일", "kind": "own", "yearly": True}],
        texts={"greeting": "안녕하세요."},
        uploads={"hold": 7},
        menu_tries=2,
    )
    assert told(before, after) == [
        "메뉴 '주문·결제'의 번호를 1에서 2로 바꿉니다.",
        "메뉴 2의 이름을 '주문'에서 '주문·결제'로 바꿉니다.",
        "메뉴 2 '주문·결제'의 콜백을 '사용 안 함'에서 '# 버튼을 누르면 제안'으로 바꿉니다.",
        "메뉴 2 '주문·결제'의 최대 대기시간을 600에서 300으로 바꿉니다.",
        "메뉴 2 '주문·결제'의 대기순서 안내를 사용 안 함에서 사용으로 바꿉니다.",
        "상담시간을 '평일 월·화·수·목·금요일 09:00–18:00'에서 '평일 월·화·수·목·금요일 09:00–17:00'로 바꿉니다.",
        "휴일 2027-01-01 '신정'을 없앱니다.",
        "휴일 2027-05-01 '창립기념일'을 추가합니다.",
        "인사말의 문구를 바꿉니다: 안녕하세요.",
        "보류 안내: 올린 음성 파일을 들려줍니다.",
        "메뉴를 3번 대신 2번까지 안내합니다.",
    ]
    english = told(before, after, "en")
    assert english[2] == "Menu 2 '주문·결제': callback 'by key #' instead of 'off'."
    assert told(after, document(), "en")[-1] == "The menu is read out up to 3 times instead of 2."


@pytest.mark.parametrize("language", ["ko", "en"])
def test_no_change_leaves_a_gap_open(language: str) -> None:
    full = document(
        menu=[
            {"digit": "1", "name": "주문", "queue_id": 5, "queue": {"strategy": "top_down", "priority": 1}},
            {"digit": "2", "name": "안내", "announcement": "안내입니다."},
            {"digit": "3", "name": "하위", "entries": [{"digit": "1", "name": "교환", "queue_id": 6}]},
        ],
        slots=[WEEK, {**WEEK, "open": False, "name": "점심", "start": "12:00", "end": "13:00"}],
        holidays=[{"day": "2027-01-01", "name": "신정", "kind": "public", "yearly": False}],
        texts={"menu_3": "문구"},
        uploads={"announcement_2": 7},
    )
    turned = {
        **full,
        "menu": [{**full["menu"][0], "queue_id": 9}, {**full["menu"][1], "announcement": "다른 안내"}],
        "slots": [{**WEEK, "name": "근무"}],
        "holidays": [{"day": "2027-01-01", "name": "새해", "kind": "own", "yearly": True}],
        "menu_timeout_seconds": 9,
    }
    for one, other in ((document(), full), (full, document()), (full, turned), (turned, full)):
        for sentence in told(one, other, language):
            assert "…" not in sentence and not BOTH_FORMS.search(sentence), sentence
    assert change_sentence(Change("menu.brand_new", "menu.1", 1, 2, "주문"), language)
    assert change_sentence(Change("other.kind", "x"), language) == "other.kind"


def test_places_are_named() -> None:
    whole = document(
        menu=[{"digit": "3", "name": "배송", "entries": [{"digit": "1", "name": "", "announcement": "x"}]}],
        slots=[WEEK],
        holidays=[{"day": "", "name": "신정"}],
    )
    assert place("menu.0.entries.0.name", whole) == "메뉴 › 3번 '배송' › 하위 메뉴 › 1번 › 이름"
    assert place("slots.0.end", whole, "en") == "Hours › 평일 Mon, Tue, Wed, Thu, Fri 09:00–18:00 › end"
    assert place("holidays.0.day", whole) == "휴일 › '신정' › 날짜"
    assert place("texts.menu_3", whole) == "안내 문구 › 3번 하위 메뉴 안내"
    assert place("menu.7.name", whole) == "메뉴 › 8번째 › 이름"
    assert place("", whole) == "설정"
    assert prompt_name("announcement_31", "en") == "announcement 3-1"
    assert slot_words({**WEEK, "open": False}) == "평일 월·화·수·목·금요일 09:00–18:00 상담 안 함"


def test_findings_and_problems_fill_their_gaps() -> None:
    missing = Finding(
        Severity.NOTE, "holiday.missing", "holidays", {"count": 7, "names": ["신정", *"가나다라마바"], "days": []}
    )
    assert finding_sentence(missing).endswith(": 신정, 가, 나, 다, 라 외 2개")
    assert finding_sentence(missing, "en").endswith(", 2 more")
    moves = {"name": "설날", "year": 2028, "day": "2028-01-27"}
    assert "2028년에는 2028-01-27입니다" in finding_sentence(Finding(Severity.WARNING, "holiday.moves", "", moves))
    moves["day"] = None
    assert "2028: not at all" in finding_sentence(Finding(Severity.WARNING, "holiday.moves", "", moves), "en")
    unsaid = Finding(Severity.WARNING, "menu.unsaid", "texts.menu", {"entries": [{"digit": "3", "name": "기타"}]})
    assert finding_sentence(unsaid).endswith(": 3 '기타'")
    assert finding_sentence(Finding(Severity.NOTE, "new.code", "")) == "new.code"
    assert problem_sentence(Problem("", "new_code"), document()) == "new_code"
