"""The dialplan XML as FreeSWITCH reads it: contexts, extensions, conditions, actions.

Source of every rule: mod_dialplan_xml.c (parse_exten, dialplan_hunt) and switch_regex.c. The odd ones are
kept: a matching date condition and a failing field count as a match for the actions but not for the
extension, actions are collected from every condition until one breaks, anti-actions make the extension win.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from simswitch.datetimes import ATTRIBUTES, c_int, is_true


@dataclass(frozen=True, slots=True)
class Action:
    app: str
    data: str
    inline: bool
    loops: int


@dataclass(frozen=True, slots=True)
class Test:
    """What one condition (or one ``<regex>`` in it) asks."""

    field: str | None
    expression: str
    dates: dict[str, str]


@dataclass(frozen=True, slots=True)
class Condition:
    test: Test
    rule: str
    """``regex`` attribute: all, any, xor; empty for an ordinary condition."""
    tests: tuple[Test, ...]
    stop: str
    actions: tuple[Action, ...]
    anti_actions: tuple[Action, ...]
    nested: tuple[Condition, ...]
    require_nested: bool


@dataclass(frozen=True, slots=True)
class Extension:
    name: str
    go_on: bool
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Context:
    name: str
    extensions: tuple[Extension, ...]


class Subject(Protocol):
    """What conditions are asked of: a channel with the profile that is being routed."""

    def field(self, name: str) -> str: ...

    def expand(self, text: str) -> str: ...

    def dates(self, attributes: dict[str, str]) -> int: ...

    def set_variable(self, name: str, value: Any) -> None: ...

    def clear_prefix(self, prefix: str) -> None: ...

    def auto_hunt(self) -> str: ...


Run = Callable[[str, str], None]
"""Carries out an inline action."""


def read_context(element: ET.Element) -> Context:
    return Context(
        element.get("name") or "", tuple(_extension(item) for item in element.findall("extension"))
    )


def _extension(element: ET.Element) -> Extension:
    conditions = tuple(_condition(item) for item in element.findall("condition"))
    return Extension(element.get("name") or "UNKNOWN", is_true(element.get("continue")), conditions)


def _test(element: ET.Element) -> Test:
    inner = element.find("expression")
    expression = (inner.text or "") if inner is not None else element.get("expression", "")
    dates = {name: element.attrib[name] for name in ATTRIBUTES if name in element.attrib}
    return Test(element.get("field"), expression, dates)


def _condition(element: ET.Element) -> Condition:
    stop = element.get("break", "on-false").lower()
    if stop not in ("on-true", "on-false", "always", "never"):
        stop = "on-false"
    return Condition(
        test=_test(element),
        rule=element.get("regex", "").lower(),
        tests=tuple(_test(item) for item in element.findall("regex")),
        stop=stop,
        actions=tuple(_action(item) for item in element.findall("action")),
        anti_actions=tuple(_action(item) for item in element.findall("anti-action")),
        nested=tuple(_condition(item) for item in element.findall("condition")),
        require_nested=is_true(element.get("require-nested", "true")),
    )


def _action(element: ET.Element) -> Action:
    data = element.text if element.text else element.get("data", "")
    loops = c_int(element.attrib["loop"]) if "loop" in element.attrib else 1
    return Action(element.get("application", ""), data, is_true(element.get("inline")), loops)


# --- Regular expressions ---

_REFERENCE = re.compile(r"\$(?:\{(\d{1,9})\}|(\d{1,9}))")


@lru_cache(maxsize=4096)
def compile_regex(expression: str) -> re.Pattern[str] | None:
    """FreeSWITCH's notation: plain, or ``/pattern/is``; None when it cannot be compiled."""
    flags = 0
    if expression.startswith("/"):
        pattern, slash, options = expression[1:].rpartition("/")
        if not slash:
            return None
        expression = pattern
        flags |= re.IGNORECASE if "i" in options else 0
        flags |= re.DOTALL if "s" in options else 0
    try:
        return re.compile(expression, flags | re.ASCII)
    except re.error:
        return None


def search(field: str, expression: str) -> re.Match[str] | None:
    pattern = compile_regex(expression)
    return pattern.search(field) if pattern is not None else None


def substitute(match: re.Match[str] | None, data: str) -> str:
    """``$1`` and ``${1}`` (switch_perform_substitution); nothing is left when nothing matched."""
    if match is None:
        return ""
    found = match

    def group(item: re.Match[str]) -> str:
        number = int(item.group(1) or item.group(2))
        return (found.group(number) or "") if number <= found.re.groups else ""

    return _REFERENCE.sub(group, data)


