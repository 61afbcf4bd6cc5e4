"""Reading webhooks and what came of deliveries."""

from django.db.models import QuerySet

from openbeian.core.webhook_rights import managed_by
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.notices.models import Delivery, Endpoint, Preference

__all__ = ["deliveries_of", "endpoints_of", "organisations_managed_by", "preference_of"]


def organisations_managed_by(user: User) -> QuerySet[Organisation]:
    """Return the organisations whose webhooks a person manages."""
    return Organisation.objects.filter(pk__in=[one.organisation_id for one in managed_by(actor_of(user))])


def endpoints_of(user: User) -> QuerySet[Endpoint]:
    """Return the addresses a person manages; others are not found."""
    managed = organisations_managed_by(user)
    return Endpoint.objects.filter(organisation__in=managed, removed_at=None).select_related("organisation")


def deliveries_of(endpoint: Endpoint) -> QuerySet[Delivery]:
    """Return what went to an address, newest first, with every try."""
    return endpoint.deliveries.select_related("notice__event").prefetch_related("attempts")


def preference_of(user: User) -> Preference:
    """Return how a person wants to be told; not stored yet where they never said."""
    return Preference.objects.filter(user=user).first() or Preference(user=user)
