"""``${…}`` in texts, as switch_channel_expand_variables (switch_channel.c) expands it.

``${name}``, ``${name:offset:length}``, ``${name[index]}``, ``${api(arguments)}``, nested; a backslash before
``$`` keeps it. What an expansion yields is expanded again: that is why nothing a caller controls may get here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol

from simswitch.datetimes import c_int

_WANTS = re.compile(r"\$\\*\{|\$\$|\\")
_DEEP = 100


class Source(Protocol):
    def lookup(self, name: str) -> Any: ...


Api = Callable[[str, str], str | None]
"""Runs an api command for an expansion; None when there is no such command."""


def expand(text: str, source: Source, api: Api, depth: int = 0) -> str:
    """The text with every expansion carried out."""
    if depth > _DEEP or not text or not _WANTS.search(text):
        return text
    out: list[str] = []
    position, end = 0, len(text)
    while position < end:
        char = text[position]
        following = text[position + 1 : position + 2]
        if char == "\\":
            if following == "$":
                out.append("$")
                position += 3 if text[position + 2 : position + 3] == "$" else 2
                continue
            if following == "'":
                position += 2
                continue
            if following == "\\":
                out.append("\\")
                position += 2
                continue
        if char != "$":
            out.append(char)
            position += 1
            continue
        start = position + 1
        if following == "$":
            start += 1
        if text[start : start + 1] != "{":
            out.append("$")
            position = start
            continue
        inner, position = _braces(text, start + 1)
        out.append(_value(inner, source, api, depth))
    return "".join(out)


def _braces(text: str, start: int) -> tuple[str, int]:
    """The inside of a brace and the position after it; an open one runs to the end."""
    level = 1
    for position in range(start, len(text)):
        if text[position] == "{" and position != start:
            level += 1
        elif text[position] == "}":
            level -= 1
            if not level:
                return text[start:position], position + 1
    return text[start:], len(text)


def _value(inner: str, source: Source, api: Api, depth: int) -> str:
    for position, char in enumerate(inner):
        if char in " (":
            return _call(inner[:position].rstrip(" "), inner[position:], source, api, depth)
    name = expand(inner, source, api, depth + 1)
    offset = length = 0
    index: int | None = None
    if ":" in name:
        name, _, rest = name.partition(":")
        offset = c_int(rest)
        if ":" in rest:
            length = c_int(rest.partition(":")[2])
    if "[" in name and "]" in name:
        name, _, rest = name.partition("[")
        index = c_int(rest)
    value = source.lookup(name)
    if value is None:
        return ""
    if isinstance(value, list):
        if index is not None:
            value = value[index] if 0 <= index < len(value) else ""
        else:
            value = "ARRAY::" + "|:".join(value)
    result = expand(str(value), source, api, depth + 1)
    if offset > 0:
        result = result[offset:]
    elif offset < 0 and -offset <= len(result):
        result = result[offset:]
    return result[:length] if 0 < length < len(result) else result


def _call(name: str, rest: str, source: Source, api: Api, depth: int) -> str:
    level, end = 0, len(rest)
    arguments = rest[1:]
    if rest[0] == "(":
        for position, char in enumerate(rest):
            level += (char == "(") - (char == ")")
            if not level:
                end = position
                break
        arguments = rest[1:end]
    name = expand(name, source, api, depth + 1)
    return api(name, expand(arguments, source, api, depth + 1)) or ""
