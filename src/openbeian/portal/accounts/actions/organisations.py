"""Entering organisations."""

from datetime import datetime
from typing import Final

from django.db import transaction

from openbeian.core.errors import BadInputError
from openbeian.core.numbering import check_uscc
from openbeian.core.roles import OrganisationKind
from openbeian.portal.accounts.actions.rights import check_administers, check_one_line
from openbeian.portal.accounts.models import Organisation
from openbeian.portal.audit.actions import Person, record
from openbeian.standards import load_jurisdictions

__all__ = ["create_organisation"]

_LONGEST_NAME: Final = 100
_LONGEST_NAME_EN: Final = 160


@transaction.atomic
def create_organisation(
    *,
    kind: OrganisationKind,
    name: str,
    by: Person,
    at: datetime,
    name_en: str = "",
    uscc: str = "",
    jurisdiction: str = "",
) -> Organisation:
    """Enter an organisation.

    Raises:
        NotAllowedError: `by` is no administrator.
        BadInputError: The credit code or the jurisdiction is wrong, or there is such an organisation.
    """
    check_administers(by)
    name = check_one_line(name, longest=_LONGEST_NAME)
    name_en = check_one_line(name_en, longest=_LONGEST_NAME_EN) if name_en else ""
    _check_organisation(kind, name, uscc, jurisdiction)
    organisation = Organisation.objects.create(
        kind=kind.value, name=name, name_en=name_en, uscc=uscc, jurisdiction=jurisdiction, created_at=at
    )
    record("organisation.created", organisation, by=by, at=at, organisation_kind=kind.value)
    return organisation


def _check_organisation(kind: OrganisationKind, name: str, uscc: str, jurisdiction: str) -> None:
    if kind is OrganisationKind.PROVIDER or uscc:
        check_uscc(uscc)
    needs_place = kind in {OrganisationKind.PROVIDER, OrganisationKind.PROVINCIAL}
    if (needs_place or jurisdiction) and jurisdiction not in load_jurisdictions():
        raise BadInputError(
            f"没有代码为「{jurisdiction}」的属地；请用两位代码，如 GD。",
            f"There is no jurisdiction “{jurisdiction}”; use a two-letter code such as GD.",
        )
    present = Organisation.objects.filter(name=name)
    if uscc:
        present = present | Organisation.objects.filter(uscc=uscc)
    if kind is OrganisationKind.PROVINCIAL:
        present = present | Organisation.objects.filter(kind=kind.value, jurisdiction=jurisdiction)
    found = present.first()
    if found is not None:
        raise BadInputError(
            f"已有同名、同信用代码或同属地的单位「{found.name}」；请使用该单位。",
            f"“{found.name}” has this name, credit code or province already; use that organisation.",
        )
