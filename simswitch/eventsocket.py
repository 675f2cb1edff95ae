"""The Event Socket's server side, without a socket: bytes in, bytes out.

Sources: mod_event_socket.c (parse_command, api_exec, listener_run, send_disconnect).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simswitch.clock import Sleeper, Steps
from simswitch.events import KNOWN
from simswitch.filters import Filters, Get

if TYPE_CHECKING:
    from simswitch.switch import SimSwitch

_GOODBYE = b"Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n"
_LONGEST_HEAD = 1 << 20


class Connection:
    """One client of the switch."""

    def __init__(self, switch: SimSwitch, receive: Callable[[bytes], None] | None = None) -> None:
        self._switch = switch
        self._receive = receive
        self.output = bytearray()
        """What was said and not yet fetched, when nobody receives."""
        self._input = bytearray()
        self._events: set[str] = set()
        self._subclasses: set[str] = set()
        self._filters = Filters()
        self.format = "plain"
        self._authenticated = False
        self.closed = False
        self.on_close: Callable[[], None] | None = None
        self._busy: Sleeper | None = None
        """The api command that this connection waits for."""
        switch.connections.append(self)
        self._say(b"Content-Type: auth/request\n\n")

    # --- Out ---

    def _say(self, data: bytes) -> None:
        if self.closed:
            return
        if self._receive is not None:
            self._receive(data)
        else:
            self.output += data

    def fetch(self) -> bytes:
        """What was said since the last time."""
        data = bytes(self.output)
        self.output.clear()
        return data

    def push(self, kind: str, data: bytes) -> None:
        """An event."""
        self._say(b"Content-Length: %d\nContent-Type: %s\n\n%s" % (len(data), kind.encode(), data))

    def _reply(self, text: str, extra: str = "") -> None:
        head = f"Content-Type: command/reply\nReply-Text: {text}\n{extra}\n"
        self._say(head.encode("utf-8", "replace"))

    def _respond(self, text: str) -> None:
        data = (text or "-ERR no reply\n").encode("utf-8", "replace")
        self._say(b"Content-Type: api/response\nContent-Length: %d\n\n%s" % (len(data), data))

    def takes(self, name: str, subclass: str, get: Get) -> bool:
        """Whether this client wants an event whose headers ``get`` tells."""
        if not self._events:
            return False
        if "ALL" not in self._events:
            if name not in self._events:
                return False
            if name == "CUSTOM" and subclass and subclass not in self._subclasses:
                return False
        return self._filters.passes(get)

    # --- The end ---

    def close(self) -> None:
        """Say goodbye as FreeSWITCH does and hang up."""
        if not self.closed:
            self._say(
                b"Content-Type: text/disconnect-notice\nContent-Length: %d\n\n%s" % (len(_GOODBYE), _GOODBYE)
            )
            self.tear()

    def tear(self) -> None:
        """The connection is gone without a word."""
        if self.closed:
            return
        self.closed = True
        self._unsubscribe()
        if self in self._switch.connections:
            self._switch.connections.remove(self)
        if self.on_close is not None:
            self.on_close()

    # --- In ---

    def feed(self, data: bytes) -> None:
        """What the client says, in any slices."""
        self._input += data
        self._work()

    def _work(self) -> None:
        while not self.closed and self._busy is None:
            message = self._next_message()
            if message is None:
                return
            self._command(*message)

    def _next_message(self) -> tuple[str, dict[str, str]] | None:
        data = self._input
        while data.startswith((b"\n", b"\r")):
            del data[:1]
        end = data.find(b"\n\n")
        end_crlf = data.find(b"\r\n\r\n", 0, end + 2 if end >= 0 else len(data))
        gap = 2
        if end_crlf >= 0 and (end < 0 or end_crlf < end):
            end, gap = end_crlf, 4
        if end < 0:
            if len(data) > _LONGEST_HEAD:
                self.close()
            return None
        head = bytes(data[:end]).decode("utf-8", "replace")
        first, *rest = head.replace("\r\n", "\n").split("\n")
        headers: dict[str, str] = {}
        for line in rest:
            name, colon, value = line.partition(":")
            if colon:
                # A header that stands twice is not overwritten by the second.
                headers.setdefault(name.strip().lower(), value.lstrip(" "))
        length = headers.get("content-length", "")
        size = int(length) if length.isdigit() else 0
        if len(data) < end + gap + size:
            return None
        if size:
            headers["_body"] = bytes(data[end + gap : end + gap + size]).decode("utf-8", "replace")
        del data[: end + gap + size]
        return first, headers

    def _command(self, line: str, headers: dict[str, str]) -> None:
        word, _, rest = line.partition(" ")
        word = word.lower()
        if word.startswith("exit") or word.startswith("..."):
            self._reply("+OK bye")
            self.close()
            return
        if not self._authenticated:
            self._authenticate(word, rest)
            return
        handler = _COMMANDS.get(word)
        if handler is None:
            self._reply("-ERR command not found")
        else:
            handler(self, rest, headers)

    def _authenticate(self, word: str, rest: str) -> None:
        if word != "auth":
            self._reply("-ERR command not found")
            return
        if rest.strip() == self._switch.password:
            self._authenticated = True
            self._reply("+OK accepted")
        else:
            self._reply("-ERR invalid")
            self.close()

    # --- Commands ---

    def _auth_again(self, rest: str, headers: dict[str, str]) -> None:
        self._reply("-ERR command not found")

    def _api(self, rest: str, headers: dict[str, str]) -> None:
        if not rest.strip():
            self._reply("-ERR command not found")
            return
        result = self._switch.api.run(rest)
        if isinstance(result, str):
            self._respond(result)
            return
        # A command that takes time holds up everything behind it on this connection.
        self._busy = Sleeper(self._switch.clock)
        self._busy.start(self._wait_for(result, self._busy))

    def _wait_for(self, steps: Callable[[Sleeper], Steps], sleeper: Sleeper) -> Steps:
        text = yield from steps(sleeper)
        self._respond(text)
        self._busy = None
        self._work()

    def _bgapi(self, rest: str, headers: dict[str, str]) -> None:
        if not rest.strip():
            self._reply("-ERR command not found")
            return
        switch = self._switch
        job = headers.get("job-uuid") or switch.new_uuid()
        self._reply(f"+OK Job-UUID: {job}", f"Job-UUID: {job}\n")
        name, _, arguments = rest.strip().partition(" ")

        def done(text: str) -> None:
            about: dict[str, Any] = {"Job-UUID": job, "Job-Command": name}
            if arguments:
                about["Job-Command-Arg"] = arguments
            about["_body"] = text or ""
            if switch.wanted("BACKGROUND_JOB"):
                switch.deliver("BACKGROUND_JOB", "", None, about)

        def work() -> None:
            result = switch.api.run(rest)
            if isinstance(result, str):
                done(result)
                return
            sleeper = Sleeper(switch.clock)

            def steps() -> Steps:
                done((yield from result(sleeper)))

            sleeper.start(steps())

        switch.clock.soon(work)

    def _sendmsg(self, rest: str, headers: dict[str, str]) -> None:
        uuid = rest.strip() or headers.get("session-id", "")
        channel = self._switch.locate(uuid)
        if channel is None:
            self._reply(f"-ERR invalid session id [{uuid}]")
            return
        channel.queue_command(headers)
        self._reply("+OK")

    def _sendevent(self, rest: str, headers: dict[str, str]) -> None:
        identity = self._switch.new_uuid()
        name = rest.strip().upper()
        name = name if name in KNOWN else "CUSTOM"
        body = headers.pop("_body", None)
        extra: dict[str, Any] = {key: value for key, value in headers.items() if key != "content-length"}
        subclass = extra.pop("event-subclass", "")
        extra["Event-UUID"] = identity
        if body is not None:
            extra["_body"] = body
        if self._switch.wanted(name, subclass):
            self._switch.deliver(name, subclass, None, extra)
        self._reply(f"+OK {identity}")

    def _event(self, rest: str, headers: dict[str, str]) -> None:
        words = rest.split()
        if words and words[0].lower() in ("json", "plain", "xml"):
            self.format = words.pop(0).lower()
        found = 0
        custom = False
        wanted = self._switch.subscriptions
        for word in words:
            if custom:
                if word not in self._subclasses:
                    self._subclasses.add(word)
                    wanted[word] += 1
            elif word.upper() in KNOWN:
                found += 1
                custom = word.upper() == "CUSTOM"
                if word.upper() not in self._events:
                    self._events.add(word.upper())
                    wanted[word.upper()] += 1
        if found:
            self._reply(f"+OK event listener enabled {self.format}")
        else:
            self._reply("-ERR no keywords supplied")

    def _nixevent(self, rest: str, headers: dict[str, str]) -> None:
        found, custom = 0, False
        wanted = self._switch.subscriptions
        for word in rest.split():
            pool, key = (self._subclasses, word) if custom else (self._events, word.upper())
            if not custom and key in KNOWN:
                found += 1
                custom = key == "CUSTOM"
                if custom:
                    continue
            if key in pool:
                pool.discard(key)
                wanted[key] -= 1
        self._reply("+OK events nixed" if found else "-ERR no keywords supplied")

    def _unsubscribe(self) -> bool:
        had = bool(self._events)
        for key in (*self._events, *self._subclasses):
            self._switch.subscriptions[key] -= 1
        self._events.clear()
        self._subclasses.clear()
        return had

    def _noevents(self, rest: str, headers: dict[str, str]) -> None:
        had = self._unsubscribe()
        self._reply("+OK no longer listening for events" if had else "-ERR not listening for events")

    def _filter(self, rest: str, headers: dict[str, str]) -> None:
        words = rest.strip().split(" ", 2)
        if len(words) > 1 and words[0].lower() == "delete":
            name, value = words[1], words[2] if len(words) > 2 else ""
            self._filters.remove(name, value)
            self._reply(f"+OK filter deleted. [{name}][{value}]")
            return
        if words[0].lower() == "add":
            words = words[1:]
        elif len(words) > 2:
            words = [words[0], " ".join(words[1:])]
        if len(words) < 2 or not words[0]:
            self._reply("-ERR invalid syntax" if rest.strip() else "-ERR command not found")
            return
        self._filters.add(words[0], words[1])
        self._reply(f"+OK filter added. [{words[0]}]=[{words[1]}]")

    def _myevents(self, rest: str, headers: dict[str, str]) -> None:
        words = rest.split()
        if words[1:] and words[1].lower() in ("json", "plain"):
            self.format = words[1].lower()
        if "ALL" not in self._events:
            self._events.add("ALL")
            self._switch.subscriptions["ALL"] += 1
        self._filters.add("Unique-ID", words[0] if words else "")
        self._reply("+OK Events Enabled")

    def _log(self, rest: str, headers: dict[str, str]) -> None:
        self._reply(f"+OK log level {rest.strip() or 'debug'} [{rest.strip() or 7}]")

    def _nolog(self, rest: str, headers: dict[str, str]) -> None:
        self._reply("+OK no longer logging")

    def _linger(self, rest: str, headers: dict[str, str]) -> None:
        self._reply("-ERR not controlling a session")


_COMMANDS: dict[str, Callable[[Connection, str, dict[str, str]], None]] = {
    "auth": Connection._auth_again,
    "api": Connection._api,
    "bgapi": Connection._bgapi,
    "sendmsg": Connection._sendmsg,
    "sendevent": Connection._sendevent,
    "event": Connection._event,
    "nixevent": Connection._nixevent,
    "noevents": Connection._noevents,
    "filter": Connection._filter,
    "myevents": Connection._myevents,
    "log": Connection._log,
    "nolog": Connection._nolog,
    "linger": Connection._linger,
    "nolinger": Connection._linger,
}
