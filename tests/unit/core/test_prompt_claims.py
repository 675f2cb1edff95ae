"""What typed texts say about hours, and where that is not so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.core.business_hours import open_windows
from app.core.definitions import Slot
from app.core.hours_texts import hours_text
from app.core.prompt_claims import Claim, claims, contradictions
from app.core.prompt_texts import after_hours_text, holiday_text
from tests.unit.core.test_prompt_texts import slots

DAYS = "월화수목금토일"


def shown(claim: Claim) -> str:
    """``월화수목금 09:00-18:00``; ``-`` before closed hours, ``*`` for days that the text does not restrict."""
    days = "*" if claim.weekdays is None else "".join(DAYS[day] for day in sorted(claim.weekdays))
    told = "-".join(f"{second // 3600:02}:{second // 60 % 60:02}" for second in (claim.start, claim.end))
    return f"{days} {'' if claim.is_open else '-'}{told}"


SAID = [
    ("평일 9시~18시", "월화수목금 09:00-18:00"),
    ("평일 오전 9시부터 오후 6시까지", "월화수목금 09:00-18:00"),
    ("월~금 09:00-18:00", "월화수목금 09:00-18:00"),
    ("월요일부터 금요일까지 9시에서 18시까지", "월화수목금 09:00-18:00"),
    ("09:00-18:00(월~금)", "월화수목금 09:00-18:00"),
    ("토요일은 10시부터 1시까지", "토 10:00-13:00"),
    ("점심시간 12시 30분부터 1시 30분까지 (제외)", "* -12:30-13:30"),
    ("연중무휴 24시간", "월화수목금토일 00:00-24:00"),
    ("24시간 상담 가능합니다.", "* 00:00-24:00"),
    ("24시간 이내에 답변드립니다.", ""),
    ("주말 및 공휴일 휴무", "토일 -00:00-24:00"),
    ("주말과 공휴일은 쉽니다.", "토일 -00:00-24:00"),
    ("오전 아홉 시부터 오후 여섯 시까지", "* 09:00-18:00"),
    ("오전 아홉시삼십분부터 낮 열두시까지", "* 09:30-12:00"),
    ("오전 9시부터 오후 6시반까지", "* 09:00-18:30"),
    ("정오부터 자정까지", "* 12:00-24:00"),
    ("9시~6시", "* 09:00-18:00"),
    ("1시~5시", "* 13:00-17:00"),
    ("오후 10시~2시", "* 22:00-26:00"),
    ("매일 오후 10시부터 다음 날 새벽 2시까지", "월화수목금토일 22:00-26:00"),
    ("금요일 22:00~02:00", "금 22:00-26:00"),
    (
        "평일 9시부터 18시까지이며 점심시간은 12시 30분부터 1시 30분까지입니다. 주말과 공휴일은 휴무입니다.",
        "월화수목금 09:00-18:00, * -12:30-13:30, 토일 -00:00-24:00",
    ),
    (
        "월~금 09:00-18:00, 토 09:00-13:00, 일요일/공휴일 휴무",
        "월화수목금 09:00-18:00, 토 09:00-13:00, 일 -00:00-24:00",
    ),
    (
        "평일 09:00~18:30 (점심 12:30~14:00), 토요일 09:00~13:00",
        "월화수목금 09:00-18:30, * -12:30-14:00, 토 09:00-13:00",
    ),
    ("평일 오전9시~오후6시(점심시간 12시~1시)", "월화수목금 09:00-18:00, * -12:00-13:00"),
    ("평일 13시~14시에는 상담이 어렵습니다.", "월화수목금 -13:00-14:00"),
    ("12시~13시는 점심시간이므로 13시 이후 전화 바랍니다.", "* -12:00-13:00"),
    ("점심시간 없이 평일 9시~18시 상담", "월화수목금 09:00-18:00"),
    ("매일 10시부터 22시까지 (월요일 휴무)", "월화수목금토일 10:00-22:00, 월 -00:00-24:00"),
    ("매월 둘째, 넷째 주 일요일 휴무, 매일 10시~22시", "월화수목금토일 10:00-22:00"),
    ("상담시간 9시~18시(주말, 공휴일 제외)", "* 09:00-18:00, 토일 -00:00-24:00"),
    ("수요일을 제외한 매일 오전 9시부터 오후 6시까지", "월화목금토일 09:00-18:00"),
    ("월, 수, 금요일 9시~12시", "월수금 09:00-12:00"),
    ("월·수·금 9시~12시", "월수금 09:00-12:00"),
    ("토, 일, 공휴일은 휴무입니다.", "토일 -00:00-24:00"),
    ("토·일 휴무", "토일 -00:00-24:00"),
    ("일요일부터 목요일까지 10시~19시", "월화수목일 10:00-19:00"),
    ("평일 9시~18시, 화·목 야간진료 20시까지", "월수금 09:00-18:00, 화목 09:00-20:00"),
    ("야간진료는 화, 목요일 오후 8시까지. 평일은 9시~18시", "월수금 09:00-18:00, 화목 09:00-20:00"),
    ("평일 9시~18시(금요일은 17시까지)", "월화수목 09:00-18:00, 금 09:00-17:00"),
    ("평일(공휴일 제외) 9시~18시", "월화수목금 09:00-18:00"),
    ("평일 09:00~18:00(공휴일 휴무)", "월화수목금 09:00-18:00"),
    ("설 연휴 2월 16일(월)부터 18일(수)까지 휴무입니다. 평일 9시~18시", "월화수목금 09:00-18:00"),
    ("매주 일요일, 첫째 주 월요일 휴무", "일 -00:00-24:00"),
    ("월-금 9:00-18:00 Lunch 13:00-14:00", "월화수목금 09:00-18:00, * -13:00-14:00"),
    ("오늘은 오후 3시까지만 운영합니다.", ""),
    ("토요일과 일요일은 쉬고 평일은 9시부터 5시까지", "토일 -00:00-24:00, 월화수목금 09:00-17:00"),
    ("토요일 및 공휴일 10시~15시", "토 10:00-15:00"),
    ("공휴일은 10시~15시", ""),
    ("1월 1일은 10시부터 15시까지 운영합니다.", ""),
    ("1월 1일(목)은 휴무입니다.", ""),
    ("오늘은 휴무일입니다.", ""),
    ("이번 주 토요일은 휴무입니다.", ""),
    ("설치기사가 2시에서 5시 사이에 방문합니다.", ""),
    ("배송은 평일 9시부터 18시까지 합니다.", ""),
    ("배송 문의 상담은 평일 9시부터 18시까지", "월화수목금 09:00-18:00"),
    ("은행 점검시간(23:50~00:10)에는 이용이 어렵습니다.", ""),
    ("상담은 평일 9시~18시, 사고접수는 24시간", "월화수목금 09:00-18:00"),
    ("평일 24시간, 주말 9시~18시", "월화수목금 00:00-24:00, 토일 09:00-18:00"),
    ("9시~18시에 전화 주세요.", "* 09:00-18:00"),
    ("배송은 2~3일 걸립니다.", ""),
    ("안녕하세요. 최상의 서비스를 제공하겠습니다.", ""),
    ("3월부터 5월까지 한 시간에 1번", ""),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "said"), SAID)
def test_what_a_text_says(typed: str, said: str) -> None:
    assert ", ".join(shown(claim) for claim in claims(typed)) == said


def test_a_claim_names_the_words_that_it_was_read_from() -> None:
    first, second = claims("상담시간은 평일 9~18시이고, 토요일은 휴무입니다.")
    assert first.words == "평일 오전 아홉 시부터 오후 여섯 시까지"
    assert second.words == "토요일은 휴무" and second.whole_day


def test_without_the_half_of_the_day_all_readings_are_kept() -> None:
    (claim,) = claims("토요일은 10시부터 1시까지")
    assert (claim.start, claim.end) == (10 * 3600, 13 * 3600)
    assert (22 * 3600, 25 * 3600) in claim.others
    assert claims("토요일은 오전 10시부터 오후 1시까지")[0].others == ()


WEEK, LUNCH = "월화수목금 09:00-18:00", "월화수목금 09:00-18:00, -12:00-13:00"
WRONG = [
    ("평일 9시~18시", WEEK, ""),
    ("상담시간은 오전 9시부터 오후 6시까지입니다.", WEEK, ""),  # no days named: none is wrong
    ("평일 9시~6시, 주말 휴무", WEEK, ""),
    ("안녕하세요. 행복한 하루 되세요.", WEEK, ""),
    ("평일 9시~19시", WEEK, "claimed_but_closed 월화수목금 18:00-19:00"),
    ("매일 9시~18시", WEEK, "claimed_but_closed 토일 09:00-18:00"),
    ("연중무휴 24시간", WEEK,
     "claimed_but_closed 월화수목금 00:00-09:00; claimed_but_closed 월화수목금 18:00-24:00; "
     "claimed_but_closed 토일 00:00-24:00"),
    ("평일 10시~18시", WEEK, "open_but_unsaid 월화수목금 09:00-10:00"),
    ("평일 9시부터 12시까지, 13시부터 18시까지", WEEK, "open_but_unsaid 월화수목금 12:00-13:00"),
    ("평일 9시~18시 (점심시간 12~13시)", WEEK, "break_but_open 월화수목금 12:00-13:00"),
    ("평일 9시~18시 (점심시간 12~13시)", LUNCH, ""),
    ("평일 9시~18시", LUNCH, "claimed_but_closed 월화수목금 12:00-13:00"),
    ("평일 9시부터 12시 까지, 평일 13시부터 18시 까지", LUNCH, ""),
    (  # The seeds' own sentence, for hours with minutes.
        "상담가능 시간은 평일 9시부터 12시 까지, 평일 13시부터 18시 까지 입니다.",
        "월화수목금 09:00-12:30, 13:30-18:00",
        "open_but_unsaid 월화수목금 12:00-12:30; claimed_but_closed 월화수목금 13:00-13:30",
    ),
    ("평일 9시~18시 (점심시간 12~13시)", f"{LUNCH}; 토 09:00-15:00", "open_but_unsaid 토 09:00-15:00"),
    ("평일 9시~18시, 토요일 9시~15시, 점심시간 12~13시", f"{LUNCH}; 토 09:00-15:00", ""),
    ("점심시간은 12시부터 1시까지입니다.", WEEK, "break_but_open 월화수목금 12:00-13:00"),
    ("점심시간은 12시부터 1시까지입니다.", LUNCH, ""),
    ("평일 13시~14시는 쉽니다.", LUNCH, "break_but_open 월화수목금 13:00-14:00"),
    ("주말 및 공휴일 휴무", f"{WEEK}; 토 09:00-13:00", "day_off_but_open 토 09:00-13:00"),
    ("평일 9시~18시, 주말 휴무", f"{WEEK}; 토 09:00-13:00", "day_off_but_open 토 09:00-13:00"),
    ("평일 9시~18시", f"{WEEK}; 토 09:00-13:00", "open_but_unsaid 토 09:00-13:00"),
    ("매일 10시~22시 (월요일 휴무)", "화수목금토일 10:00-22:00", ""),
    ("매일 22시~2시", "월화수목금토일 22:00-02:00", ""),
    ("금요일 22시~2시", "금 22:00-02:00", ""),
    ("금요일 22시~2시, 토요일 휴무", "금 22:00-02:00", ""),
    ("금요일 22시~2시", "금 22:00-01:00", "claimed_but_closed 토 01:00-02:00"),
    ("토요일은 10시부터 1시까지", "토 10:00-13:00", ""),
    ("토요일은 10시부터 1시까지", "토 22:00-01:00", ""),
    ("매일 7시부터 10시까지", "월화수목금토일 19:00-22:00", ""),
    ("화·목 야간진료 20시까지, 평일 9시~18시", "월수금 09:00-18:00; 화목 09:00-20:00", ""),
    ("평일 9시~18시, 배송은 9시~20시", WEEK, ""),
    ("평일 9시~18시", "월화수목금 09:00-24:00", "open_but_unsaid 월화수목금 18:00-24:00"),
    ("평일 9시~24시", "월화수목금 09:00-24:00", ""),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "table", "wrong"), WRONG)
def test_where_text_and_hours_disagree(typed: str, table: str, wrong: str) -> None:
    found = [
        f"{one.code} {''.join(DAYS[day] for day in one.weekdays)} {told['start']}-{told['end']}"
        for one in contradictions(typed, slots(table))
        for told in [one.details()]
    ]
    assert "; ".join(found) == wrong


def test_a_contradiction_says_what_is_real_and_where_it_was_read() -> None:
    (one,) = contradictions("평일 9시~19시", slots(LUNCH + ", 18:00-18:30"))[1:]
    assert one.details() == {
        "weekdays": [0, 1, 2, 3, 4],
        "start": "18:30",
        "end": "19:00",
        "real": [["09:00", "12:00"], ["13:00", "18:30"]],
        "words": "평일 오전 아홉 시부터 오후 일곱 시까지",
    }


def test_a_text_with_hours_is_wrong_when_the_centre_is_never_open() -> None:
    (one,) = contradictions("평일 9시~18시", ())
    assert (one.code, one.weekdays, one.real) == ("claimed_but_closed", (0, 1, 2, 3, 4), ())
    assert contradictions("안녕하세요.", ()) == ()


def test_seconds_are_no_contradiction() -> None:
    assert contradictions("평일 9시~24시", [Slot(frozenset(range(5)), time(9), time(23, 59, 59))]) == ()


@st.composite
def any_slots(draw: st.DrawFn) -> Sequence[Slot]:
    """Up to five slots, open or closed, to the minute, over midnight or not."""
    minute = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 5, 15, 30, 45, 59]))
    days = st.frozensets(st.integers(0, 6), min_size=1)
    one = st.builds(Slot, days, minute, minute, st.sampled_from([True, True, True, False]))
    return draw(st.lists(one, min_size=1, max_size=5))


@settings(max_examples=300, deadline=None)
@given(any_slots())
@example([Slot(frozenset({0}), time(0, 20), time(0, 10))])
@example([Slot(frozenset(range(7)), time(0), time(0))])
@example([Slot(frozenset({0, 2}), time(22), time(2)), Slot(frozenset({1}), time(1), time(1, 30), is_open=False)])
def test_the_default_texts_never_contradict_their_own_hours(hours: Sequence[Slot]) -> None:
    told = hours_text(hours)
    for text in (after_hours_text(told), holiday_text(told)):
        assert contradictions(text, hours) == (), text
    assert bool(told) == any(open_windows(hours).values())


@settings(max_examples=200, deadline=None)
@given(any_slots(), any_slots())
def test_the_text_for_other_hours_is_found_wrong(hours: Sequence[Slot], others: Sequence[Slot]) -> None:
    """A text is right for one set of hours only. A shared 점심시간 alone is not held against every day."""
    told = hours_text(hours)
    if not told or told == hours_text(others) or "점심시간" in told:
        return
    assert contradictions(after_hours_text(told), others) != ()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), any_slots())
def test_any_text_can_be_held_against_any_hours(text: str, hours: Sequence[Slot]) -> None:
    for one in contradictions(text, hours):
        assert one.code and one.weekdays and one.start < one.end
