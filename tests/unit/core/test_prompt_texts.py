"""What the centre says by itself: menus, hours, and what stands around them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.definitions import MenuEntry, QueueConfig, Slot
from app.core.hours_texts import SENSIBLE_LENGTH, days_text, hours_text
from app.core.korean import speakable
from app.core.prompt_texts import (
    LONGEST_TEXT,
    after_hours_text,
    announcement_text,
    callback_offer_text,
    default_texts,
    greeting_text,
    holiday_text,
    menu_text,
    texts_for,
)
from tests.unit.dialplan.example import tenant

ALL, WEEK = frozenset(range(7)), frozenset(range(5))


def at(told: str) -> time:
    return time.fromisoformat("00:00" if told == "24:00" else told)


def slots(table: str) -> tuple[Slot, ...]:
    """``월화수목금 09:00-18:00, -12:00-13:00; 토 …``: a minus before a slot means closed."""
    found = []
    for group in table.split(";"):
        days, _, rest = group.strip().partition(" ")
        for written in rest.split(","):
            span = written.strip()
            start, end = span.removeprefix("-").split("-")
            weekdays = frozenset("월화수목금토일".index(day) for day in days)
            found.append(Slot(weekdays, at(start), at(end), is_open=not span.startswith("-")))
    return tuple(found)


HOURS = [
    ("월화수목금토일 00:00-24:00", "매일 이십사 시간"),
    ("월화수목금 09:00-18:00", "평일 오전 아홉 시부터 오후 여섯 시까지"),
    (  # The seeds' own service told these hours without their minutes.
        "월화수목금 09:00-12:30, 13:30-18:00",
        "평일 오전 아홉 시부터 낮 열두 시 삼십 분까지, 오후 한 시 삼십 분부터 여섯 시까지",
    ),
    (
        "월화수목금 09:00-18:00, -12:00-13:00",
        "평일 오전 아홉 시부터 낮 열두 시까지, 오후 한 시부터 여섯 시까지",
    ),
    (
        "월화수목금 09:30-18:00; 토 10:00-13:45",
        "평일 오전 아홉 시 삼십 분부터 오후 여섯 시까지, 토요일 오전 열 시부터 오후 한 시 사십오 분까지",
    ),
    ("토일 08:00-11:00", "주말 오전 여덟 시부터 열한 시까지"),
    ("월화수목 10:00-19:00", "월요일부터 목요일까지 오전 열 시부터 오후 일곱 시까지"),
    ("월화수목금토 10:00-19:00", "월요일부터 토요일까지 오전 열 시부터 오후 일곱 시까지"),
    ("일월화수목금 10:00-19:00", "일요일부터 금요일까지 오전 열 시부터 오후 일곱 시까지"),
    ("월화목금토일 10:00-19:00", "수요일을 제외한 매일 오전 열 시부터 오후 일곱 시까지"),
    ("토일월 10:00-19:00", "토요일부터 월요일까지 오전 열 시부터 오후 일곱 시까지"),
    ("월수금 09:00-12:00", "월, 수, 금요일 오전 아홉 시부터 낮 열두 시까지"),
    ("월수 09:00-12:00", "월요일과 수요일 오전 아홉 시부터 낮 열두 시까지"),
    ("화목토 14:00-20:10", "화, 목, 토요일 오후 두 시부터 여덟 시 십 분까지"),
    ("월화수목금 22:00-02:00", "평일 오후 열 시부터 다음 날 새벽 두 시까지"),
    ("월화수목금토일 22:00-02:00", "매일 오후 열 시부터 다음 날 새벽 두 시까지"),
    ("월화수목금토일 18:00-00:30", "매일 오후 여섯 시부터 밤 열두 시 삼십 분까지"),
    ("금 18:00-24:00", "금요일 오후 여섯 시부터 자정까지"),
    ("월 00:00-06:00", "월요일 자정부터 오전 여섯 시까지"),
    ("월 00:20-00:40", "월요일 밤 열두 시 이십 분부터 열두 시 사십 분까지"),
    ("월 00:20-00:10", "월요일 밤 열두 시 이십 분부터 다음 날 밤 열두 시 십 분까지"),
    ("월 09:00-24:00; 화 00:00-09:00", "월요일 오전 아홉 시부터 다음 날 오전 아홉 시까지"),
    ("토 12:00-12:40", "토요일 낮 열두 시부터 열두 시 사십 분까지"),
    ("일 05:00-05:59", "일요일 새벽 다섯 시부터 다섯 시 오십구 분까지"),
    (
        "월화수목금 09:00-20:00, -12:00-13:00, -17:00-17:30",
        "평일 오전 아홉 시부터 낮 열두 시까지, 오후 한 시부터 다섯 시까지, 오후 다섯 시 삼십 분부터 여덟 시까지",
    ),
    ("월화수목금 09:00-18:00, 08:00-10:00", "평일 오전 여덟 시부터 오후 여섯 시까지"),
    (
        "월화수목금 08:30-19:00, -12:30-14:00; 토일 09:00-15:00, -12:30-14:00",
        "평일 오전 여덟 시 삼십 분부터 낮 열두 시 삼십 분까지, 오후 두 시부터 일곱 시까지, "
        "주말 오전 아홉 시부터 낮 열두 시 삼십 분까지, 오후 두 시부터 세 시까지",
    ),
    (  # Too much to listen to: the break that all days share is told once.
        "월 09:00-18:00, -12:30-13:30; 화 09:00-19:00, -12:30-13:30; 수 10:00-18:00, -12:30-13:30; "
        "목금 10:00-20:00, -12:30-13:30",
        "월요일 오전 아홉 시부터 오후 여섯 시까지, 화요일 오전 아홉 시부터 오후 일곱 시까지, "
        "수요일 오전 열 시부터 오후 여섯 시까지, 목요일과 금요일 오전 열 시부터 오후 여덟 시까지, "
        "점심시간 낮 열두 시 삼십 분부터 오후 한 시 삼십 분까지 제외",
    ),
]


@pytest.mark.parametrize(("table", "told"), HOURS)
def test_hours_are_told_as_a_person_tells_them(table: str, told: str) -> None:
    assert hours_text(slots(table)) == told
    assert speakable(told) == told


def test_no_hours_are_not_told() -> None:
    assert hours_text(()) == ""
    assert hours_text([Slot(ALL, time(9), time(18), is_open=False)]) == ""


def test_seconds_are_rounded_to_the_minute() -> None:
    assert hours_text([Slot(WEEK, time(9, 0, 10), time(23, 59, 59))]) == "평일 오전 아홉 시부터 자정까지"
    assert hours_text([Slot(WEEK, time(9), time(12, 0, 5)), Slot(WEEK, time(12, 0, 10), time(18))]) == (
        "평일 오전 아홉 시부터 오후 여섯 시까지"
    )


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ("월", "월요일"), ("토일", "주말"), ("월화수목금", "평일"), ("월화수목금토일", "매일"),
        ("월화", "월요일과 화요일"),
        ("일월", "월요일과 일요일"), ("월화수", "월요일부터 수요일까지"), ("금토일", "금요일부터 일요일까지"),
        ("토일월화", "토요일부터 화요일까지"), ("월화목금", "월, 화, 목, 금요일"),
        ("화수목금토일", "화요일부터 일요일까지"),
    ],
)  # fmt: skip
def test_days_are_told_together(days: str, told: str) -> None:
    assert days_text("월화수목금토일".index(day) for day in days) == told


def test_the_menu_is_made_from_its_entries() -> None:
    menu = (MenuEntry("1", "구매 상담", 1), MenuEntry("2", "배송 문의는", 2), MenuEntry("9", "A/S", 3))
    assert menu_text(menu) == "구매 상담은 일번, 배송 문의는 이번, A/S는 구번을 눌러 주십시오."
    assert speakable(menu_text(menu)) == "구매 상담은 일번, 배송 문의는 이번, 에이에스는 구번을 눌러 주십시오."


@pytest.mark.parametrize(
    ("name", "heard"),
    [
        ("<b>\"할인\" & 'VIP' ${x}", "할인 앤 브이아이피 엑스는 일번을 눌러 주십시오."),
        ("예약\n취소", "예약, 취소는 일번을 눌러 주십시오."),
        ("☎ 1588-0000", "전화 일오팔팔, 공공공공은 일번을 눌러 주십시오."),
        ("상담 (24h)", "상담, 이십사 시간은 일번을 눌러 주십시오."),
    ],
)
def test_a_name_full_of_signs_is_heard_as_text(name: str, heard: str) -> None:
    assert speakable(menu_text([MenuEntry("1", name, 1)])) == heard


def test_the_callback_offer_names_the_key() -> None:
    assert "별표를" in callback_offer_text({1: QueueConfig(1, "")})
    assert "칠번을" in callback_offer_text({1: QueueConfig(1, "", callback_key="7")})


def test_an_announcement_ends_before_the_keys_are_explained() -> None:
    entry = MenuEntry("3", "오시는 길", announcement="2호선 강남역 11번 출구")
    assert announcement_text(entry).startswith("2호선 강남역 11번 출구. 다시 들으시려면 일번")
    assert announcement_text(MenuEntry("3", "빈 안내")).startswith("다시 들으시려면 일번")


def test_every_prompt_that_the_calls_need_has_a_text_without_figures() -> None:
    texts = texts_for(
        tenant(queues={11: QueueConfig(11, "", announce_position=True), 12: QueueConfig(12, "")}), {}
    )
    assert {
        "greeting", "menu", "after_hours", "holiday", "connecting", "delay", "unavailable", "lines_full",
        "invalid", "no_digit", "wrong_digit", "callback_offer", "callback_confirm", "callback_number",
        "callback_done", "forced_end", "hold", "announcement_3", "position_1", "position_10", "position_more",
    } <= set(texts)  # fmt: skip
    assert not [name for name, text in texts.items() if any(char.isdigit() for char in text)]
    assert not [name for name, text in default_texts(tenant()).items() if len(text) > LONGEST_TEXT]
    for name, text in default_texts(tenant()).items():
        assert text.endswith(("다.", "요.", "시오.")), name


def test_a_menu_within_the_menu_has_a_text_of_its_own() -> None:
    inner = (MenuEntry("1", "반품", 11), MenuEntry("2", "규정", announcement="7일 이내입니다"))
    menu = (MenuEntry("1", "구매", 11), MenuEntry("2", "반품/교환", entries=inner))
    texts = texts_for(tenant(ars_menu=menu), {})
    assert texts["menu"] == "구매는 일번, 반품, 교환은 이번을 눌러 주십시오."
    assert texts["menu_2"].startswith("반품은 일번, 규정은 이번을 눌러 주십시오. 처음 메뉴로")
    assert texts["announcement_22"].startswith("칠일 이내입니다. 다시 들으시려면")


def test_an_own_text_replaces_the_default_and_keeps_the_keys_explained() -> None:
    texts = texts_for(
        tenant(), {"greeting": "반갑습니다. 2호점입니다.", "announcement_3": "휴관일입니다.", "unknown": "x"}
    )
    assert texts["greeting"] == "반갑습니다. 이호점입니다."
    assert texts["announcement_3"].startswith("휴관일입니다. 다시 들으시려면 일번")
    assert "unknown" not in texts
    assert texts_for(tenant(), {"greeting": "  "})["greeting"].startswith("안녕하세요")


def test_a_recording_is_announced() -> None:
    assert "녹음" in default_texts(tenant())["greeting"]
    assert "녹음" not in default_texts(tenant(recording=False))["greeting"]
    assert speakable(greeting_text("(주)한빛 A/S", recording=False)) == (
        "안녕하세요. 주식회사 한빛 에이에스입니다. 전화해 주셔서 감사합니다."
    )


MINUTES = st.sampled_from([0, 10, 30])
DAY_HOURS = st.tuples(st.integers(7, 10), MINUTES, st.integers(16, 21), MINUTES)


@st.composite
def usual_centres(draw: st.DrawFn) -> Sequence[Slot]:
    """Weekdays and perhaps Saturday or the weekend, with one break or none: nearly every small company."""
    first, second = draw(st.sampled_from([(WEEK, {5}), (WEEK, {5, 6}), ({0, 1, 2, 3}, {4}), (ALL, set())]))
    found = []
    for days in (first, second):
        if days:
            opens, past, closes, late = draw(DAY_HOURS)
            found.append(Slot(frozenset(days), time(opens, past), time(closes, late)))
            if draw(st.booleans()):
                found.append(Slot(frozenset(days), time(12, draw(MINUTES)), time(13, 30), is_open=False))
    return found


@settings(max_examples=200, deadline=None)
@given(usual_centres())
def test_a_small_companys_hours_fit_where_a_person_may_type(usual: Sequence[Slot]) -> None:
    told = hours_text(usual)
    assert 0 < len(told) <= SENSIBLE_LENGTH
    assert len(after_hours_text(told)) <= LONGEST_TEXT and len(holiday_text(told)) <= LONGEST_TEXT
    assert speakable(after_hours_text(told)) == after_hours_text(told)


NAMES = st.text(min_size=1, max_size=30).filter(lambda name: bool(speakable(name)))


@settings(max_examples=200, deadline=None)
@given(st.lists(NAMES, min_size=2, max_size=9))
def test_any_menu_can_be_told(names: list[str]) -> None:
    menu = [MenuEntry(str(digit), name, digit) for digit, name in enumerate(names, 1)]
    told = speakable(menu_text(menu))
    assert told.endswith("번을 눌러 주십시오.")
    assert not any(char.isdigit() for char in told)


SHORT_NAMES = st.text(alphabet="가나다라마바사아자차상담문의접수 A1&", min_size=1, max_size=16).filter(
    lambda name: bool(speakable(name))
)


@settings(max_examples=100, deadline=None)
@given(st.lists(SHORT_NAMES, min_size=2, max_size=7))
def test_a_usual_menu_fits_where_a_person_may_type(names: list[str]) -> None:
    menu = [MenuEntry(str(digit), name, digit) for digit, name in enumerate(names, 1)]
    assert len(menu_text(menu)) <= LONGEST_TEXT
