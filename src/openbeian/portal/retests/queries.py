"""Reading hidden banks and re-tests; what somebody may not see is not found."""

from django.db.models import QuerySet

from openbeian.core.retest_rights import may_retest, tester_of
from openbeian.core.roles import OrganisationKind
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.accounts.queries import actor_of, memberships_of
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.queries import of_own_provider
from openbeian.portal.applications.steps import facts_of
from openbeian.portal.retests.models import HiddenBank, RetestRun, RunStatus

__all__ = [
    "banks_of",
    "offices_of",
    "results_for",
    "runs_for",
    "tests_application",
]


def offices_of(user: User) -> QuerySet[Organisation]:
    """Return the offices whose tester a person is."""
    return Organisation.objects.filter(pk__in=[int(one) for one in tester_of(actor_of(user))])


def banks_of(user: User) -> QuerySet[HiddenBank]:
    """Return the hidden banks of a person's offices, without what is sealed in them."""
    return HiddenBank.objects.filter(office__in=offices_of(user)).defer("box").select_related("office")


def tests_application(user: User, application: Application) -> bool:
    """Say whether a person re-tests the service of an application."""
    return may_retest(actor_of(user), facts_of(application))


def runs_for(user: User) -> QuerySet[RetestRun]:
    """Return the re-tests that a person sees whole: those of their offices, as a tester."""
    return (
        RetestRun.objects.filter(office__in=offices_of(user))
        .exclude(application__prepared_by=user)
        .defer("key_box")
        .select_related("application", "application__provider", "order", "office", "asked_by")
    )


def results_for(user: User) -> QuerySet[RetestRun]:
    """Return the re-tests whose figures a provider's people may read: recorded ones of their services."""
    kinds = {OrganisationKind(m.organisation.kind) for m in memberships_of(user)}
    done = RetestRun.objects.filter(status=RunStatus.DONE, order__recorded_at__isnull=False)
    applications = of_own_provider(user)
    if OrganisationKind.PROVIDER not in kinds:
        applications = applications.none()
    return done.filter(application__in=applications).defer("key_box").select_related("application", "order")
