"""How many requests a minute one address, one person or one key may make: counted in memory, whose by hash.

What is counted in one worker process another doesn't know: with several, up to so many times as much gets
through. Requests from this very machine are not counted: they are our own, or those of a proxy that we
were not told of.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from openbeian.core.errors import NotNowError
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.network import is_local, network_of

__all__ = ["MINUTE_S", "TooOftenError", "check_rate"]

MINUTE_S: Final = 60
_KNOWN_TO_AN_ADDRESS: Final = 20
"""So many times more may come from one address where people and keys behind it are told apart."""


class TooOftenError(NotNowError):
    """More requests than a minute allows."""

    code = "too_often"
    http_status = 429


class _Counted(NamedTuple):
    who: str
    most: int


def check_rate(request: HttpRequest, *, at: datetime) -> None:
    """Count a request.

    Raises:
        TooOftenError: Whoever asks has asked as often as this minute allows.
    """
    most = settings.BEIAN_REQUESTS_A_MINUTE
    if not most or is_local(request):
        return
    minute = int(at.timestamp()) // MINUTE_S
    for counted in _counted(request, most):
        name = "rate:" + hashlib.sha256(f"{minute}:{counted.who}".encode()).hexdigest()
        cache.add(name, 0, 2 * MINUTE_S)
        if cache.incr(name) > counted.most:
            raise TooOftenError(
                f"请求过于频繁（每分钟最多 {counted.most} 次）；请一分钟后再试。",
                f"Too many requests (at most {counted.most} a minute); try again in a minute.",
            )


def _counted(request: HttpRequest, most: int) -> Iterator[_Counted]:
    network = network_of(request)
    key = request.headers.get("Authorization", "")
    if key:
        who = f"key:{key}"
    elif isinstance(request.user, User):
        who = f"person:{request.user.pk}"
    else:
        yield _Counted(f"address:{network}", most)
        return
    yield _Counted(f"behind:{network}", most * _KNOWN_TO_AN_ADDRESS)
    yield _Counted(who, most)
