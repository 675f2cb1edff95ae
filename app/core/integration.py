"""연동 URL: the page of a tenant's own system that opens with a call, with gaps for what the call is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from app.core.networks import is_public, parse_address

PLACEHOLDERS = ("number", "agent", "menu", "call")
"""``{number}`` the customer's, digits only; ``{agent}`` 상담사ID; ``{menu}`` 상담메뉴; ``{call}`` the call's id."""

LONGEST = 500

_GAP = re.compile(r"\{([^{}]*)\}")
_UNFIT = re.compile(r"[\s\x00-\x1f\x7f\"'<>\\^`|]")
_KEPT = "%/?#:@!$&()*+,;=-._~[]"
"""Characters of a URL that stay as they are typed (RFC 3986); what is not ASCII is percent-encoded."""


def url_problem(template: str) -> str | None:
    """Why this cannot be a 연동 URL, as a code; None when it can. The host is not looked up.

    Codes: url_too_long, url_form, url_scheme, url_user, url_host_gap, url_gap, url_private.
    """
    if len(template) > LONGEST:
        return "url_too_long"
    if _UNFIT.search(template):
        return "url_form"
    bare = _GAP.sub("0", template)
    try:
        parts = urlsplit(template.strip())
        parts_of_bare = urlsplit(bare)
        host, _ = parts_of_bare.hostname, parts_of_bare.port
    except ValueError:
        return "url_form"
    if parts_of_bare.scheme.lower() not in ("http", "https"):
        return "url_scheme"
    if not host:
        return "url_form"
    if "@" in parts_of_bare.netloc:
        return "url_user"
    if "{" in parts.netloc or "}" in parts.netloc or "{" in parts.scheme:
        return "url_host_gap"
    if any(name not in PLACEHOLDERS for name in _GAP.findall(template)) or re.search(r"[{}]", bare):
        return "url_gap"
    return "url_private" if _is_private_name(host) else None


def _is_private_name(host: str) -> bool:
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith((".localhost", ".local", ".internal", ".home.arpa")):
        return True
    try:
        return not is_public(parse_address(name))
    except ValueError:
        return "." not in name and ":" not in name


def fill(template: str, values: Mapping[str, str]) -> str:
    """The URL of one call: each gap becomes its value, percent-encoded whole, so that a value is never more
    than a value; a gap without one becomes empty."""
    pieces: list[str] = []
    end = 0
    for gap in _GAP.finditer(template):
        pieces += [quote(template[end : gap.start()], safe=_KEPT), quote(values.get(gap[1], ""), safe="")]
        end = gap.end()
    return "".join([*pieces, quote(template[end:], safe=_KEPT)])