# --- Hunting ---


class Hunt:
    """One walk through a context for one call."""

    def __init__(self, subject: Subject, run: Run) -> None:
        self._subject = subject
        self._run = run
        self.name = ""
        self.actions: list[tuple[str, str]] | None = None

    def walk(self, context: Context) -> bool:
        """Collect the actions; True when an extension was found."""
        extensions: tuple[Extension, ...] = context.extensions
        wanted = self._subject.auto_hunt()
        if wanted:
            # A hunt by name starts at that extension and goes on from there if it does not hold.
            for position, extension in enumerate(extensions):
                if extension.name == wanted:
                    extensions = extensions[position:]
                    break
        for extension in extensions:
            if self._conditions(extension.conditions, extension.name) and not extension.go_on:
                break
        return self.actions is not None

    def _conditions(self, conditions: tuple[Condition, ...], name: str) -> bool:
        proceed = False
        for condition in conditions:
            proceed, passed = self._one(condition, name)
            stop = condition.stop
            if stop == "always" or (stop == "on-true" and passed) or (stop == "on-false" and not passed):
                break
            if proceed and condition.nested:
                nested = self._conditions(condition.nested, name) or not condition.require_nested
                proceed = nested
                if not nested:
                    if stop == "never":
                        continue
                    break
        return proceed

    def _one(self, condition: Condition, name: str) -> tuple[bool, bool]:
        """(proceed, passed): whether the extension may win, whether the actions are taken."""
        subject = self._subject
        time_match = subject.dates(condition.test.dates) if condition.test.dates else -1
        proceed = time_match == 1
        passed = time_match == 1
        match: re.Match[str] | None = None
        capturing = False
        if condition.rule:
            proceed, passed_rule, match, capturing = self._rule(condition, proceed)
            passed = passed or passed_rule
        else:
            test = condition.test
            expression = subject.expand(test.expression)
            if test.field is not None:
                match = search(self._field(test.field), expression)
                proceed = match is not None
                passed = passed or proceed
                capturing = "(" in expression
            elif time_match == -1:
                proceed = passed = True
        if not passed:
            for action in condition.anti_actions:
                self._add(action, action.data, name)
                proceed = True
            return proceed, False
        if capturing:
            subject.set_variable("DP_MATCH", None)
            if match is not None:
                groups = [match.group(0), *(item or "" for item in match.groups())]
                subject.set_variable("DP_MATCH", groups if len(groups) > 1 else groups[0])
        for action in condition.actions:
            self._add(action, substitute(match, action.data) if capturing else action.data, name)
        return proceed, True

    def _rule(self, condition: Condition, proceed: bool) -> tuple[bool, bool, re.Match[str] | None, bool]:
        subject = self._subject
        every, one = condition.rule == "all", condition.rule == "xor"
        subject.clear_prefix("DP_REGEX_MATCH")
        passes = fails = 0
        saved: re.Match[str] | None = None
        capturing, saved_proceed = False, False
        for number, test in enumerate(condition.tests, 1):
            time_match = subject.dates(test.dates) if test.dates else -1
            expression = subject.expand(test.expression)
            match = None
            if test.field is not None:
                match = search(self._field(test.field), expression)
                proceed = match is not None
                if match is not None:
                    passes += 1
                    if not every and not one:
                        if "(" in expression:
                            saved, capturing, saved_proceed = match, True, True
                        break
                else:
                    fails += 1
                    if every:
                        break
            elif time_match == 0:
                fails += 1
                if every:
                    break
            else:
                passes += 1
                proceed = True
                if not every and not one:
                    break
            if test.field is not None and "(" in expression:
                saved, capturing, saved_proceed = match, True, proceed
                groups = [match.group(0), *(item or "" for item in match.groups())] if match else []
                subject.set_variable(f"DP_REGEX_MATCH_{number}", groups or None)
        passed = passes == 1 if one else (every and not fails) or (not every and passes > 0)
        if capturing:
            proceed = saved_proceed
        return proceed, passed, saved, capturing

    def _field(self, field: str) -> str:
        return self._subject.expand(field) if "$" in field else self._subject.field(field)

    def _add(self, action: Action, data: str, name: str) -> None:
        if self.actions is None:
            self.actions = []
            self.name = name
        for _ in range(max(0, action.loops)):
            if action.inline:
                self._run(action.app, data)
            else:
                self.actions.append((action.app, data))
