"""The guard before every call to an address that a provider or a subscriber named.

`check_address` refuses at once what can be seen in the address itself, for a form to say so. What counts is
`guarded_connector`: it looks at the very address a socket is about to be connected to, after names are
resolved, for each connection and each redirect. So a name that resolves to something else the second time
gains nothing: what was checked is what is connected to. Proxies of the environment are not used.
"""

import errno
import socket
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from django.conf import settings

from openbeian.core.addresses import Network, is_reachable, parse_networks
from openbeian.core.errors import BadInputError

__all__ = ["AddressRefusedError", "allowed_networks", "check_address", "guarded_connector"]

_SCHEMES: Final = ("http", "https")
_LOCAL: Final = ("localhost", ".localhost", ".local", ".internal")
_HIDES_USER: Final = "@"

AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]
"""As `getaddrinfo` gives it: family, type, protocol, canonical name, socket address."""


class AddressRefusedError(BadInputError):
    """An address leads where nothing may be called."""

    code = "address_refused"


def allowed_networks() -> tuple[Network, ...]:
    """Return the ranges that this office allows beside public ones (BEIAN_OUTBOUND_ALLOWED)."""
    return parse_networks(settings.BEIAN_OUTBOUND_ALLOWED)


def check_address(address: str, allowed: Sequence[Network] | None = None) -> None:
    """Check the address of a call as it is written; names are looked at as the connection is made.

    Raises:
        AddressRefusedError: It is no HTTP address, carries a password, or names a place that is not public.
    """
    allowed = allowed_networks() if allowed is None else allowed
    try:
        parts = urlsplit(address)
        host, _ = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in _SCHEMES or not host or not address.isprintable():
        raise AddressRefusedError(
            f"「{address}」不是可以调用的网址；请给出以 https:// 开头的网址。",
            f"“{address}” is no address that can be called; give one that begins with https://.",
        )
    if _HIDES_USER in parts.netloc:
        raise AddressRefusedError(
            "网址中不能写用户名或密码；请去掉「@」及其前面的部分。",
            "An address must not carry a name or a password; leave out what stands before the “@”.",
        )
    if not _may_name(host, allowed):
        raise _refused(host)


def guarded_connector(allowed: Sequence[Network] | None = None) -> aiohttp.TCPConnector:
    """Return a connector for an `aiohttp` session that connects to nothing but what may be called.

    A call elsewhere fails with `aiohttp.ClientConnectorError`, whose words name the address.
    """
    networks = allowed_networks() if allowed is None else allowed

    def make_socket(info: AddressInfo) -> socket.socket:
        family, kind, protocol, _, where = info
        if not is_reachable(str(where[0]), networks):
            raise PermissionError(
                errno.EACCES, f"{where[0]} is not public / 不是公网地址 (BEIAN_OUTBOUND_ALLOWED)"
            )
        return socket.socket(family, kind, protocol)

    # Without remembered names every connection is resolved, checked and made in one go.
    return aiohttp.TCPConnector(limit=0, use_dns_cache=False, socket_factory=make_socket)


def _may_name(host: str, allowed: Sequence[Network]) -> bool:
    """Say whether a host may be named; a name that always means this machine stands for loopback."""
    lowered = host.lower()
    if lowered == _LOCAL[0] or lowered.endswith(_LOCAL[1:]):
        return is_reachable("127.0.0.1", allowed)
    last = lowered.rpartition(".")[2]
    if ":" in host or last.isdecimal() or last.startswith("0x"):
        return is_reachable(_as_address(host), allowed)
    return True


def _as_address(host: str) -> str:
    """Return a host in the form the system would read it: 127.1 and 0x7f000001 are 127.0.0.1."""
    if ":" in host:
        return host
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return host


def _refused(host: str) -> AddressRefusedError:
    return AddressRefusedError(
        f"地址「{host}」不在公网上，不能调用；请给出公网地址，或请管理员在 BEIAN_OUTBOUND_ALLOWED "
        "中允许该网段。",
        f"The address “{host}” is not public, so it can't be called; give a public one, or have an "
        "administrator allow its range in BEIAN_OUTBOUND_ALLOWED.",
    )
