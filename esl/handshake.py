"""From an address and a password to an authenticated socket."""

from __future__ import annotations

import socket as system_socket

import gevent
import gevent.socket

from esl import commands
from esl.codec import Decoder
from esl.errors import AuthFailed, ConnectFailed, EslError, Refused, Timeout
from esl.frames import AuthRequest, CommandReply, Frame, RudeRejection

CHUNK = 65536


def open_socket(
    host: str, port: int, password: str, *, connect_timeout: float, auth_timeout: float
) -> tuple[gevent.socket.socket, Decoder]:
    """Connect and authenticate; the decoder holds whatever came after. Times in seconds.

    Raises ConnectFailed (Refused where nobody listens, or there is no such host) or AuthFailed
    (then the socket is closed), UnsafeValue for an impossible password.
    """
    where = f"{host}:{port}"
    password_line = commands.Auth(password).encode()
    try:
        sock = gevent.socket.create_connection((host, port), connect_timeout)
    except (ConnectionRefusedError, gevent.socket.gaierror) as error:
        raise Refused(f"{where}: {error}") from None
    except OSError as error:
        raise ConnectFailed(f"{where}: {error}") from None
    decoder = Decoder()
    ready = False
    try:
        sock.settimeout(None)
        sock.setsockopt(system_socket.IPPROTO_TCP, system_socket.TCP_NODELAY, 1)
        with gevent.Timeout(auth_timeout, Timeout(f"no answer within {auth_timeout} s")):
            _authenticate(sock, decoder, password_line, where)
        ready = True
    except ConnectFailed:
        raise
    except (OSError, EslError) as error:
        raise ConnectFailed(f"{where}: {error}") from None
    finally:
        if not ready:
            sock.close()
    return sock, decoder


def _authenticate(sock: gevent.socket.socket, decoder: Decoder, password_line: bytes, where: str) -> None:
    frame = _read_frame(sock, decoder, where)
    if isinstance(frame, RudeRejection):
        raise ConnectFailed(f"{where} refuses this address: {frame.text.strip()}")
    if not isinstance(frame, AuthRequest):
        raise ConnectFailed(f"{where} is not an event socket")
    sock.sendall(password_line)
    frame = _read_frame(sock, decoder, where)
    if not isinstance(frame, CommandReply):
        raise ConnectFailed(f"{where} gave no answer to the password")
    if not frame.ok:
        raise AuthFailed(f"{where} refuses the password: {frame.text}")


def _read_frame(sock: gevent.socket.socket, decoder: Decoder, where: str) -> Frame:
    while True:
        frame = decoder.next_frame()
        if frame is not None:
            return frame
        data = sock.recv(CHUNK)
        if not data:
            raise ConnectFailed(f"{where} closed the connection")
        decoder.feed(data)
