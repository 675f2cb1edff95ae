"""Internet addresses and networks: who may come from where, and what a server of ours may be sent to."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_TRANSLATED = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
"""NAT64 (RFC 6052, 8215): the last 32 bits are the IPv4 address that is reached."""
_TUNNELLED = (ipaddress.IPv6Network("2002::/16"), ipaddress.IPv6Network("2001::/32"))
"""6to4 and Teredo: they carry an IPv4 address and no site needs them."""


def parse_address(text: str) -> Address:
    """An address as a request or a resolver names it; an IPv4 address in IPv6 clothes is the IPv4 one.

    Raises ValueError.
    """
    found = ipaddress.ip_address(text.strip().partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def parse_network(text: str) -> Network:
    """``10.77.34.41``, ``10.77.34.0/24``, ``2001:db8::/32``; bits behind the prefix are dropped. Raises ValueError."""
    found = ipaddress.ip_network(text.strip(), strict=False)
    if isinstance(found, ipaddress.IPv6Network) and found.subnet_of(_MAPPED):
        mapped = found.network_address.ipv4_mapped
        return ipaddress.ip_network((int(mapped or 0), found.prefixlen - _MAPPED.prefixlen), strict=False)
    return found


def written(network: Network) -> str:
    """The one way to write a network; a single address without its prefix."""
    return str(network.network_address) if network.prefixlen == network.max_prefixlen else str(network)


def contains(networks: Iterable[str], address: str) -> bool:
    """Whether the address lies in one of the networks; one that cannot be read lies in none."""
    try:
        wanted = parse_address(address)
    except ValueError:
        return False
    return any(_lies_in(wanted, text) for text in networks)


def _lies_in(address: Address, text: str) -> bool:
    try:
        return address in parse_network(text)
    except ValueError:
        return False


def is_public(address: Address) -> bool:
    """Whether anybody on the Internet has this address: not private, not this machine, not a link's, not a
    cloud's metadata service (169.254.169.254, fd00:ec2::254), nor any of these in an IPv6 disguise."""
    if isinstance(address, ipaddress.IPv6Address):
        if any(address in network for network in _TRANSLATED):
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address.is_site_local or any(address in network for network in _TUNNELLED):
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
