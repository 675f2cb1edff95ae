"""Which events a client wants to see beyond its subscription (``filter``; mod_event_socket.c, event_handler).

Any filter that matches lets an event through. A value in slashes is a regular expression, a leading ``-``
keeps out what matches, and headers and plain values are compared without regard to case.
"""

from __future__ import annotations

from collections.abc import Callable

from simswitch.dialplan import search

Get = Callable[[str], str | None]
"""The value of a header, given its name in lower case."""


class Filters:
    """The filters of one connection, in the order they were added."""

    def __init__(self) -> None:
        self._filters: list[tuple[str, str]] = []

    def add(self, header: str, value: str) -> None:
        self._filters.append((header.lower(), value))

    def remove(self, header: str, value: str = "") -> None:
        """``all``, every filter on a header, or the one with this value."""
        if header.lower() == "all":
            self._filters.clear()
            return
        self._filters = [
            item for item in self._filters if item[0] != header.lower() or (value and item[1] != value)
        ]

    def passes(self, get: Get) -> bool:
        if not self._filters:
            return True
        send = False
        for header, value in self._filters:
            found = get(header)
            if found is None:
                continue
            wanted = value.lstrip("+- ")
            positive = "-" not in value[: len(value) - len(wanted)]
            if (send and positive) or not wanted:
                continue
            if value.startswith("/"):
                matches = search(found, wanted) is not None
            else:
                matches = found.lower() == wanted.lower()
            if matches and not positive:
                return False
            send = send or matches
        return send
