"""Korean as people say it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

import pytest

from app.core import korean
from app.core.definitions import MenuEntry, QueueConfig, Slot
from app.core.prompt_texts import (
    LONGEST_TEXT,
    callback_offer_text,
    default_texts,
    hours_text,
    menu_text,
    texts_for,
)
from app.core.public_holidays import from_table, merged, missing
from tests.unit.dialplan.example import tenant

SPOKEN = [
    ("10시에 3명", "열 시에 세 명"),
    ("오후 1시 30분", "오후 한 시 삼십분"),
    ("09:30부터 18:00까지", "오전 아홉 시 반부터 오후 여섯 시까지"),
    ("24시간 상담, 2시간 안에", "이십사 시간 상담, 두 시간 안에"),
    ("070-4000-0001번", "공칠공, 사공공공, 공공공일번"),
    ("07040000001", "공칠공, 사공공공, 공공공일"),
    ("1588-1234", "일오팔팔, 일이삼사"),
    ("02-123-4567", "공이, 일이삼, 사오육칠"),
    ("1,997원", "천구백구십칠원"),
    ("10,000원과 110,000원", "만원과 십일만원"),
    ("50% 할인", "오십 퍼센트 할인"),
    ("2026년 10월 6일", "이천이십육년 시월 육일"),
    ("6월", "유월"),
    ("20명, 21개, 100개", "스무 명, 스물한 개, 백 개"),
    ("1번째, 3번째", "첫 번째, 세 번째"),
    ("0시", "영 시"),
    ("007", "공공칠"),
    ("숫자가 없으면 그대로", "숫자가 없으면 그대로"),
    ("99:99", "구십구:구십구"),
]


@pytest.mark.parametrize(("written", "spoken"), SPOKEN)
def test_figures_are_written_out(written: str, spoken: str) -> None:
    assert korean.speakable(written) == spoken


@pytest.mark.parametrize(
    ("number", "sino", "native"),
    [
        (1, "일", "한"), (10, "십", "열"), (11, "십일", "열한"), (20, "이십", "스무"), (99, "구십구", "아흔아홉"),
        (100, "백", "백"), (1111, "천백십일", "천백십일"), (10_000, "만", "만"),
        (100_000_000, "일억", "일억"), (120_030_400, "일억 이천삼만 사백", "일억 이천삼만 사백"), (0, "영", "영"),
    ],
)  # fmt: skip
def test_numbers(number: int, sino: str, native: str) -> None:
    assert (korean.sino(number), korean.native(number)) == (sino, native)


@pytest.mark.parametrize(
    ("name", "with_particle"),
    [
        ("구매 상담", "구매 상담은"),
        ("수리 접수", "수리 접수는"),
        ("배송 문의는", "배송 문의는"),
        ("상담은", "상담은"),
        ("가은", "가은은"),  # a name that ends in 은 after a vowel
        ("A/S", "A/S는"),
        ("VIP", "VIP는"),
        ("콜센터 1", "콜센터 1은"),
        ("콜센터 2", "콜센터 2는"),
    ],
)
def test_particles(name: str, with_particle: str) -> None:
    assert korean.topic(name) == with_particle


ALL, WEEK = frozenset(range(7)), frozenset(range(5))
HOURS: list[tuple[Sequence[Slot], str]] = [
    ((), ""),
    ((Slot(ALL, time(0), time(0)),), "매일 이십사 시간"),
    ((Slot(WEEK, time(9), time(18)),), "평일 오전 아홉 시부터 오후 여섯 시까지"),
    (
        (Slot(WEEK, time(9), time(18)), Slot(WEEK, time(12), time(13), is_open=False)),
        "평일 오전 아홉 시부터 낮 열두 시까지, 오후 한 시부터 여섯 시까지",
    ),
    (
        (Slot(WEEK, time(9, 30), time(18)), Slot(frozenset({5}), time(10), time(13, 45))),
        "평일 오전 아홉 시 반부터 오후 여섯 시까지, 토요일 오전 열 시부터 오후 한 시 사십오 분까지",
    ),
    ((Slot(frozenset({5, 6}), time(8), time(11)),), "주말 오전 여덟 시부터 열한 시까지"),
    ((Slot(ALL, time(22), time(2)),), "매일 오후 열 시부터 다음 날 새벽 두 시까지"),
    ((Slot(frozenset({4}), time(18), time(0)),), "금요일 오후 여섯 시부터 자정까지"),
    ((Slot(frozenset({0, 2}), time(9), time(12)),), "월요일, 수요일 오전 아홉 시부터 낮 열두 시까지"),
]


@pytest.mark.parametrize(("slots", "told"), HOURS)
def test_hours_are_told_as_a_person_tells_them(slots: Sequence[Slot], told: str) -> None:
    assert hours_text(slots) == told


def test_the_menu_is_made_from_its_entries() -> None:
    menu = (MenuEntry("1", "구매 상담", 1), MenuEntry("2", "배송 문의는", 2), MenuEntry("9", "기타", 3))
    assert menu_text(menu) == "구매 상담은 일번, 배송 문의는 이번, 기타는 구번을 눌러 주십시오."


def test_the_callback_offer_names_the_key() -> None:
    assert "별표를" in callback_offer_text({1: QueueConfig(1, "")})
    assert "칠번을" in callback_offer_text({1: QueueConfig(1, "", callback_key="7")})


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


def test_public_holidays_of_a_library_become_the_tenants() -> None:
    holidays = pytest.importorskip("holidays")
    public = from_table(lambda year: holidays.country_holidays("KR", years=year, language="ko"), (2026, 2027))
    by_day = {one.day: one.name for one in public}
    assert "설날" in by_day[date(2026, 2, 17)]
    assert date(2026, 3, 2) in by_day  # substitute for 1 March, a Sunday
    assert date(2027, 2, 7) in by_day
    assert all(one.kind == "public" and not one.yearly for one in public)
    own = tenant().ars.holidays
    assert len(missing(own, public)) == len(
        [h for h in public if h.day != date(2026, 3, 2) and (h.day.month, h.day.day) != (1, 1)]
    )
    assert [h.kind for h in merged(own, public) if h.day == date(2026, 3, 2)] == ["temporary"]
