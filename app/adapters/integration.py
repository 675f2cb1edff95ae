"""Calls a tenant's own system once, for the test button of 연동 URL.

The host is looked up here, every address that it has must be public and none of this installation's own, and the
connection goes to the very address that was checked: a name that answers differently the next time gains nothing.
Redirects are not followed. One deadline covers looking up, connecting, TLS and reading; what comes after ``LARGEST``
bytes is not read.
"""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from app.core.networks import is_public, parse_address
from app.ports import IntegrationAnswer, IntegrationFailed

SECONDS = 5.0
LARGEST = 65_536
LONGEST_LINE = 200

Resolve = Callable[[str, int], Sequence[str]]
"""Addresses of a host, as the system knows them. Raises OSError."""

Connect = Callable[[str, int, float], socket.socket]
"""A TCP connection to an address. Raises OSError."""


def look_up(host: str, port: int) -> list[str]:
    """All addresses of ``host``; decimal, octal and short IPv4 forms come back as what they mean."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def connect(address: str, port: int, seconds: float) -> socket.socket:
    return socket.create_connection((address, port), timeout=seconds)


@dataclass(frozen=True, slots=True)
class _Target:
    tls: bool
    host: str
    port: int
    name: str
    """Host (and port) for the request."""
    path: str


class PublicWeb:
    """``app.ports.Integration`` over the system's sockets. ``own`` are hosts of this installation, which are never
    called: behind its firewall it would trust itself. ``resolve`` and ``connect`` are handed in by tests."""

    def __init__(
        self,
        resolve: Resolve = look_up,
        connect: Connect = connect,
        tls: ssl.SSLContext | None = None,
        own: Sequence[str] = (),
    ) -> None:
        self._resolve = resolve
        self._connect = connect
        self._tls = tls
        self._own = tuple(_plain(host) for host in own)

    def check(self, url: str) -> None:
        target = _target(url)
        self._addresses(target, time.monotonic() + SECONDS)

    def call(self, url: str) -> IntegrationAnswer:
        began = time.monotonic()
        end = began + SECONDS
        target = _target(url)
        addresses = self._addresses(target, end)
        self._refuse_own(target, addresses, end)
        raw, address = self._fetch(target, addresses, end)
        status, location, line = _read(raw)
        return IntegrationAnswer(address, status, location, line, time.monotonic() - began)

    def _addresses(self, target: _Target, end: float) -> list[str]:
        try:
            found = self._looked_up(target.host, target.port, end)
        except (OSError, UnicodeError):
            raise IntegrationFailed("url_unknown_host", host=target.host) from None
        if not found:
            raise IntegrationFailed("url_unknown_host", host=target.host)
        for address in found:
            try:
                public = is_public(parse_address(address))
            except ValueError:
                public = False
            if not public:
                raise IntegrationFailed("url_private", host=target.host)
        return list(dict.fromkeys(found))

    def _refuse_own(self, target: _Target, addresses: Sequence[str], end: float) -> None:
        if _plain(target.host) in self._own:
            raise IntegrationFailed("url_own", host=target.host)
        wanted = {parse_address(address) for address in addresses}
        for host in self._own:
            try:
                ours = {parse_address(address) for address in self._looked_up(host, target.port, end)}
            except (OSError, ValueError):
                continue  # name servers inside may not know the name that we have outside
            if not wanted.isdisjoint(ours):
                raise IntegrationFailed("url_own", host=target.host)

    def _looked_up(self, host: str, port: int, end: float) -> list[str]:
        pool = ThreadPoolExecutor(1)
        try:
            return list(pool.submit(self._resolve, host, port).result(max(0.0, end - time.monotonic())))
        except Late:
            raise IntegrationFailed("url_timeout", seconds=int(SECONDS)) from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _fetch(self, target: _Target, addresses: Sequence[str], end: float) -> tuple[bytes, str]:
        failure: Exception = OSError("no address")
        for address in addresses:
            left = end - time.monotonic()
            if left <= 0:
                break
            try:
                return self._ask(target, address, end), address
            except ssl.SSLCertVerificationError as error:
                raise IntegrationFailed("url_tls", reason=error.verify_message) from error
            except ssl.SSLError as error:
                raise IntegrationFailed("url_tls", reason=error.reason or "TLS") from error
            except TimeoutError:
                break
            except OSError as error:
                failure = error
        if time.monotonic() >= end - 0.05 or isinstance(failure, TimeoutError):
            raise IntegrationFailed("url_timeout", seconds=int(SECONDS)) from None
        raise IntegrationFailed("url_unreachable", host=target.host) from failure

    def _ask(self, target: _Target, address: str, end: float) -> bytes:
        with self._connect(address, target.port, max(0.1, end - time.monotonic())) as plain:
            # A server that sends a byte a second never runs into a socket's own timeout.
            late = threading.Event()
            guard = threading.Timer(max(0.0, end - time.monotonic()), _cut, (plain, late))
            guard.daemon = True
            guard.start()
            try:
                talk = self._wrapped(plain, target)
                talk.sendall(_request(target))
                heard = _all_of(talk)
                if late.is_set():
                    raise TimeoutError
                return heard
            except OSError:
                if late.is_set():
                    raise TimeoutError from None
                raise
            finally:
                guard.cancel()

    def _wrapped(self, plain: socket.socket, target: _Target) -> socket.socket:
        if not target.tls:
            return plain
        context = self._tls or ssl.create_default_context()
        return context.wrap_socket(plain, server_hostname=target.host)


def _plain(host: str) -> str:
    return host.rstrip(".").lower()


def _cut(plain: socket.socket, late: threading.Event) -> None:
    late.set()
    try:
        plain.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _target(url: str) -> _Target:
    parts = urlsplit(url)
    host = unquote(parts.hostname or "")
    try:
        host = host if ":" in host else host.encode("idna").decode("ascii")
        port = parts.port
    except (UnicodeError, ValueError):
        raise IntegrationFailed("url_unknown_host", host=host) from None
    tls = parts.scheme.lower() == "https"
    shown = f"[{host}]" if ":" in host else host
    path = quote(parts.path or "/", safe="%/:@!$&'()*+,;=-._~")
    query = f"?{quote(parts.query, safe='%/?:@!$&()*+,;=-._~')}" if parts.query else ""
    return _Target(tls, host, port or (443 if tls else 80), shown if port is None else f"{shown}:{port}", path + query)


def _request(target: _Target) -> bytes:
    lines = (
        f"GET {target.path} HTTP/1.1",
        f"Host: {target.name}",
        "User-Agent: Sangdam integration test",
        "Accept: */*",
        "Accept-Encoding: identity",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _all_of(talk: socket.socket) -> bytes:
    """What the server sends, up to the limit."""
    pieces, size = [], 0
    while size < LARGEST:
        piece = talk.recv(min(8192, LARGEST - size))
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


class _Heard:
    """Bytes that http.client reads as if they came from a socket."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def makefile(self, *_mode: Any) -> io.BytesIO:
        return io.BytesIO(self._raw)


def _read(raw: bytes) -> tuple[int, str, str]:
    """Status, Location and the first line of the body."""
    answer = http.client.HTTPResponse(_Heard(raw), method="GET")  # type: ignore[arg-type]
    try:
        answer.begin()
    except (http.client.HTTPException, ValueError):
        raise IntegrationFailed("url_not_http") from None
    try:
        body = answer.read()
    except http.client.IncompleteRead as cut:
        body = cut.partial
    except (http.client.HTTPException, ValueError):
        body = b""
    charset = answer.headers.get_content_charset("utf-8")
    try:
        text = body.decode(charset, "replace")
    except LookupError:
        text = body.decode("utf-8", "replace")
    lines = (re.sub(r"[\x00-\x1f\x7f]+", " ", line).strip() for line in text.splitlines())
    return answer.status, (answer.headers.get("Location") or "")[:500], next((x for x in lines if x), "")[:LONGEST_LINE]
