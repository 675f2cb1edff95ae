"""Frozen values and their successors."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

V = TypeVar("V")


def replace(value: V, /, **changes: Any) -> V:
    """``dataclasses.replace`` for the values that change with every event of a call.

    A value with a ``__dict__`` is copied by it, twenty times as fast as field by field, so the live state's own
    classes (Call, Ring, Agent, Queue …) have no slots. They must not rely on ``__post_init__``, which is not run.
    Raises TypeError for a field that there is none of.
    """
    known = getattr(value, "__dict__", None)
    if known is None:
        return dataclasses.replace(value, **changes)  # type: ignore[type-var]
    fresh = object.__new__(type(value))
    fields = fresh.__dict__
    fields.update(known)
    fields.update(changes)
    if len(fields) != len(known):
        raise TypeError(f"{type(value).__name__} has no field {', '.join(sorted(changes.keys() - known.keys()))}")
    return fresh
