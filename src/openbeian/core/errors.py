"""What can go wrong, one class per reason.

Every error says in one sentence what is wrong, where, and how to mend it, in both languages.
Commands print it and exit with `exit_code`; the portal turns it into a page or an RFC 9457
problem document with `http_status`, in one place.
"""

from typing import ClassVar

from openbeian.core.text import Text

__all__ = ["BadInputError", "CouldNotRunError", "DomainError", "NotAllowedError", "NotNowError"]


class DomainError(Exception):
    """The base of every error this project raises on purpose."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 2
    http_status: ClassVar[int] = 400

    def __init__(self, zh: str, en: str) -> None:
        """Say what is wrong, where, and how to mend it: `zh` in Chinese, `en` in English."""
        super().__init__(en)
        self.text = Text(zh, en)


class BadInputError(DomainError):
    """What was handed in can't be read or breaks a rule of its format."""

    code = "bad_input"
    http_status = 422


class CouldNotRunError(DomainError):
    """The work could not be done for a reason outside the input: unreachable target, full disk."""

    code = "could_not_run"
    exit_code = 3
    http_status = 503


class NotAllowedError(DomainError):
    """This person may not do this (permission: who)."""

    code = "not_allowed"
    http_status = 403


class NotNowError(DomainError):
    """This can't be done in the present state (policy: whether now)."""

    code = "not_now"
    http_status = 409
