"""Checks that a value stays a value. All raise :class:`UnsafeValue`, naming what was wrong."""

from __future__ import annotations

import re
from functools import lru_cache

from esl.errors import UnsafeValue

_UUID = re.compile(r"[0-9a-zA-Z-]{1,64}")
_CAUSE = re.compile(r"[A-Z_]{1,64}")
_NAME = re.compile(r"[0-9A-Za-z_.-]{1,64}")
_VARIABLE = re.compile(r"[A-Za-z_][0-9A-Za-z_.-]{0,79}")
_EXTENSION = re.compile(r"[0-9A-Za-z_.+*#@-]{1,64}")
_DIGITS = re.compile(r"[0-9A-Da-dWw*#]{1,128}")
_NUMBER = re.compile(r"\+?[0-9*#]{1,20}")
_DOMAIN = re.compile(r"[0-9A-Za-z.-]{1,253}")
_PLAIN_TOKEN = re.compile(r"[0-9A-Za-z_.,:;/+*#@=%&()!-]+")
_LINE_END = re.compile(r"[\r\n\0]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# As in FreeSWITCH (switch_string_var_check): a dollar, any backslashes, a brace.
_EXPANSION = re.compile(r"\$\\*\{")
# Variables whose value FreeSWITCH itself executes, or that change how dial strings are parsed.
_EXECUTED = re.compile(
    r"(execute_on_|api_on_|api_hangup|api_reporting|exec_after|bridge_pre_execute|origination_nested_vars)",
    re.IGNORECASE,
)


def _must(pattern: re.Pattern[str], what: str, value: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise UnsafeValue(f"not {what}: {str(value)[:80]!r}")
    return value


def uuid(value: str) -> str:
    """A UUID of a channel, job or task: letters, digits and hyphens, 64 at most."""
    return _must(_UUID, "a UUID", value)


def cause(value: str) -> str:
    """A hangup cause in FreeSWITCH's spelling, as NORMAL_CLEARING."""
    return _must(_CAUSE, "a hangup cause", value)


@lru_cache(maxsize=1024)
def name(value: str) -> str:
    """A name of an application, context, dialplan, gateway, profile or event."""
    return _must(_NAME, "a name", value)


@lru_cache(maxsize=1024)
def variable(value: str) -> str:
    """A channel variable's name, of those whose value is not executed."""
    _must(_VARIABLE, "a variable's name", value)
    if _EXECUTED.match(value):
        raise UnsafeValue(f"FreeSWITCH executes the value of this variable: {value!r}")
    return value


def extension(value: str) -> str:
    """What the dialplan matches on."""
    return _must(_EXTENSION, "an extension", value)


def number(value: str) -> str:
    """A telephone number: digits, * and #, a plus in front, 20 digits at most."""
    return _must(_NUMBER, "a telephone number", value)


def digits(value: str) -> str:
    """DTMF digits; w and W pause for half a second and for a second."""
    return _must(_DIGITS, "DTMF digits", value)


def domain(value: str) -> str:
    return _must(_DOMAIN, "a domain", value)


def line(value: str) -> str:
    """Text that fits one line of the protocol: no CR, LF or NUL."""
    if _LINE_END.search(value):
        raise UnsafeValue(f"CR, LF or NUL in {value[:80]!r}")
    return value


def unexpanded(value: str) -> str:
    """One line in which FreeSWITCH would expand nothing: no ``${``."""
    if _EXPANSION.search(line(value)):
        raise UnsafeValue(f"FreeSWITCH would expand ${{…}} in {value[:80]!r}")
    return value


def token(value: str) -> str:
    """The value as one word of an api command, quoted where needed.

    FreeSWITCH (switch_separate_string) knows single quotes, and a backslash before a quote or a
    backslash; nothing else is special within quotes. Expansions and control characters are refused.
    """
    if _CONTROL.search(value):
        raise UnsafeValue(f"a control character in {value[:80]!r}")
    unexpanded(value)
    if not value:
        raise UnsafeValue("an empty word")
    if _PLAIN_TOKEN.fullmatch(value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def seconds(value: int, at_least: int = 0) -> str:
    """Whole seconds, a day at most."""
    if isinstance(value, bool) or not isinstance(value, int) or not at_least <= value <= 86400:
        raise UnsafeValue(f"not a number of seconds from {at_least} to 86400: {value!r}")
    return str(value)


def encode(text: str) -> bytes:
    """UTF-8; a string with lone surrogates has none."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise UnsafeValue(f"not encodable as UTF-8: {text[:80]!r}") from None
