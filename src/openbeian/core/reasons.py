"""Reasons by code: why something was sent back, refused, suspended, revoked or ended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from openbeian.core.errors import BadInputError
from openbeian.core.text import Text

__all__ = [
    "OTHER",
    "Reason",
    "ReasonCodeMissingError",
    "ReasonUse",
    "UnknownReasonError",
    "check_reason",
    "reason_use",
    "reasons_for",
]

OTHER: Final = "other"
"""The code of what no other code says; then the words say it alone."""


class ReasonUse(StrEnum):
    """What a reason is given for."""

    RETURN = "return"
    REFUSE = "refuse"
    SEND_BACK = "send_back"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    REVOKE = "revoke"
    CANCEL = "cancel"


_USES: Final = {
    "return_for_correction": ReasonUse.RETURN,
    "give_back": ReasonUse.RETURN,
    "refuse": ReasonUse.REFUSE,
    "refuse_nationally": ReasonUse.REFUSE,
    "reject": ReasonUse.REFUSE,
    "reject_nationally": ReasonUse.REFUSE,
    "send_back": ReasonUse.SEND_BACK,
    "send_back_nationally": ReasonUse.SEND_BACK,
    "look_again": ReasonUse.SEND_BACK,
    "look_again_nationally": ReasonUse.SEND_BACK,
    "suspend": ReasonUse.SUSPEND,
    "reinstate": ReasonUse.REINSTATE,
    "revoke": ReasonUse.REVOKE,
    "cancel": ReasonUse.CANCEL,
}


class ReasonCodeMissingError(BadInputError):
    """The step needs a reason by code."""

    code = "reason_code_missing"


class UnknownReasonError(BadInputError):
    """The code names no reason that may be given here."""

    code = "unknown_reason"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: its code, its words, what it may be given for, and what it rests on."""

    code: str
    text: Text
    uses: frozenset[ReasonUse]
    basis: Text


def reason_use(step_name: str) -> ReasonUse | None:
    """Return what a reason for this step is called; None where the step needs none."""
    return _USES.get(step_name)


def reasons_for(reasons: Iterable[Reason], step_name: str) -> tuple[Reason, ...]:
    """Return the reasons that may be given for a step, in their order."""
    use = reason_use(step_name)
    return tuple(one for one in reasons if use in one.uses)


def check_reason(reasons: Iterable[Reason], step_name: str, code: str) -> str:
    """Return the code under which a reason for this step is kept; a step that needs no reason keeps none.

    Raises:
        ReasonCodeMissingError: The step needs a reason by code.
        UnknownReasonError: No such reason may be given for this step.
    """
    possible: Sequence[str] = [one.code for one in reasons_for(reasons, step_name)]
    if not possible:
        return ""
    if not code:
        raise ReasonCodeMissingError(
            f"须选择理由代码；可选：{'、'.join(possible)}。",
            f"The reason needs its code; choose from: {', '.join(possible)}.",
        )
    if code not in possible:
        raise UnknownReasonError(
            f"「{code}」不是这一步骤可用的理由代码；可选：{'、'.join(possible)}。",
            f"“{code}” is no code of a reason for this step; choose from: {', '.join(possible)}.",
        )
    return code
