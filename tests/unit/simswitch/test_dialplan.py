"""Which actions a call takes: conditions, break, anti-actions, nesting, regex, captures."""

from __future__ import annotations

from typing import Any

import pytest

from simswitch.dialplan import Hunt
from simswitch.xmldoc import XmlRejected, load


class Call:
    """A subject with plain fields and variables; what runs inline sets variables."""

    def __init__(self, number: str, clock: int = -1, **variables: str) -> None:
        self.number = number
        self.clock = clock
        self.variables: dict[str, Any] = dict(variables)

    def field(self, name: str) -> str:
        return {"destination_number": self.number, "caller_id_number": "0101"}.get(name, "")

    def expand(self, text: str) -> str:
        for name, value in self.variables.items():
            text = text.replace(f"${{{name}}}", str(value))
        return "" if text.startswith("${") else text

    def dates(self, attributes: dict[str, str]) -> int:
        return self.clock if attributes else -1

    def set_variable(self, name: str, value: Any) -> None:
        self.variables[name] = value

    def clear_prefix(self, prefix: str) -> None:
        self.variables = {k: v for k, v in self.variables.items() if not k.startswith(prefix)}

    def auto_hunt(self) -> str:
        return self.number if self.variables.get("auto_hunt") == "true" else ""

    def run(self, app: str, data: str) -> None:
        name, _, value = data.partition("=")
        self.variables[name] = value


def walk(inside: str, call: Call) -> list[str] | None:
    """``app(data)`` of each action, None when no extension was found."""
    document = load(f'<context name="public">{inside}</context>')
    hunt = Hunt(call, call.run)
    hunt.walk(document.contexts["public"])
    return None if hunt.actions is None else [f"{app}({data})" for app, data in hunt.actions]


A1 = '<action application="a"/>'
B1 = '<action application="b"/>'
NOT_A = '<anti-action application="n"/>'


def conditions(*parts: str) -> str:
    return "<extension name='x'>" + "".join(parts) + "</extension>"


def when(expression: str, inner: str = "", field: str = "destination_number", **attributes: str) -> str:
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<condition field="{field}" expression="{expression}"{more}>{inner}</condition>'


DATE = '<condition wday="2"{more}>{inner}</condition>'


@pytest.mark.parametrize(
    ("inside", "call", "expected"),
    [
        (conditions(when("^1$", A1)), Call("1"), ["a()"]),
        (conditions(when("^1$", A1)), Call("2"), None),
        (conditions("<condition>" + A1 + "</condition>"), Call("2"), ["a()"]),
        # actions gather over conditions; the first that fails ends it
        (conditions(when("^1$", A1), when("^1", B1)), Call("1"), ["a()", "b()"]),
        (conditions(when("^2$", A1), when("^1", B1)), Call("1"), None),
        (conditions(when("^2$", A1, **{"break": "never"}), when("^1", B1)), Call("1"), ["b()"]),
        (conditions(when("^1$", A1, **{"break": "on-true"}), when("^1", B1)), Call("1"), ["a()"]),
        (conditions(when("^2$", A1, **{"break": "on-true"}), when("^1", B1)), Call("1"), ["b()"]),
        (conditions(when("^1$", A1, **{"break": "always"}), when("^1", B1)), Call("1"), ["a()"]),
        (conditions(when("^1$", A1, **{"break": "nonsense"}), when("^2", B1)), Call("1"), ["a()"]),
        # anti-actions make the extension win
        (conditions(when("^2$", A1 + NOT_A)), Call("1"), ["n()"]),
        (conditions(when("^1$", A1 + NOT_A)), Call("1"), ["a()"]),
        # the next extension is looked at only if this one lost or lets go on
        (conditions(when("^2$", A1)) + conditions(when("^1$", B1)), Call("1"), ["b()"]),
        (conditions(when("^1$", A1)) + conditions(when("^1$", B1)), Call("1"), ["a()"]),
        (
            conditions(when("^1$", A1)).replace("name='x'", "name='x' continue='true'")
            + conditions(when("^1$", B1)),
            Call("1"),
            ["a()", "b()"],
        ),
        # dates
        (conditions(DATE.format(more="", inner=A1)), Call("1", 1), ["a()"]),
        (conditions(DATE.format(more="", inner=A1 + NOT_A)), Call("1", 0), ["n()"]),
        (conditions(DATE.format(more="", inner=A1)), Call("1", 0), None),
        # a date that holds takes the actions although the field fails, and the extension loses anyway
        (conditions('<condition wday="2" field="destination_number" expression="^2$">' + A1 + "</condition>"),
         Call("1", 1), ["a()"]),
        # captures
        (conditions(when("^(1)(2)$", '<action application="a" data="$2-${1}-$3-$x"/>')), Call("12"), ["a(2-1--$x)"]),
        (conditions(when("^12$", '<action application="a" data="$1"/>')), Call("12"), ["a($1)"]),
        # fields may be variables; unknown fields are empty
        (conditions(when("^7$", A1, field="${key}")), Call("1", key="7"), ["a()"]),
        (conditions(when("^$", A1, field="${key}")), Call("1"), ["a()"]),
        (conditions(when("^$", A1, field="no_such_field")), Call("1"), ["a()"]),
        # flags of the expression
        (conditions(when("/^abc$/i", A1)), Call("ABC"), ["a()"]),
        (conditions(when("/^abc$", A1)), Call("abc"), None),
        (conditions(when("^(", A1)), Call("("), None),
        # an inline action is in force for the conditions after it
        (conditions(
            when("^1$", '<action application="set" data="key=9" inline="true"/>'),
            when("^9$", A1, field="${key}")), Call("1"), ["a()"]),
        # several times
        (conditions(when("^1$", '<action application="a" loop="3"/>')), Call("1"), ["a()", "a()", "a()"]),
        # data as text
        (conditions(when("^1$", '<action application="a"><![CDATA[x < y]]></action>')), Call("1"), ["a(x < y)"]),
    ],
)  # fmt: skip
def test_what_is_done(inside: str, call: Call, expected: list[str] | None) -> None:
    assert walk(inside, call) == expected


