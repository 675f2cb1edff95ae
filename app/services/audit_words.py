"""What an entry of 작업이력 keeps, in words: lines of a label and what stands behind it, Korean and English.

Entries are never altered, so older ones keep the shapes in which they were written: what nobody has words for is
shown as it stands rather than hidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.ars_change import Change
from app.services import messages
from app.services.ars_change_words import change_sentence
from app.services.ars_words import index_of

LABELS: dict[str, tuple[str, str]] = {
    "what": ("대상", "What"),
    "agent": ("상담사ID", "Agent ID"),
    "agents": ("상담사", "Agents"),
    "name": ("이름", "Name"),
    "group": ("그룹", "Group"),
    "group_id": ("그룹", "Group"),
    "moved": ("공통그룹으로 옮긴 상담사", "Agents moved to 공통그룹"),
    "active": ("사용", "Active"),
    "skill": ("스킬", "Skill"),
    "skills": ("스킬", "Skills"),
    "menus": ("상담메뉴", "Menus"),
    "new": ("새 상담사", "New agents"),
    "changed": ("바꾼 상담사", "Changed agents"),
    "queues": ("상담배정", "Assignments"),
    "contact_type": ("상담유형", "Contact type"),
    "contact_types": ("상담유형 순서", "Order of contact types"),
    "break_reason": ("휴식사유", "Break reason"),
    "break_reasons": ("휴식사유 순서", "Order of break reasons"),
    "status_after_login": ("로그인후 상태", "Status after log-in"),
    "status_after_call": ("통화후 상태", "Status after a call"),
    "recall_seconds": ("재호출 시간(초)", "Ring time (s)"),
    "misses_before_break": ("자동 휴식 전환(회)", "Missed calls before a break"),
    "service_level_seconds": ("서비스레벨 기준(초)", "Service level within (s)"),
    "short_abandon_seconds": ("인정시간(초)", "Short abandon (s)"),
    "service_level_target": ("SL 목표(%)", "Service level target (%)"),
    "response_target": ("응대율 목표(%)", "Response target (%)"),
    "integration_url": ("연동 URL", "Customer system URL"),
    "allowed_addresses": ("허용 IP", "Allowed addresses"),
    "timezone": ("시간대", "Time zone"),
    "url": ("웹주소", "URL"),
    "result": ("결과", "Result"),
    "changes": ("바뀐 내용", "Changes"),
    "dropped": ("버린 변경", "Changes dropped"),
    "version": ("버전", "Version"),
    "restored_from": ("되돌린 설정", "Restored"),
    "file": ("파일", "File"),
    "seconds": ("길이(초)", "Length (s)"),
    "number": ("번호", "Number"),
    "before": ("이전 번호", "Number before"),
    "expires_on": ("유효기간", "Valid until"),
    "reason": ("사유", "Reason"),
    "chosen": ("사용 중이던 번호", "Was in use"),
    "rows": ("조회한 건수", "Rows shown"),
    "total": ("전체 건수", "Rows in all"),
    "call_id": ("통화", "Call"),
    "callback_id": ("콜백 번호", "Callback"),
    "from": ("시작일", "From"),
    "to": ("종료일", "To"),
    "unit": ("통계 단위", "Unit"),
    "platform": ("접속 환경", "Platform"),
    "code": ("코드", "Code"),
    "undone": ("되돌림", "Undone"),
}

VALUES: dict[str, tuple[str, str]] = {
    "what.draft": ("고치고 있는 설정 (아직 적용 전)", "the draft (not live yet)"),
    "what.agents.xlsx": ("상담사 목록 (엑셀)", "list of agents (Excel)"),
    "what.password": ("비밀번호", "password"),
    "what.sip": ("전화기 비밀번호 (SIP 계정)", "telephone password (SIP account)"),
    "status.available": ("대기", "available"),
    "status.on_break": ("휴식", "on break"),
    "status.wrap_up": ("후처리", "wrap-up"),
    "unit.whole": ("기간 전체", "whole period"),
    "unit.hour": ("시간별", "by hour"),
    "unit.day": ("일별", "by day"),
    "unit.week": ("주별", "by week"),
    "unit.month": ("월별", "by month"),
}
_YES, _NO, _NOTHING, _ANYWHERE = ("예", "yes"), ("아니요", "no"), ("없음", "none"), ("어디서나", "anywhere")
_TIER = ("{}차", "tier {}")

HIDDEN = frozenset({"id"})
"""What says nothing to people."""

SETTINGS = frozenset(
    "status_after_login status_after_call recall_seconds misses_before_break service_level_seconds "
    "short_abandon_seconds service_level_target response_target integration_url allowed_addresses timezone "
    "contact_type break_reason code group skill".split()
)
"""Written as ``[before, after]`` where they were changed."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line. ``values`` has more than one for a list; ``call_id`` where it is a call that can be opened."""

    label: str
    values: tuple[str, ...]
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """What ids stand for, as far as it is there still."""

    groups: Mapping[int, str] = field(default_factory=dict)
    skills: Mapping[int, str] = field(default_factory=dict)


