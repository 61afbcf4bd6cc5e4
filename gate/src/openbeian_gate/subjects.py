"""Which service a request is for: fixed, in a header, or told by a function."""

from collections.abc import Callable
from typing import Final, TypeVar
from urllib.parse import quote

__all__ = ["NUMBER_HEADER", "SERVICE_HEADER", "header_value", "resolve_subject"]

NUMBER_HEADER: Final = "Openbeian-Filing-Number"
"""Carries the filing number in the answer of an admitted service."""
SERVICE_HEADER: Final = "X-Openbeian-Service"
"""Names the service in a request, where the operator's own front sets it."""
_PLAIN: Final = "!#$&'()*+,-./:;<=>?@[]^_`{|}~ "

_Request = TypeVar("_Request")


def resolve_subject(subject: str | Callable[[_Request], str], request: _Request) -> str:
    """Return the service id or filing number that `request` is for; empty where it names none."""
    return subject if isinstance(subject, str) else subject(request)


def header_value(number: str) -> str:
    """Write a filing number as a header's value: UTF-8, percent-encoded where it is not plain ASCII."""
    return quote(number, safe=_PLAIN)
