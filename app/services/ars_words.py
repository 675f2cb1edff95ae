"""The ARS in sentences, Korean and English: where something is, what is wrong with it and what to do.

Changes are put into words in ``app.services.ars_change_words``, findings in ``app.services.ars_finding_words``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.korean import speakable
from app.core.korean_particles import fitting
from app.services.ars_problem_words import PROBLEMS
from app.services.ars_problems import Problem

PROMPTS: dict[str, tuple[str, str]] = {
    "greeting": ("인사말", "greeting"),
    "menu": ("메뉴 안내", "menu announcement"),
    "after_hours": ("상담시간 외 안내", "after-hours announcement"),
    "holiday": ("휴일 안내", "holiday announcement"),
    "connecting": ("상담연결 안내", "connecting announcement"),
    "delay": ("연결지연 안내", "delay announcement"),
    "unavailable": ("연결불가 안내", "unavailable announcement"),
    "lines_full": ("회선 초과 안내", "all-lines-busy announcement"),
    "invalid": ("메뉴 오입력 안내", "wrong-key announcement"),
    "no_digit": ("미입력 종료 안내", "no-key goodbye"),
    "wrong_digit": ("오입력 종료 안내", "wrong-key goodbye"),
    "callback_offer": ("콜백 제안 안내", "callback offer"),
    "callback_confirm": ("콜백 번호 확인 안내", "callback number question"),
    "callback_number": ("콜백 번호 입력 안내", "callback number request"),
    "callback_done": ("콜백 접수 안내", "callback confirmation"),
    "forced_end": ("강성종료 안내", "forced-end announcement"),
    "hold": ("보류 안내", "hold announcement"),
    "position_more": ("대기순서 안내", "position announcement"),
}
"""What each announcement is called on the screens."""

_WEEKDAYS = ("월화수목금토일", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))

FIELDS: dict[str, tuple[str, str]] = {
    "digit": ("번호", "digit"),
    "name": ("이름", "name"),
    "queue_id": ("상담큐", "queue"),
    "announcement": ("안내 문구", "announcement"),
    "entries": ("하위 메뉴", "submenu"),
    "queue": ("상담 설정", "settings"),
    "strategy": ("분배 방식", "distribution"),
    "callback": ("콜백", "callback"),
    "callback_key": ("콜백 번호", "callback key"),
    "callback_after_seconds": ("콜백 제안 시간", "callback offer after"),
    "delay_interval_seconds": ("지연 안내 간격", "delay interval"),
    "longest_wait_seconds": ("최대 대기시간", "longest wait"),
    "announce_position": ("대기순서 안내", "position announcement"),
    "priority": ("우선순위", "priority"),
    "weekdays": ("요일", "weekdays"),
    "start": ("시작 시각", "start"),
    "end": ("종료 시각", "end"),
    "open": ("상담 여부", "open or closed"),
    "day": ("날짜", "day"),
    "kind": ("구분", "kind"),
    "yearly": ("매년 반복", "every year"),
}

_TOP: dict[str, tuple[str, str]] = {
    "menu": ("메뉴", "Menu"),
    "slots": ("상담시간", "Hours"),
    "holidays": ("휴일", "Holidays"),
    "texts": ("안내 문구", "Announcements"),
    "uploads": ("음성 파일", "Audio files"),
    "menu_tries": ("메뉴 반복 횟수", "Menu rounds"),
    "menu_timeout_seconds": ("메뉴 입력 대기시간", "Seconds to press a key"),
    "": ("설정", "Settings"),
}


def index_of(language: str) -> int:
    """Place of the language's words in the pairs: Korean first."""
    return 1 if language == "en" else 0


def prompt_name(name: str, language: str = "ko") -> str:
    """인사말, 메뉴 안내, '3번 안내 방송' …"""
    english = index_of(language)
    if name in PROMPTS:
        return PROMPTS[name][english]
    head, _, rest = name.rpartition("_")
    if head == "menu":
        return f"submenu {rest}" if english else f"{rest}번 하위 메뉴 안내"
    if head == "announcement":
        keys = "-".join(rest)
        return f"announcement {keys}" if english else f"{keys}번 안내 방송"
    if head == "position":
        return f"position {rest}" if english else f"대기순서 {rest}번 안내"
    return name


