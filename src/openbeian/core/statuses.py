"""The statuses of what has a life of its own, and their names: applications, filings, petitions."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from openbeian.core.text import Text

__all__ = ["STATUS_LABELS", "UNSENT", "ApplicationStatus", "FilingStatus", "PetitionStatus", "Status"]


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
    GRANTED = "registration_granted"
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


class PetitionStatus(StrEnum):
    """Where a petition stands: what a provider asks about something that is decided already."""

    DRAWN_UP = "drawn_up"
    EXAMINED = "examined"
    RETURNED = "returned"
    AT_PROVINCE = "at_province"
    AT_NATION = "at_nation"
    GRANTED = "granted"
    REJECTED = "rejected"
    DROPPED = "dropped"


Status = ApplicationStatus | FilingStatus | PetitionStatus

_A = ApplicationStatus
_F = FilingStatus
_P = PetitionStatus

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
    _P.DRAWN_UP: Text("起草中", "Being drawn up"),
    _P.EXAMINED: Text("核查中", "Being examined"),
    _P.RETURNED: Text("退回补充", "Returned to be completed"),
    _P.AT_PROVINCE: Text("待省级决定（事项）", "Before the province"),
    _P.AT_NATION: Text("待国家决定（事项）", "Before the nation"),
    _P.GRANTED: Text("已准许", "Granted"),
    _P.REJECTED: Text("未准许", "Rejected"),
    _P.DROPPED: Text("已撤回（事项）", "Dropped"),
}

UNSENT: Final = (ApplicationStatus.DRAFT, PetitionStatus.DRAWN_UP)
"""What a provider has not handed in yet is its own affair."""
