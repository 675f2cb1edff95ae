"""The shapes of single settings: what a port, an address, a carrier looks like, and how it is refused.

Every parser takes what stood in the environment and raises ``ValueError`` with a sentence that says
what is allowed. The sentence is shown to the person who starts the product.
"""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

_HOSTNAME = re.compile(r"^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,62}\.)*[A-Za-z0-9-]{0,62}[A-Za-z0-9]?$")
_ACCOUNT = re.compile(r"^[A-Za-z0-9._+*#-]{1,64}$")


@dataclass(frozen=True, slots=True)
class PortRange:
    """The UDP ports from which FreeSWITCH takes one for each audio stream; both ends belong to it."""

    low: int
    high: int

    def __contains__(self, port: int) -> bool:
        return self.low <= port <= self.high

    def __str__(self) -> str:
        return f"{self.low}-{self.high}"


@dataclass(frozen=True, slots=True)
class Carrier:
    """Where calls to the outside go: the SIP server of a carrier, with an account if it asks for one."""

    host: str
    port: int = 5060
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    transport: str = "udp"

    @property
    def proxy(self) -> str:
        """``host:port`` as a SIP gateway wants it; an IPv6 host in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The setting in one line, password included, as :func:`carrier` reads it."""
        account = (
            f"{quote(self.username, safe='+*#')}:{quote(self.password or '', safe='')}@"
            if self.username
            else ""
        )
        return f"{account}{self.proxy};transport={self.transport}"


def port(value: object) -> int:
    """A TCP or UDP port, 1 to 65535."""
    text = str(value).strip()
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ValueError("a port is a whole number from 1 to 65535")
    return int(text)


def port_range(value: object) -> PortRange:
    """``20000-32000``: at least 20 ports (one call takes two to four), both ends included."""
    if isinstance(value, PortRange):
        return value
    match = re.fullmatch(r"\s*(\d{1,5})\s*-\s*(\d{1,5})\s*", str(value))
    if match is None:
        raise ValueError("a range of ports is written first-last, for example 20000-32000")
    low, high = port(match[1]), port(match[2])
    if low < 1024:
        raise ValueError("audio ports start at 1024 or above")
    if high - low < 19:
        raise ValueError("the range has to hold at least 20 ports, because a call takes up to four")
    return PortRange(low, high)


def ip_address(value: object) -> str:
    """An IPv4 or IPv6 address in figures; names are refused because SIP needs the very address."""
    try:
        return str(ipaddress.ip_address(str(value).strip()))
    except ValueError:
        raise ValueError("this has to be an IP address in figures, for example 127.0.0.1") from None


def host(value: object) -> str:
    """A host name or an IP address."""
    text = str(value).strip()
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        pass
    if not _HOSTNAME.match(text):
        raise ValueError("this has to be a host name or an IP address")
    return text.lower()


def networks(value: object) -> tuple[str, ...]:
    """Networks in CIDR notation, separated by commas: ``203.0.113.0/28,198.51.100.7``."""
    items = [str(part) for part in value] if isinstance(value, tuple | list) else str(value).split(",")
    found: list[str] = []
    for item in (part.strip() for part in items):
        if not item:
            continue
        try:
            network = ipaddress.ip_network(item, strict=False)
        except ValueError:
            raise ValueError(f"{item!r} is not a network; write for example 203.0.113.0/28") from None
        if network.prefixlen == 0:
            raise ValueError(f"{item} would let the whole world send calls; name the carrier's networks")
        found.append(str(network))
    if not found:
        raise ValueError("at least one network is needed, for example 127.0.0.0/8")
    return tuple(dict.fromkeys(found))


def carrier(value: object) -> Carrier:
    """``host``, ``host:port`` or ``user:password@host:port``, ``;transport=tcp`` may follow.

    In the password ``@``, ``:`` and ``/`` are written ``%40``, ``%3A`` and ``%2F``.
    """
    if isinstance(value, Carrier):
        return value
    text, _, parameters = str(value).strip().removeprefix("sip:").partition(";")
    transport = "udp"
    if parameters:
        name, _, transport = parameters.partition("=")
        if name != "transport" or transport not in ("udp", "tcp", "tls"):
            raise ValueError(
                "after the semicolon only transport=udp, transport=tcp or transport=tls may stand"
            )
    account, at, place = text.rpartition("@")
    match = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::(\d{1,5}))?", place)
    if match is None:
        raise ValueError("a carrier is written host:port or user:password@host:port")
    username, password = None, None
    if at:
        username, colon, password = (unquote(part) for part in account.partition(":"))
        if not _ACCOUNT.match(username) or not colon or not password:
            raise ValueError("a carrier's account is written user:password before the @")
        if not password.isprintable() or set(password) & set("\"'<>&${}"):
            raise ValueError("the carrier's password has characters that a SIP account cannot have")
    default = 5061 if transport == "tls" else 5060
    return Carrier(host(match[1]), port(match[2]) if match[2] else default, username, password, transport)


def proxies(value: object) -> int:
    """How many proxies stand in front of the web, one behind the other."""
    text = str(value).strip()
    if len(text) != 1 or text not in "0123456789":
        raise ValueError("the number of proxies in front is a whole number from 0 to 9")
    return int(text)


def voice(value: object) -> str:
    """What speaks announcements."""
    text = str(value).strip().lower()
    if text not in ("auto", "espeak", "sherpa", "none"):
        raise ValueError("write one of auto, espeak, sherpa, none")
    return text


def voice_model(value: object) -> Path:
    """The directory of a model for sherpa-onnx; which kind of model it is shows when it is used."""
    path = Path(os.path.abspath(Path(str(value)).expanduser()))
    if not path.is_dir():
        raise ValueError(f"{path} is not a directory; name the one that holds the model's files")
    if not any(path.glob("*.onnx")):
        raise ValueError(f"{path} holds no .onnx file; name the directory in which the model's files are")
    return path


def voice_speaker(value: object) -> int:
    """The number of a speaker."""
    text = str(value).strip()
    if not text.isascii() or not text.isdigit() or int(text) > 999:
        raise ValueError("a speaker is a whole number from 0 to 999")
    return int(text)
