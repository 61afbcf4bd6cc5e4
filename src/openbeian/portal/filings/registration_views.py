"""The pages of the registration route: entering a granted one, and what hangs on a filed model."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from openbeian import clock
from openbeian.core.permissions import may_take
from openbeian.core.roles import OrganisationKind
from openbeian.core.text import Text
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.accounts.signed_in import check_belongs, signed_in
from openbeian.portal.applications.base_models import base_of
from openbeian.portal.filings import actions
from openbeian.portal.filings.actions.registering import REGISTER
from openbeian.portal.filings.bases import hanging_on
from openbeian.portal.filings.models import Filing
from openbeian.portal.review.queries import reviewable_by
from openbeian.portal.review.steps import facts_of
from openbeian.portal.signing import load_signer
from openbeian.portal.web.languages import current_language

__all__ = ["hanging", "register"]

_OFFICES: Final = frozenset(
    {OrganisationKind.PROVINCIAL, OrganisationKind.NATIONAL, OrganisationKind.AUDITOR}
)
_REGISTERED: Final = Text("已编号，登记册中可查。", "It has its number and is in the register.")
_MOST_LISTED: Final = 500


@login_required
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a granted registration once more with the model it calls, then number and publish it."""
    user = signed_in(request)
    application = get_object_or_404(reviewable_by(user), reference=reference)
    if not may_take(actor_of(user), REGISTER, facts_of(application)):
        raise PermissionDenied
    if request.method == "POST":
        filing = actions.register(application, signer=load_signer(), by=user, at=clock.now())
        messages.success(request, _REGISTERED.in_(current_language()))
        return redirect("register:entry", filing.number)
    context = {"application": application, "base": base_of(application.base_key)}
    return render(request, "filings/register.html", context)


@login_required
@require_GET
def hanging(request: HttpRequest, number: str) -> HttpResponse:
    """Show an office what rests on a filed model: who has to be told when its filing is suspended."""
    check_belongs(request, _OFFICES)
    filing = get_object_or_404(Filing, number=number)
    found = hanging_on(filing)
    # Entries are public; of applications under way an office sees its own.
    applications = found.applications.filter(pk__in=reviewable_by(signed_in(request)))
    context = {
        "filing": filing,
        "entries": found.entries[:_MOST_LISTED],
        "applications": applications[:_MOST_LISTED],
        "counts": (found.entries.count(), applications.count()),
    }
    return render(request, "filings/hanging.html", context)
