"""Which applications a request is about, and for which provider it acts."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from openbeian.core.errors import BadInputError
from openbeian.portal.accounts.models import Organisation
from openbeian.portal.api.keys import check_may_write, providers_of, reads_everything, user_of
from openbeian.portal.applications.models import Application
from openbeian.portal.applications.queries import visible_to

__all__ = ["applications_of", "find_application", "provider_of", "within_reach"]

_Row = TypeVar("_Row", bound=Model)


def applications_of(request: HttpRequest) -> QuerySet[Application]:
    """Return the applications the request may touch; all others are not found."""
    return within_reach(request, visible_to(user_of(request)))


def within_reach(request: HttpRequest, seen: QuerySet[_Row]) -> QuerySet[_Row]:
    """Return what of the rows a person may see is that of the providers they act for; auditors read all."""
    return seen if reads_everything(request) else seen.filter(provider__in=providers_of(request))


def find_application(request: HttpRequest, reference: str, *, to_write: bool = False) -> Application:
    """Return the application, to whoever may read it or, `to_write`, change it.

    Raises:
        NotAllowedError: The key may only read.
    """
    application = get_object_or_404(applications_of(request), reference=reference)
    if to_write:
        check_may_write(request)
    return application


def provider_of(request: HttpRequest) -> Organisation:
    """Return the one provider the request acts for.

    Raises:
        BadInputError: It is not exactly one.
    """
    providers = providers_of(request)
    if len(providers) == 1:
        return providers[0]
    raise BadInputError(
        "须代表恰好一家提供者办理；请使用该单位的密钥。",
        "Act for exactly one provider: use a key of that organisation.",
    )
