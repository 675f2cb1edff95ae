"""What differs between two versions of the ARS, as a person would say it: Korean and English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.core.ars_change import Change
from app.services.ars_words import FIELDS, filled, index_of, prompt_name, slot_words

CHANGES: dict[str, tuple[str, str]] = {
    "menu.added": (
        "메뉴 {keys} '{name}'을(를) 추가합니다 ({to}).",
        "Menu {keys} '{name}' is added ({to}).",
    ),
    "menu.removed": ("메뉴 {keys} '{name}'을(를) 없앱니다.", "Menu {keys} '{name}' is removed."),
    "menu.moved": (
        "메뉴 '{name}'의 번호를 {before}에서 {after}(으)로 바꿉니다.",
        "Menu '{name}' moves from {before} to {after}.",
    ),
    "menu.order": ("메뉴를 안내하는 순서를 {after}(으)로 바꿉니다.", "The menu is read out in the order {after}."),
    "menu.renamed": (
        "메뉴 {keys}의 이름을 '{before}'에서 '{after}'(으)로 바꿉니다.",
        "Menu {keys} is called '{after}' instead of '{before}'.",
    ),
    "menu.target": (
        "메뉴 {keys} '{name}'의 연결을 {before}에서 {after}(으)로 바꿉니다.",
        "Menu {keys} '{name}' leads to {after} instead of {before}.",
    ),
    "menu.queue": (
        "메뉴 {keys} '{name}'을(를) 새 상담큐에 연결합니다. 상담사를 배정해 주세요.",
        "Menu {keys} '{name}' leads to a new queue. Assign agents to it.",
    ),
    "menu.announcement": (
        "메뉴 {keys} '{name}'의 안내 문구를 바꿉니다: {after}",
        "Menu {keys} '{name}' says: {after}",
    ),
    "menu.callback": (
        "메뉴 {keys} '{name}'의 콜백을 '{before}'에서 '{after}'(으)로 바꿉니다.",
        "Menu {keys} '{name}': callback '{after}' instead of '{before}'.",
    ),
    "menu.setting": (
        "메뉴 {keys} '{name}'의 {setting}을(를) {before}에서 {after}(으)로 바꿉니다.",
        "Menu {keys} '{name}': {setting} {after} instead of {before}.",
    ),
    "slot.added": ("상담시간 '{after}'을(를) 추가합니다.", "Hours '{after}' are added."),
    "slot.removed": ("상담시간 '{before}'을(를) 없앱니다.", "Hours '{before}' are removed."),
    "slot.changed": (
        "상담시간을 '{before}'에서 '{after}'(으)로 바꿉니다.",
        "Hours '{before}' become '{after}'.",
    ),
    "slot.renamed": (
        "상담시간의 이름을 '{before}'에서 '{after}'(으)로 바꿉니다.",
        "Hours are called '{after}' instead of '{before}'.",
    ),
    "holiday.added": ("휴일 {after}을(를) 추가합니다.", "The holiday {after} is added."),
    "holiday.removed": ("휴일 {before}을(를) 없앱니다.", "The holiday {before} is removed."),
    "holiday.moved": (
        "휴일 '{name}'을(를) {before}에서 {after}(으)로 옮깁니다.",
        "The holiday '{name}' moves from {before} to {after}.",
    ),
    "holiday.renamed": (
        "휴일 '{before}'의 이름을 '{after}'(으)로 바꿉니다.",
        "The holiday '{before}' is called '{after}'.",
    ),
    "holiday.kind": (
        "휴일 '{name}'의 구분을 {before}에서 {after}(으)로 바꿉니다.",
        "The holiday '{name}' is {after} instead of {before}.",
    ),
    "holiday.yearly": ("휴일 '{name}': {after}", "The holiday '{name}': {after}"),
    "text.changed": ("{prompt}의 문구를 바꿉니다: {after}", "The {prompt} says: {after}"),
    "upload.changed": ("{prompt}: {after}", "The {prompt}: {after}"),
    "tries.changed": (
        "메뉴를 {before}번 대신 {after}번까지 안내합니다.",
        "The menu is read out up to {after} times instead of {before}.",
    ),
    "timeout.changed": (
        "번호를 누를 때까지 {before}초 대신 {after}초 기다립니다.",
        "A key is awaited for {after} seconds instead of {before}.",
    ),
}

TARGETS = {
    "agents": ("상담원 연결", "agents"),
    "announcement": ("안내 방송", "an announcement"),
    "menu": ("하위 메뉴", "a submenu"),
}

CALLBACKS = {
    "off": ("사용 안 함", "off"),
    "by_key": ("{callback_key} 버튼을 누르면 제안", "by key {callback_key}"),
    "after_seconds": ("{callback_after_seconds}초 후 제안", "after {callback_after_seconds} s"),
    "nobody_logged_in": ("로그인한 상담원이 없으면 제안", "when nobody is logged in"),
}

STRATEGIES = {
    "longest_idle": ("오래 쉰 상담원부터", "longest idle first"),
    "round_robin": ("차례대로", "round robin"),
    "top_down": ("위에서부터", "top down"),
    "least_calls": ("적게 받은 상담원부터", "fewest calls first"),
}

HOLIDAY_KINDS = {
    "own": ("휴일", "an own holiday"),
    "public": ("국가공휴일", "a public holiday"),
    "temporary": ("임시공휴일", "a temporary holiday"),
}

DEFAULT_TEXT = ("기본 문구", "the default text")
YEARLY = (("올해만 쉽니다.", "once."), ("매년 쉽니다.", "every year."))
RECORDING = (("문구를 읽어 줍니다.", "its text is spoken."), ("올린 음성 파일을 들려줍니다.", "a recording is played."))
YES_NO = (("사용 안 함", "off"), ("사용", "on"))


def change_sentence(change: Change, language: str = "ko") -> str:
    """One difference in one sentence. A kind without words is shown as it is."""
    english = index_of(language)
    details: dict[str, Any] = {
        "name": change.name or "",
        "keys": keys_words(change.where.rpartition(".")[2]),
        "before": change.before,
        "after": change.after,
    }
    kind = change.kind
    if kind == "menu.target" and _to(change.before) == _to(change.after) == "agents":
        kind = "menu.queue"
    words = _WORDS.get(kind)
    if words is None and kind.startswith("menu.") and kind not in CHANGES:
        setting = kind.partition(".")[2]
        details["setting"] = FIELDS.get(setting, (setting, setting))[english]
        kind, words = "menu.setting", _setting
    if words is not None:
        details |= {
            side: words(details[side], english) for side in ("before", "after") if details[side] is not None
        }
    if kind == "menu.added":
        details["to"] = _target(_leads_to(change.after), english)
    if kind in ("text.changed", "upload.changed"):
        details["prompt"] = prompt_name(change.where.partition(".")[2], language)
        if kind == "upload.changed":
            details["after"] = RECORDING[change.after is not None][english]
        elif change.after is None:
            details["after"] = DEFAULT_TEXT[english]
    pair = CHANGES.get(kind)
    return change.kind if pair is None else filled(pair[english], details)


def keys_words(keys: str) -> str:
    """31 → 3-1: the keys one after another."""
    return "-".join(keys)


def _leads_to(entry: Any) -> str:
    if not isinstance(entry, Mapping):
        return "agents"
    if entry.get("entries"):
        return "menu"
    return "announcement" if entry.get("announcement") is not None else "agents"


def _to(target: Any) -> str:
    return str(target.get("to", "") if isinstance(target, Mapping) else target)


def _target(to: Any, english: int) -> str:
    name = _to(to)
    return TARGETS.get(name, (name, name))[english]


def _keys(value: Any, english: int) -> str:
    return ", ".join(keys_words(one) for one in value) if isinstance(value, list) else keys_words(str(value))


def _callback(value: Any, english: int) -> str:
    offer = str(value.get("callback", "off")) if isinstance(value, Mapping) else str(value)
    return filled(CALLBACKS.get(offer, (offer, offer))[english], value if isinstance(value, Mapping) else {})


def _setting(value: Any, english: int) -> str:
    if isinstance(value, bool):
        return YES_NO[value][english]
    return STRATEGIES.get(str(value), (str(value), str(value)))[english]


def _slot(value: Any, english: int) -> str:
    return slot_words(value, "en" if english else "ko") if isinstance(value, Mapping) else str(value)


def _holiday(value: Any, english: int) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    return " ".join(part for part in (str(value.get("day", "")), f"'{value.get('name', '')}'") if part)


def _kind(value: Any, english: int) -> str:
    return HOLIDAY_KINDS.get(str(value), (str(value), str(value)))[english]


def _yearly(value: Any, english: int) -> str:
    return YEARLY[bool(value)][english]


_WORDS: dict[str, Callable[[Any, int], str]] = {
    "menu.moved": _keys,
    "menu.order": _keys,
    "menu.target": _target,
    "menu.callback": _callback,
    "slot.added": _slot,
    "slot.removed": _slot,
    "slot.changed": _slot,
    "holiday.added": _holiday,
    "holiday.removed": _holiday,
    "holiday.kind": _kind,
    "holiday.yearly": _yearly,
}
