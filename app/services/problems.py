"""What is wrong with what was entered, all of it at once and each at its place."""

from __future__ import annotations

import unicodedata
from typing import Any

from app.services.errors import Refused


class Problems:
    """Collects problems: where (the field's name), a code with words in ``app.services.messages``, details."""

    def __init__(self) -> None:
        self.found: list[dict[str, Any]] = []

    def add(self, where: str, code: str, **details: Any) -> None:
        self.found.append({"where": where, "code": code, **details})

    def refuse(self) -> None:
        """Raises Refused ``check_fields`` when there is any problem."""
        if self.found:
            raise Refused("check_fields", problems=self.found, count=len(self.found))

    def text(self, where: str, value: str, longest: int = 60) -> str:
        """A name as it is kept: without blanks around it, on one line, not empty, not too long."""
        clean = unicodedata.normalize("NFC", value).strip()
        if not clean:
            self.add(where, "required")
        elif len(clean) > longest:
            self.add(where, "field_too_long", limit=longest, length=len(clean))
        elif any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in clean):
            self.add(where, "control_characters")
        return clean

    def number(self, where: str, value: Any, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``; 5.5, "5" and nothing are problems."""
        if value is None or value == "":
            self.add(where, "required")
            return low
        if not isinstance(value, int) or isinstance(value, bool):
            self.add(where, "whole_number")
            return low
        if not low <= value <= high:
            self.add(where, "out_of_range", low=low, high=high)
        return value


def one_problem(where: str, code: str, **details: Any) -> Refused:
    """A refusal for a single problem."""
    return Refused("check_fields", problems=[{"where": where, "code": code, **details}], count=1)
