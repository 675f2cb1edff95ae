"""Addresses and forms before anything reads them: what no database can be asked for does not get that far."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Flask, request
from werkzeug.exceptions import BadRequest
from werkzeug.routing import IntegerConverter, Map

from admin_ui.json_bodies import NUL

LARGEST_ID = 2**63 - 1
"""What a database's integer holds."""


class Identity(IntegerConverter):
    """``<int:…>``: a number that a database can be asked for; any other address is not found."""

    def __init__(self, map: Map, *args: Any, max: int | None = LARGEST_ID, **options: Any) -> None:
        super().__init__(map, *args, max=max, **options)


def install(app: Flask) -> None:
    @app.before_request
    def refuse_nul() -> None:
        """PostgreSQL keeps no NUL in any text, and no name, number or address has one."""
        if "\0" in request.path or b"\0" in unquote_to_bytes(request.query_string):
            raise refused()
        for name, file in request.files.items(multi=True):
            if "\0" in name or "\0" in (file.filename or ""):
                raise refused()
        if any("\0" in text for pair in request.form.items(multi=True) for text in pair):
            raise refused()


def refused() -> BadRequest:
    """The refusal of a NUL outside JSON, in the shape in which webargs refuses a body."""
    error = BadRequest()
    error.data = {"messages": {"request": [NUL]}}  # type: ignore[attr-defined]
    return error
