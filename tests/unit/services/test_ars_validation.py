"""Documents of the ARS: what may be kept, and what is said of the rest. Pure."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.ars_draft import QUEUE_SETTINGS, as_if_live, completed
from app.core.ars_json import ars_from_json
from app.core.definitions import ArsDefinition, QueueConfig, TenantConfig
from app.core.prompt_texts import default_texts
from app.services.ars_problem_words import PROBLEMS
from app.services.ars_validation import RANGES, Checked, check_document
from app.services.ars_words import place, problem_sentence, prompt_name

AGENTS = {"digit": "1", "name": "주문"}


def check(**document: Any) -> Checked:
    return check_document(document, queue_ids=frozenset({5, 6}), upload_ids=frozenset({7}))


def codes(**document: Any) -> list[tuple[str, str]]:
    return [(one.where, one.code) for one in check(**document).problems]


def warned(*slots: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one.where, one.code) for one in check(slots=list(slots)).warnings]


def slot(days: list[int], start: str, end: str, open_: bool = True) -> dict[str, Any]:
    return {"weekdays": days, "start": start, "end": end, "open": open_, "name": ""}


def submenu(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"digit": "2", "name": "하위", "entries": list(entries)}


class TestMenu:
    @pytest.mark.parametrize(
        ("entry", "expected"),
        [
            ({**AGENTS}, []),
            ({**AGENTS, "queue_id": 5}, []),
            ({**AGENTS, "queue_id": 8}, [("menu.0.queue_id", "unknown_queue")]),
            ({**AGENTS, "announcement": "안내"}, []),
            ({**AGENTS, "announcement": " "}, [("menu.0.announcement", "announcement_missing")]),
            ({**AGENTS, "announcement": "가" * 200}, []),
            ({**AGENTS, "announcement": "가" * 201}, [("menu.0.announcement", "text_too_long")]),
            ({**AGENTS, "announcement": "안내", "queue_id": 5}, [("menu.0", "two_kinds")]),
            ({**AGENTS, "entries": [AGENTS], "queue_id": 5}, [("menu.0", "two_kinds")]),
            ({**AGENTS, "entries": [AGENTS]}, []),
            ({**AGENTS, "entries": [AGENTS, AGENTS]}, [("menu.0.entries.1.digit", "digit_twice")]),
            (
                {**AGENTS, "entries": [{**AGENTS, "entries": [AGENTS]}]},
                [("menu.0.entries.0.entries", "nested_too_deep")],
            ),
            ({**AGENTS, "name": "가" * 60}, []),
            ({**AGENTS, "name": "가" * 61}, [("menu.0.name", "text_too_long")]),
            ({**AGENTS, "name": " \n "}, [("menu.0.name", "name_missing")]),
            ({**AGENTS, "digit": "0"}, [("menu.0.digit", "bad_digit")]),
            ({**AGENTS, "digit": "12"}, [("menu.0.digit", "bad_digit")]),
            ({**AGENTS, "digit": "١"}, [("menu.0.digit", "bad_digit")]),
            ({**AGENTS, "extra": 1}, [("menu.0", "unknown_field")]),
            ({**AGENTS, "announcement": "안내", "queue": {}}, [("menu.0.queue", "queue_without_agents")]),
        ],
    )
    def test_an_entry(self, entry: dict[str, Any], expected: list[tuple[str, str]]) -> None:
        assert codes(menu=[entry]) == expected

    def test_a_digit_in_a_submenu_may_be_that_of_the_menu(self) -> None:
        assert codes(menu=[{**AGENTS, "entries": [AGENTS]}, {**AGENTS, "digit": "2"}]) == []

    def test_two_entries_cannot_lead_to_one_queue_even_from_a_submenu(self) -> None:
        inner = {**AGENTS, "digit": "2", "name": "배송", "entries": [{**AGENTS, "queue_id": 5}]}
        assert codes(menu=[{**AGENTS, "queue_id": 5}, inner]) == [("menu.1.entries.0.queue_id", "queue_twice")]

    @pytest.mark.parametrize(("name", "least", "most"), [(name, *limits) for name, limits in RANGES.items()])
    def test_numbers_have_ranges(self, name: str, least: int, most: int) -> None:
        for value, fits in ((least, True), (most, True), (least - 1, False), (most + 1, False), ("5", False)):
            if name in QUEUE_SETTINGS:
                found = codes(menu=[{**AGENTS, "queue": {name: value}}])
                assert (found == []) is fits, value
            else:
                assert (codes(**{name: value}) == []) is fits, value

    def test_one_announcement_can_offer_one_callback_key(self) -> None:
        star, hash_ = ({"callback": "by_key", "callback_key": key} for key in "*#")
        other = {"digit": "2", "name": "배송"}
        assert codes(menu=[{**AGENTS, "queue": star}, {**other, "queue": star}]) == []
        assert codes(menu=[{**AGENTS, "queue": star}, {**other, "queue": hash_}]) == [
            ("menu.1.queue.callback_key", "callback_keys_differ")
        ]
        assert codes(menu=[{**AGENTS, "queue": star}, {**other, "queue": {**hash_, "callback": "off"}}]) == []

    def test_a_callback_is_offered_before_the_wait_is_over(self) -> None:
        late = {"callback": "after_seconds", "callback_after_seconds": 300, "longest_wait_seconds": 300}
        assert codes(menu=[{**AGENTS, "queue": late}]) == [
            ("menu.0.queue.callback_after_seconds", "callback_too_late")
        ]


class TestHours:
    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            ("09:00", "18:00", []),
            ("22:00", "02:00", []),
            ("00:00", "24:00", []),
            ("24:00", "18:00", ["start"]),
            ("9:00", "18:00", ["start"]),
            ("09:00", "24:01", ["end"]),
            ("09:60", "18:00:00", ["start", "end"]),
            ("0٩:00", "18:00", ["start"]),
            (None, 18, ["start", "end"]),
        ],
    )
    def test_times(self, start: Any, end: Any, expected: list[str]) -> None:
        found = codes(slots=[slot([0], start, end)])
        assert found == [(f"slots.0.{name}", "bad_time") for name in expected]

    @pytest.mark.parametrize(
        ("days", "code"),
        [([], "no_weekdays"), *((bad, "bad_weekdays") for bad in ([7], [-1], ["0"], [True], 0, None))],
    )
    def test_weekdays(self, days: Any, code: str) -> None:
        assert codes(slots=[slot(days, "09:00", "18:00")]) == [("slots.0.weekdays", code)]

    def test_overlaps_are_found_over_midnight_and_round_the_week(self) -> None:
        day, night = slot([0], "09:00", "18:00"), slot([6], "22:00", "09:30")
        assert warned(day, night) == [("slots.1", "slots_overlap")]
        assert warned(day, slot([0], "18:00", "22:00")) == []
        assert warned(day, slot([1], "09:00", "18:00")) == []

    def test_lunch_is_meant_and_a_minute_is_not(self) -> None:
        day = slot([0], "09:00", "18:00")
        assert warned(day, slot([0], "12:00", "12:05", open_=False)) == []
        assert warned(slot([0], "09:00", "12:00"), slot([0], "13:00", "18:00")) == []
        assert warned(slot([0], "09:00", "11:59"), slot([0], "12:00", "18:00")) == [("slots", "small_gap")]
        assert warned(slot([0], "09:00", "23:59"), slot([1], "00:00", "08:00")) == [("slots", "small_gap")]

    def test_what_has_no_effect(self) -> None:
        closed = slot([0], "09:00", "18:00", open_=False)
        assert warned(slot([1], "09:00", "18:00"), closed) == [("slots.1", "slot_without_effect")]
        assert ("slots", "never_open") in warned(slot([0], "09:00", "18:00"), closed)
        assert warned(slot([0], "09:00", "09:00")) == [("slots.0", "slot_whole_day")]
        assert warned(slot([0], "00:00", "24:00")) == []


class TestHolidays:
    @pytest.mark.parametrize("day", ["2027-02-29", "20270101", "2027-1-1", "1999-12-31", "2101-01-01", None, 1])
    def test_days_that_are_none(self, day: Any) -> None:
        assert codes(holidays=[{"day": day, "name": "휴일"}]) == [("holidays.0.day", "bad_day")]

    def test_the_same_day_twice(self) -> None:
        once, yearly = {"day": "2027-01-01", "name": "신정"}, {"day": "2026-01-01", "name": "신정", "yearly": True}
        assert codes(holidays=[once, once]) == [("holidays.1.day", "holiday_twice")]
        assert codes(holidays=[yearly, {**yearly, "day": "2030-01-01"}]) == [("holidays.1.day", "holiday_twice")]
        assert codes(holidays=[once, yearly]) == []
        assert codes(holidays=[{"day": "2028-02-29", "name": "윤일", "yearly": True}]) == []


class TestAnnouncements:
    def test_every_prompt_that_calls_can_play_may_have_a_text(self) -> None:
        menu = [{**AGENTS, "queue_id": 5, "queue": {"announce_position": True}}, submenu(AGENTS)]
        config = as_if_live(bare(), {"menu": menu})
        names = [name for name in default_texts(config) if not name.startswith("announcement_")]
        assert codes(menu=menu, texts={name: "문구" for name in names}) == []
        assert all(prompt_name(name) != name for name in names)

    def test_recordings_go_with_their_entry(self) -> None:
        menu = [{**AGENTS, "announcement": "안내"}, submenu({**AGENTS, "announcement": "안내"})]
        names = ("announcement_1", "announcement_21", "announcement_2", "menu_1", "menu_2")
        checked = check(menu=menu, uploads={**dict.fromkeys(names, 7), "hold": None})
        assert checked.problems == ()
        assert checked.document["uploads"] == {"announcement_1": 7, "announcement_21": 7, "menu_2": 7}
        assert [(one.where, one.code) for one in checked.warnings if one.where != "slots"] == [
            ("uploads.announcement_2", "prompt_without_entry"),
            ("uploads.menu_1", "prompt_without_entry"),
        ]

    def test_an_empty_text_is_the_default(self) -> None:
        assert check(texts={"greeting": "  ", "hold": "잠시만요."}).document["texts"] == {"hold": "잠시만요."}


def bare() -> TenantConfig:
    return TenantConfig(
        tenant_id=1, service_name="demo", under_contract=True, licences=1, dids=(), caller_id="",
        ars=ArsDefinition((), (), (), {}), queues={5: QueueConfig(5, "주문", longest_wait_seconds=90)}, agents={},
    )  # fmt: skip


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
ENTRY = st.fixed_dictionaries(
    {},
    optional={
        "digit": st.sampled_from("0123456789") | JSON,
        "name": st.text(max_size=70) | JSON,
        "queue_id": st.sampled_from([None, 5, 6]) | JSON,
        "announcement": st.none() | st.text(max_size=210) | JSON,
        "entries": JSON,
        "queue": st.dictionaries(st.sampled_from(QUEUE_SETTINGS), JSON, max_size=3) | JSON,
    },
)
SLOT = st.fixed_dictionaries(
    {},
    optional={
        "weekdays": st.lists(st.integers(-1, 7), max_size=8) | JSON,
        "start": st.sampled_from(["00:00", "09:00", "24:00"]) | JSON,
        "end": st.sampled_from(["00:00", "18:00", "24:00"]) | JSON,
        "open": st.booleans() | JSON,
    },
)
DOCUMENT = st.fixed_dictionaries(
    {},
    optional={
        "menu": st.lists(ENTRY, max_size=4) | JSON,
        "slots": st.lists(SLOT, max_size=4) | JSON,
        "holidays": JSON,
        "texts": st.dictionaries(st.sampled_from(["greeting", "menu_1", "x"]), st.text() | JSON, max_size=3) | JSON,
        "uploads": JSON,
        "menu_tries": st.integers(0, 10) | JSON,
    },
)


@settings(max_examples=400, deadline=None)
@given(DOCUMENT | JSON)
def test_whatever_is_sent_is_judged_and_what_is_kept_can_be_compiled(raw: Any) -> None:
    checked = check_document(raw, queue_ids=frozenset({5, 6}), upload_ids=frozenset({7}))
    for one in (*checked.problems, *checked.warnings):
        assert one.code in PROBLEMS
        for language in ("ko", "en"):
            problem_sentence(one, checked.document, language).encode("utf-8")
            place(one.where, checked.document, language).encode("utf-8")
    if not checked.problems:
        json.dumps(checked.document)
        ars_from_json(checked.document)
        as_if_live(bare(), checked.document)
        again = check_document(checked.document, queue_ids=frozenset({5, 6}), upload_ids=frozenset({7}))
        assert again.document == checked.document and again.problems == ()


def test_a_document_is_completed_with_the_settings_of_its_queues() -> None:
    whole = completed({"menu": [{**AGENTS, "queue_id": 5, "queue": {"priority": 3}}]}, bare().queues)
    settings = whole["menu"][0]["queue"]
    assert (settings["longest_wait_seconds"], settings["priority"], settings["callback"]) == (90, 3, "off")
    assert set(settings) == set(QUEUE_SETTINGS)


def test_a_draft_is_seen_as_if_it_were_live() -> None:
    fresh = {"digit": "2", "name": "새 메뉴", "queue": {"priority": 2}}
    document = {"menu": [{**AGENTS, "name": "새 이름", "queue_id": 5}, fresh]}
    config = as_if_live(bare(), document)
    assert (config.queues[5].name, config.queues[5].longest_wait_seconds) == ("새 이름", 90)
    assert (config.queues[-2].name, config.queues[-2].priority) == ("새 메뉴", 2)
    assert [entry.queue_id for entry in config.ars.menu] == [5, -2]
    assert document["menu"][1].get("queue_id") is None, "the document itself is left alone"
