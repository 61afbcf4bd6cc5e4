"""Failed sign-ins, found without keeping whose they were: the table holds keyed hashes only."""

import hashlib
import hmac
from datetime import datetime

from django.conf import settings

from openbeian.core.sign_in import Failure, locked_until
from openbeian.portal.accounts.models import SignInFailure

__all__ = ["failures_of", "hidden", "lock_of"]


def hidden(what: str, value: str) -> str:
    """Return the keyed hash under which an account or a network is counted."""
    key = f"{settings.SECRET_KEY}:sign-in:{what}".encode()
    return hmac.new(key, value.strip().lower().encode(), hashlib.sha256).hexdigest()


def failures_of(email: str, *, network: str) -> list[Failure]:
    """Return the failed sign-ins to an account that are still kept, seen from a network."""
    here = hidden("network", network)
    rows = SignInFailure.objects.filter(account=hidden("account", email)).values_list("at", "network")
    return [Failure(at, where == here) for at, where in rows]


def lock_of(email: str, *, network: str, at: datetime) -> datetime | None:
    """Return until when an account is locked for a network; None where it is open."""
    return locked_until(failures_of(email, network=network), at=at)
