"""How FreeSWITCH cuts texts into words (switch_utils.c, switch_event.c)."""

from __future__ import annotations

import re

_ENUMERATED = re.compile(r"\^\^(.)")


def separate(text: str, delimiter: str = " ", limit: int = 0) -> list[str]:
    """switch_separate_string: single quotes group, a backslash keeps the next quote or delimiter.

    ``^^:`` at the start names another delimiter. At a blank as delimiter several count as one.
    """
    found = _ENUMERATED.match(text)
    if found:
        delimiter, text = found.group(1), text[3:]
    if "'" not in text and "\\" not in text:
        most = limit - 1 if limit else -1
        if delimiter == " ":
            plain = text.strip(" ").split(None, most) if "\t" not in text else text.split(" ", most)
            return plain
        return [part.strip(" ") for part in text.split(delimiter, most)] if text else []
    words: list[str] = []
    current: list[str] = []
    quoted = started = False
    position, end = 0, len(text)
    while position < end:
        char = text[position]
        if limit and len(words) == limit - 1 and not started and not current:
            remainder = text[position:]
            if delimiter == " ":
                remainder = remainder.lstrip(" ")
            words.append(_unquote(remainder))
            return words
        if char == "\\" and position + 1 < end and text[position + 1] in ("'", "\\", delimiter):
            current.append(text[position + 1])
            started = True
            position += 2
            continue
        if char == "'":
            if quoted or "'" in text[position + 1 :]:
                quoted = not quoted
                started = True
                position += 1
                continue
        if char == delimiter and not quoted:
            if delimiter != " " or started or current:
                words.append("".join(current))
            current, started = [], False
            position += 1
            continue
        if char != " " or current or started or delimiter == " ":
            current.append(char)
        position += 1
    if current or started or (delimiter != " " and text.endswith(delimiter)):
        words.append("".join(current) if quoted or started else "".join(current).rstrip(" "))
    return words


def _unquote(text: str) -> str:
    text = text.rstrip(" ")
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else text


def brackets(text: str, opening: str, closing: str) -> tuple[dict[str, str], str]:
    """Variables in brackets at the start of a dial string and what follows them.

    switch_event_create_brackets: brackets are counted without regard to quotes, pairs are cut at commas
    (or at the character after ``^^``) outside single quotes, ``\\,`` keeps a comma.
    """
    values: dict[str, str] = {}
    while text.startswith(opening):
        level = 0
        end = -1
        for position, char in enumerate(text):
            level += (char == opening) - (char == closing)
            if not level:
                end = position
                break
        if end < 0:
            raise ValueError("Unclosed brackets")
        inner, text = text[1:end], text[end + 1 :].lstrip(" ")
        for pair in separate(inner, ","):
            name, equals, value = pair.partition("=")
            if equals:
                values[name.strip()] = value
    return values, text


def split_top(text: str, separators: tuple[str, ...]) -> list[str]:
    """Cut at separators that are outside of ``{}``, ``[]`` and ``<>``."""
    parts: list[str] = []
    level = start = position = 0
    while position < len(text):
        char = text[position]
        if char in "{[<":
            level += 1
        elif char in "}]>":
            level = max(0, level - 1)
        elif not level:
            for separator in separators:
                if text.startswith(separator, position):
                    parts.append(text[start:position])
                    position += len(separator) - 1
                    start = position + 1
                    break
        position += 1
    parts.append(text[start:])
    return parts
