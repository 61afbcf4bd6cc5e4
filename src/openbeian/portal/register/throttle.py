"""How often one address may report, and how many reports there may be: counted, and nothing kept of whose.

An address is counted under a keyed hash whose key changes with every hour, in memory only. What is counted
in one worker process another doesn't know; the limits on open reports, in the database, hold for all.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from openbeian.core.errors import NotNowError
from openbeian.portal.accounts.network import network_of

__all__ = ["TooManyError", "check_not_too_often"]

_MOST_AN_HOUR: Final = 5
_HOUR: Final = timedelta(hours=1)


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
    name = "report:" + hmac.new(secret, network_of(request).encode(), hashlib.sha256).hexdigest()
    cache.add(name, 0, _HOUR.total_seconds())
    if cache.incr(name) > _MOST_AN_HOUR:
        raise TooManyError(
            "您在一小时内反馈得太多了；请稍后再试。",
            "You have reported too often within an hour; try again later.",
        )
