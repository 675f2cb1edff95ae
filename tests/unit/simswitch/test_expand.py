"""Variables in texts, and words."""

from __future__ import annotations

from typing import Any

import pytest

from simswitch.expand import expand
from simswitch.words import brackets, separate


class Variables:
    def __init__(self, **values: Any) -> None:
        self.values = values

    def lookup(self, name: str) -> Any:
        return self.values.get(name)


def api(name: str, arguments: str) -> str | None:
    return f"<{name}|{arguments}>" if name == "f" else None


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("plain $1 { }", "plain $1 { }"),
        ("a${x}b", "aonetwob"),
        ("${none}", ""),
        ("$${x}", "onetwo"),
        ("${x:3}", "two"),
        ("${x:-3}", "two"),
        ("${x:0:3}", "one"),
        ("${x:1:2}", "ne"),
        ("${x:99}", ""),
        ("${list[1]}", "b"),
        ("${list}", "ARRAY::a|:b"),
        ("${in${key}}", "onetwo"),
        ("${f(1 2)}", "<f|1 2>"),
        ("${f(${x})}", "<f|onetwo>"),
        ("${f a b}", "<f|a b>"),
        ("${g()}", ""),
        (r"\${x}", "${x}"),
        (r"\'q\'", "q"),
        ("${again}", "onetwo"),
        ("${x", "onetwo"),
    ],
)
def test_expansion(text: str, result: str) -> None:
    variables = Variables(x="onetwo", list=["a", "b"], key="ner", inner="${x}", again="${inner}")
    assert expand(text, variables, api) == result


def test_a_text_that_expands_itself_comes_to_an_end() -> None:
    assert "${loop}" in expand("${loop}", Variables(loop="${loop}"), api)


@pytest.mark.parametrize(
    ("text", "delimiter", "words"),
    [
        ("a b  c", " ", ["a", "b", "c"]),
        ("'a b' c", " ", ["a b", "c"]),
        (r"it\'s here", " ", ["it's", "here"]),
        ("a,,b", ",", ["a", "", "b"]),
        (r"a\,b,c", ",", ["a,b", "c"]),
        ("'a,b',c", ",", ["a,b", "c"]),
        ("^^;a;b c", ",", ["a", "b c"]),
        ("", " ", []),
        ("don't", " ", ["don't"]),
    ],
)
def test_words(text: str, delimiter: str, words: list[str]) -> None:
    assert separate(text, delimiter) == words


def test_the_last_word_takes_the_rest() -> None:
    assert separate("+5 uuid a b c", " ", 3) == ["+5", "uuid", "a b c"]


@pytest.mark.parametrize(
    ("text", "values", "rest"),
    [
        ("{a=1,b=2}user/x", {"a": "1", "b": "2"}, "user/x"),
        (r"{a=%(1\,2\,3)}x", {"a": "%(1,2,3)"}, "x"),
        ("{^^:a=1,2:b=3}x", {"a": "1,2", "b": "3"}, "x"),
        ("{a={b}}x", {"a": "{b}"}, "x"),
        ("x", {}, "x"),
    ],
)
def test_brackets(text: str, values: dict[str, str], rest: str) -> None:
    assert brackets(text, "{", "}") == (values, rest)
