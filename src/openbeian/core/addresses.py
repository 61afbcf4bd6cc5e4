"""Which addresses may be called on behalf of somebody outside: public ones, and what an office allows.

An address that a provider or a subscriber names (a channel for testing, a webhook) could lead into the
office's own network: loopback, private ranges, a cloud's metadata. The rule takes only what the registries of
IANA call globally reachable (RFC 6890, RFC 8190), and looks into the IPv6 forms that carry an IPv4 address.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from openbeian.core.errors import BadInputError

__all__ = ["Network", "is_reachable", "parse_networks"]

Network = IPv4Network | IPv6Network
_Address = IPv4Address | IPv6Address

_NAT64: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""RFC 6052 and 8215: the last 32 bits are an IPv4 address that a translator calls."""
_COMPATIBLE: Final = IPv6Network("::/96")
"""RFC 4291, 2.5.5.1, deprecated: the last 32 bits are an IPv4 address."""
_UNICAST: Final = IPv6Network("2000::/3")
"""All of IPv6 that is given out for hosts (RFC 4291, 2.4, and IANA's registry)."""
_KEPT: Final = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))
"""For protocols, of which clouds use some for metadata (RFC 6890), and former relays (RFC 7526)."""


def is_reachable(address: str, allowed: Iterable[Network] = ()) -> bool:
    """Say whether the IP address may be called: it is public, or in a range that is allowed.

    Of a form of IPv6 that carries an IPv4 address both must be public; a range that holds either allows it.
    What is no IP address may not be called.
    """
    try:
        written = ip_address(address)
    except ValueError:
        return False
    meant = [written, *_carried(written)]
    if any(one in network for network in allowed for one in meant):
        return True
    mapped = isinstance(written, IPv6Address) and written.ipv4_mapped is not None
    return all(_is_public(one) for one in (meant[1:] if mapped else meant))


def parse_networks(written: Iterable[str]) -> tuple[Network, ...]:
    """Return the ranges written as `10.1.0.0/16`, `192.0.2.7` or `fd00::/8`.

    Raises:
        BadInputError: One is no range.
    """
    return tuple(_network(one) for one in written)


def _network(written: str) -> Network:
    try:
        return ip_network(written)
    except ValueError as error:
        raise BadInputError(
            f"「{written}」不是网段；请写成 10.1.0.0/16 或 192.0.2.7 的形式，主机位须为零。",
            f"“{written}” is no range of addresses; write it as 10.1.0.0/16 or 192.0.2.7, with no bits set "
            "behind the prefix.",
        ) from error


def _carried(address: _Address) -> list[_Address]:
    """Return the IPv4 addresses that an IPv6 address leads to."""
    if isinstance(address, IPv4Address):
        return []
    carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _COMPATIBLE or any(address in network for network in _NAT64):
        carried.append(IPv4Address(int(address) & 0xFFFF_FFFF))
    return [one for one in carried if one is not None]


def _is_public(address: _Address) -> bool:
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _KEPT)
    return not address.scope_id and (address in _UNICAST or address in _NAT64[0])
