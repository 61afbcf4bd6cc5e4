"""The person who asks, for views that only people who have signed in reach."""

from collections.abc import Set as AbstractSet

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from openbeian.core.roles import OrganisationKind
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of

__all__ = ["check_belongs", "signed_in"]


def check_belongs(request: HttpRequest, kinds: AbstractSet[OrganisationKind]) -> None:
    """Let only people pass who are members of an organisation of these kinds."""
    if not kinds & {membership.kind for membership in actor_of(signed_in(request)).memberships}:
        raise PermissionDenied


def signed_in(request: HttpRequest) -> User:
    """Return the person who has signed in; use below `login_required`."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
