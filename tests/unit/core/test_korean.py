"""Numbers and particles in Korean words. What whole texts become is in ``test_korean_spoken``."""

from __future__ import annotations

import pytest

from app.core import korean
from app.core.korean_numbers import about, clock, decimal
from app.core.korean_particles import MARK, correct, fitting, resolve_alternatives


@pytest.mark.parametrize(
    ("number", "sino", "native"),
    [
        (1, "일", "한"), (10, "십", "열"), (11, "십일", "열한"), (20, "이십", "스무"),
        (99, "구십구", "아흔아홉"),
        (100, "백", "백"), (101, "백일", "백한"), (115, "백십오", "백십오"), (1111, "천백십일", "천백십일"),
        (1203, "천이백삼", "천이백세"), (10_000, "만", "만"), (110_000, "십일만", "십일만"),
        (100_000_000, "일억", "일억"), (120_030_400, "일억 이천삼만 사백", "일억 이천삼만 사백"),
        (0, "영", "영"),
        (-3, "마이너스 삼", "마이너스 삼"), (10**16, "일" + "공" * 16, "일" + "공" * 16),
    ],
)  # fmt: skip
def test_numbers(number: int, sino: str, native: str) -> None:
    assert (korean.sino(number), korean.native(number)) == (sino, native)


def test_one_or_two_more() -> None:
    assert [about(first, counted=True) for first in range(1, 9)] == [
        "한두", "두세", "서너", "네다섯", "대여섯", "예닐곱", "일고여덟", "여덟아홉",
    ]  # fmt: skip
    assert [about(first, counted=False) for first in (1, 2, 5, 8)] == ["일이", "이삼", "오륙", "팔구"]


def test_decimals_are_read_one_by_one() -> None:
    figures = {"3.05": "삼 점 영오", "1,997": "천구백구십칠", "0.5": "영 점 오", "20": "이십"}
    assert {text: decimal(text) for text in figures} == figures


@pytest.mark.parametrize(
    ("hour", "minute", "told"),
    [
        (0, 0, "자정"), (24, 0, "자정"), (0, 30, "밤 열두 시 삼십 분"), (5, 0, "새벽 다섯 시"),
        (6, 5, "오전 여섯 시 오 분"),
        (9, 30, "오전 아홉 시 삼십 분"), (12, 0, "낮 열두 시"), (13, 1, "오후 한 시 일 분"),
        (23, 59, "오후 열한 시 오십구 분"),
    ],
)  # fmt: skip
def test_the_clock(hour: int, minute: int, told: str) -> None:
    assert clock(hour, minute) == told


@pytest.mark.parametrize(
    ("name", "with_particle"),
    [
        ("구매 상담", "구매 상담은"), ("수리 접수", "수리 접수는"), ("배송 문의는", "배송 문의는"),
        ("상담은", "상담은"),
        ("가은", "가은은"),  # a name that ends in 은 after a vowel
        ("A/S", "A/S는"), ("VIP", "VIP는"), ("APP", "APP은"), ("SM", "SM은"), ("FAQ", "FAQ는"),
        ("콜센터 1", "콜센터 1은"), ("콜센터 2", "콜센터 2는"), ("3번", "3번은"), ("할인 5%", "할인 5%는"),
        ("문의(해외)", "문의(해외)는"), ("상담!", "상담은"), ("예약 ☎", "예약은"), (" 기타\n", "기타는"),
        ("Sangdam", "Sangdam은"),
    ],
)  # fmt: skip
def test_the_topic_particle_fits_what_is_spoken(name: str, with_particle: str) -> None:
    assert korean.topic(name) == with_particle


@pytest.mark.parametrize(
    ("word", "particle", "form"),
    [
        ("공", "로", "으로"), ("일", "으로", "로"), ("이", "으로", "로"), ("일", "은", "은"),
        ("서울", "를", "을"),
        ("google", "은", "은"), ("naver", "을", "를"), ("open", "가", "이"), ("store", "와", "와"),
        ("shop", "는", "은"),
        ("집", "도", "도"), ("VIP", "이", "가"), ("SM", "가", "이"), ("KT 3", "는", "은"),
        ("10", "로", "으로"), ("7", "으로", "로"),
    ],
)  # fmt: skip
def test_the_form_that_fits(word: str, particle: str, form: str) -> None:
    assert fitting(word, particle) == form


def test_what_a_person_typed_after_ordinary_korean_stays() -> None:
    typed = "상담는 학원가 서울으로 갑니다"
    assert correct(resolve_alternatives(typed)) == typed
    assert correct(f"상담{MARK}는 학원{MARK}가 서울{MARK}으로") == "상담은 학원이 서울로"
    assert correct(f"케이티{MARK}은행 케이티{MARK}은 은행") == "케이티은행 케이티는 은행"


def test_the_normaliser_names_its_version() -> None:
    assert korean.NORMALISER and isinstance(korean.NORMALISER, str)