def told(details: Mapping[str, Any], language: str, names: Names) -> list[Told]:
    """The entry's details, line by line, in the order in which they were written."""
    english = index_of(language)
    lines = []
    for key, value in details.items():
        if key in HIDDEN or value is None or value == "" or value == []:
            continue
        label = LABELS[key][english] if key in LABELS else key
        if key == "code" and isinstance(value, str):
            label = LABELS["reason"][english]
        values = tuple(_values(key, value, language, names))
        if values:
            lines.append(Told(label, values, str(value) if key == "call_id" else ""))
    return lines


def _values(key: str, value: Any, language: str, names: Names) -> list[str]:
    english = index_of(language)
    if key in SETTINGS and isinstance(value, list) and len(value) == 2:
        before, after = (_one(key, each, language) for each in value)
        return [f"{before} → {after}"] if before != after else [after]
    if key in ("changes", "dropped") and isinstance(value, list):
        return [_change(each, language) for each in value]
    if key == "queues" and isinstance(value, list):
        return [_assignment(each, english) for each in value]
    if key == "changed" and isinstance(value, dict):
        return [f"{login}: {', '.join(_label(each, english) for each in columns)}" for login, columns in value.items()]
    if key == "skills" and isinstance(value, dict):
        levels = {_named(names.skills, skill): level for skill, level in value.items()}
        return [_levels(levels, "{}", english)]
    if key == "group_id":
        return [_named(names.groups, value)]
    if key == "restored_from":
        return [f"#{value}"]
    return [_one(key, value, language)]


def _one(key: str, value: Any, language: str) -> str:
    english = index_of(language)
    if isinstance(value, bool):
        return (_YES if value else _NO)[english]
    if isinstance(value, list):
        empty = _ANYWHERE if key == "allowed_addresses" else _NOTHING
        return ", ".join(str(each) for each in value) or empty[english]
    if value is None or value == "":
        return _NOTHING[english]
    text = str(value)
    kind = "status" if key.startswith("status_after") else key
    if f"{kind}.{text}" in VALUES:
        return VALUES[f"{kind}.{text}"][english]
    if key in ("code", "result") and isinstance(value, str):
        return messages.text(text, language)
    return text


def _change(raw: Any, language: str) -> str:
    """A change of the ARS; older entries have the sentence itself."""
    return change_sentence(Change.from_json(raw), language) if isinstance(raw, dict) else str(raw)


def _assignment(raw: Mapping[str, Any], english: int) -> str:
    people = _levels(raw.get("agents") or {}, _TIER[english], english)
    skill = f" · {LABELS['skill'][english]} {raw['skill']}" if raw.get("skill") else ""
    return f"{raw.get('queue', '')}: {people}{skill}"


def _levels(levels: Mapping[str, Any], form: str, english: int) -> str:
    ordered: Sequence[tuple[str, Any]] = sorted(levels.items(), key=lambda each: (int(each[1]), each[0]))
    return ", ".join(f"{name} ({form.format(level)})" for name, level in ordered) or _NOTHING[english]


def _label(column: str, english: int) -> str:
    return LABELS[column][english] if column in LABELS else column


def _named(known: Mapping[int, str], number: Any) -> str:
    return known.get(int(number), f"#{number}")
