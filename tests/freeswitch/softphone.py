"""A small SIP phone for tests: registers with digest, calls, answers, refuses, ignores, hangs up when told.

Not a SIP stack: UDP on loopback, no retransmission, one media stream (G.711 µ-law and telephone events).
Headers may hold any bytes, which is what hostile input needs.
"""

from __future__ import annotations

import hashlib
import re
import socket
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import gevent

from tests.freeswitch.rtp import Rtp
from tests.freeswitch.sipmessage import Headers, Message


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        gevent.sleep(0.005)  # the switch's connection lives in this thread's event loop
    return True


@dataclass
class Call:
    """One dialogue. ``state``: calling, ringing, talking, ended; ``status``: final status or 0."""

    phone: SoftPhone
    call_id: str
    remote_uri: str
    local: str
    remote: str
    rtp: Rtp
    invite: Message
    incoming: bool
    target: tuple[str, int]
    state: str = "calling"
    status: int = 0
    sequence: int = 1
    ended_by: str = ""
    ended_at: float = 0.0
    answered_at: float = 0.0
    rang_at: float = 0.0
    requests: list[Message] = field(default_factory=list)
    responses: list[Message] = field(default_factory=list)

    def wait_state(self, state: str, seconds: float = 5.0) -> Call:
        if not _wait(lambda: self.state == state, seconds):
            raise AssertionError(f"{self.phone.user}: call is {self.state} ({self.status}), not {state}")
        return self

    def answer(self) -> None:
        self.phone._answer(self)

    def refuse(self, status: int = 486, reason: str = "Busy Here") -> None:
        self.phone._respond(self.invite, status, reason, tag=self.local)
        self._end("local", status)

    def hold(self, on: bool = True) -> None:
        """The telephone's own Hold key: a re-INVITE, during which it sends nothing."""
        body = self.phone._sdp(self.rtp).replace("a=sendrecv", "a=sendonly" if on else "a=sendrecv")
        contact = ("Contact", f"<sip:{self.phone.user}@{self.phone.address}:{self.phone.port}>")
        self.phone._request_in(self, "INVITE", [contact, ("Content-Type", "application/sdp")], body)

    def hang_up(self) -> None:
        """BYE, CANCEL or a refusal, whichever is due."""
        if self.state == "talking":
            self.phone._request_in(self, "BYE")
            self._end("local")
        elif self.incoming:
            self.refuse(603, "Decline")
        elif self.state in ("calling", "ringing"):
            self.phone._cancel(self)

    def _end(self, by: str, status: int = 0) -> None:
        if self.state != "ended":
            self.state, self.ended_by, self.ended_at = "ended", by, time.monotonic()
            self.status = status or self.status
            self.rtp.close()


