"""What the year proof points out (``dialplan.proof``), as a person would say it: Korean and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.services.ars_change_words import CALLBACKS, keys_words
from app.services.ars_claim_words import contradiction_sentence
from app.services.ars_words import filled, index_of, prompt_name, weekdays
from dialplan.findings import Finding

FINDINGS: dict[str, tuple[str, str]] = {
    "hours.never_open": (
        "앞으로 {days}일 동안 상담시간이 한 번도 없습니다. 상담시간을 추가해 주세요.",
        "For the coming {days} days it is never open. Add hours.",
    ),
    "hours.unsteady": (
        "상담시간이 설정과 다르게 바뀌는 때가 있습니다. 운영자에게 알려 주세요.",
        "It opens or closes at a time that was not set. Tell the operator.",
    ),
    "day.unlike_its_weekday": (
        "{days}일이 같은 요일의 상담시간과 다르게 동작합니다. 운영자에게 알려 주세요.",
        "{days} days behave unlike their weekday. Tell the operator.",
    ),
    "day.holiday_differs": (
        "{days}일이 휴일 설정과 다르게 동작합니다. 운영자에게 알려 주세요.",
        "{days} days behave unlike the holidays that were set. Tell the operator.",
    ),
    "menu.empty": (
        "메뉴가 비어 있어 모든 전화가 연결불가 안내를 듣고 끊깁니다. 메뉴를 추가해 주세요.",
        "The menu is empty: every caller hears that nobody can be reached. Add an entry.",
    ),
    "way.dead_end": (
        "이 안내는 상담원 연결이나 종료 안내로 이어지지 않습니다. 운영자에게 알려 주세요.",
        "This way ends neither at agents nor with an announcement. Tell the operator.",
    ),
    "way.circle": ("이 안내는 끝나지 않습니다. 운영자에게 알려 주세요.", "This way never ends. Tell the operator."),
    "way.wrong": (
        "'{name}'을(를) 눌렀을 때 다른 곳으로 연결됩니다. 운영자에게 알려 주세요.",
        "'{name}' leads elsewhere. Tell the operator.",
    ),
    "prompt.unknown": (
        "알 수 없는 음성 파일을 재생합니다. 운영자에게 알려 주세요.",
        "A sound file is played that is no announcement. Tell the operator.",
    ),
    "announcement.empty": ("'{name}'의 안내 문구가 비어 있습니다.", "The announcement of '{name}' is empty."),
    "text.too_long": (
        "문구가 {length}자로 {longest}자를 넘습니다. 줄여 주세요.",
        "The text has {length} characters; {longest} is the most.",
    ),
    "slots.overlap": (
        "{days} {start}–{end}에 상담시간이 겹칩니다. 겹치는 시간도 상담시간입니다.",
        "On {days} hours overlap from {start} to {end}. It is open then.",
    ),
    "slots.short_gap": (
        "{days} {start}부터 {end}까지 잠깐 상담시간이 비어 있습니다. 맞는지 확인해 주세요.",
        "On {days} it is closed from {start} to {end} only. Is that meant?",
    ),
    "slot.unreachable": (
        "상담시간 '{name}'은(는) 상담 안 함으로 모두 가려져 열리지 않습니다.",
        "The hours '{name}' are covered by closed ones and never open.",
    ),
    "holiday.moves": (
        "'{name}'은(는) 해마다 날짜가 다릅니다. {year}년에는 {when}입니다. 매년 반복을 끄고 해마다 추가해 주세요.",
        "'{name}' is on another day each year; in {year}: {when}. Enter it for each year instead of yearly.",
    ),
    "menu.nobody": (
        "'{name}'을(를) 받을 상담사가 없습니다. 상담배정에서 상담사를 배정해 주세요.",
        "Nobody takes the calls of '{name}'. Assign agents to it.",
    ),
    "menu.unsaid": (
        "입력한 문구에서 다음 메뉴를 안내하지 않습니다: {entries}",
        "The text does not say these entries: {entries}",
    ),
    "menu.said_wrongly": (
        "입력한 문구에서 없는 번호를 안내합니다: {digits}",
        "The text says keys that lead nowhere: {digits}",
    ),
    "text.contradicts_hours": (
        "입력한 문구의 시간이 상담시간과 다릅니다. 문구를 고치거나 기본 문구를 사용해 주세요.",
        "The text names hours other than those set. Change it, or use the default text.",
    ),
    "prompt.missing": (
        "기다리는 고객에게 들려줄 '{prompt}'이(가) 없습니다.",
        "A waiting caller would not hear the {prompt}.",
    ),
    "number.missing": (
        "대표번호가 없어 전화를 받을 수 없습니다. 운영자에게 문의해 주세요.",
        "There is no number to call. Ask the operator.",
    ),
    "contract.missing": (
        "계약 전에는 전화를 받지 않으므로 상담시간과 메뉴를 확인하지 않았습니다.",
        "Before the contract no call is taken, so hours and menu were not proved.",
    ),
    "slots.gap": (
        "{days} {start}부터 {end}까지는 상담하지 않습니다. 점심시간이 맞는지 확인해 주세요.",
        "On {days} it is closed from {start} to {end}. A break?",
    ),
    "weekday.closed": (
        "{days}은 앞뒤 요일과 달리 상담하지 않습니다. 맞는지 확인해 주세요.",
        "It is closed on {days}, unlike the days around. Is that meant?",
    ),
    "holiday.past": (
        "지난 휴일이 {count}개 있습니다. 지워도 됩니다: {names}",
        "{count} holidays are over and may be deleted: {names}",
    ),
    "holiday.missing": (
        "앞으로 1년의 공휴일 {count}일이 휴일로 등록되어 있지 않습니다: {names}",
        "{count} public holidays of the coming year are not entered: {names}",
    ),
}

_NOT_THEN = ("없습니다", "not at all")
_MOST_NAMES = 5


def finding_sentence(finding: Finding, language: str = "ko") -> str:
    """One finding in one sentence that says what to do. A code without words is shown as it is."""
    english = index_of(language)
    if finding.code == "text.contradicts_hours" and finding.details.get("claim"):
        return contradiction_sentence(str(finding.details["claim"]), finding.details, language)
    pair = FINDINGS.get(finding.code)
    return finding.code if pair is None else filled(pair[english], _details(finding.details, language))


def _details(raw: Mapping[str, Any], language: str) -> dict[str, Any]:
    english = index_of(language)
    details = dict(raw)
    if "weekdays" in details:
        details["days"] = weekdays(details["weekdays"], language)
    if "year" in details and "day" in details:
        details["when"] = details["day"] or _NOT_THEN[english]
    if "prompt" in details:
        details["prompt"] = prompt_name(str(details["prompt"]), language)
    if isinstance(details.get("entries"), list):
        details["entries"] = ", ".join(_entry(one) for one in details["entries"])
    for name in ("names", "digits", "keys"):
        if isinstance(details.get(name), list):
            details[name] = _listed(details[name], english)
    if "callback" in details:
        offer = str(details["callback"])
        details["callback"] = CALLBACKS.get(offer, (offer, offer))[english]
    return details


def _entry(one: Any) -> str:
    if isinstance(one, Mapping):
        return f"{keys_words(str(one.get('keys', one.get('digit', ''))))} '{one.get('name', '')}'"
    return str(one)


def _listed(values: list[Any], english: int) -> str:
    """The first few, and how many more."""
    shown = ", ".join(str(one) for one in values[:_MOST_NAMES])
    more = len(values) - _MOST_NAMES
    if more <= 0:
        return shown
    return f"{shown}, {more} more" if english else f"{shown} 외 {more}개"
