"""Sandbox permits: a service not yet on file, used by named people or so many trial users, until a day.

A permit names its uses and its last day; its testers are named, trial users are at most so many. The gates
divide the trial users among them, since none knows what another lets in. What was granted may be made
narrower or ended, never wider: for more, the provider asks for another.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from openbeian.core.errors import BadInputError, NotNowError
from openbeian.core.policy import AlreadyDecidedError, NotDecidedError, ReasonMissingError
from openbeian.core.text import Text

__all__ = [
    "LONGEST_FOR",
    "MOST_GATES",
    "MOST_TESTERS",
    "MOST_TRIAL_USERS",
    "STATE_LABELS",
    "USE_LABELS",
    "AlreadyFiledError",
    "NotNarrowerError",
    "PermitFacts",
    "PermitState",
    "PermitStatus",
    "PermitTerms",
    "PermitUse",
    "check_countersign_permit_now",
    "check_decide_permit_now",
    "check_narrower",
    "check_reason_given",
    "check_restrict_now",
    "check_terms",
    "check_withdraw_permit_now",
    "permit_state",
    "quota",
]

LONGEST_FOR: Final = timedelta(days=183)
MOST_TESTERS: Final = 500
MOST_TRIAL_USERS: Final = 10_000
MOST_GATES: Final = 100


class AlreadyFiledError(NotNowError):
    """The service is on file, or its application came to an end: it takes no permit."""

    code = "already_filed"


class NotNarrowerError(BadInputError):
    """What is to limit a permit would not."""

    code = "not_narrower"


class PermitUse(StrEnum):
    """What a service may be used for under a permit; requests name it by this code."""

    EVALUATION = "evaluation"
    INTERNAL = "internal"
    DEMONSTRATION = "demonstration"
    RESEARCH = "research"
    TRIAL = "trial"


USE_LABELS: Final = {
    PermitUse.EVALUATION: Text("测试评估", "Testing and assessment"),
    PermitUse.INTERNAL: Text("单位内部使用", "Use inside an organisation"),
    PermitUse.DEMONSTRATION: Text("展示演示", "Demonstration"),
    PermitUse.RESEARCH: Text("教学科研", "Teaching and research"),
    PermitUse.TRIAL: Text("用户试用", "Trial by users"),
}


class PermitStatus(StrEnum):
    """What was decided."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class PermitState(StrEnum):
    """How a permit stands on a day."""

    ASKED = "asked"
    UPCOMING = "upcoming"
    ACTIVE = "active"
    EXPIRED = "expired"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


STATE_LABELS: Final = {
    PermitState.ASKED: Text("申请中", "Asked for"),
    PermitState.UPCOMING: Text("未开始", "Not begun"),
    PermitState.ACTIVE: Text("有效", "Active"),
    PermitState.EXPIRED: Text("已到期", "Expired"),
    PermitState.REFUSED: Text("未准许", "Refused"),
    PermitState.WITHDRAWN: Text("已撤回", "Withdrawn"),
    PermitState.ENDED: Text("提前结束", "Ended early"),
}


@dataclass(frozen=True, slots=True)
class PermitTerms:
    """What a permit lets happen; both days belong to it."""

    uses: frozenset[PermitUse]
    testers: int
    trial_users: int
    gates: int
    begins_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class PermitFacts:
    """A permit as the rules see it; people are named by their ids."""

    status: PermitStatus
    jurisdiction: str
    provider_id: str
    asked_by: str
    begins_on: date
    ends_on: date
    first_decision_by: str | None = None
    """Who has decided and waits for a countersignature; None where no decision is pending."""


def quota(trial_users: int, gates: int) -> int:
    """Return how many trial users one gate lets in."""
    return trial_users // gates


def permit_state(facts: PermitFacts, *, on: date) -> PermitState:
    """Return how a permit stands on a day."""
    if facts.status is not PermitStatus.GRANTED:
        return PermitState(facts.status.value)
    if on < facts.begins_on:
        return PermitState.UPCOMING
    return PermitState.ACTIVE if on <= facts.ends_on else PermitState.EXPIRED


