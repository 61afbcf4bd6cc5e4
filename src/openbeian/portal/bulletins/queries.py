"""Reading bulletins."""

from django.db.models import QuerySet

from openbeian.bulletins import Bulletin as Document
from openbeian.bulletins import from_json
from openbeian.core.permissions import may_issue_bulletin
from openbeian.core.roles import OrganisationKind, Role
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of, holds
from openbeian.portal.bulletins.models import Bulletin
from openbeian.portal.filings.models import Round
from openbeian.standards import load_jurisdictions
from openbeian.trust.bulletins import sign_bulletin
from openbeian_gate.verify.canonical import canonical

__all__ = [
    "document_of",
    "drafts_of",
    "file_of",
    "jurisdictions_of",
    "may_issue",
    "published",
    "rounds_without_bulletin",
]


def published() -> QuerySet[Bulletin]:
    """Return the bulletins that are public, the newest first."""
    return Bulletin.objects.exclude(published_at=None).select_related("corrects")


def drafts_of(user: User) -> list[Bulletin]:
    """Return the drafts a person may work on."""
    drafts = Bulletin.objects.filter(published_at=None)
    actor = actor_of(user)
    return [draft for draft in drafts if may_issue_bulletin(actor, draft.jurisdiction)]


def may_issue(user: User, jurisdiction: str) -> bool:
    """Say whether a person may draft and publish bulletins of a jurisdiction."""
    return may_issue_bulletin(actor_of(user), jurisdiction)


def jurisdictions_of(user: User) -> list[str]:
    """Return the jurisdictions a person may issue bulletins of; an empty one stands for all together."""
    if holds(user, OrganisationKind.NATIONAL, Role.PUBLISHER):
        return ["", *load_jurisdictions()]
    actor = actor_of(user)
    return [code for code in load_jurisdictions() if may_issue_bulletin(actor, code)]


def rounds_without_bulletin() -> QuerySet[Round]:
    """Return the published rounds, newest first, that no bulletin is of."""
    return Round.objects.exclude(published_at=None).filter(bulletins=None)


def document_of(bulletin: Bulletin) -> Document:
    """Return the document as the rest of the product reads it."""
    return from_json(bulletin.document)


def file_of(bulletin: Bulletin) -> bytes:
    """Return the file that is handed out: the document with its signatures, none while it is a draft."""
    if not bulletin.signatures:
        return sign_bulletin(bulletin.document)
    return canonical({"bulletin": bulletin.document, "signatures": bulletin.signatures}) + b"\n"
