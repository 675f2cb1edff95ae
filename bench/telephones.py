"""Telephones without sound, at small cost: many SIP phones and callers on one UDP socket.

A phone answers at once and hangs up after its talk time; a caller waits until the switch hangs up. What
the switch says to them in RTP goes to a socket that nobody reads. Both sides of a comparison get the same.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable, Iterable

import gevent
import gevent.event
import gevent.socket

SDP = "\r\n".join(
    (
        "v=0",
        "o=- 1 1 IN IP4 {ip}",
        "s=-",
        "c=IN IP4 {ip}",
        "t=0 0",
        "m=audio {port} RTP/AVP 8",
        "a=rtpmap:8 PCMA/8000",
        "",
    )
)
_HEADER = re.compile(r"^([A-Za-z-]+)[ \t]*:[ \t]*(.*?)\r?$", re.MULTILINE)
_SHORT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length"}
_QUOTED = re.compile(r'(\w+)="([^"]*)"')


class Message:
    """One SIP message as received: the first line and its headers, names in lower case."""

    def __init__(self, data: bytes) -> None:
        head = data.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
        self.first, _, rest = head.partition("\r\n")
        self.headers: dict[str, list[str]] = {}
        for name, value in _HEADER.findall(rest):
            key = name.lower()
            self.headers.setdefault(_SHORT.get(key, key), []).append(value)

    def get(self, name: str) -> str:
        return self.headers.get(name, [""])[0]

    @property
    def method(self) -> str:
        return "" if self.first.startswith("SIP/") else self.first.partition(" ")[0]

    @property
    def status(self) -> int:
        return int(self.first.split(" ", 2)[1]) if self.first.startswith("SIP/") else 0


class Telephones:
    """All telephones of a benchmark. ``talk`` are the seconds after which a phone hangs up."""

    def __init__(self, talk: float, ip: str = "127.0.0.1") -> None:
        self.talk = talk
        self.refused: list[str] = []
        """First lines of answers that no call should have got."""
        self._ip = ip
        self._socket = gevent.socket.socket(gevent.socket.AF_INET, gevent.socket.SOCK_DGRAM)
        self._socket.setsockopt(gevent.socket.SOL_SOCKET, gevent.socket.SO_RCVBUF, 4_000_000)
        self._socket.bind((ip, 0))
        self._port = self._socket.getsockname()[1]
        self._sound = gevent.socket.socket(gevent.socket.AF_INET, gevent.socket.SOCK_DGRAM)
        self._sound.setsockopt(gevent.socket.SOL_SOCKET, gevent.socket.SO_RCVBUF, 4096)
        self._sound.bind((ip, 0))
        self._sdp = SDP.format(ip=ip, port=self._sound.getsockname()[1])
        self._registering: dict[str, gevent.event.AsyncResult[Message]] = {}
        self._phones: dict[str, tuple[Message, tuple[str, int], str]] = {}
        """Answered legs by Call-ID: the INVITE, who sent it, the answer."""
        self._callers: dict[str, tuple[str, tuple[str, int]]] = {}
        """Calls placed, by Call-ID: the request URI and where to."""
        self._reader = gevent.spawn(self._read)

    def close(self) -> None:
        self._reader.kill()
        self._socket.close()
        self._sound.close()

    @property
    def calling(self) -> int:
        """Callers who have not been hung up on."""
        return len(self._callers)

    # --- registering ----------------------------------------------------------------------------

    def register(self, users: Iterable[str], server: tuple[str, int], domain: str, password: str) -> None:
        """Register each user here, with digest. Raises AssertionError when one is refused."""
        for user in users:
            call_id, authorization = uuid.uuid4().hex, ""
            for sequence in (1, 2):
                answer = self._register_once(user, server, domain, call_id, sequence, authorization)
                if answer.status != 401:
                    break
                authorization = _digest(answer.get("www-authenticate"), user, password, f"sip:{domain}")
            assert answer.status == 200, f"{user}: {answer.first}"

    def _register_once(
        self, user: str, server: tuple[str, int], domain: str, call_id: str, sequence: int, authorization: str
    ) -> Message:
        result = self._registering[call_id] = gevent.event.AsyncResult()
        self._send(server, [
            f"REGISTER sip:{domain} SIP/2.0", self._via(), f"From: <sip:{user}@{domain}>;tag={call_id[:8]}",
            f"To: <sip:{user}@{domain}>", f"Call-ID: {call_id}", f"CSeq: {sequence} REGISTER",
            f"Contact: <sip:{user}@{self._ip}:{self._port}>", "Expires: 3600", "Max-Forwards: 70",
            *([f"Authorization: {authorization}"] if authorization else []),
        ])  # fmt: skip
        answer = result.get(timeout=5)
        assert answer is not None
        return answer

    # --- calling ----------------------------------------------------------------------------------

    def call(self, number: str, server: tuple[str, int], caller: str) -> None:
        """Place a call; it lasts until the switch ends it."""
        call_id, uri = uuid.uuid4().hex, f"sip:{number}@{server[0]}:{server[1]}"
        self._callers[call_id] = (uri, server)
        self._send(server, [
            f"INVITE {uri} SIP/2.0", self._via(), f"From: <sip:{caller}@{self._ip}>;tag={call_id[:8]}",
            f"To: <{uri}>", f"Call-ID: {call_id}", "CSeq: 1 INVITE",
            f"Contact: <sip:{caller}@{self._ip}:{self._port}>", "Max-Forwards: 70",
            "Content-Type: application/sdp",
        ], self._sdp)  # fmt: skip

    # --- the socket -------------------------------------------------------------------------------

    def _via(self) -> str:
        return f"Via: SIP/2.0/UDP {self._ip}:{self._port};rport;branch=z9hG4bK{uuid.uuid4().hex[:16]}"

    def _send(self, to: tuple[str, int], lines: list[str], body: str = "") -> None:
        text = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body])
        self._socket.sendto(text.encode(), to)

    def _read(self) -> None:
        while True:
            data, sender = self._socket.recvfrom(65535)
            if len(data) < 20:
                continue  # keep-alives
            message = Message(data)
            if message.status:
                self._answered(message, sender)
            else:
                _REQUESTS.get(message.method, Telephones._other)(self, message, sender)

    def _answered(self, message: Message, sender: tuple[str, int]) -> None:
        call_id, method = message.get("call-id"), message.get("cseq").partition(" ")[2]
        if method == "REGISTER":
            result = self._registering.pop(call_id, None)
            if result is not None:
                result.set(message)
        elif method == "INVITE" and message.status >= 200 and call_id in self._callers:
            uri, server = self._callers[call_id]
            contact = re.search(r"<([^>]+)>", message.get("contact"))
            target = contact.group(1) if contact and message.status < 300 else uri
            via = self._via() if message.status < 300 else f"Via: {message.get('via')}"
            self._send(server, [
                f"ACK {target} SIP/2.0", via, f"From: {message.get('from')}", f"To: {message.get('to')}",
                f"Call-ID: {call_id}", "CSeq: 1 ACK", "Max-Forwards: 70",
            ])  # fmt: skip
            if message.status >= 300:
                self.refused.append(message.first)
                del self._callers[call_id]

    def _reply(
        self, request: Message, to: tuple[str, int], status: str, body: str = "", tag: str = ""
    ) -> str:
        to_header = request.get("to") + (f";tag={tag}" if tag and "tag=" not in request.get("to") else "")
        lines = [f"SIP/2.0 {status}", *(f"Via: {via}" for via in request.headers["via"]),
                 f"From: {request.get('from')}", f"To: {to_header}", f"Call-ID: {request.get('call-id')}",
                 f"CSeq: {request.get('cseq')}", f"Contact: <sip:phone@{self._ip}:{self._port}>"]  # fmt: skip
        if body:
            lines.append("Content-Type: application/sdp")
        self._send(to, lines, body)
        return to_header

    def _invited(self, request: Message, sender: tuple[str, int]) -> None:
        call_id = request.get("call-id")
        repeated = call_id in self._phones
        to_header = self._reply(request, sender, "180 Ringing", tag="p" + call_id[:8])
        self._reply(request, sender, "200 OK", self._sdp, tag="p" + call_id[:8])
        if not repeated:
            self._phones[call_id] = (request, sender, to_header)
            gevent.spawn_later(self.talk, self._hang_up, call_id)

    def _hang_up(self, call_id: str) -> None:
        found = self._phones.pop(call_id, None)
        if found is None:
            return
        request, sender, to_header = found
        contact = re.search(r"<([^>]+)>", request.get("contact"))
        assert contact is not None
        self._send(sender, [
            f"BYE {contact.group(1)} SIP/2.0", self._via(), f"From: {to_header}", f"To: {request.get('from')}",
            f"Call-ID: {call_id}", "CSeq: 1 BYE", "Max-Forwards: 70",
        ])  # fmt: skip

    def _bye(self, request: Message, sender: tuple[str, int]) -> None:
        self._phones.pop(request.get("call-id"), None)
        self._callers.pop(request.get("call-id"), None)
        self._reply(request, sender, "200 OK")

    def _cancel(self, request: Message, sender: tuple[str, int]) -> None:
        self._reply(request, sender, "481 Answered already")

    def _ignored(self, request: Message, sender: tuple[str, int]) -> None: ...

    def _other(self, request: Message, sender: tuple[str, int]) -> None:
        self._reply(request, sender, "200 OK")


_REQUESTS: dict[str, Callable[[Telephones, Message, tuple[str, int]], None]] = {
    "INVITE": Telephones._invited,
    "ACK": Telephones._ignored,
    "BYE": Telephones._bye,
    "CANCEL": Telephones._cancel,
}


def _digest(challenge: str, user: str, password: str, uri: str) -> str:
    """The Authorization header for a REGISTER (RFC 7616 with MD5 and qop=auth)."""
    asked = dict(_QUOTED.findall(challenge))
    ha1 = _md5(f"{user}:{asked['realm']}:{password}")
    client = uuid.uuid4().hex[:8]
    ha2 = _md5(f"REGISTER:{uri}")
    response = _md5(f"{ha1}:{asked['nonce']}:00000001:{client}:auth:{ha2}")
    return (
        f'Digest username="{user}", realm="{asked["realm"]}", nonce="{asked["nonce"]}", uri="{uri}", '
        f'response="{response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="{client}"'
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
