"""What is typed and how a Korean announcer reads it: the tables in ``spoken/``, and what holds for every text."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.core.korean import speakable

TABLES = Path(__file__).with_name("spoken")


def rows() -> list[tuple[str, str]]:
    """``typed ⇒ read`` of each line; ⏎ is a new line, a line without ⇒ is a heading."""
    lines = [line for table in sorted(TABLES.glob("*.txt")) for line in table.read_text("utf-8").splitlines()]
    pairs = [line.partition("⇒")[::2] for line in lines if "⇒" in line]
    return [(typed[:-1].replace("⏎", "\n"), read[1:]) for typed, read in pairs]


ROWS = rows()


def test_the_tables_are_there() -> None:
    assert len(ROWS) > 1000
    assert len({typed for typed, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("typed", "read"), ROWS)
def test_it_is_read_as_an_announcer_reads_it(typed: str, read: str) -> None:
    assert speakable(typed) == read


SPOKEN = re.compile(r"(?:[가-힣A-Za-z]+(?:[,.!?]? |[,.!?]?$))*")
"""Hangul and Latin words, one space between, a stop right behind a word."""


def holds(typed: str) -> None:
    read = speakable(typed)
    assert SPOKEN.fullmatch(read), read
    assert speakable(read) == read


def test_what_was_read_is_read_the_same_again() -> None:
    for typed, _ in ROWS:
        holds(typed)


SIGNS = st.sampled_from(
    list("0123456789~-./:()%,원명시분일월년번층개대호점제로가은는이을를 \n월화수목금토")
    + list("AaPpMmKTVBGDe@#*&+=$₩'\"<>{}[]·①Ⅱ²½ㅋㄱ年☎😀\u200b\ue000\ud800٣")
)
TYPED = st.text(max_size=80) | st.lists(SIGNS, max_size=40).map("".join)


@settings(max_examples=600, deadline=None)
@given(TYPED)
@example("\ud83d alone")
@example("'.0")
@example("9" * 5000)
@example("84㎡5만원")
@example("전화☎T15")
def test_every_text_can_be_read_and_has_no_figure_left(typed: str) -> None:
    holds(typed)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ROWS), st.sampled_from(ROWS), st.sampled_from(["", " ", "\n", "~", "-", ", ", "("]))
def test_texts_run_together_can_be_read(first: tuple[str, str], second: tuple[str, str], between: str) -> None:
    holds(first[0] + between + second[0])


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_the_engine_speaks_korean_only_and_says_every_line() -> None:
    """It changes to English at each Latin letter, and says the English names of signs that it does not know."""
    korean = [read for _, read in ROWS if read and not re.search("[A-Za-z]", read)]
    command = ["espeak-ng", "-v", "ko", "-q", "--ipa", "--stdin"]
    heard = subprocess.run(command, input="\n\n".join(korean).encode(), capture_output=True, check=True).stdout.decode()
    assert "(en)" not in heard
    assert len(heard.split("\n")) > len(korean) > 1000


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
@pytest.mark.parametrize(
    ("typed", "sounds"),
    [
        ("10시", "jʌɫ si"), ("6월 6일", "juwʌɫ juqiɫ"), ("10월", "siwʌɫ"), ("3개월", "sɐmqɛwʌɫ"), ("20명", "sɯmumjʌŋ"),
        ("070", "ɡoŋtʃhiɫqoŋ"), ("A/S", "eiesɯ"), ("1번째", "tʃhʌt- pʌntɕɛ"), ("1,000원", "tʃhʌnwʌn"),
        ("18:30", "ohu jʌsʌt- si sɐmsip pun"),
    ],
)  # fmt: skip
def test_what_is_heard(typed: str, sounds: str) -> None:
    command = ["espeak-ng", "-v", "ko", "-q", "--ipa", "--stdin"]
    heard = subprocess.run(command, input=speakable(typed).encode(), capture_output=True, check=True).stdout.decode()
    assert re.sub("[ˈˌ]", "", heard).strip() == sounds


HOSTILE = [
    "1", "1 ", "1~", "1-", "1.", "1,", "(1", "a.", "a@", "a-", "가", "시", "9시", "9시~", "(월)", "12/", "http://",
    "<b ", "'1", "~ ", "#", "*", "0", "02-123-", "1,000", "₩", "월~", "A", "&", "&#1", " \n", "é", "1만", "一",
    "은(는)", "+82 ", "T.", "D-", "2026.", "2026. 1. ", "오전 ", "국번 없이", "(가", "①", "\ue000", "A&", "1+",
    "1월 1일~", "번호는 1234", "?!",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_it_takes_time_in_proportion_to_the_text(unit: str) -> None:
    """A prompt has 200 characters; nobody may stop the server with 16,000 of the worst. Four times the text may take
    four times as long, not sixteen times."""
    quarter, whole = (min(seconds_for((unit * length)[:length]) for _ in range(2)) for length in (4_000, 16_000))
    assert whole < 9 * max(quarter, 0.01)


def seconds_for(text: str) -> float:
    before = time.process_time()
    speakable(text)
    return time.process_time() - before


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("<b>&\"'${x}\n", "앤 엑스"),
        ("${uuid_kill}", "uuid kill"),
        ("</speak><break time='9s'/>", ""),
        ("김&이 <주식회사>", "김 앤 이, 주식회사"),
        ("$(rm -rf /)", "알엠, 알에프"),
        ("%s %d {0} \\n", "에스 디 영, 엔"),
    ],
)
def test_what_looks_like_code_is_text(name: str, spoken: str) -> None:
    assert speakable(name) == spoken
