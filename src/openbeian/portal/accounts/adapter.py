"""How people come in: by e-mail and password, entered by their organisation, never by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from openbeian.portal.accounts.models import User

__all__ = ["ClosedAccountAdapter", "display_name"]


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Closes the sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  allauth's signature
        """Say no: an organisation enters its own people."""
        return False


def display_name(user: User) -> str:
    """Return how a person is greeted."""
    return user.name
