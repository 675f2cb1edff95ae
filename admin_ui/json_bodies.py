"""JSON as this web takes and gives it: what a database or Python's recursion cannot bear is refused as malformed.

``orjson`` refuses halves of letters (lone surrogates), NaN and nesting without end; NUL is refused here because
PostgreSQL keeps none in any text.
"""

from __future__ import annotations

from datetime import date, datetime
from json import JSONDecodeError
from typing import Any

import orjson
from flask import Request
from flask.json.provider import DefaultJSONProvider
from flask_smorest import Blueprint as SmorestBlueprint
from webargs.core import missing
from webargs.flaskparser import FlaskParser, abort, is_json_request

DEEPEST = 32
"""Levels of a body; more than anything that the API takes."""

NOT_JSON = "Invalid JSON body."
TOO_DEEP = "Nested too deeply."
NUL = "NUL characters are not allowed."


def loads(text: str | bytes) -> Any:
    """The value of a JSON text. Raises JSONDecodeError; its ``msg`` is one of the sentences above."""
    try:
        value = orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError) as error:
        raise JSONDecodeError(NOT_JSON, "?", 0) from error
    level = [value]
    for _ in range(DEEPEST):
        level = [part for each in level for part in _parts(each)]
        if not level:
            return value
    raise JSONDecodeError(TOO_DEEP, "?", 0)


def _parts(value: Any) -> list[Any]:
    """What lies directly below a value."""
    if isinstance(value, str):
        if "\0" in value:
            raise JSONDecodeError(NUL, "?", 0)
        return []
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []


class Json(DefaultJSONProvider):
    """Flask's, with moments and days in ISO 8601 where it would write HTTP dates, and bodies read by ``loads``."""

    ensure_ascii = False

    @staticmethod
    def default(value: Any) -> Any:
        return value.isoformat() if isinstance(value, date | datetime) else DefaultJSONProvider.default(value)

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        return loads(s)


class Parser(FlaskParser):
    """webargs', with bodies read by ``loads``; no body at all is none, not a malformed one."""

    def _raw_load_json(self, req: Request) -> Any:
        body = req.get_data(cache=True) if is_json_request(req) else b""
        return loads(body) if body.strip() else missing

    def _handle_invalid_json_error(self, error: Any, req: Request, *_args: Any, **_kwargs: Any) -> Any:
        abort(400, exc=error, messages={"json": [error.msg]})


class Blueprint(SmorestBlueprint):  # type: ignore[misc]
    """A part of the API."""

    ARGUMENTS_PARSER = Parser()
