"""The person who asks, for views that only people who have signed in reach."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from openbeian.portal.accounts.models import User

__all__ = ["signed_in"]


def signed_in(request: HttpRequest) -> User:
    """Return the person who has signed in; use below `login_required`."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
