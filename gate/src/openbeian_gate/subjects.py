"""Which service a request is for, who makes it, for what use: fixed, in a header, or told by a function."""

from collections.abc import Callable
from typing import Final, TypeVar
from urllib.parse import quote

from openbeian_gate.policy import Admission

__all__ = [
    "NUMBER_HEADER",
    "PERMIT_HEADER",
    "SERVICE_HEADER",
    "USER_HEADER",
    "USE_HEADER",
    "admission_header",
    "header_value",
    "resolve_subject",
]

NUMBER_HEADER: Final = "Openbeian-Filing-Number"
"""Carries the filing number in the answer of an admitted service."""
SERVICE_HEADER: Final = "X-Openbeian-Service"
"""Names the service in a request, where the operator's own front sets it."""
PERMIT_HEADER: Final = "Openbeian-Sandbox-Permit"
"""Carries the permit's number in the answer of a service that a sandbox permit lets through."""
USER_HEADER: Final = "X-Openbeian-User"
"""Names the user in a request. The operator's own front sets it, or takes out what a caller has sent."""
USE_HEADER: Final = "X-Openbeian-Use"
"""Names what the service is used for; set by the operator's own front likewise."""
_PLAIN: Final = "!#$&'()*+,-./:;<=>?@[]^_`{|}~ "

_Request = TypeVar("_Request")


def resolve_subject(subject: str | Callable[[_Request], str], request: _Request) -> str:
    """Return the service, user or use that `request` names; empty where it names none."""
    return subject if isinstance(subject, str) else subject(request)


def header_value(number: str) -> str:
    """Write a filing number as a header's value: UTF-8, percent-encoded where it is not plain ASCII."""
    return quote(number, safe=_PLAIN)


def admission_header(admission: Admission) -> tuple[str, str]:
    """Return the header that says by which filing, or by which permit, a service was let through."""
    if admission.permit:
        return PERMIT_HEADER, header_value(admission.permit)
    return NUMBER_HEADER, header_value(admission.number)
