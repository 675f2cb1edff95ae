"""Who may come from where, and what our servers may be sent to."""

from __future__ import annotations

import pytest

from app.core.networks import contains, is_public, parse_address, parse_network, written


@pytest.mark.parametrize(
    ("entered", "kept"),
    [
        ("10.77.34.41", "10.77.34.41"),
        (" 10.77.34.41/24 ", "10.77.34.0/24"),
        ("203.0.113.7/32", "203.0.113.7"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("2001:db8::1", "2001:db8::1"),
        ("::ffff:10.77.34.41", "10.77.34.41"),
        ("::ffff:10.77.34.0/120", "10.77.34.0/24"),
        ("0.0.0.0/0", "0.0.0.0/0"),
    ],
)
def test_a_network_is_kept_in_one_way(entered: str, kept: str) -> None:
    assert written(parse_network(entered)) == kept


@pytest.mark.parametrize("entered", ["", "10.77.34", "10.77.34.256", "10.0.0.0/33", "office", "010.1.1.1"])
def test_what_is_no_network_is_refused(entered: str) -> None:
    with pytest.raises(ValueError):
        parse_network(entered)


@pytest.mark.parametrize(
    ("networks", "address", "inside"),
    [
        (["10.77.34.0/24"], "10.77.34.255", True),
        (["10.77.34.0/24"], "10.77.35.0", False),
        (["10.77.34.41"], "::ffff:10.77.34.41", True),
        (["2001:db8::/32"], "2001:db8:ffff::1%eth0", True),
        (["2001:db8::/32"], "10.77.34.41", False),
        (["0.0.0.0/0"], "2001:db8::1", False),
        (["nonsense", "10.77.34.41"], "10.77.34.41", True),
        (["10.77.34.41"], "", False),
        (["10.77.34.41"], "unix:", False),
        ([], "10.77.34.41", False),
    ],
)
def test_an_address_lies_in_a_network_or_not(networks: list[str], address: str, inside: bool) -> None:
    assert contains(networks, address) is inside


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "64:ff9b::8.8.8.8"])
def test_the_internet_is_public(address: str) -> None:
    assert is_public(parse_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1",
        "169.254.169.254", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fe80::1", "fd00:ec2::254", "fec0::1",
        "ff02::1", "64:ff9b::127.0.0.1", "64:ff9b:1::10.0.0.1", "2002:7f00:1::", "2001:0:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_everything_else_is_not(address: str) -> None:
    assert not is_public(parse_address(address))
