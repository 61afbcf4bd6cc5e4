"""A person's own page: who they are, their organisations and roles, their keys."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from openbeian import clock
from openbeian.core.roles import ORGANISATION_LABELS, ROLE_LABELS, OrganisationKind, Role
from openbeian.portal.accounts import actions
from openbeian.portal.accounts.queries import memberships_of
from openbeian.portal.accounts.signed_in import signed_in

__all__ = ["account", "revoke_key"]


@login_required
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Show who somebody is here."""
    user = signed_in(request)
    memberships = [
        (
            membership.organisation,
            ORGANISATION_LABELS[OrganisationKind(membership.organisation.kind)],
            [ROLE_LABELS[Role(role)] for role in membership.roles],
        )
        for membership in memberships_of(user)
    ]
    keys = user.api_keys.select_related("organisation")
    return render(request, "accounts/account.html", {"memberships": memberships, "keys": keys})


@login_required
@require_POST
def revoke_key(request: HttpRequest, pk: int) -> HttpResponse:
    """End a key."""
    user = signed_in(request)
    actions.revoke_api_key(get_object_or_404(user.api_keys, pk=pk), by=user, at=clock.now())
    return redirect("accounts:account")
