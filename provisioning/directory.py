"""The SIP directory: which phones may register, and what is known of the leg that each of them is.

Passwords are never written. A digest is checked against HA1 = MD5(user:realm:password) (RFC 7616 §3.4.2),
which is only good for this one realm.
"""

from __future__ import annotations

import hashlib
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from app.core.definitions import AgentId, TenantId
from app.core.errors import InvalidDefinition

MEDIA_TIMEOUT_MS = 300_000
HOLD_TIMEOUT_MS = 1_800_000

_USER = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HA1 = re.compile(r"[0-9a-f]{32}")
_EXTENSION = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class SipUser:
    """A SIP account: an agent's (browser, softphone, desk phone: all of them register with it)."""

    user: str
    a1_hash: str
    tenant_id: TenantId
    agent_id: AgentId
    extension: str


def a1_hash(user: str, domain: str, password: str) -> str:
    """HA1 of an account, as the directory stores it."""
    return hashlib.md5(f"{user}:{domain}:{password}".encode(), usedforsecurity=False).hexdigest()


def directory_xml(users: Iterable[SipUser]) -> str:
    """The users of one tenant as a group of their own, to be included among the domain's groups. Raises
    InvalidDefinition.

    One group for all would make each reload slow: FreeSWITCH walks along all users of a group for each that it
    reads (switch_xml.c: switch_xml_insert), which for twenty thousand takes tens of seconds (bench.publish).
    """
    root = Element("include")
    groups: dict[TenantId, Element] = {}
    for user in users:
        _check(user)
        if user.tenant_id not in groups:
            group = SubElement(root, "group", name=f"t{user.tenant_id}")
            groups[user.tenant_id] = SubElement(group, "users")
        element = SubElement(groups[user.tenant_id], "user", id=user.user)
        params = SubElement(element, "params")
        SubElement(params, "param", name="a1-hash", value=user.a1_hash)
        variables = SubElement(element, "variables")
        for name, value in _variables(user):
            SubElement(variables, "variable", name=name, value=value)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _variables(user: SipUser) -> list[tuple[str, str]]:
    """Set on each leg of the user's, whether it calls or is called."""
    return [
        ("user_context", "agents"),
        ("sangdam_tenant", str(user.tenant_id)),
        ("sangdam_agent", str(user.agent_id)),
        ("sangdam_role", "agent"),
        # Outside calls carry the number that the controller sets; this is for calls inside.
        ("effective_caller_id_number", user.extension),
        ("effective_caller_id_name", user.extension),
        ("app_disable_expand_variables", "true"),
        ("sip_copy_custom_headers", "false"),
        ("playback_terminators", "none"),
        ("media_timeout", str(MEDIA_TIMEOUT_MS)),
        ("media_hold_timeout", str(HOLD_TIMEOUT_MS)),
    ]


def _check(user: SipUser) -> None:
    if not _USER.fullmatch(user.user):
        raise InvalidDefinition("not a SIP user name", field="sip_user", value=user.user)
    if not _HA1.fullmatch(user.a1_hash):
        raise InvalidDefinition("not an HA1 digest", field="a1_hash", value="")
    if not _EXTENSION.fullmatch(user.extension):
        raise InvalidDefinition("not an extension", field="extension", value=user.extension)