REGEX = """<extension name="x"><condition regex="{rule}">
<regex field="destination_number" expression="^1"/><regex field="destination_number" expression="2$"/>
<action application="a"/><anti-action application="n"/></condition></extension>"""


@pytest.mark.parametrize(
    ("rule", "number", "expected"),
    [
        ("all", "12", ["a()"]), ("all", "13", ["n()"]),
        ("any", "13", ["a()"]), ("any", "33", ["n()"]),
        ("xor", "13", ["a()"]), ("xor", "12", ["n()"]), ("xor", "33", ["n()"]),
    ],
)  # fmt: skip
def test_several_expressions(rule: str, number: str, expected: list[str]) -> None:
    assert walk(REGEX.format(rule=rule), Call(number)) == expected


NESTED = """<extension name="x"><condition field="destination_number" expression="^1">
<action application="a"/>
<condition field="destination_number" expression="2$"{need}><action application="b"/></condition>
</condition></extension><extension name="y"><condition><action application="c"/></condition></extension>"""


@pytest.mark.parametrize(
    ("number", "expected"),
    [("12", ["a()", "b()"]), ("13", ["a()", "c()"])],
)
def test_nested_conditions_have_to_hold(number: str, expected: list[str]) -> None:
    assert walk(NESTED.format(need=""), Call(number)) == expected


def test_captures_are_a_variable_too() -> None:
    call = Call("0212")
    walk(conditions(when("^0(2)(1)", A1)), call)
    assert call.variables["DP_MATCH"] == ["021", "2", "1"]


def test_a_hunt_by_name_begins_there() -> None:
    inside = conditions(when(".", A1)) + "<extension name='7'>" + when(".", B1) + "</extension>"
    assert walk(inside, Call("7")) == ["a()"]
    assert walk(inside, Call("7", auto_hunt="true")) == ["b()"]


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        ('<context name="a"><extension></context>', "mismatched tag"),
        ('<context name="a"', "not well-formed"),
    ],
)
def test_a_broken_document_is_refused(xml: str, words: str) -> None:
    with pytest.raises(XmlRejected, match=r"error near line 1.*" + words):
        load(xml)


def test_only_the_first_context_of_a_name_counts() -> None:
    document = load('<context name="a"/><context name="a"><extension name="x"/></context>')
    assert document.contexts["a"].extensions == ()


def test_includes_globals_and_users_come_from_the_files(tmp_path: Any) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "t1.xml").write_text(
        "<include>" + conditions(when("^1$", '<action application="a" data="$${domain}"/>')) + "</include>"
    )
    (tmp_path / "freeswitch.xml").write_text(
        '<?xml version="1.0"?><document><X-PRE-PROCESS cmd="set" data="domain=here"/>'
        '<!-- <context name="public"/> --><section name="dialplan"><context name="public">'
        '<X-PRE-PROCESS cmd="include" data="public/*.xml"/></context></section>'
        '<section name="directory"><domain name="here"><params><param name="p" value="1"/></params>'
        '<user id="u"><variables><variable name="v" value="2"/></variables></user></domain></section></document>'
    )
    document = load(tmp_path)
    hunt = Hunt(Call("1"), lambda app, data: None)
    assert hunt.walk(document.contexts["public"]) and hunt.actions == [("a", "here")]
    user = document.users["u", "here"]
    assert (user.params, user.variables) == ({"p": "1"}, {"v": "2"})
