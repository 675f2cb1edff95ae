"""The words of validation in Korean: marshmallow's, and those of our schemas and JSON. English stays as it comes.

What is not known here is shown as it is, so that it can still be reported.
"""

from __future__ import annotations

import re
from typing import Any

WORDS = {
    "Missing data for required field.": "필수 항목입니다.",
    "Field may not be null.": "null은 쓸 수 없습니다.",
    "Unknown field.": "알 수 없는 항목입니다.",
    "Invalid value.": "올바르지 않은 값입니다.",
    "Invalid input.": "올바르지 않은 값입니다.",
    "Invalid type.": "형식이 올바르지 않습니다.",
    "Invalid input type.": "형식이 올바르지 않습니다. JSON 객체를 보내 주세요.",
    "Not a valid string.": "문자열이 아닙니다.",
    "Not a valid utf-8 string.": "UTF-8 문자열이 아닙니다.",
    "Not a valid integer.": "정수가 아닙니다.",
    "Not a valid number.": "숫자가 아닙니다.",
    "Not a valid boolean.": "true 또는 false가 아닙니다.",
    "Not a valid list.": "목록이 아닙니다.",
    "Not a valid mapping type.": "이름과 값으로 된 객체가 아닙니다.",
    "Not a valid date.": "날짜가 아닙니다. YYYY-MM-DD로 보내 주세요.",
    "Not a valid time.": "시각이 아닙니다. HH:MM으로 보내 주세요.",
    "Not a valid datetime.": "일시가 아닙니다. ISO 8601로 보내 주세요.",
    "Not a valid aware datetime.": "시간대가 있는 일시가 아닙니다. ISO 8601로 보내 주세요.",
    "Number too large.": "숫자가 너무 큽니다.",
    "Special numeric values (nan or infinity) are not permitted.": "NaN과 무한대는 쓸 수 없습니다.",
    "String does not match expected pattern.": "쓸 수 없는 문자가 있거나 형식이 다릅니다.",
    "Invalid JSON body.": "본문이 올바른 JSON이 아닙니다.",
    "Nested too deeply.": "본문이 너무 깊게 중첩되어 있습니다.",
    "NUL characters are not allowed.": "NUL 문자는 쓸 수 없습니다.",
}
PATTERNS = tuple(
    (re.compile(pattern, re.S), words)
    for pattern, words in (
        (r"Must be one of: (.*)\.", "다음 중 하나여야 합니다: {0}."),
        (r"Must be equal to (.*)\.", "{0}이어야 합니다."),
        (r"Must be greater than or equal to (\S+) and less than or equal to (\S+)\.", "{0} 이상 {1} 이하여야 합니다."),
        (r"Must be greater than or equal to (\S+)\.", "{0} 이상이어야 합니다."),
        (r"Must be less than or equal to (\S+)\.", "{0} 이하여야 합니다."),
        (r"Length must be between (\d+) and (\d+)\.", "길이는 {0} 이상 {1} 이하여야 합니다."),
        (r"Length must be (\d+)\.", "길이는 {0}이어야 합니다."),
        (r"Longer than maximum length (\d+)\.", "길이는 {0} 이하여야 합니다."),
        (r"Shorter than minimum length (\d+)\.", "길이는 {0} 이상이어야 합니다."),
        (r"exactly one of (.*)", "다음 중 꼭 하나만 보내 주세요: {0}"),
    )
)


def in_korean(sentence: str) -> str:
    """One sentence of validation."""
    if sentence in WORDS:
        return WORDS[sentence]
    for pattern, words in PATTERNS:
        found = pattern.fullmatch(sentence)
        if found:
            return words.format(*found.groups())
    return sentence


def all_in_korean(errors: Any) -> Any:
    """marshmallow's messages, whatever they are nested in; the names of fields stay."""
    if isinstance(errors, str):
        return in_korean(errors)
    if isinstance(errors, dict):
        return {name: all_in_korean(part) for name, part in errors.items()}
    return [all_in_korean(part) for part in errors] if isinstance(errors, list) else errors