def check_terms(terms: PermitTerms, *, on: date) -> None:
    """Check what is asked for on a day.

    Raises:
        BadInputError: It names nobody or nothing, too many, too long, or days gone by.
    """
    if not terms.uses:
        raise BadInputError("请至少选一项用途。", "Choose at least one use.")
    if not terms.testers and not terms.trial_users:
        raise BadInputError(
            "请列出测试人员，或写明试用人数。", "Name testers, or say how many trial users there may be."
        )
    _check_range(Text("测试人员", "testers"), terms.testers, 0, MOST_TESTERS)
    _check_range(Text("试用人数", "trial users"), terms.trial_users, 0, MOST_TRIAL_USERS)
    _check_range(Text("闸口数", "gates"), terms.gates, 1, MOST_GATES)
    if terms.trial_users and not quota(terms.trial_users, terms.gates):
        raise BadInputError(
            "试用人数少于闸口数，每个闸口一个名额也分不到；请减少闸口或增加人数。",
            "There are fewer trial users than gates, so none gets a place; name fewer gates or more users.",
        )
    if not on <= terms.begins_on <= terms.ends_on < terms.begins_on + LONGEST_FOR:
        raise BadInputError(
            f"开始日期不得早于今天，结束日期不得早于开始日期，全程不超过 {LONGEST_FOR.days} 天；请改正日期。",
            "A permit begins today or later, ends on that day or later, and lasts at most "
            f"{LONGEST_FOR.days} days; change the dates.",
        )


def _check_range(what: Text, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise BadInputError(
            f"{what.zh}应在 {least} 至 {most} 之间，现为 {number}；请改正。",
            f"The number of {what.en} has to be between {least} and {most}, not {number}; change it.",
        )


def check_narrower(held: PermitTerms, wanted: PermitTerms, *, on: date) -> None:
    """Check that `wanted` limits `held`: fewer uses, fewer trial users or an earlier end, and nothing more.

    Raises:
        NotNarrowerError: It would let more happen, or nothing would change.
        BadInputError: It would leave nothing, or end before today; then the permit is to be ended.
    """
    is_within = (
        wanted.uses <= held.uses and wanted.trial_users <= held.trial_users and wanted.ends_on <= held.ends_on
    )
    others = replace(wanted, uses=held.uses, trial_users=held.trial_users, ends_on=held.ends_on)
    if not is_within or others != held or wanted == held:
        raise NotNarrowerError(
            "限制只能减少用途、试用人数或提前结束日期，且至少改一项；如需放宽，请由提供者另行申请。",
            "To limit is to take away uses or trial users or to bring the end forward, at least one of them; "
            "for more, the provider has to ask for another permit.",
        )
    if wanted.ends_on < on or not wanted.uses or not (wanted.testers or wanted.trial_users):
        raise BadInputError(
            "这样限制之后许可已无内容；如要停止，请提前结束许可。",
            "Nothing would be left of the permit; to stop it, end it.",
        )


def check_decide_permit_now(facts: PermitFacts) -> None:
    """Check that a first decision can be made.

    Raises:
        NotNowError: The permit is decided, withdrawn, or waits for a countersignature.
    """
    _check_asked(facts)
    if facts.first_decision_by is not None:
        raise AlreadyDecidedError(
            "已有决定等待会签，不能再作决定；请由会签人办理。",
            "A decision already waits for its countersignature; a countersigner has to deal with it first.",
        )


def check_countersign_permit_now(facts: PermitFacts) -> None:
    """Check that a decision can be countersigned.

    Raises:
        NotNowError: The permit is decided or withdrawn, or nobody has decided yet.
    """
    _check_asked(facts)
    if facts.first_decision_by is None:
        raise NotDecidedError(
            "尚无决定可会签；请先由决定人作出决定。", "Nobody has decided yet; a decider has to go first."
        )


def check_withdraw_permit_now(facts: PermitFacts) -> None:
    """Check that what was asked for can be withdrawn.

    Raises:
        NotNowError: It is decided or withdrawn.
    """
    _check_asked(facts)


def _check_asked(facts: PermitFacts) -> None:
    if facts.status is not PermitStatus.ASKED:
        raise NotNowError(
            "此许可申请已经办结，不能再办理这一步。",
            "This permit is decided; the step can't be taken any more.",
        )


def check_restrict_now(facts: PermitFacts, *, on: date) -> None:
    """Check that a permit can be limited or ended on a day.

    Raises:
        NotNowError: It was not granted, or has ended.
    """
    if permit_state(facts, on=on) not in {PermitState.ACTIVE, PermitState.UPCOMING}:
        raise NotNowError(
            "只有已准许且未结束的许可可以限制或提前结束。",
            "Only a permit that was granted and has not ended can be limited or ended.",
        )


def check_reason_given(reason: str) -> None:
    """Check that there is a reason.

    Raises:
        ReasonMissingError: There is none.
    """
    if not reason.strip():
        raise ReasonMissingError("请写明理由。", "Write the reason down.")
