"""The life of an application and of a filing: one table of steps each.

Everything about a step stands in its row: from where, to where, who may take it. The diagram in
`docs/reference/lifecycle.md` is generated from these tables and compared in the checks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from openbeian.core.errors import NotNowError
from openbeian.core.roles import OrganisationKind, Role
from openbeian.core.text import Text

__all__ = [
    "APPLICATION_STEPS",
    "FILING_STEPS",
    "OWNERS",
    "STATUS_LABELS",
    "ApplicationStatus",
    "FilingStatus",
    "Status",
    "Step",
    "TransitionNotAllowedError",
    "is_final",
    "next_status",
    "steps_from",
]


class ApplicationStatus(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    RETEST = "retest"
    CORRECTION = "correction"
    PROVINCIAL_DECISION = "provincial_decision"
    NATIONAL_DECISION = "national_decision"
    CONFIRMED = "confirmed"
    GRANTED = "granted"
    CERTIFIED = "certified"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class FilingStatus(StrEnum):
    """Whether a service may be offered under its filing."""

    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


Status = ApplicationStatus | FilingStatus


@dataclass(frozen=True, slots=True)
class Step:
    """One allowed change of status, and who may make it."""

    name: str
    label: Text
    sources: tuple[Status, ...]
    target: Status
    office: OrganisationKind
    roles: frozenset[Role]
    four_eyes: bool = False
    """Whether the step is only taken by two different people (decide, then countersign)."""
    needs_reason: bool = False
    """Whether whoever takes the step must say why."""
    routes: frozenset[str] = frozenset({"filing", "registration"})
    """On which routes an application may take it."""
    needs_base: bool = False
    """Whether the filing of the model that is called has to be valid at this moment."""


class TransitionNotAllowedError(NotNowError):
    """The step does not exist from the present status."""

    code = "transition_not_allowed"


_A = ApplicationStatus
_F = FilingStatus
_PROVIDER = OrganisationKind.PROVIDER
_PROVINCE = OrganisationKind.PROVINCIAL
_NATION = OrganisationKind.NATIONAL
_DECIDERS = frozenset({Role.DECIDER, Role.COUNTERSIGNER})
_FILING = frozenset({"filing"})
_REGISTRATION = frozenset({"registration"})
_WITHDRAWABLE = (_A.DRAFT, _A.SUBMITTED, _A.IN_REVIEW, _A.RETEST, _A.CORRECTION)


def _step(
    name: str,
    label: Text,
    sources: tuple[Status, ...],
    target: Status,
    office: OrganisationKind,
    *roles: Role,
    **more: Any,  # noqa: ANN401  the further fields of a step
) -> Step:
    return Step(name, label, sources, target, office, frozenset(roles), **more)


def _decision(
    name: str,
    label: Text,
    sources: tuple[Status, ...],
    target: Status,
    office: OrganisationKind,
    *,
    needs_reason: bool = True,
    **more: Any,  # noqa: ANN401  the further fields of a step
) -> Step:
    more |= {"four_eyes": True, "needs_reason": needs_reason}
    return Step(name, label, sources, target, office, _DECIDERS, **more)


def _by_name(*steps: Step) -> Mapping[str, Step]:
    return {step.name: step for step in steps}


APPLICATION_STEPS: Final[Mapping[str, Step]] = _by_name(
    _step("submit", Text("提交", "Submit"), (_A.DRAFT,), _A.SUBMITTED, _PROVIDER, Role.PREPARER),
    _step("accept", Text("受理", "Accept"), (_A.SUBMITTED,), _A.IN_REVIEW, _PROVINCE, Role.INTAKE_OFFICER),
    _step(
        "return_for_correction",
        Text("退回补正", "Return for correction"),
        (_A.SUBMITTED, _A.IN_REVIEW),
        _A.CORRECTION,
        _PROVINCE,
        Role.INTAKE_OFFICER,
        Role.REVIEWER,
        needs_reason=True,
    ),
    _step(
        "resubmit", Text("补正后提交", "Resubmit"), (_A.CORRECTION,), _A.IN_REVIEW, _PROVIDER, Role.PREPARER
    ),
    _step("order_retest", Text("技术复测", "Re-test"), (_A.IN_REVIEW,), _A.RETEST, _PROVINCE, Role.REVIEWER),
    _step(
        "record_retest",
        Text("复测完成", "Record re-test"),
        (_A.RETEST,),
        _A.IN_REVIEW,
        _PROVINCE,
        Role.TESTER,
    ),
    _step(
        "recommend",
        Text("提请决定", "Recommend for decision"),
        (_A.IN_REVIEW,),
        _A.PROVINCIAL_DECISION,
        _PROVINCE,
        Role.REVIEWER,
    ),
    _decision(
        "approve",
        Text("省级通过", "Approve (province)"),
        (_A.PROVINCIAL_DECISION,),
        _A.NATIONAL_DECISION,
        _PROVINCE,
        needs_reason=False,
        routes=_FILING,
    ),
    _decision(
        "grant",
        Text("准予登记", "Grant the registration (province)"),
        (_A.PROVINCIAL_DECISION,),
        _A.GRANTED,
        _PROVINCE,
        needs_reason=False,
        routes=_REGISTRATION,
        needs_base=True,
    ),
    _decision(
        "refuse", Text("省级不予通过", "Refuse (province)"), (_A.PROVINCIAL_DECISION,), _A.REFUSED, _PROVINCE
    ),
    _decision(
        "send_back",
        Text("省级退回审查", "Send back to review (province)"),
        (_A.PROVINCIAL_DECISION,),
        _A.IN_REVIEW,
        _PROVINCE,
    ),
    _decision(
        "confirm",
        Text("国家确认", "Confirm (nation)"),
        (_A.NATIONAL_DECISION,),
        _A.CONFIRMED,
        _NATION,
        needs_reason=False,
    ),
    _decision(
        "refuse_nationally",
        Text("国家不予确认", "Refuse (nation)"),
        (_A.NATIONAL_DECISION,),
        _A.REFUSED,
        _NATION,
    ),
    _decision(
        "send_back_nationally",
        Text("国家退回省级审查", "Send back to the province (nation)"),
        (_A.NATIONAL_DECISION,),
        _A.IN_REVIEW,
        _NATION,
    ),
    _step(
        "certify",
        Text("批次发证", "Certify in a round"),
        (_A.CONFIRMED,),
        _A.CERTIFIED,
        _NATION,
        Role.PUBLISHER,
        routes=_FILING,
    ),
    _step(
        "register",
        Text("编号上线", "Enter in the register"),
        (_A.GRANTED,),
        _A.CERTIFIED,
        _PROVINCE,
        Role.PUBLISHER,
        routes=_REGISTRATION,
        needs_base=True,
    ),
    _step("withdraw", Text("撤回", "Withdraw"), _WITHDRAWABLE, _A.WITHDRAWN, _PROVIDER, Role.PREPARER),
)

FILING_STEPS: Final[Mapping[str, Step]] = _by_name(
    _decision("suspend", Text("暂停", "Suspend"), (_F.VALID,), _F.SUSPENDED, _NATION),
    _decision("reinstate", Text("恢复", "Reinstate"), (_F.SUSPENDED,), _F.VALID, _NATION),
    _decision("revoke", Text("撤销", "Revoke"), (_F.VALID, _F.SUSPENDED), _F.REVOKED, _NATION),
    _decision("cancel", Text("注销", "Cancel"), (_F.VALID, _F.SUSPENDED), _F.CANCELLED, _NATION),
    _decision(
        "expire",
        Text("到期", "Expire"),
        (_F.VALID, _F.SUSPENDED),
        _F.EXPIRED,
        _NATION,
        needs_reason=False,
    ),
)

STATUS_LABELS: Final[Mapping[Status, Text]] = {
    _A.DRAFT: Text("草稿", "Draft"),
    _A.SUBMITTED: Text("待受理", "Submitted"),
    _A.IN_REVIEW: Text("审查中", "In review"),
    _A.RETEST: Text("技术复测中", "Re-test"),
    _A.CORRECTION: Text("待补正", "Correction"),
    _A.PROVINCIAL_DECISION: Text("待省级决定", "Provincial decision"),
    _A.NATIONAL_DECISION: Text("待国家决定", "National decision"),
    _A.CONFIRMED: Text("已确认待发证", "Confirmed"),
    _A.GRANTED: Text("准予登记待编号", "Registration granted"),
    _A.CERTIFIED: Text("已发证", "Certified"),
    _A.REFUSED: Text("不予备案", "Refused"),
    _A.WITHDRAWN: Text("已撤回", "Withdrawn"),
    _F.VALID: Text("有效", "Valid"),
    _F.SUSPENDED: Text("暂停", "Suspended"),
    _F.REVOKED: Text("已撤销", "Revoked"),
    _F.CANCELLED: Text("已注销", "Cancelled"),
    _F.EXPIRED: Text("已到期", "Expired"),
}

OWNERS: Final[Mapping[ApplicationStatus, OrganisationKind | None]] = {
    _A.DRAFT: _PROVIDER,
    _A.SUBMITTED: _PROVINCE,
    _A.IN_REVIEW: _PROVINCE,
    _A.RETEST: _PROVINCE,
    _A.CORRECTION: _PROVIDER,
    _A.PROVINCIAL_DECISION: _PROVINCE,
    _A.NATIONAL_DECISION: _NATION,
    _A.CONFIRMED: _NATION,
    _A.GRANTED: _PROVINCE,
    _A.CERTIFIED: None,
    _A.REFUSED: None,
    _A.WITHDRAWN: None,
}
"""Who has to act next; None where nobody does, because the status is final."""


def steps_from(status: Status, *, route: str = "") -> tuple[Step, ...]:
    """Return the steps that lead away from `status`, on one route or on any, in the table's order."""
    table = FILING_STEPS if isinstance(status, FilingStatus) else APPLICATION_STEPS
    return tuple(s for s in table.values() if status in s.sources and (not route or route in s.routes))


def is_final(status: Status) -> bool:
    """Say whether nothing leads away from `status`."""
    return not steps_from(status)


def next_status(status: Status, step: Step) -> Status:
    """Return the status after `step`.

    Raises:
        TransitionNotAllowedError: `step` does not lead away from `status`.
    """
    if status in step.sources:
        return step.target
    now = STATUS_LABELS[status]
    possible = steps_from(status)
    raise TransitionNotAllowedError(
        f"现处「{now.zh}」，不能「{step.label.zh}」；此时可以："
        f"{'、'.join(s.label.zh for s in possible) or '无（已终结）'}。",
        f"“{step.label.en}” is not possible while the status is “{now.en}”; possible now: "
        f"{', '.join(s.label.en for s in possible) or 'nothing, it is final'}.",
    )
