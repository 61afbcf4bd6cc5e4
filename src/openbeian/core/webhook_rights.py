"""Who may have an organisation's notices sent to an address."""

from typing import Final

from openbeian.core.permissions import Actor, Membership, MissingRoleError
from openbeian.core.roles import OrganisationKind, Role

__all__ = ["check_may_manage_webhooks", "managed_by"]

_ROLES: Final = {
    OrganisationKind.PROVIDER: frozenset({Role.PREPARER, Role.LEGAL_REPRESENTATIVE}),
    OrganisationKind.PROVINCIAL: frozenset({Role.INTAKE_OFFICER, Role.PUBLISHER}),
    OrganisationKind.NATIONAL: frozenset({Role.PUBLISHER}),
}


def managed_by(actor: Actor) -> tuple[Membership, ...]:
    """Return the memberships by which `actor` manages the webhooks of an organisation."""
    return tuple(one for one in actor.memberships if one.roles & _ROLES.get(one.kind, frozenset()))


def check_may_manage_webhooks(actor: Actor, organisation_id: str) -> None:
    """Check that `actor` may add, test and remove the webhooks of an organisation.

    Raises:
        MissingRoleError: They may not.
    """
    if all(one.organisation_id != organisation_id for one in managed_by(actor)):
        raise MissingRoleError(
            "只有提供者的经办人或法定代表人、网信办的受理员或发布员可以管理本单位的回调地址。",
            "Only preparers and the legal representative of a provider, and intake officers and publishers "
            "of an office, may manage the webhooks of their organisation.",
        )
