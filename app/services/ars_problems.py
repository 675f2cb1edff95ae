"""What is wrong with a document of the ARS, or should be looked at: where, which code, and details for the words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """``where``: path within the document (``menu.0.digit``). ``details`` fill the gaps of the sentence."""

    where: str
    code: str
    details: Mapping[str, Any] = field(default_factory=dict)
