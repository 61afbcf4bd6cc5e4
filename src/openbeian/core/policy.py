"""Whether something can be done now; who may do it is `permissions`."""

from openbeian.core.errors import BadInputError, NotNowError
from openbeian.core.facts import ApplicationFacts, Facts
from openbeian.core.lifecycle import Step, next_status
from openbeian.core.standard import FULL_PROFILE

__all__ = [
    "AlreadyDecidedError",
    "CorrectionsOpenError",
    "NoCorrectionsError",
    "NotDecidedError",
    "ProfileNotAcceptedError",
    "ReasonMissingError",
    "check_countersign_now",
    "check_profile_accepted",
    "check_step_now",
]


class ReasonMissingError(BadInputError):
    """The step can only be taken with a reason."""

    code = "reason_missing"


class CorrectionsOpenError(NotNowError):
    """Corrections asked for are not settled yet."""

    code = "corrections_open"


class NoCorrectionsError(NotNowError):
    """An application goes back only with items to correct."""

    code = "no_corrections"


class AlreadyDecidedError(NotNowError):
    """A first decision is made and waits for its countersignature."""

    code = "already_decided"


class NotDecidedError(NotNowError):
    """There is no first decision to countersign."""

    code = "not_decided"


class ProfileNotAcceptedError(BadInputError):
    """The assessment used a reduced sample."""

    code = "profile_not_accepted"


def check_step_now(facts: Facts, step: Step, *, reason: str = "") -> None:
    """Check that `step` is possible in the present state; where it takes two people, as first decision.

    Raises:
        TransitionNotAllowedError: The step does not lead away from the present status.
        AlreadyDecidedError: A first decision is pending.
        ReasonMissingError: The step needs a reason.
        CorrectionsOpenError: Corrections are open and the step passes the application on.
        NoCorrectionsError: The application would go back with nothing to correct.
    """
    next_status(facts.status, step)
    if step.four_eyes and facts.first_decision_by is not None:
        raise AlreadyDecidedError(
            "已有决定等待会签，不能再作决定；请由会签人办理。",
            "A decision already waits for its countersignature; a countersigner has to deal with it first.",
        )
    if step.needs_reason and not reason.strip():
        raise ReasonMissingError(
            f"「{step.label.zh}」须写明理由。", f"“{step.label.en}” needs a reason; write it down."
        )
    if isinstance(facts, ApplicationFacts):
        _check_corrections(facts, step)


def _check_corrections(facts: ApplicationFacts, step: Step) -> None:
    if step.name == "recommend" and facts.open_corrections:
        raise CorrectionsOpenError(
            f"还有 {facts.open_corrections} 项补正未了结；请逐项了结后再提请决定。",
            f"{facts.open_corrections} corrections are still open; settle each before recommending.",
        )
    if step.name == "return_for_correction" and not facts.open_corrections:
        raise NoCorrectionsError(
            "退回补正前须至少列出一项补正内容。",
            "List at least one item to correct before returning the application.",
        )


def check_countersign_now(facts: Facts, step: Step) -> None:
    """Check that the decision `step` can be countersigned in the present state.

    Raises:
        TransitionNotAllowedError: The step does not lead away from the present status.
        NotDecidedError: Nobody has decided yet.
    """
    next_status(facts.status, step)
    if facts.first_decision_by is None:
        raise NotDecidedError(
            f"「{step.label.zh}」尚无决定可会签；请先由决定人作出决定。",
            f"Nobody has decided “{step.label.en}” yet; a decider has to go first.",
        )


def check_profile_accepted(profile: str, *, production: bool) -> None:
    """Check that an assessment under this profile is accepted: reduced ones never in production.

    Raises:
        ProfileNotAcceptedError: The profile is reduced and the portal is a production one.
    """
    if production and profile not in {"", FULL_PROFILE}:
        raise ProfileNotAcceptedError(
            f"评估采用缩小样本的「{profile}」方案，不能用于备案；请按完整样本重新评估。",
            f"The assessment used the reduced profile “{profile}”, which no filing can rest on; assess again "
            "with the full sample.",
        )
