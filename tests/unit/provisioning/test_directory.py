"""The SIP directory as a tree."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from app.core.errors import InvalidDefinition
from provisioning.directory import SipUser, a1_hash, directory_xml


def test_ha1_is_that_of_rfc_7616() -> None:
    # RFC 2617 §3.5: the example whose HA1 is quoted everywhere.
    assert a1_hash("Mufasa", "testrealm@host.com", "Circle Of Life") == "939e7578ed9e3c518a452acee763bce9"


def test_users_have_a_digest_and_the_variables_of_their_legs() -> None:
    users = [
        SipUser(f"demo-100{n}", a1_hash(f"demo-100{n}", "sangdam.local", "geheim"), 7, 100 + n, f"100{n}")
        for n in (1, 2)
    ]
    text = directory_xml(users)
    assert "geheim" not in text
    root = ElementTree.fromstring(text)
    (group,) = root
    assert (group.tag, group.get("name")) == ("group", "t7")
    assert [user.get("id") for user in group.findall("users/user")] == ["demo-1001", "demo-1002"]
    first = group.find("users/user")
    assert first is not None
    params = {p.get("name"): p.get("value") for p in first.iter("param")}
    assert params == {"a1-hash": a1_hash("demo-1001", "sangdam.local", "geheim")}
    variables = {v.get("name"): v.get("value") for v in first.iter("variable")}
    assert variables["user_context"] == "agents"
    assert variables["sangdam_tenant"] == "7"
    assert variables["sangdam_agent"] == "101"
    assert variables["sangdam_role"] == "agent"
    assert variables["effective_caller_id_number"] == "1001"
    assert variables["app_disable_expand_variables"] == "true"


def test_no_users_is_an_empty_include() -> None:
    assert ElementTree.fromstring(directory_xml([])).tag == "include"


GOOD = SipUser("demo-1001", "0" * 32, 1, 101, "1001")


@pytest.mark.parametrize(
    "bad",
    [
        SipUser("a b", GOOD.a1_hash, 1, 1, "1001"),
        SipUser("${x}", GOOD.a1_hash, 1, 1, "1001"),
        SipUser("", GOOD.a1_hash, 1, 1, "1001"),
        SipUser("a", "geheim", 1, 1, "1001"),
        SipUser("a", "0" * 31 + "G", 1, 1, "1001"),
        SipUser("a", GOOD.a1_hash, 1, 1, "10-01"),
    ],
)
def test_what_a_directory_cannot_hold_is_refused(bad: SipUser) -> None:
    with pytest.raises(InvalidDefinition):
        directory_xml([GOOD, bad])
