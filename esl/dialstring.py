"""Dial strings: whom to call, with which channel variables.

FreeSWITCH (switch_ivr_originate.c, switch_event_create_brackets) splits a dial string at ``:_:``, ``|``
and ``,``, takes ``<…>``, ``{…}`` and ``[…]`` off it, counting brackets without regard to quotes, splits
those at commas or at a separator announced by ``^^``, removes quotes and backslashes, and expands
``${…}``; the ``originate`` command splits the whole at blanks first. No quoting survives all of this.
So no value may hold any of these characters, and there is nothing to escape; the one exception is
the comma of a tone description or list, which is sound as ``\\,`` within ``{…}``.

Nothing that a caller controls belongs here except his number and, cleaned by :func:`display_name`,
his name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from esl import values
from esl.errors import UnsafeValue

_HEADER = re.compile(r"sip_h_X-Sangdam-[0-9A-Za-z-]{1,48}")
_OWN = re.compile(r"sangdam_[0-9a-z_]{1,56}")
_CODECS = re.compile(r"[0-9A-Za-z@]{1,20}(,[0-9A-Za-z@]{1,20}){0,7}")
_STREAM = re.compile(r"(local_stream://|silence_stream://|tone_stream://|/)[0-9A-Za-z_./%=;:@()*+ ,-]{0,500}")
_TONE = re.compile(r"%\([0-9.,; ]{1,120}\)")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\[\]{}<>,'\"\\|$`^]|:_:")
_NESTED = re.compile("origination_nested_vars", re.IGNORECASE)


def _uuid(value: str) -> str:
    return values.uuid(value)


def _number(value: str) -> str:
    return values.number(value)


def _caller_id(value: str) -> str:
    return value if value == "anonymous" else values.number(value)


def _text(value: str) -> str:
    if _FORBIDDEN.search(value) or _NESTED.search(value) or value != value.strip(" ") or len(value) > 512:
        raise UnsafeValue(f"a dial string cannot carry {value[:80]!r}")
    return value


def _seconds(value: str) -> str:
    if not re.fullmatch(r"[0-9]{1,5}", value):
        raise UnsafeValue(f"not seconds: {value[:80]!r}")
    return value


def _flag(value: str) -> str:
    if value not in ("true", "false"):
        raise UnsafeValue(f"neither true nor false: {value[:80]!r}")
    return value


def _flag_or_causes(value: str) -> str:
    if value in ("true", "false"):
        return value
    for part in value.split(","):
        values.cause(part)
    return value


def _codecs(value: str) -> str:
    if not _CODECS.fullmatch(value):
        raise UnsafeValue(f"not a list of codecs: {value[:80]!r}")
    return value


def _playable(value: str) -> str:
    if value in ("true", "false") or _STREAM.fullmatch(value) or _TONE.fullmatch(value):
        return value
    raise UnsafeValue(f"neither a file, a stream nor a tone: {value[:80]!r}")


_ALLOWED: dict[str, Callable[[str], str]] = {
    "absolute_codec_string": _codecs,
    "call_timeout": _seconds,
    "continue_on_fail": _flag_or_causes,
    "fail_on_single_reject": _flag_or_causes,
    "hangup_after_bridge": _flag,
    "ignore_early_media": _flag,
    "instant_ringback": _flag,
    "leg_delay_start": _seconds,
    "leg_progress_timeout": _seconds,
    "leg_timeout": _seconds,
    "media_webrtc": _flag,
    "origination_caller_id_name": _text,
    "origination_caller_id_number": _caller_id,
    "origination_callee_id_name": _text,
    "origination_callee_id_number": _number,
    "originate_continue_on_timeout": _flag,
    "originate_timeout": _seconds,
    "origination_uuid": _uuid,
    "park_after_bridge": _flag,
    "park_timeout": _seconds,
    "ringback": _playable,
    "rtp_secure_media": _flag,
    "sip_auto_answer": _flag,
    "sip_cid_type": values.name,
    "transfer_ringback": _playable,
}


def display_name(text: str, limit: int = 48) -> str:
    """A name, from wherever, as a dial string can carry it: what it cannot becomes a blank.

    May come out empty; then leave the variable out.
    """
    cleaned = _NESTED.sub(" ", re.sub(r"[\x00-\x1f\x7f\[\]{}<>,'\"\\|$`^:=@/;]", " ", text))
    cleaned = cleaned.encode("utf-8", "replace").decode("utf-8")
    return " ".join(cleaned.split())[:limit].strip()


def check_variable(name: str, value: str) -> str:
    """The value, if the variable is on the allow list and the value is of its kind; else UnsafeValue."""
    if _HEADER.fullmatch(name) or _OWN.fullmatch(name):
        return _text(value)
    check = _ALLOWED.get(name)
    if check is None:
        raise UnsafeValue(f"not a variable for dial strings: {name[:80]!r}")
    return check(value)


@dataclass(frozen=True, slots=True)
class User:
    """A registered extension, wherever it is registered."""

    extension: str
    domain: str
    variables: Mapping[str, str] = field(default_factory=dict)

    def address(self) -> str:
        if "@" in self.extension:
            raise UnsafeValue(f"an extension has no domain: {self.extension[:80]!r}")
        return f"user/{values.extension(self.extension)}@{values.domain(self.domain)}"


@dataclass(frozen=True, slots=True)
class Gateway:
    """A telephone number through a trunk."""

    gateway: str
    number: str
    variables: Mapping[str, str] = field(default_factory=dict)

    def address(self) -> str:
        return f"sofia/gateway/{values.name(self.gateway)}/{values.number(self.number)}"


Endpoint = User | Gateway


@dataclass(frozen=True, slots=True)
class DialString:
    """Endpoints called ``simultaneous``-ly (the first to answer wins) or ``sequential``-ly.

    ``variables`` go to every leg, an endpoint's own only to its leg. Anything that is not on the allow list
    or could end the value early raises UnsafeValue.
    """

    endpoints: tuple[Endpoint, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    order: Literal["simultaneous", "sequential"] = "simultaneous"

    def text(self) -> str:
        if not self.endpoints:
            raise UnsafeValue("nobody to call")
        if len(self.endpoints) > 1 and "origination_uuid" in self.variables:
            raise UnsafeValue("one UUID for several legs: give each endpoint its own")
        separator = {"simultaneous": ",", "sequential": "|"}[self.order]
        legs = separator.join(_variables("[]", e.variables) + e.address() for e in self.endpoints)
        return _variables("{}", self.variables) + legs

    __str__ = text


def _variables(brackets: str, variables: Mapping[str, str]) -> str:
    if not variables:
        return ""
    pairs = []
    for name, value in variables.items():
        checked = check_variable(name, value)
        if "," in checked:
            if brackets != "{}":
                raise UnsafeValue(f"a comma is only possible in a variable of all legs: {name}")
            checked = checked.replace(",", "\\,")
        pairs.append(f"{name}={checked}")
    return brackets[0] + ",".join(pairs) + brackets[1]
