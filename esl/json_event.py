"""JSON events, of which only what is asked for is read.

An event of a channel has some hundred headers, of which its reader wants ten. FreeSWITCH writes it as one flat object
without blanks, so that a header can be found without reading the others: ``,"Unique-ID":`` stands in
the bytes where that header begins (or, for the first, ``{"Unique-ID":``) and nowhere else. For within a JSON string
each quote has a backslash before it, and the end of a string is followed by a comma, a colon or a bracket, not by
a name. The first of a repeated name wins, as in plain events: a caller's header cannot replace FreeSWITCH's own.

What does not look as FreeSWITCH writes it (objects within, blanks around the first member) is read whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from esl.errors import ProtocolError
from esl.frames import Event

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_COMPACT = re.compile(rb'\{"[^"\\]*":"(?:[^"\\]|\\.)*"(?:,"|\}$)', re.DOTALL)
"""Two members, or the only one, without blanks between."""

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_NEEDLES: dict[str, bytes | None] = {}
"""Header → how its member is written, to the colon; None for a name that JSON may write in several ways."""

_MOST_NEEDLES = 4096
_COMMA, _QUOTE = b',"'


class JsonHeaders(Mapping[str, str]):
    """The headers of one event, without its body. Read whole only when it is walked through, or when a header
    asked for is not a plain string; then ProtocolError tells of an event that is not right."""

    __slots__ = ("_data", "_whole")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._whole: dict[str, str] | None = None

    def get(self, header: str, default: Any = None) -> Any:
        """The header's value, as ``dict.get``."""
        if self._whole is not None:
            return self._whole.get(header, default)
        needle = _NEEDLES[header] if header in _NEEDLES else _learn(header)
        if needle is None:
            return self._read().get(header, default)
        data = self._data
        at = data.find(needle)
        if at > 1 and data[at - 1] != _COMMA:  # within a value, behind a backslash
            at = data.find(b"," + needle, at)
            at += at > 0
        if at < 0:
            return default
        start = at + len(needle)
        if data[start] != _QUOTE:  # an array
            return self._read().get(header, default)
        end = data.find(b'"', start + 1)
        if end < 0:
            raise ProtocolError(f"a JSON event ends within its header {header}")
        value = data[start + 1 : end]
        if b"\\" in value:
            return _unescaped(data, start)
        return value.decode("utf-8", "replace")

    def __getitem__(self, header: str) -> str:
        return self._read()[header]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def __repr__(self) -> str:
        return repr(self._read())

    def _read(self) -> dict[str, str]:
        if self._whole is None:
            self._whole = read_whole(self._data)
            self._whole.pop("_body", None)
        return self._whole


def parse_json_event(data: bytes) -> Event:
    """A ``text/event-json`` body: one flat object.

    Raises ProtocolError for what is no such object; where the event looks as FreeSWITCH writes it, only what
    is read of it is looked at.
    """
    usual = data.startswith(b'{"') and data.endswith(b'"}') and _COMPACT.match(data) is not None
    # No object within: its members would be taken for the event's.
    if not usual or (data.find(b"{", 1) > 0 and b'":{' in data):
        headers = read_whole(data)
        body = headers.pop("_body", "")
        return Event(headers.get("Event-Name", ""), headers.get("Event-Subclass", ""), headers, body)
    lazily = JsonHeaders(data)
    name = lazily.get("Event-Name", "")
    # A channel's events have none; looking for what is not there means looking through all of it.
    body = "" if name.startswith("CHANNEL_") else _body(data)
    subclass = lazily.get("Event-Subclass", "") if name == "CUSTOM" else ""
    return Event(name, subclass, lazily, body)


def _body(data: bytes) -> str:
    text: str = JsonHeaders(data).get("_body", "")
    return text


def read_whole(data: bytes) -> dict[str, str]:
    """All members, the body as ``_body``. Raises ProtocolError."""
    try:
        pairs = json.loads(data.decode("utf-8", "replace"), object_pairs_hook=_Pairs)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"a JSON event is not JSON: {error}") from None
    if not isinstance(pairs, _Pairs):
        raise ProtocolError("a JSON event is not an object")
    headers: dict[str, str] = {}
    for name, value in pairs:
        if name not in headers:
            headers[name] = _flat(value)
    return headers


class _Pairs(list[tuple[str, Any]]):
    """A JSON object with its repetitions."""


def _flat(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and not isinstance(value, _Pairs):
        return "ARRAY::" + "|:".join(_flat(part) for part in value)
    raise ProtocolError(f"a JSON event has a value that is neither text nor array: {str(value)[:40]}")


def _unescaped(data: bytes, at: int) -> str:
    """The JSON string that begins at ``at``. Raises ProtocolError."""
    found = _STRING.match(data, at)
    try:
        if found is None:
            raise ValueError("a string without end")
        text: str = json.loads(found[0].decode("utf-8", "replace"), strict=False)
    except ValueError as error:
        raise ProtocolError(f"a JSON event is not JSON: {error}") from None
    return text


def _learn(header: str) -> bytes | None:
    """How the member of ``header`` is written. Names come from our own source, so they are few."""
    needle = f'"{header}":'.encode() if _PLAIN_NAME.fullmatch(header) else None
    if len(_NEEDLES) < _MOST_NEEDLES:
        _NEEDLES[header] = needle
    return needle
