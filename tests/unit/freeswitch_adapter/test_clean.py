"""What callers control becomes harmless, and stays what it was when it was harmless."""

from __future__ import annotations

import pytest

from app.adapters.freeswitch import clean


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("01012345678", "01012345678"),
        ("+821012345678", "+821012345678"),
        ("010-1234-5678", "01012345678"),
        ("(02) 123.4567", "021234567"),
        ("*88#", "*88#"),
        ("", ""),
        ("anonymous", ""),
        ("010\nUnique-ID: x", ""),
        ("010\n", ""),
        ("010%0A1", ""),
        ("${system(x)}", ""),
        ("０１０", ""),
        ("1" * 21, ""),
        ("1+2", ""),
    ],
)
def test_numbers(raw: str, number: str) -> None:
    assert clean.number(raw) == number


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("홍길동", "홍길동"),
        ("  a \t b\r\nc ", "a b c"),
        ("Bob\nUnique-ID: x", "Bob Unique-ID: x"),
        ("\u202eevil\u2066", "evil"),
        ("a\x00b\x7fc", "a b c"),
        ("x" * 100, "x" * 64),
        ('${a}"<b>', '${a}"<b>'),
    ],
)
def test_names(raw: str, name: str) -> None:
    assert clean.name(raw) == name


def test_a_header_value_is_ascii_and_reversible() -> None:
    assert clean.header_value("상담 1,<x>\n") == "%EC%83%81%EB%8B%B4%201%2C%3Cx%3E"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05+00:00"),
        ("a;b='c'\\d${e}`f`\n", "a b= c d {e} f"),
        ("", ""),
    ],
)
def test_variable_values_hold_nothing_that_freeswitch_takes_apart(raw: str, value: str) -> None:
    assert clean.variable_value(raw) == value


@pytest.mark.parametrize(
    ("name", "number", "shown"),
    [
        ("01012345678", "01012345678", ""),
        ("010-1234-5678", "01012345678", ""),
        ("김고객", "01012345678", "김고객"),
        ("anonymous", "anonymous", ""),
        ("", "01012345678", ""),
    ],
)
def test_a_number_repeated_as_name_is_no_name(name: str, number: str, shown: str) -> None:
    assert clean.caller_name(name, number) == shown