class SoftPhone:
    """``on_invite`` is what it does when called: answer, ring (and wait to be told), ignore, or a status."""

    def __init__(
        self,
        server: tuple[str, int],
        user: str,
        password: str = "",
        domain: str = "sangdam.local",
        *,
        on_invite: str | int = "answer",
        answer_after: float = 0.0,
        hertz: float = 0.0,
        address: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.server, self.user, self.password, self.domain = server, user, password, domain
        self.on_invite, self.answer_after, self.hertz, self.address = on_invite, answer_after, hertz, address
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, port))
        self.socket.settimeout(0.2)
        self.port: int = self.socket.getsockname()[1]
        self.calls: list[Call] = []
        self.notifies: list[Message] = []
        self._responses: dict[str, list[Message]] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._receive, daemon=True)
        self._thread.start()

    # --- Doing ---

    def register(self, expires: int = 300) -> SoftPhone:
        """REGISTER with digest; AssertionError with the status if refused."""
        call_id, tag = str(uuid.uuid4()), uuid.uuid4().hex[:8]
        uri = f"sip:{self.domain}"
        extra: Headers = []
        status = 0
        for sequence in (1, 2):
            answer = self._ask(
                Message(
                    f"REGISTER {uri} SIP/2.0",
                    [
                        ("Via", self._via()),
                        ("From", f"<sip:{self.user}@{self.domain}>;tag={tag}"),
                        ("To", f"<sip:{self.user}@{self.domain}>"),
                        ("Call-ID", call_id),
                        ("CSeq", f"{sequence} REGISTER"),
                        ("Contact", f"<sip:{self.user}@{self.address}:{self.port}>"),
                        ("Expires", str(expires)),
                        ("Max-Forwards", "70"),
                        ("User-Agent", "softphone/test"),
                        *extra,
                    ],
                )
            )
            status = answer.status
            if status == 401:
                extra = [("Authorization", self._digest(answer.get("WWW-Authenticate"), "REGISTER", uri))]
                continue
            break
        assert status == 200, f"REGISTER of {self.user} was answered with {status}"
        return self

    def call(
        self,
        number: str,
        *,
        display: str = "",
        from_user: str = "",
        headers: Headers | None = None,
        host: str = "",
    ) -> Call:
        """INVITE. Returns at once; see :meth:`Call.wait_state`."""
        rtp = Rtp(self.address, self.hertz)
        uri = f"sip:{number}@{host or f'{self.server[0]}:{self.server[1]}'}"
        local = f"{display} <sip:{from_user or self.user}@{self.domain}>;tag={uuid.uuid4().hex[:8]}".strip()
        invite = Message(
            f"INVITE {uri} SIP/2.0",
            [
                ("Via", self._via()),
                ("From", local),
                ("To", f"<{uri}>"),
                ("Call-ID", str(uuid.uuid4())),
                ("CSeq", "1 INVITE"),
                ("Contact", f"<sip:{self.user}@{self.address}:{self.port}>"),
                ("Max-Forwards", "70"),
                ("Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS, NOTIFY, INFO, UPDATE"),
                *(headers or []),
                ("Content-Type", "application/sdp"),
            ],
            self._sdp(rtp),
        )
        call = Call(self, invite.get("Call-ID"), uri, local, f"<{uri}>", rtp, invite, False, self.server)
        self.calls.append(call)
        self._transmit(invite)
        return call

    def forget(self) -> SoftPhone:
        """Begin a new test: the calls so far are over and done with."""
        for call in self.calls:
            if call.state != "ended":
                call.hang_up()
                call._end("closed")
        self.calls.clear()
        return self

    def wait_call(self, count: int = 1, seconds: float = 5.0) -> Call:
        """The ``count``-th call to or from this phone."""
        if not _wait(lambda: len(self.calls) >= count, seconds):
            raise AssertionError(f"{self.user} has {len(self.calls)} calls, not {count}")
        return self.calls[count - 1]

    def close(self) -> None:
        self.forget()
        self._stop.set()
        self._thread.join(1)
        self.socket.close()

    # --- Hearing ---

    def _receive(self) -> None:
        while not self._stop.is_set():
            try:
                data, source = self.socket.recvfrom(65536)
            except TimeoutError:
                continue
            except OSError:
                return
            if len(data) < 16:
                continue
            message = Message.parse(data)
            if message.status:
                self._on_response(message)
            else:
                self._on_request(message, source)

    def _of(self, message: Message) -> Call | None:
        return next((c for c in self.calls if c.call_id == message.get("Call-ID")), None)

    def _on_response(self, message: Message) -> None:
        method = message.get("CSeq").split()[-1]
        call = self._of(message)
        if call is None:
            self._responses.setdefault(message.get("Call-ID"), []).append(message)
            return
        call.responses.append(message)
        if method != "INVITE":
            return
        if message.status in (180, 183):
            call.rang_at = call.rang_at or time.monotonic()
            if call.state == "calling":
                call.state = "ringing"
            self._media(call, message)
        elif 200 <= message.status < 300:
            call.remote = message.get("To")
            contact = re.search(r"<([^>]+)>", message.get("Contact"))
            call.remote_uri = contact.group(1) if contact else call.remote_uri
            self._ack(call, message)
            if call.state != "ended":
                self._media(call, message)
                call.answered_at = call.answered_at or time.monotonic()
                call.state = "talking"
        elif message.status in (401, 407) and call.sequence == 1:
            call.remote = message.get("To")
            self._ack(call, message)
            call.sequence = 2
            name = "Proxy-Authenticate" if message.status == 407 else "WWW-Authenticate"
            proof = self._digest(message.get(name), "INVITE", call.remote_uri)
            retry = [
                (k, {"cseq": "2 INVITE", "via": self._via()}.get(k.lower(), v))
                for k, v in call.invite.headers
            ]
            retry.insert(5, ("Proxy-Authorization" if message.status == 407 else "Authorization", proof))
            call.remote = f"<{call.remote_uri}>"
            call.invite = Message(call.invite.first, retry, call.invite.body)
            self._transmit(call.invite)
        elif message.status >= 300:
            call.remote = message.get("To")
            self._ack(call, message)
            call._end("remote", message.status)

    def _on_request(self, message: Message, source: tuple[str, int]) -> None:
        call = self._of(message)
        method = message.method
        if method == "INVITE" and call is None:
            self._incoming(message, source)
            return
        if call is not None:
            call.requests.append(message)
        if method == "ACK":
            return
        if method == "INVITE" and call is not None:
            self._media(call, message)
            self._respond(message, 200, "OK", tag=call.local, body=self._sdp(call.rtp), to=source)
            return
        if method == "NOTIFY":
            self.notifies.append(message)
        self._respond(message, 200, "OK", tag=call.local if call else "", to=source)
        if call is not None and method == "BYE":
            call._end("remote")
        elif call is not None and method == "CANCEL" and call.state == "ringing":
            self._respond(call.invite, 487, "Request Terminated", tag=call.local, to=source)
            call._end("remote", 487)
        elif method == "NOTIFY" and message.get("Event") == "talk":
            ringing = next((c for c in self.calls if c.state == "ringing" and c.incoming), None)
            if ringing is not None:
                ringing.answer()

    def _incoming(self, message: Message, source: tuple[str, int]) -> None:
        if self.on_invite == "ignore":
            return
        contact = re.search(r"<([^>]+)>", message.get("Contact"))
        call = Call(
            self,
            message.get("Call-ID"),
            contact.group(1) if contact else "",
            message.get("To") + ";tag=" + uuid.uuid4().hex[:8],
            message.get("From"),
            Rtp(self.address, self.hertz),
            message,
            True,
            source,
            state="ringing",
            rang_at=time.monotonic(),
        )
        self._media(call, message)
        self._respond(message, 100, "Trying", to=source)
        self.calls.append(call)
        if isinstance(self.on_invite, int):
            call.refuse(self.on_invite, "Refused")
            return
        self._respond(message, 180, "Ringing", tag=call.local, to=source)
        if self.on_invite == "answer":
            if self.answer_after:
                threading.Timer(self.answer_after, call.answer).start()
            else:
                call.answer()

    # --- Saying ---

    def _answer(self, call: Call) -> None:
        if call.state != "ringing":
            return
        call.state, call.answered_at = "talking", time.monotonic()
        self._respond(call.invite, 200, "OK", tag=call.local, body=self._sdp(call.rtp))

    def _request_in(self, call: Call, method: str, headers: Headers | None = None, body: str = "") -> None:
        call.sequence += 1
        self._transmit(
            Message(
                f"{method} {call.remote_uri} SIP/2.0",
                [
                    ("Via", self._via()),
                    ("From", call.local),
                    ("To", call.remote),
                    ("Call-ID", call.call_id),
                    ("CSeq", f"{call.sequence} {method}"),
                    ("Max-Forwards", "70"),
                    *(headers or []),
                ],
                body,
            ),
            call.target,
        )

    def _cancel(self, call: Call) -> None:
        headers = [
            (k, v) for k, v in call.invite.headers if k in ("Via", "From", "To", "Call-ID", "Max-Forwards")
        ]
        headers.append(("CSeq", call.invite.get("CSeq").split()[0] + " CANCEL"))
        self._transmit(Message(call.invite.first.replace("INVITE", "CANCEL", 1), headers))

    def _ack(self, call: Call, response: Message) -> None:
        via = response.get("Via") if response.status >= 300 else self._via()
        self._transmit(
            Message(
                f"ACK {call.remote_uri} SIP/2.0",
                [
                    ("Via", via),
                    ("From", call.local),
                    ("To", response.get("To")),
                    ("Call-ID", call.call_id),
                    ("CSeq", response.get("CSeq").split()[0] + " ACK"),
                    ("Max-Forwards", "70"),
                ],
            )
        )

    def _respond(
        self,
        request: Message,
        status: int,
        reason: str,
        *,
        tag: str = "",
        body: str = "",
        to: tuple[str, int] | None = None,
    ) -> None:
        call = self._of(request)
        headers: Headers = [("Via", via) for via in request.all("Via")]
        headers += [("Record-Route", route) for route in request.all("Record-Route")]
        headers += [
            ("From", request.get("From")),
            ("To", tag if "tag=" in tag and "tag=" not in request.get("To") else request.get("To")),
            ("Call-ID", request.get("Call-ID")),
            ("CSeq", request.get("CSeq")),
            ("Contact", f"<sip:{self.user}@{self.address}:{self.port}>"),
        ]
        if body:
            headers.append(("Content-Type", "application/sdp"))
        self._transmit(
            Message(f"SIP/2.0 {status} {reason}", headers, body), to or (call.target if call else self.server)
        )

    def _ask(self, request: Message, seconds: float = 3.0) -> Message:
        call_id = request.get("Call-ID")
        self._responses.pop(call_id, None)
        self._transmit(request)

        def final() -> bool:
            return any(m.status >= 200 for m in self._responses.get(call_id, []))

        assert _wait(final, seconds), f"no answer to {request.first}"
        return next(m for m in self._responses[call_id] if m.status >= 200)

    def _transmit(self, message: Message, to: tuple[str, int] | None = None) -> None:
        self.socket.sendto(message.encode(), to or self.server)

    def _via(self) -> str:
        return f"SIP/2.0/UDP {self.address}:{self.port};rport;branch=z9hG4bK{uuid.uuid4().hex}"

    def _sdp(self, rtp: Rtp) -> str:
        return (
            f"v=0\r\no=- 1 1 IN IP4 {self.address}\r\ns=-\r\nc=IN IP4 {self.address}\r\nt=0 0\r\n"
            f"m=audio {rtp.port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
            "a=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
        )

    @staticmethod
    def _media(call: Call, message: Message) -> None:
        port = re.search(r"m=audio (\d+)", message.body)
        host = re.search(r"c=IN IP4 (\S+)", message.body)
        if port and host:
            call.rtp.remote = (host.group(1), int(port.group(1)))

    def _digest(self, challenge: str, method: str, uri: str) -> str:
        parts = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))

        def md5(text: str) -> str:
            return hashlib.md5(text.encode()).hexdigest()

        ha1 = md5(f"{self.user}:{parts['realm']}:{self.password}")
        ha2 = md5(f"{method}:{uri}")
        cnonce = uuid.uuid4().hex[:8]
        response = md5(f"{ha1}:{parts['nonce']}:00000001:{cnonce}:auth:{ha2}")
        return (
            f'Digest username="{self.user}", realm="{parts["realm"]}", nonce="{parts["nonce"]}", uri="{uri}", '
            f'response="{response}", algorithm=MD5, cnonce="{cnonce}", qop=auth, nc=00000001'
        )
