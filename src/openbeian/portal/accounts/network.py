"""Where a request comes from."""

import ipaddress
from typing import Final

from django.conf import settings
from django.http import HttpRequest

__all__ = ["address_of", "is_local", "network_of"]

_IPV6_NETWORK: Final = 64


def address_of(request: HttpRequest) -> str:
    """Return the address a request comes from; of what a proxy says only what our own added is true."""
    written = str(request.META.get("REMOTE_ADDR", ""))
    if settings.SECURE_PROXY_SSL_HEADER:
        written = request.headers.get("X-Forwarded-For", written).rpartition(",")[2].strip()
    return written


def network_of(request: HttpRequest) -> str:
    """Return where a request comes from; of an IPv6 address the network, which is one household's."""
    written = address_of(request)
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return written
    if address.version == 4:  # noqa: PLR2004  the version's own number
        return str(address)
    return str(ipaddress.ip_network((address, _IPV6_NETWORK), strict=False))


def is_local(request: HttpRequest) -> bool:
    """Say whether a request comes from this very machine: from ourselves, or a proxy we don't know of."""
    try:
        return ipaddress.ip_address(address_of(request)).is_loopback
    except ValueError:
        return False
