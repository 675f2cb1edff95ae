"""The year proof: what it points out, told as the settings that bring it about."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import date, time
from typing import Any

import holidays as public_holidays
import pytest

from app.core.definitions import CallbackOffer, Holiday, MenuEntry, QueueConfig, Slot, TenantConfig
from dialplan.compiler import compile_tenant
from dialplan.findings import Severity
from dialplan.model import Action, Compiled, Condition, Extension
from dialplan.proof import Proof, prove
from tests.unit.dialplan.example import MENU, PROMPTS, REPAIRS, SALES, WEEKDAYS, prompt_paths, tenant

START = date(2026, 3, 3)
EVERY_DAY = frozenset(range(7))
ALWAYS = Slot(EVERY_DAY, time(0), time(0))
WORK = Slot(WEEKDAYS, time(9), time(18), name="평일")
LUNCH = Slot(WEEKDAYS, time(12), time(13), False, "점심")


def korea(year: int) -> Mapping[date, str]:
    return dict(public_holidays.KR(years=year, language="ko"))


def proved(config: TenantConfig, texts: Mapping[str, str] | None = None, **options: Any) -> Proof:
    return prove(compile_tenant(config), config, texts or {}, options.pop("start", START), **options)


def codes(proof: Proof) -> list[str]:
    return [one.code for one in proof.findings]


def of(proof: Proof, code: str) -> list[tuple[str, dict[str, Any]]]:
    return [(one.where, dict(one.details)) for one in proof.findings if one.code == code]


def staffed(**changes: Any) -> TenantConfig:
    """The example tenant, agents behind every entry, the holidays of its own left out."""
    prompts = prompt_paths(names=(*PROMPTS, "menu_4", "announcement_41", *changes.pop("more", ())))
    config = tenant(prompts, **{"ars_holidays": (), **changes})
    queues = {key: dataclasses.replace(one, tiers=one.tiers or {101: 1}) for key, one in config.queues.items()}
    return dataclasses.replace(config, queues=queues)


# -- hours ------------------------------------------------------------------------------------------


def test_a_sound_centre_has_nothing_to_point_out() -> None:
    proof = proved(staffed(), public_holidays=lambda year: {})
    assert proof.findings == ()
    assert [(way.keys, way.ends, way.rings) for way in proof.ways] == [
        ("1", "queue", True), ("2", "queue", True), ("3", "announcement", False),
    ]  # fmt: skip


HOURS: list[tuple[str, tuple[Slot, ...], list[tuple[Severity, str, str, dict[str, Any]]]]] = [
    ("lunch is said by a closed slot", (WORK, LUNCH), []),
    ("over midnight", (Slot(EVERY_DAY, time(18), time(4)),), []),
    ("round the clock", (ALWAYS,), []),
    (
        "a gap that nobody spoke of", (Slot(WEEKDAYS, time(9), time(12)), Slot(WEEKDAYS, time(13), time(18))),
        [(Severity.NOTE, "slots.gap", "slots",
          {"weekdays": [0, 1, 2, 3, 4], "start": "12:00", "end": "13:00", "seconds": 3600})],
    ),
    (
        "a minute forgotten", (Slot(WEEKDAYS, time(9), time(11, 59)), Slot(WEEKDAYS, time(12), time(18))),
        [(Severity.WARNING, "slots.short_gap", "slots",
          {"weekdays": [0, 1, 2, 3, 4], "start": "11:59", "end": "12:00", "seconds": 60})],
    ),
    (
        "a minute forgotten at midnight", (Slot(EVERY_DAY, time(0), time(23, 59)),),
        [(Severity.WARNING, "slots.short_gap", "slots",
          {"weekdays": [0, 1, 2, 3, 4, 5, 6], "start": "23:59", "end": "24:00", "seconds": 60})],
    ),
    (
        "two slots for the same time", (WORK, Slot(frozenset({0, 5}), time(17), time(20), name="저녁")),
        [(Severity.WARNING, "slots.overlap", "slots.0",
          {"other": 1, "names": ["평일", "저녁"], "weekdays": [0], "start": "17:00", "end": "18:00"})],
    ),
    (
        "an open slot under a closed one", (WORK, Slot(WEEKDAYS, time(9), time(10), name="이른 시간"),
                                            Slot(WEEKDAYS, time(8), time(10, 30), False)),
        [(Severity.WARNING, "slots.overlap", "slots.0",
          {"other": 1, "names": ["평일", "이른 시간"], "weekdays": [0, 1, 2, 3, 4], "start": "09:00", "end": "10:00"}),
         (Severity.WARNING, "slot.unreachable", "slots.1", {"name": "이른 시간", "weekdays": [0, 1, 2, 3, 4]})],
    ),
    (
        "closed on Wednesdays", (Slot(frozenset({0, 1, 3, 4}), time(9), time(18)),),
        [(Severity.NOTE, "weekday.closed", "slots", {"weekdays": [2]})],
    ),
    ("closed on Sundays", (Slot(frozenset(range(6)), time(9), time(18)),), []),
    ("no hours at all", (), [(Severity.ERROR, "hours.never_open", "slots", {"days": 366})]),
    (
        "open under closed", (WORK, Slot(EVERY_DAY, time(0), time(0), False)),
        [(Severity.ERROR, "hours.never_open", "slots", {"days": 366}),
         (Severity.WARNING, "slot.unreachable", "slots.0", {"name": "평일", "weekdays": [0, 1, 2, 3, 4]})],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("what", "slots", "expected"), HOURS, ids=[one[0] for one in HOURS])
def test_hours(
    what: str, slots: tuple[Slot, ...], expected: list[tuple[Severity, str, str, dict[str, Any]]]
) -> None:
    found = [
        (one.severity, one.code, one.where, dict(one.details)) for one in proved(staffed(ars_slots=slots)).findings
    ]
    assert found == expected


def test_the_calendar_tells_every_day() -> None:
    config = staffed(ars_slots=(WORK, LUNCH), ars_holidays=(Holiday(date(2026, 3, 4), "임시 휴무"),))
    proof = proved(config)
    calendar = {str(day["day"]): day for day in proof.to_json()["calendar"]}
    assert len(calendar) == 366
    assert calendar["2026-03-03"] == {
        "day": "2026-03-03", "open": [["09:00", "12:00"], ["13:00", "18:00"]], "holiday": None,
    }  # fmt: skip
    assert calendar["2026-03-04"] == {"day": "2026-03-04", "open": [], "holiday": "임시 휴무"}
    assert calendar["2026-03-07"]["open"] == []
    nights = proved(staffed(ars_slots=(Slot(frozenset({4}), time(22), time(2)),)), days=7).to_json()["calendar"]
    assert [(day["day"], day["open"]) for day in nights if day["open"]] == [
        ("2026-03-06", [["22:00", "24:00"]]), ("2026-03-07", [["00:00", "02:00"]]),
    ]  # fmt: skip


def test_a_day_on_which_the_clock_changes_is_told_by_the_wall_clock() -> None:
    slots = (Slot(EVERY_DAY, time(1, 30), time(2, 30)), Slot(EVERY_DAY, time(9), time(17)))
    config = staffed(ars_slots=slots, timezone="America/New_York")
    days = {str(one.day): one.to_json()["open"] for one in proved(config, start=date(2026, 3, 7)).calendar}
    assert days["2026-03-07"] == [["01:30", "02:30"], ["09:00", "17:00"]]
    assert days["2026-03-08"] == [["01:30", "02:00"], ["09:00", "17:00"]]  # 02:00 → 03:00
    assert days["2026-11-01"] == [["01:30", "02:30"], ["09:00", "17:00"]]  # an hour later than it looks
    cairo = proved(staffed(ars_slots=(ALWAYS,), timezone="Africa/Cairo"), start=date(2026, 4, 23), days=3)
    assert [one.to_json()["open"] for one in cairo.calendar] == [
        [["00:00", "24:00"]], [["01:00", "24:00"]], [["00:00", "24:00"]],
    ]  # fmt: skip
    assert not cairo.findings


def test_a_dialplan_that_does_not_do_what_was_entered_is_an_error() -> None:
    config = staffed(ars_slots=(ALWAYS,), ars_holidays=(Holiday(date(2026, 5, 5), "어린이날"),))
    other = dataclasses.replace(config.ars, holidays=(Holiday(date(2026, 5, 6), "어린이날"),))
    compiled = compile_tenant(dataclasses.replace(config, ars=other))
    proof = prove(compiled, config, {}, START)
    assert [(one.code, one.moments) for one in proof.errors] == [
        ("day.holiday_differs", ("2026-05-05", "2026-05-06")),
    ]  # fmt: skip


def test_a_day_off_that_nobody_entered_is_an_error() -> None:
    config = staffed(ars_slots=(ALWAYS,))
    compiled = compile_tenant(config)
    hours = next(one for one in compiled.context.extensions if one.name == "hours")
    late = dataclasses.replace(hours.conditions[1].when, mon="6", mday="9", wday="", time_of_day="14:00:00-15:59:59")
    closed = dataclasses.replace(hours.conditions[1], when=late, actions=hours.conditions[-1].actions)
    changed = dataclasses.replace(hours, conditions=(hours.conditions[0], closed, *hours.conditions[1:]))
    extensions = tuple(changed if one is hours else one for one in compiled.context.extensions)
    wrong = dataclasses.replace(compiled, context=dataclasses.replace(compiled.context, extensions=extensions))
    assert [(one.code, one.moments) for one in prove(wrong, config, {}, START).errors] == [
        ("day.unlike_its_weekday", ("2026-06-09",)),
    ]  # fmt: skip


# -- holidays ---------------------------------------------------------------------------------------


def test_holidays_that_are_over_and_public_ones_that_are_not_entered() -> None:
    own = (
        Holiday(date(2026, 1, 1), "신정", "public", yearly=True),
        Holiday(date(2026, 2, 17), "설날", "public"),
        Holiday(date(2026, 5, 5), "어린이날", "public"),
    )
    proof = proved(staffed(ars_slots=(WORK, LUNCH), ars_holidays=own), public_holidays=korea)
    assert of(proof, "holiday.past") == [("holidays", {"count": 1, "names": ["설날"]})]
    ((_, missing),) = of(proof, "holiday.missing")
    assert missing["days"][:4] == ["2026-05-01", "2026-05-25", "2026-06-03", "2026-07-17"]
    assert missing["names"][-1] == "삼일절" and missing["days"][-1] == "2027-03-01"
    # Children's day is entered, New Year comes every year, Buddha's birthday falls on a Sunday.
    assert not {"2026-05-05", "2027-01-01", "2026-05-24"} & set(missing["days"])
    assert missing["count"] == len(missing["days"]) == len(missing["names"])
    everything = tuple(Holiday(day, name, "public") for year in (2026, 2027) for day, name in korea(year).items())
    assert of(proved(staffed(ars_holidays=everything), public_holidays=korea), "holiday.missing") == []


@pytest.mark.parametrize(
    ("day", "name", "kind", "expected"),
    [
        ("2026-02-17", "설날", "public", {"year": 2027, "day": "2027-02-07"}),
        ("2026-02-17", "설 연휴", "public", {"year": 2027, "day": "2027-02-07"}),
        ("2026-09-25", "추석", "own", {"year": 2027, "day": "2027-09-15"}),
        ("2025-05-05", "부처님 오신 날", "public", {"year": 2026, "day": "2026-05-24"}),
        ("2026-03-02", "삼일절 대체 휴일", "public", {"year": 2027, "day": None}),
        ("2026-06-03", "지방선거일", "public", {"year": 2027, "day": None}),
        ("2026-02-10", "설날", "own", {"year": 2026, "day": "2026-02-17"}),
        ("2025-05-05", "어린이날", "public", None),
        ("2026-12-25", "성탄절", "public", None),
        ("2026-12-25", "크리스마스", "own", None),
        ("2026-02-17", "창립기념일", "own", None),
        ("2026-07-17", "제헌절", "public", None),
    ],
)
def test_a_holiday_by_the_moon_cannot_be_a_yearly_one(
    day: str, name: str, kind: str, expected: dict[str, Any] | None
) -> None:
    entered = (Holiday(date.fromisoformat(day), name, kind, yearly=True),)
    found = of(proved(staffed(ars_holidays=entered), public_holidays=korea), "holiday.moves")
    assert found == ([] if expected is None else [(f"holidays.{day}", {"name": name, **expected})])


# -- the ways through the menu ----------------------------------------------------------------------

NESTED = (
    *MENU,
    MenuEntry("4", "기타", entries=(MenuEntry("1", "주소", None, "서울입니다."), MenuEntry("2", "접수", REPAIRS))),
)


def test_entries_within_entries_are_walked_too() -> None:
    proof = proved(staffed(ars_menu=NESTED))
    assert proof.findings == ()
    assert [(way.keys, way.ends) for way in proof.ways] == [
        ("1", "queue"), ("2", "queue"), ("3", "announcement"), ("41", "announcement"), ("42", "queue"),
    ]  # fmt: skip
    alone = staffed(ars_menu=(dataclasses.replace(NESTED[3]),))
    assert [(way.keys, way.ends) for way in proved(alone).ways] == [("41", "announcement"), ("42", "queue")]


def test_an_entry_behind_which_nobody_answers() -> None:
    config = tenant(ars_holidays=())
    inactive = dataclasses.replace(config.agents[101], active=False)
    queue = QueueConfig(REPAIRS, "수리", tiers={101: 1}, callback=CallbackOffer.NOBODY_LOGGED_IN)
    config = dataclasses.replace(
        config, agents={**config.agents, 101: inactive}, queues={**config.queues, REPAIRS: queue}
    )
    proof = proved(config)
    assert of(proof, "menu.nobody") == [
        ("menu.2", {"name": "수리 접수", "queue_id": REPAIRS, "assigned": 1, "callback": "nobody_logged_in"})
    ]
    assert proof.errors == ()
    assert [way.rings for way in proof.ways] == [True, False, False]


def test_what_a_waiting_caller_would_not_hear() -> None:
    config = staffed()
    offers = dataclasses.replace(config.queues[SALES], callback=CallbackOffer.BY_KEY)
    config = dataclasses.replace(config, queues={**config.queues, SALES: offers})
    assert [where["prompt"] for _, where in of(proved(config), "prompt.missing")] == [
        "callback_confirm", "callback_done", "callback_number", "callback_offer",
    ]  # fmt: skip


def test_an_empty_menu_and_no_number() -> None:
    assert codes(proved(staffed(ars_menu=(), dids=()))) == ["menu.empty", "number.missing"]


def test_without_a_contract_only_texts_are_looked_at() -> None:
    proof = proved(staffed(under_contract=False), {"greeting": "안" * 201})
    assert codes(proof) == ["text.too_long", "contract.missing"]
    assert proof.calendar == () and proof.ways == ()


def rewritten(compiled: Compiled, name: str, *actions: Action) -> Compiled:
    """The dialplan with another extension of that name."""
    wrong = Extension(name, (Condition("destination_number", f"^{name}$", actions=actions),))
    extensions = tuple(wrong if one.name == name else one for one in compiled.context.extensions)
    return dataclasses.replace(compiled, context=dataclasses.replace(compiled.context, extensions=extensions))


@pytest.mark.parametrize(
    ("extension", "actions", "expected"),
    [
        ("menu-1", "hangup", {("way.dead_end", "menu.1"), ("way.wrong", "menu.1")}),
        ("menu-1", "transfer nowhere XML {}", {("way.dead_end", "menu.1"), ("way.wrong", "menu.1")}),
        ("menu-1", "transfer queue-12 XML {}", {("way.wrong", "menu.1")}),
        ("queue-12", "transfer queue-12 XML {}", {("way.circle", "menu.2")}),
        ("fallback-11", "set a=b", {("way.dead_end", "menu.1")}),
        ("no-digit", "hangup", {("way.dead_end", "menu"), ("way.dead_end", "menu.3")}),
        ("after-hours", "playback /no/prompt.wav", {("way.dead_end", "closed"), ("prompt.unknown", "texts")}),
        ("lines-full", "hangup", {("way.dead_end", "lines_full")}),
    ],
)
def test_ways_that_no_compiler_should_make(extension: str, actions: str, expected: set[tuple[str, str]]) -> None:
    config = staffed()
    compiled = compile_tenant(config)
    application, _, data = actions.format(compiled.context.name).partition(" ")
    wrong = rewritten(compiled, extension, Action(application, data))
    found = {(one.code, one.where) for one in prove(wrong, config, {}, START).errors}
    assert found == expected


# -- texts ------------------------------------------------------------------------------------------


def test_texts_that_are_too_long_or_empty() -> None:
    menu = (*MENU[:2], MenuEntry("3", "안내", None, "  "))
    config = staffed(ars_menu=menu)
    texts = {"greeting": "가" * 201, "delay": "나" * 200, "announcement_9": "다" * 300}
    proof = proved(config, texts)
    assert of(proof, "text.too_long") == [("texts.greeting", {"length": 201, "longest": 200})]
    assert of(proof, "announcement.empty") == [("menu.3", {"name": "안내"})]
    assert codes(proved(config, {"announcement_3": "오세요."})) == []
    assert codes(proved(config, {"greeting": "가" * 201}, uploads={"announcement_3", "greeting"})) == []


@pytest.mark.parametrize(
    ("text", "unsaid", "wrong"),
    [
        ("구매는 1번, 수리는 2번, 길은 3번입니다.", [], []),
        ("구매는 일번, 수리는 이번, 길은 삼 번을 눌러 주세요.", [], []),
        ("Press 1 for sales, 2 for repairs, 3 for the way.", [], []),
        ("구매는 1번, 수리는 2번을 눌러 주세요.", ["3"], []),
        ("구매는 1번, 수리는 2번, 길은 4번을 눌러 주세요.", ["3"], ["4"]),
        ("대표번호 1588-0123, 구매 1번, 수리 2번, 길 3번", [], []),
    ],
)
def test_a_typed_menu_that_does_not_say_its_keys(text: str, unsaid: list[str], wrong: list[str]) -> None:
    proof = proved(staffed(), {"menu": text})
    found = [[one["digit"] for one in details["entries"]] for _, details in of(proof, "menu.unsaid")]
    assert found == ([unsaid] if unsaid else [])
    assert of(proof, "menu.said_wrongly") == ([("texts.menu", {"digits": wrong})] if wrong else [])


def test_the_typed_text_of_a_menu_within_the_menu() -> None:
    proof = proved(staffed(ars_menu=NESTED), {"menu_4": "주소는 1번"})
    assert of(proof, "menu.unsaid") == [("texts.menu_4", {"entries": [{"digit": "2", "name": "접수"}]})]


def test_a_text_that_names_other_hours() -> None:
    menu = (*MENU[:2], MenuEntry("3", "안내", None, "토요일은 10시부터 1시까지입니다."))
    texts = {
        "after_hours": "상담 시간은 평일 오전 9시부터 오후 7시까지입니다.",
        "holiday": "평일 10시~18시에 전화해 주세요.",
        "greeting": "평일 10시부터 18시까지", "delay": "잠시만요.",
    }  # fmt: skip
    proof = proved(staffed(ars_menu=menu, ars_slots=(WORK,)), texts, uploads={"greeting"})
    found = [
        (where, details["claim"], details["weekdays"], details["start"], details["end"])
        for where, details in of(proof, "text.contradicts_hours")
    ]
    assert found == [
        # An announcement may speak of Saturdays only.
        ("menu.3", "claimed_but_closed", [5], "10:00", "13:00"),
        ("texts.after_hours", "claimed_but_closed", [0, 1, 2, 3, 4], "18:00", "19:00"),
        ("texts.holiday", "open_but_unsaid", [0, 1, 2, 3, 4], "09:00", "10:00"),
    ]
    assert proof.errors == ()


# -- all of it --------------------------------------------------------------------------------------


def test_errors_come_first_and_all_goes_to_json() -> None:
    proof = proved(tenant(ars_slots=()), {"menu": "1번"}, public_holidays=korea)
    ranks = [list(Severity).index(one.severity) for one in proof.findings]
    assert ranks == sorted(ranks) and len(set(ranks)) == 3
    assert json.loads(json.dumps(proof.to_json())) == proof.to_json()
    with pytest.raises(ValueError, match="day"):
        proved(tenant(), days=0)


def test_a_year_with_lunch_and_all_holidays_takes_a_few_looks_at_each_boundary() -> None:
    known = tuple(Holiday(day, name, "public") for year in (2026, 2027) for day, name in korea(year).items())
    config = staffed(ars_slots=(WORK, LUNCH), ars_holidays=known)
    compiled = compile_tenant(config)
    proof = prove(compiled, config, {}, START, public_holidays=korea)
    # Four boundaries on a working day, midnights, each looked at a second before, then, and after.
    assert 366 * 4 * 3 < proof.probes < 366 * 6 * 3
