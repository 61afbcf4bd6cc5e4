"""The id of the request being answered, for every log line written meanwhile."""

import re
import secrets
from contextvars import ContextVar
from typing import Final

__all__ = ["current_request_id", "request_id_for"]

current_request_id: Final[ContextVar[str]] = ContextVar("request_id", default="")
_ID: Final = re.compile(r"[0-9A-Za-z-]{8,64}")


def request_id_for(given: str, *, trusted: bool) -> str:
    """Return the id a proxy gave, where there is one to be trusted and it is one; else a new one."""
    if trusted and _ID.fullmatch(given):
        return given
    return secrets.token_hex(8)
