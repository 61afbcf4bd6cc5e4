"""Whether something can be done now; who may do it is `permissions`."""

from collections.abc import Sequence
from typing import Final

from openbeian.core.errors import BadInputError, NotNowError
from openbeian.core.facts import ApplicationFacts, Facts, PetitionFacts
from openbeian.core.lifecycle import FilingStatus, Step, next_status
from openbeian.core.petitions import check_level
from openbeian.core.standard import FULL_PROFILE
from openbeian.core.text import Text

__all__ = [
    "AlreadyDecidedError",
    "BaseNotValidError",
    "CorrectionsOpenError",
    "NoCorrectionsError",
    "NotDecidedError",
    "ProfileNotAcceptedError",
    "ReasonMissingError",
    "RequirementsOpenError",
    "WrongRouteError",
    "check_concluded",
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


class RequirementsOpenError(NotNowError):
    """Requirements have no conclusion yet."""

    code = "requirements_open"


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


class WrongRouteError(NotNowError):
    """The step belongs to the other of the two routes."""

    code = "wrong_route"


class BaseNotValidError(NotNowError):
    """The model that the application calls is not validly on file."""

    code = "base_not_valid"


def check_step_now(facts: Facts, step: Step, *, reason: str = "") -> None:
    """Check that `step` is possible in the present state; where it takes two people, as first decision.

    Raises:
        TransitionNotAllowedError: The step does not lead away from the present status.
        AlreadyDecidedError: A first decision is pending.
        ReasonMissingError: The step needs a reason.
        CorrectionsOpenError: Corrections are open and the step passes the application on.
        NoCorrectionsError: The application would go back with nothing to correct.
        WrongRouteError: The step belongs to the other route.
        BaseNotValidError: The step rests on a base model whose filing is not valid.
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
        _check_base(facts, step)
    _check_way(facts, step)


def _check_way(facts: Facts, step: Step) -> None:
    """Check that `step` belongs to the route, or to the way a petition goes."""
    if isinstance(facts, PetitionFacts):
        check_level(facts, step)
    elif facts.route not in step.routes:
        raise WrongRouteError(
            f"「{step.label.zh}」不是{'登记' if facts.route == 'registration' else '备案'}的步骤；"
            "请选择该路径的步骤。",
            f"“{step.label.en}” is not a step of a {facts.route}; choose one that is.",
        )


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


def _check_base(facts: ApplicationFacts, step: Step) -> None:
    if step.needs_base and facts.base_status != FilingStatus.VALID.value:
        said = _BASE_WORDS.get(facts.base_status, _BASE_WORDS[""])
        raise BaseNotValidError(
            f"所调用模型的备案{said.zh}，不能「{step.label.zh}」；请先核实其备案，或退回补正。",
            f"The filing of the model it calls {said.en}, so “{step.label.en}” is not possible; look into "
            "that filing first, or return the application for correction.",
        )


_BASE_WORDS: Final = {
    "": Text("在公示名单中查不到", "is not in the register"),
    FilingStatus.SUSPENDED.value: Text("已暂停", "is suspended"),
    FilingStatus.REVOKED.value: Text("已撤销", "is revoked"),
    FilingStatus.CANCELLED.value: Text("已注销", "is cancelled"),
    FilingStatus.EXPIRED.value: Text("已到期", "has expired"),
}


def check_countersign_now(facts: Facts, step: Step) -> None:
    """Check that the decision `step` can be countersigned in the present state.

    Raises:
        TransitionNotAllowedError: The step does not lead away from the present status.
        NotDecidedError: Nobody has decided yet.
        WrongRouteError: The step belongs to the other route.
        BaseNotValidError: The step rests on a base model whose filing is not valid.
    """
    next_status(facts.status, step)
    _check_way(facts, step)
    if isinstance(facts, ApplicationFacts):
        _check_base(facts, step)
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


def check_concluded(open_requirements: Sequence[str]) -> None:
    """Check that every requirement has a conclusion; what has none is given by its id.

    Raises:
        RequirementsOpenError: One has none.
    """
    if open_requirements:
        raise RequirementsOpenError(
            f"还有 {len(open_requirements)} 项要求没有结论，如 {open_requirements[0]}；请先逐项作出结论。",
            f"{len(open_requirements)} requirements have no conclusion yet, such as {open_requirements[0]}; "
            "conclude each before recommending.",
        )
