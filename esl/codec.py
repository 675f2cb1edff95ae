"""Bytes to frames, without I/O.

Theory of operation. The Event Socket sends messages: header lines, an empty line, then as many
bytes of body as ``Content-Length`` says. The decoder holds the bytes that are not yet a whole
message and is in one of two states: looking for the empty line, or waiting for the body. ``feed``
only appends; ``next_frame`` takes one message out, or says that there is none yet. So any slicing
of the bytes gives the same frames.

A plain event is itself headers (and perhaps a body) inside that body, each value percent-encoded.
Lines are split *before* values are decoded, and the first header of a name wins: a caller who calls
himself ``Bob%0AUnique-ID%3A%20x`` keeps a strange name and does not become another channel.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from esl.errors import ProtocolError
from esl.frames import (
    ApiResponse,
    AuthRequest,
    CommandReply,
    Disconnect,
    Event,
    Frame,
    LogLine,
    RudeRejection,
)
from esl.json_event import parse_json_event

MAX_HEADER_BYTES = 64 * 1024
MAX_BODY_BYTES = 16 * 1024 * 1024
_COMPACT_AFTER = 256 * 1024
# Nearly all that comes are events, and FreeSWITCH always writes their two headers so.
_JSON_EVENT = re.compile(rb"Content-Length: ([0-9]{1,9})\nContent-Type: text/event-json\n\n")
_JSON_EVENT_HEADERS = {"Content-Type": "text/event-json"}


class Decoder:
    """A buffer with a cursor. Raises :class:`ProtocolError`, after which it stays unusable."""

    def __init__(self, max_header: int = MAX_HEADER_BYTES, max_body: int = MAX_BODY_BYTES) -> None:
        self._max_header = max_header
        self._max_body = max_body
        self._buffer = bytearray()
        self._at = 0
        self._searched = 0
        self._headers: dict[str, str] | None = None
        self._length = 0
        self._closed = False
        self._broken: ProtocolError | None = None

    def feed(self, data: bytes) -> None:
        """Add bytes in the order they came; empty bytes mean that the peer has closed."""
        if data:
            self._buffer += data
        else:
            self._closed = True

    @property
    def buffered(self) -> int:
        """Bytes that were fed and are not yet part of a returned frame."""
        return len(self._buffer) - self._at

    def next_frame(self) -> Frame | None:
        """The next whole frame, or None until more is fed (or, after the end, for good).

        Raises ProtocolError if the bytes cannot be a message, exceed a limit, or end inside one.
        """
        if self._broken is not None:
            raise self._broken
        try:
            waiting = self._headers is None and not self._take_headers()
            if waiting or len(self._buffer) - self._at < self._length:
                self._check_end()
                return None
            return self._take_frame()
        except ProtocolError as error:
            self._broken = error
            self._buffer.clear()
            raise

    def _check_end(self) -> None:
        if not self._closed:
            return
        if self._headers is not None:
            raise ProtocolError(f"the connection ended inside a body of {self._length} bytes")
        if bytes(self._buffer[self._at :]).strip():
            raise ProtocolError("the connection ended inside a header")

    def _take_headers(self) -> bool:
        buffer = self._buffer
        usual = _JSON_EVENT.match(buffer, self._at)
        if usual is not None:
            self._begin_body(_JSON_EVENT_HEADERS, usual[1], usual.end())
            return True
        while buffer.startswith(b"\n", self._at):
            self._at += 1
        # The empty line may have been cut in two, so look again at the last byte of the part seen.
        end = buffer.find(b"\n\n", max(self._at, self._searched - 1))
        if end < 0 or end - self._at > self._max_header:
            self._searched = len(buffer)
            if len(buffer) - self._at > self._max_header:
                raise ProtocolError(f"headers longer than {self._max_header} bytes")
            return False
        headers = parse_headers(bytes(buffer[self._at : end]))
        text = headers.get("Content-Length", "0")
        if not (text.isascii() and text.isdigit() and len(text) < 12):
            raise ProtocolError(f"Content-Length is not a number: {text[:40]!r}")
        self._begin_body(headers, text, end + 2)
        return True

    def _begin_body(self, headers: dict[str, str], length: bytes | str, at: int) -> None:
        self._length = int(length)
        if self._length > self._max_body:
            raise ProtocolError(f"a body of {self._length} bytes is over the limit of {self._max_body}")
        self._headers = headers
        self._at = self._searched = at

    def _take_frame(self) -> Frame:
        headers = self._headers
        assert headers is not None
        end = self._at + self._length
        body = bytes(memoryview(self._buffer)[self._at : end])
        self._headers = None
        self._length = 0
        if end == len(self._buffer):
            self._buffer.clear()
            self._at = 0
        elif end > _COMPACT_AFTER:
            del self._buffer[:end]
            self._at = 0
        else:
            self._at = end
        self._searched = self._at
        return _frame(headers, body)


def _frame(headers: dict[str, str], body: bytes) -> Frame:
    kind = headers.get("Content-Type", "")
    if kind == "text/event-json":
        return parse_json_event(body)
    if kind == "text/event-plain":
        return parse_plain_event(body)
    if kind == "command/reply":
        text = headers.get("Reply-Text", "").strip()
        return CommandReply(not text.startswith("-"), text, headers, _text(body))
    if kind == "api/response":
        return ApiResponse(_text(body))
    if kind == "auth/request":
        return AuthRequest()
    if kind == "text/disconnect-notice":
        return Disconnect(headers.get("Content-Disposition") == "linger", _text(body))
    if kind == "text/rude-rejection":
        return RudeRejection(_text(body))
    if kind == "log/data":
        return LogLine(headers, _text(body))
    raise ProtocolError(f"unknown Content-Type {kind[:80]!r}")


def parse_headers(block: bytes, *, percent: bool = False) -> dict[str, str]:
    """Header lines, each split at the first colon; the first of a name wins.

    With ``percent`` the values, already split, are percent-decoded: so they are in plain events, but
    not in replies. A line without a colon means nothing and is skipped.
    """
    headers: dict[str, str] = {}
    # One decoding for all lines; an odd byte must neither end the connection nor hide its line.
    for line in _text(block).split("\n"):
        name, colon, value = line.partition(":")
        if not colon or name in headers:
            continue
        if percent and "%" in value:
            value = unquote(value, "utf-8", "replace")
            # Blanks at the ends of what was encoded are the value's own; FreeSWITCH adds one in front.
            headers[name] = value.removeprefix(" ")
        else:
            headers[name] = value.strip(" \r")
    return headers


def parse_plain_event(data: bytes) -> Event:
    """A ``text/event-plain`` body: headers, and a body of its own if it says so."""
    block, _, rest = data.partition(b"\n\n")
    headers = parse_headers(block, percent=True)
    body = ""
    text = headers.get("Content-Length", "")
    if text:
        if not (text.isascii() and text.isdigit()):
            raise ProtocolError(f"Content-Length of an event is not a number: {text[:40]!r}")
        if int(text) > len(rest):
            raise ProtocolError("the body of an event is longer than the event")
        body = _text(rest[: int(text)])
    return Event(headers.get("Event-Name", ""), headers.get("Event-Subclass", ""), headers, body)


def _text(data: bytes) -> str:
    # What callers send need not be UTF-8. An odd name must neither end the connection nor vanish.
    return data.decode("utf-8", "replace")
