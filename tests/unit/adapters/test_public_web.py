"""The test button of 연동 URL against servers of this machine that pretend to be elsewhere."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from app.adapters import integration
from app.adapters.integration import LARGEST, PublicWeb
from app.ports import IntegrationFailed

ELSEWHERE = "93.184.216.34"


class Server:
    """Answers each connection with what ``speak`` does; keeps what it was asked."""

    def __init__(self, speak: Callable[[socket.socket], None]) -> None:
        self.asked: list[bytes] = []
        self._speak = speak
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                talk, _ = self._listener.accept()
            except OSError:
                return
            with closing(talk):
                self.asked.append(talk.recv(65536))
                try:
                    self._speak(talk)
                except OSError:
                    continue

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(speak: Callable[[socket.socket], None] | bytes) -> Server:
        reply = speak
        servers.append(Server(speak if callable(speak) else lambda talk: talk.sendall(reply)))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def web(server: Server | None, addresses: tuple[str, ...] = (ELSEWHERE,)) -> tuple[PublicWeb, list[tuple[str, int]]]:
    """A web in which every host has these addresses, and all of them are the server of this machine."""
    reached: list[tuple[str, int]] = []

    def connect(address: str, port: int, seconds: float) -> socket.socket:
        reached.append((address, port))
        if server is None:
            raise ConnectionRefusedError
        return socket.create_connection(("127.0.0.1", server.port), timeout=seconds)

    return PublicWeb(lambda host, port: addresses, connect), reached


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\r\n  <h1>\xea\xb3\xa0\xea\xb0\x9d</h1>\r\nmore"


def test_the_address_that_was_checked_is_called_once(serve) -> None:
    server = serve(OK)
    outside, reached = web(server)
    answer = outside.call("http://crm.example.com/customer?tel=010%2012#there")
    assert (answer.status, answer.first_line, answer.address) == (200, "<h1>고객</h1>", ELSEWHERE)
    assert reached == [(ELSEWHERE, 80)]
    head = server.asked[0].decode()
    assert head.startswith("GET /customer?tel=010%2012 HTTP/1.1\r\nHost: crm.example.com\r\n")


def test_a_name_is_looked_up_once_and_its_second_answer_never_matters(serve) -> None:
    """DNS rebinding: public at the check, this machine at the connection."""
    answers = iter([[ELSEWHERE], ["127.0.0.1"]])
    server = serve(OK)
    reached = []

    def connect(address: str, port: int, seconds: float) -> socket.socket:
        reached.append(address)
        return socket.create_connection(("127.0.0.1", server.port), timeout=seconds)

    PublicWeb(lambda host, port: next(answers), connect).call("http://crm.example.com/")
    assert reached == [ELSEWHERE]


@pytest.mark.parametrize(
    "addresses",
    [("127.0.0.1",), (ELSEWHERE, "10.0.0.1"), ("::ffff:169.254.169.254",), ("fe80::1%eth0",), ("64:ff9b::a00:1",)],
)
def test_a_host_with_any_private_address_is_refused_and_nothing_is_connected(serve, addresses) -> None:
    outside, reached = web(serve(OK), addresses)
    for ask in (outside.check, outside.call):
        with pytest.raises(IntegrationFailed) as refusal:
            ask("http://crm.example.com/")
        assert refusal.value.code == "url_private"
    assert reached == []


@pytest.mark.parametrize(
    "host", ["2130706433", "0177.0.0.1", "0x7f.1", "127.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "127.0.0.1"]
)
def test_this_machine_is_recognised_however_it_is_written(host) -> None:
    with pytest.raises(IntegrationFailed) as refusal:
        PublicWeb().call(f"http://{host}:8021/")
    assert refusal.value.code == "url_private"


OWN = "contact.example.kr"


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        (f"https://{OWN}/api/v1/me", {OWN: ["93.184.216.34"]}),
        (f"https://{OWN.upper()}.:8443/", {OWN: ["93.184.216.34"], f"{OWN}.": ["93.184.216.35"]}),
        ("http://another-name.example.com/", {OWN: ["93.184.216.34"], "another-name.example.com": ["93.184.216.34"]}),
        ("http://93.184.216.34:8000/", {OWN: ["93.184.216.34"]}),
        ("http://[::ffff:93.184.216.34]/", {OWN: ["93.184.216.34"]}),
        ("http://198.51.100.20/", {OWN: ["93.184.216.34"]}),
        ("http://crm.example.com/", {OWN: ["93.184.216.34"], "crm.example.com": ["93.184.216.99", "93.184.216.34"]}),
        (f"http://{OWN}/", {OWN: ["93.184.216.34", "93.184.216.35"]}),
    ],
)
def test_the_installations_own_public_address_is_refused_by_every_name(monkeypatch, url, addresses) -> None:
    monkeypatch.setattr(integration, "is_public", lambda address: True)  # 198.51.100.20 is a machine's as any other
    reached = []

    def connect(address: str, port: int, seconds: float) -> socket.socket:
        reached.append(address)
        raise ConnectionRefusedError

    outside = PublicWeb(lambda host, port: addresses.get(host, [host]), connect, own=(OWN, "198.51.100.20"))
    with pytest.raises(IntegrationFailed) as refusal:
        outside.call(url)
    assert refusal.value.code == "url_own"
    assert reached == []


def test_a_neighbour_is_called_also_where_the_own_name_is_not_known(serve) -> None:
    """Name servers inside may not know the name outside; that is no reason to call nobody."""
    server = serve(OK)

    def resolve(host: str, port: int) -> list[str]:
        if host == OWN:
            raise socket.gaierror
        return [ELSEWHERE]

    def connect(address: str, port: int, seconds: float) -> socket.socket:
        return socket.create_connection(("127.0.0.1", server.port), timeout=seconds)

    outside = PublicWeb(resolve, connect, own=(OWN,))
    assert outside.call("http://crm.example.com/").status == 200
    outside.check(f"http://{ELSEWHERE}/")


def test_a_redirect_is_shown_and_not_followed(serve) -> None:
    server = serve(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n")
    outside, reached = web(server)
    answer = outside.call("http://crm.example.com/")
    assert (answer.status, answer.location) == (302, "http://169.254.169.254/")
    assert len(reached) == len(server.asked) == 1


def test_a_flood_is_cut_off(serve) -> None:
    def flood(talk: socket.socket) -> None:
        talk.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            talk.sendall(b"x" * 65536)

    answer = web(serve(flood))[0].call("http://crm.example.com/")
    assert answer.status == 200 and len(answer.first_line) == 200


def test_a_head_without_end_is_cut_off(serve) -> None:
    answer = web(serve(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * (100 * LARGEST)))[0].call("http://crm.example.com/")
    assert (answer.status, answer.first_line) == (200, "")


@pytest.mark.parametrize("drip", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b""])
def test_who_only_drips_or_says_nothing_is_left_after_the_deadline(serve, monkeypatch, drip) -> None:
    monkeypatch.setattr(integration, "SECONDS", 0.6)

    def slowly(talk: socket.socket) -> None:
        talk.sendall(drip or b"")
        for _ in range(100):
            if drip:
                talk.sendall(b"x")
            time.sleep(0.1)

    began = time.monotonic()
    with pytest.raises(IntegrationFailed) as refusal:
        web(serve(slowly))[0].call("http://crm.example.com/")
    assert refusal.value.code == "url_timeout"
    assert time.monotonic() - began < 3


def test_a_name_server_that_does_not_answer_is_not_waited_for(monkeypatch) -> None:
    monkeypatch.setattr(integration, "SECONDS", 0.3)
    release = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        release.wait(10)
        return []

    with pytest.raises(IntegrationFailed) as refusal:
        PublicWeb(resolve).check("http://crm.example.com/")
    release.set()
    assert refusal.value.code == "url_timeout"


def test_what_is_not_there_is_told_apart(serve) -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise socket.gaierror

    with pytest.raises(IntegrationFailed) as unknown:
        PublicWeb(nowhere).call("http://crm.example.com/")
    with pytest.raises(IntegrationFailed) as closed:
        web(None)[0].call("http://crm.example.com/")
    with pytest.raises(IntegrationFailed) as sip:
        web(serve(b"SIP/2.0 400 Bad Request\r\n\r\n"))[0].call("http://crm.example.com/")
    with pytest.raises(IntegrationFailed) as plain:
        web(serve(OK))[0].call("https://crm.example.com/")
    codes = [each.value.code for each in (unknown, closed, sip, plain)]
    assert codes == ["url_unknown_host", "url_unreachable", "url_not_http", "url_tls"]


def test_odd_answers_are_read_as_far_as_they_go(serve) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    korean = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=euc-kr\r\n\r\n" + "고객".encode("euc-kr")
    strange = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=nothing\r\n\r\n\x00\x1b[31mred"
    seen = [web(serve(reply))[0].call("http://crm.example.com/") for reply in (chunked, korean, strange)]
    assert [answer.first_line for answer in seen] == ["hello", "고객", "[31mred"]
    assert seen[2].status == 404
