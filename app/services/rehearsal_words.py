"""A rehearsal in sentences, Korean and English: what each call tried, what was expected and met, why it failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.definitions import TenantConfig
from app.core.rehearsed import Came, Fault, LeftOut, Rehearsal, Rehearsed
from app.services.ars_words import filled, index_of, prompt_name, weekdays

Pair = tuple[str, str]

CALLS: dict[str, Pair] = {
    "publication": ("설정을 통화 흐름으로 만들기", "Turning the settings into a call flow"),
    "contract.none": ("계약 상태가 아닐 때", "Without a contract"),
    "did.answers": ("{did} 번호로 전화", "A call to {did}"),
    "did.international": ("국제 형식 {did}(으)로 온 전화", "A call that comes as {did}"),
    "lines.last": ("마지막 남은 회선으로 온 전화", "A call on the last free line"),
    "lines.full": ("수신 회선 {lines}개가 모두 통화 중일 때", "All {lines} lines busy"),
    "hours.open": ("{moment} – 상담시간", "{moment} – open"),
    "hours.closed": ("{moment} – 상담시간 외", "{moment} – closed"),
    "hours.holiday": ("{moment} – 휴일 {holiday}", "{moment} – holiday {holiday}"),
    "menu.none": ("메뉴가 없을 때", "Without a menu"),
    "menu.silent": ("{menu}에서 아무것도 누르지 않음", "{menu}: no key at all"),
    "menu.wrong": ("{menu}에서 계속 잘못 누름", "{menu}: wrong keys only"),
    "menu.corrected": ("{menu}에서 잘못 눌렀다가 다시 누름", "{menu}: a wrong key, then a right one"),
    "menu.back": ("{menu}에서 별표로 처음 메뉴", "{menu}: star, back to the top"),
    "greeting.key": ("인사말 중에 {entry}", "{entry} during the greeting"),
    "greeting.wrong_key": ("인사말 중에 없는 번호를 누름", "A wrong key during the greeting"),
    "entry.agents": ("{entry} – 상담원이 받음", "{entry} – an agent answers"),
    "entry.announcement": ("{entry} – 안내만 듣고 아무것도 누르지 않음", "{entry} – heard, and no key"),
    "entry.announcement_keys": ("{entry} – 1번 다시 듣기, 2번 처음으로", "{entry} – 1 again, 2 to the top"),
    "queue.next_agent": ("{entry} – 첫 상담원이 받지 않음", "{entry} – the first telephone is not answered"),
    "queue.longest_wait": (
        "{entry} – 로그인한 상담원 없이 최대 대기시간까지",
        "{entry} – nobody logged in, until the longest wait",
    ),
    "queue.closing": ("{entry} – 기다리는 중에 상담시간이 끝남", "{entry} – closing time while waiting"),
    "callback.given": ("{entry} – 건 번호로 콜백 예약", "{entry} – callback to the calling number"),
    "callback.other_number": ("{entry} – 다른 번호로 콜백 예약", "{entry} – callback to another number"),
    "callback.withheld": ("{entry} – 발신번호 표시제한 고객의 콜백", "{entry} – callback, number withheld"),
    "alone.answered": (
        "{entry} – 상담 프로그램이 멈췄을 때 상담원 전화가 울림",
        "{entry} – without the controller an agent answers",
    ),
    "alone.nobody": (
        "{entry} – 상담 프로그램이 멈췄고 아무도 받지 않음",
        "{entry} – without the controller nobody answers",
    ),
}
"""By the name of the call (app.core.rehearsal_plan)."""

ENDS: dict[str, Pair] = {
    "talked": ("상담원과 통화", "talks to an agent"),
    "announced": ("안내 후 종료", "ends after the announcement"),
    "callback": ("{callback}(으)로 콜백 예약", "callback to {callback}"),
    "left": ("여기까지 확인", "as far as this"),
    "gave_up": ("끝나지 않아 고객이 끊음", "the caller gives up in vain"),
    "refused": ("연결되지 않음", "not answered"),
}

FAULTS: dict[str, Pair] = {
    "heard": ("들린 안내가 다릅니다.", "Other announcements were heard."),
    "queue": ("다른 상담큐로 연결되었습니다.", "It came to another queue."),
    "nobody_assigned": (
        "이 메뉴를 받는 상담원이 없습니다. 상담배정에서 상담원을 배정하세요.",
        "Nobody is assigned to this menu. Assign agents.",
    ),
    "agents": ("배정된 상담원이 받지 않았습니다.", "None of the assigned agents answered."),
    "end": ("기대와 다르게 끝났습니다.", "It ended otherwise."),
    "callback": ("콜백 번호가 다릅니다: {met}", "The callback is for another number: {met}"),
    "sound_missing": (
        "{prompt}의 음성 파일이 없습니다. 안내를 다시 저장하거나 올려 주세요.",
        "The sound file of the {prompt} is missing. Save or upload it again.",
    ),
    "silence": (
        "{at}초부터 {seconds}초 동안 아무 소리도 들리지 않았습니다.",
        "Nothing was heard for {seconds} s at {at} s.",
    ),
    "timing": (
        "{after} 다음 {then}까지 {expected}초가 아니라 {met}초 걸렸습니다.",
        "{met} s instead of {expected} s between {after} and {then}.",
    ),
    "not_rung": ("울리지 않은 상담원 전화: {people}", "Telephones that did not ring: {people}"),
    "lines": ("통화가 끝난 뒤에도 회선 {left}개가 잡혀 있습니다.", "{left} lines were not given back."),
    "internal": ("프로그램 오류: {text}", "A mistake of the program: {text}"),
    "refused": ("설정을 쓸 수 없습니다: {text}", "The settings cannot be used: {text}"),
}

REASONS: dict[str, Pair] = {
    "alike": ("설정이 같은 다른 메뉴로 확인했습니다.", "Tried with another menu of the same settings."),
    "too_many": ("너무 많아 일부만 걸어 보았습니다.", "Too many: only some were made."),
    "time_over": ("시간이 다 되어 걸어 보지 못했습니다.", "There was no time left."),
    "too_long": ("대기시간이 너무 길어 걸어 보지 않았습니다.", "It would wait for hours."),
    "never_open": ("상담시간이 없어 걸어 볼 수 없습니다.", "It is never open."),
    "nothing": ("해당되는 경우가 없습니다.", "There is no such case."),
}

_PARTS: dict[str, Pair] = {
    "did": ("대표번호", "Numbers"),
    "lines": ("회선", "Lines"),
    "hours": ("상담시간", "Hours"),
    "menu": ("메뉴", "Menu"),
    "greeting": ("인사말", "Greeting"),
    "entry": ("메뉴 항목", "Menu entries"),
    "queue": ("대기", "Waiting"),
    "callback": ("콜백", "Callback"),
    "alone": ("상담 프로그램 없이", "Without the controller"),
}

_KINDS: dict[str, Pair] = {
    "music": ("음악", "music"),
    "ringing": ("상담원 전화가 울림", "an agent's telephone rings"),
    "talk": ("상담원과 통화", "talk"),
    "silence": ("아무 소리 없음", "silence"),
    "key": ("{name}번 누름", "presses {name}"),
}


def describe(
    rehearsal: Rehearsal, config: TenantConfig, texts: Mapping[str, str], language: str = "ko"
) -> dict[str, Any]:
    """``Rehearsal.to_json`` with words: ``title`` of each call and sound, ``sentence`` of what was expected, met, wrong
    and left out, ``text`` of each announcement (``texts``: what is said, by prompt)."""
    told = rehearsal.to_json()
    for call, raw in zip(rehearsal.calls, told["calls"], strict=True):
        raw["title"] = call_title(call, language)
        raw["expected"]["sentence"] = came_sentence(call.expected, config, language)
        raw["met"]["sentence"] = came_sentence(call.met, config, language)
        for fault, one in zip(call.faults, raw["faults"], strict=True):
            one["sentence"] = fault_sentence(fault, config, language)
        for one in raw["heard"]:
            _name_sound(one, config, texts, language)
    for left, raw in zip(rehearsal.left_out, told["left_out"], strict=True):
        raw["sentence"] = left_out_sentence(left, language)
    return told


def call_title(call: Rehearsed, language: str = "ko") -> str:
    """What the call tried."""
    english = index_of(language)
    details = dict(call.details)
    path = " › ".join(str(name) for name in details.get("entry", ()))
    keys = "-".join(str(details.get("menu_keys", "")))
    key = keys if english else f"{keys}번"
    details["entry"] = f"{key} '{path}'" if path else key
    details["menu"] = details["entry"] if path else ("Menu" if english else "메뉴")
    day, clock = call.at[:10], call.at[11:19]
    weekday = f" ({weekdays([details['weekday']], language)})" if "weekday" in details else ""
    details["moment"] = f"{day}{weekday} {clock}"
    pair = CALLS.get(call.name)
    return call.name if pair is None else filled(pair[english], details)


def came_sentence(came: Came, config: TenantConfig, language: str = "ko") -> str:
    """인사말 → 메뉴 안내 → 상담연결 안내 → '배송 문의' 상담큐 → 김하늘 → 상담원과 통화."""
    english = index_of(language)
    said = [prompt_name(name, language) for name in came.heard]
    queue = config.queues.get(came.queue_id) if came.queue_id is not None else None
    if came.queue_id is not None and came.end != "announced":
        name = queue.name if queue is not None else str(came.queue_id)
        said.append(f"'{name}' queue" if english else f"'{name}' 상담큐")
    if came.agents:
        said.append((" or " if english else " 또는 ").join(_people(came.agents, config)))
    if came.end in ENDS:
        said.append(filled(ENDS[came.end][english], {"callback": came.callback}))
    return " → ".join(said)


def fault_sentence(fault: Fault, config: TenantConfig, language: str = "ko") -> str:
    """Why the call did not pass, and what to do where the tenant can do something."""
    details = dict(fault.details)
    for name in ("prompt", "after", "then"):
        if name in details:
            details[name] = prompt_name(details[name], language)
    if "agents" in details:
        details["people"] = ", ".join(_people(details["agents"], config))
    pair = FAULTS.get(fault.code)
    return fault.code if pair is None else filled(pair[index_of(language)], details)


def left_out_sentence(left: LeftOut, language: str = "ko") -> str:
    """What was not tried, and why."""
    english = index_of(language)
    what = CALLS.get(left.name)
    head = _PARTS.get(left.name.partition(".")[0], (left.name, left.name))[english]
    if what is not None and "{" not in what[english].replace("{entry} – ", ""):
        head = what[english].replace("{entry} – ", "")
    if queue := left.details.get("queue"):
        head = f"{head} ('{queue}')"
    reason = REASONS.get(left.reason, (left.reason, left.reason))[english]
    return f"{head}: {reason}"


def _people(agents: Sequence[int], config: TenantConfig) -> list[str]:
    return [config.agents[one].name if one in config.agents else str(one) for one in agents]


def _name_sound(
    one: dict[str, Any], config: TenantConfig, texts: Mapping[str, str], language: str
) -> None:
    english = index_of(language)
    if one["kind"] == "prompt":
        one["title"], one["text"] = prompt_name(one["name"], language), texts.get(one["name"], "")
        return
    one["title"] = filled(_KINDS[one["kind"]][english], one)
    if one["kind"] == "talk" and one["name"].isdigit():
        one["title"] = f"{one['title']} ({_people([int(one['name'])], config)[0]})"
