"""Sends one report to the register over HTTP."""

import http.client
import urllib.error
import urllib.request
from enum import StrEnum
from typing import Final

__all__ = ["Outcome", "send_report"]

_NO_USE_REPEATING: Final = frozenset({400, 409, 413, 422})


class Outcome(StrEnum):
    """What came of it."""

    STORED = "stored"
    REFUSED = "refused"
    """It will never be taken: there is something wrong with it."""
    LATER = "later"
    """It may be taken another time: the register is out of reach or busy, or doesn't know the key."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect could carry the key to somebody else."""

    def redirect_request(self, *_: object) -> None:
        """Follow none."""


_opener: Final = urllib.request.build_opener(_NoRedirects)


def send_report(address: str, key: str, data: bytes, *, timeout_s: float) -> tuple[Outcome, str]:
    """Send one report; never raises. Return what came of it, and why where it was not stored."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    try:
        request = urllib.request.Request(address, data, headers)  # noqa: S310  the caller allows http(s) only
        with _opener.open(request, timeout=timeout_s) as answer:
            answer.read(0)
    except urllib.error.HTTPError as error:
        with error:
            outcome = Outcome.REFUSED if error.code in _NO_USE_REPEATING else Outcome.LATER
            return outcome, f"the register answered {error.code}"
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Outcome.LATER, f"the register can't be reached ({error})"
    return Outcome.STORED, ""
