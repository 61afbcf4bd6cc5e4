"""The life of an application, a filing and a petition: one table of steps each.

Everything about a step stands in its row: from where, to where, who may take it. The diagram in
`docs/reference/lifecycle.md` is generated from these tables and compared in the checks.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from openbeian.core.errors import NotNowError
from openbeian.core.petition_steps import PETITION_STEPS
from openbeian.core.roles import OrganisationKind, Role
from openbeian.core.statuses import STATUS_LABELS, ApplicationStatus, FilingStatus, PetitionStatus, Status
from openbeian.core.steps import Step
from openbeian.core.steps import by_name as _by_name
from openbeian.core.steps import decision as _decision
from openbeian.core.steps import single as _step
from openbeian.core.text import Text

__all__ = [
    "APPLICATION_STEPS",
    "FILING_STEPS",
    "FOLLOWING_STEPS",
    "OWNERS",
    "PETITION_STEPS",
    "REGISTRATION_STEPS",
    "STATUS_LABELS",
    "ApplicationStatus",
    "FilingStatus",
    "PetitionStatus",
    "Status",
    "Step",
    "TransitionNotAllowedError",
    "is_final",
    "measures_of",
    "next_status",
    "steps_from",
]


class TransitionNotAllowedError(NotNowError):
    """The step does not exist from the present status."""

    code = "transition_not_allowed"


_A = ApplicationStatus
_F = FilingStatus
_PROVIDER = OrganisationKind.PROVIDER
_PROVINCE = OrganisationKind.PROVINCIAL
_NATION = OrganisationKind.NATIONAL
_FILING = frozenset({"filing"})
_REGISTRATION = frozenset({"registration"})
_ON_FILE = (_F.VALID, _F.SUSPENDED)
_WITHDRAWABLE = (_A.DRAFT, _A.SUBMITTED, _A.IN_REVIEW, _A.RETEST, _A.CORRECTION)


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
        "grant_registration",
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
    _decision("suspend", Text("暂停", "Suspend"), (_F.VALID,), _F.SUSPENDED, _NATION, routes=_FILING),
    _decision("reinstate", Text("恢复", "Reinstate"), (_F.SUSPENDED,), _F.VALID, _NATION, routes=_FILING),
    _decision("revoke", Text("撤销", "Revoke"), _ON_FILE, _F.REVOKED, _NATION, routes=_FILING),
    _decision("cancel", Text("注销", "Cancel"), _ON_FILE, _F.CANCELLED, _NATION, routes=_FILING),
    _decision(
        "expire",
        Text("到期", "Expire"),
        _ON_FILE,
        _F.EXPIRED,
        _NATION,
        needs_reason=False,
        routes=_FILING,
    ),
)
"""Measures on a filing: the nation's, which confirmed it."""

REGISTRATION_STEPS: Final[Mapping[str, Step]] = {
    name: replace(step, office=_PROVINCE, routes=_REGISTRATION) for name, step in FILING_STEPS.items()
}
"""Measures on a registration: the same, by the province that granted it, and by nobody else."""

FOLLOWING_STEPS: Final[Mapping[str, Step]] = _by_name(
    _decision(
        "reopen",
        Text("撤销原决定，重新审查", "Set aside; reviewed again"),
        (_A.REFUSED,),
        _A.IN_REVIEW,
        _PROVINCE,
    ),
    _decision(
        "restore", Text("撤销原决定，恢复备案", "Set aside; on file again"), (_F.REVOKED,), _F.VALID, _NATION
    ),
    _decision(
        "lift",
        Text("暂停期满", "Suspension has run out"),
        (_F.SUSPENDED,),
        _F.VALID,
        _NATION,
        needs_reason=False,
    ),
)
"""Steps nobody takes by themselves: they follow from a granted petition or from the end two people set."""

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


def measures_of(route: str) -> Mapping[str, Step]:
    """Return the measures on what is on file by this route; on a filing where none is named."""
    return REGISTRATION_STEPS if route == "registration" else FILING_STEPS


def steps_from(status: Status, *, route: str = "") -> tuple[Step, ...]:
    """Return the steps that lead away from `status`, on one route or on any, in the table's order."""
    table = APPLICATION_STEPS
    if isinstance(status, FilingStatus):
        table = measures_of(route)
    elif isinstance(status, PetitionStatus):
        table = PETITION_STEPS
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
