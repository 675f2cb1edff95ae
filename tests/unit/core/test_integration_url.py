"""연동 URL: what may be entered, and how a call fills it."""

from __future__ import annotations

import string
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.integration import fill, url_problem

URL = "https://crm.example.com/customer/{number}?agent={agent}&menu={menu}#call-{call}"


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "http://crm.example.com",
        "https://crm.example.com:8443/경로/{number}",
        "https://가나다.kr/?tel={number}",
        "https://8.8.8.8/{number}",
        "https://[2606:4700::1111]/{number}",
    ],
)
def test_a_web_address_with_known_gaps_will_do(url: str) -> None:
    assert url_problem(url) is None


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("crm.example.com/{number}", "url_scheme"),
        ("javascript:alert({number})", "url_scheme"),
        ("file:///etc/passwd", "url_scheme"),
        ("ftp://crm.example.com/{number}", "url_scheme"),
        ("https:///{number}", "url_form"),
        ("https://crm.example.com:99999/", "url_form"),
        ("https://crm.example.com/a b", "url_form"),
        ("https://crm.example.com/\n{number}", "url_form"),
        ('https://crm.example.com/"><script>', "url_form"),
        ("https://crm.example.com\\@evil.example/", "url_form"),
        ("https://[::1/", "url_form"),
        ("https://user:secret@crm.example.com/", "url_user"),
        ("https://{number}.example.com/", "url_host_gap"),
        ("https://crm.example.com:{number}/", "url_host_gap"),
        ("https://crm.example.com/{tel}", "url_gap"),
        ("https://crm.example.com/{}", "url_gap"),
        ("https://crm.example.com/{number", "url_gap"),
        ("https://crm.example.com/" + "x" * 500, "url_too_long"),
        ("http://localhost/{number}", "url_private"),
        ("http://crm/{number}", "url_private"),
        ("http://crm.local/", "url_private"),
        ("http://metadata.google.internal/", "url_private"),
        ("http://127.0.0.1:8021/", "url_private"),
        ("http://2130706433/", "url_private"),
        ("http://[::ffff:10.0.0.1]/", "url_private"),
        ("http://169.254.169.254/latest/meta-data/", "url_private"),
    ],
)
def test_anything_else_is_refused_with_its_reason(url: str, code: str) -> None:
    assert url_problem(url) == code


def test_a_call_fills_the_gaps() -> None:
    filled = fill(URL, {"number": "01036123712", "agent": "agent1", "menu": "배송 문의", "call": "c-1"})
    parts = urlsplit(filled)
    assert parts.path == "/customer/01036123712"
    assert parse_qsl(parts.query) == [("agent", "agent1"), ("menu", "배송 문의")]
    assert parts.fragment == "call-c-1"


def test_a_gap_without_a_value_is_empty() -> None:
    assert fill("https://crm.example.com/?tel={number}", {}) == "https://crm.example.com/?tel="


@given(st.text(max_size=50), st.text(max_size=50))
def test_whatever_stands_in_a_value_is_only_ever_that_value(number: str, menu: str) -> None:
    try:
        number.encode(), menu.encode()
    except UnicodeEncodeError:
        return
    filled = fill("https://crm.example.com/c/{number}/end?menu={menu}&x=1", {"number": number, "menu": menu})
    parts = urlsplit(filled)
    assert (parts.scheme, parts.netloc) == ("https", "crm.example.com")
    assert [unquote(piece) for piece in parts.path.split("/")] == ["", "c", number, "end"]
    assert parse_qsl(parts.query, keep_blank_values=True) == [("menu", menu), ("x", "1")]
    assert set(filled) <= set(string.ascii_letters + string.digits + string.punctuation)