def place(where: str, document: Mapping[str, Any], language: str = "ko") -> str:
    """``menu.0.entries.1.name`` as people say it: 메뉴 1번 '배송 문의' › 2번 '교환' › 이름."""
    english = index_of(language)
    top, *rest = where.split(".")
    said = [_TOP.get(top, (top, top))[english]]
    if top in ("texts", "uploads"):
        return " › ".join([*said, *(prompt_name(name, language) for name in rest)])
    here: Any = document.get(top)
    for step in rest:
        if step.isdecimal():
            here = here[int(step)] if isinstance(here, list) and int(step) < len(here) else None
            said.append(_one(here, int(step), english))
        else:
            said.append(FIELDS.get(step, (step, step))[english])
            here = here.get(step) if isinstance(here, dict) else None
    return " › ".join(word for word in said if word)


def problem_sentence(problem: Problem, document: Mapping[str, Any], language: str = "ko") -> str:
    """What is wrong and what to do; where it is says ``place``. A code without words is shown as it is."""
    english = index_of(language)
    pair = PROBLEMS.get(problem.code)
    details = dict(problem.details)
    if "weekdays" in details:
        details["days"] = weekdays(details["weekdays"], language)
    if problem.code == "slots_overlap":
        details["other_slot"] = slot_words(document["slots"][details["other"]], language)
    return problem.code if pair is None else filled(pair[english], details)


def weekdays(days: Any, language: str = "ko") -> str:
    """월·화·수; Mon, Tue, Wed."""
    if index_of(language):
        return ", ".join(_WEEKDAYS[1][day] for day in days)
    return "·".join(_WEEKDAYS[0][day] for day in days) + "요일"


def slot_words(slot: Mapping[str, Any], language: str = "ko") -> str:
    """평일 월·화·수·목·금요일 09:00–18:00."""
    hours = f"{slot.get('start', '')}–{slot.get('end', '')}"
    days = weekdays(slot.get("weekdays", ()), language) if slot.get("weekdays") else ""
    closed = "" if slot.get("open", True) else ("closed" if index_of(language) else "상담 안 함")
    return " ".join(part for part in (str(slot.get("name", "")), days, hours, closed) if part)


def filled(text: str, details: Mapping[str, Any]) -> str:
    """The gaps filled; 은(는), 이(가), 과(와), (으)로, (이)라 as the word before them wants it."""
    return settle_particles(text.format_map(_Gaps(details)))


_PARTICLES = {"은(는)": "은", "이(가)": "이", "을(를)": "을", "과(와)": "과", "(으)로": "으로", "(이)라": "이라"}
"""As our sentences write them → after a consonant."""


def settle_particles(text: str) -> str:
    """'식사'이(가) → '식사'가: as the word before it is read, whatever quotes or brackets close it."""
    for both, closed in _PARTICLES.items():
        while both in text:
            before, after = text.split(both, 1)
            word = speakable(before.rstrip("'\"’”)] ")[-30:])
            # 이라는 is a pair that fitting knows; 이라 alone goes the same way.
            fits = fitting(word, "이라는").removesuffix("는") if closed == "이라" else fitting(word, closed)
            text = before + fits + after
    return text


def _one(found: Any, index: int, english: int) -> str:
    """One entry, slot or holiday, by what it is called; else by its place from 1."""
    if isinstance(found, dict):
        name = str(found.get("name", "") or "")
        if found.get("digit"):
            digit = f"{found['digit']}" if english else f"{found['digit']}번"
            return f"{digit} '{name}'" if name else digit
        if "start" in found:
            return slot_words(found, "en" if english else "ko")
        if found.get("day"):
            return " ".join(part for part in (str(found["day"]), name) if part)
        if name:
            return f"'{name}'"
    return f"#{index + 1}" if english else f"{index + 1}번째"


class _Gaps(dict[str, Any]):
    """Details by name; one that is missing shows as an ellipsis rather than failing the sentence."""

    def __missing__(self, key: str) -> str:
        return "…"
