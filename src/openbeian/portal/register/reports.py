"""What may be reported about an entry, and who reads it: the national office, and the province concerned."""

from enum import StrEnum
from typing import Final

from django.db.models import Q, QuerySet

from openbeian.core.roles import ROLES_OF, OrganisationKind
from openbeian.core.text import Text
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.register.models import ProblemReport

__all__ = ["PROBLEM_LABELS", "ProblemKind", "may_answer", "open_reports", "reports_for"]


class ProblemKind(StrEnum):
    """What may be wrong."""

    WRONG_FACTS = "wrong_facts"
    NOT_AS_FILED = "not_as_filed"
    GATE_REFUSES = "gate_refuses"
    OTHER = "other"


PROBLEM_LABELS: Final = {
    ProblemKind.WRONG_FACTS: Text("登记的内容有误", "What the entry says is wrong"),
    ProblemKind.NOT_AS_FILED: Text("服务与备案不符", "The service is not as filed"),
    ProblemKind.GATE_REFUSES: Text("有备案却被平台拒绝", "A platform refuses it although it is on file"),
    ProblemKind.OTHER: Text("其他", "Something else"),
}


def reports_for(user: User) -> QuerySet[ProblemReport]:
    """Return the reports a person may read: all for the nation and auditors, for a province its own."""
    return _of(user, (OrganisationKind.NATIONAL, OrganisationKind.PROVINCIAL, OrganisationKind.AUDITOR))


def open_reports(user: User) -> QuerySet[ProblemReport]:
    """Return the reports that a person's office has still to deal with."""
    offices = (OrganisationKind.NATIONAL, OrganisationKind.PROVINCIAL)
    return _of(user, offices).filter(closed_at=None)


def may_answer(user: User, report: ProblemReport) -> bool:
    """Say whether a person may answer and close this report: a member of an office in charge of the entry."""
    offices = (OrganisationKind.NATIONAL, OrganisationKind.PROVINCIAL)
    return _of(user, offices).filter(pk=report.pk).exists()


def _of(user: User, kinds: tuple[OrganisationKind, ...]) -> QuerySet[ProblemReport]:
    wanted = Q(pk__in=())
    for membership in actor_of(user).memberships:
        if membership.kind not in kinds or not membership.roles & ROLES_OF[membership.kind]:
            continue
        if membership.kind is OrganisationKind.PROVINCIAL:
            wanted |= Q(entry__jurisdiction=membership.jurisdiction)
        else:
            wanted |= ~Q(pk__in=())
    found = ProblemReport.objects.filter(wanted)
    return found.select_related("entry__filing", "answered_by", "closed_by")
