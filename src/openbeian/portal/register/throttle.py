"""How often one address may report, and how many reports there may be: counted, and nothing kept of whose.

An address is counted under a keyed hash whose key changes with every hour, in memory only. What is counted
in one worker process another doesn't know; the limits on open reports, in the database, hold for all.
"""

import hashlib
import hmac
import ipaddress
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from openbeian.core.errors import NotNowError

__all__ = ["TooManyError", "check_not_too_often"]

_MOST_AN_HOUR: Final = 5
_HOUR: Final = timedelta(hours=1)
_IPV6_NETWORK: Final = 64


class TooManyError(NotNowError):
    """So many reports that one more is put off."""

    code = "too_many"
    http_status = 429


def check_not_too_often(request: HttpRequest, *, at: datetime) -> None:
    """Count one report of whoever asks.

    Raises:
        TooManyError: They have reported as often as an hour allows.
    """
    hour = int(at.timestamp() // _HOUR.total_seconds())
    secret = f"{settings.SECRET_KEY}:reports:{hour}".encode()
    name = "report:" + hmac.new(secret, _network(request).encode(), hashlib.sha256).hexdigest()
    cache.add(name, 0, _HOUR.total_seconds())
    if cache.incr(name) > _MOST_AN_HOUR:
        raise TooManyError(
            "您在一小时内反馈得太多了；请稍后再试。",
            "You have reported too often within an hour; try again later.",
        )


def _network(request: HttpRequest) -> str:
    """Return where a request comes from; of an IPv6 address the network, which is one household's."""
    written = str(request.META.get("REMOTE_ADDR", ""))
    if settings.SECURE_PROXY_SSL_HEADER:
        # Only what our own proxy added, at the end, is true.
        written = request.headers.get("X-Forwarded-For", written).rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return written
    if address.version == 4:  # noqa: PLR2004  the version's own number
        return str(address)
    return str(ipaddress.ip_network((address, _IPV6_NETWORK), strict=False))
