"""Who has confirmed an application as it stands, or a version as it was handed in."""

from collections.abc import Sequence
from typing import NamedTuple

from openbeian.core.confirming import SIGNATORIES, check_all_confirmed, posts_of
from openbeian.core.roles import ROLE_LABELS, Role
from openbeian.core.text import Text
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import actor_of
from openbeian.portal.applications.examination import digest_of, files_of
from openbeian.portal.applications.models import Application, Confirmation, Version
from openbeian.portal.applications.steps import facts_of

__all__ = ["Post", "check_confirmed", "content_of", "posts_shown_to", "signed_for", "unconfirmed_posts"]


class Post(NamedTuple):
    """One of the three signatures: whose post, the confirmation if it was given, whether the reader may."""

    id: str
    label: Text
    confirmation: Confirmation | None
    is_mine: bool


def content_of(application: Application) -> str:
    """Return the hash that names what the application holds now, without salt."""
    return digest_of(application.facts, files_of(application), "")


def posts_shown_to(reader: User, application: Application) -> list[Post]:
    """Return the three posts, for a person of the provider."""
    given = _given(application, content_of(application))
    mine = posts_of(actor_of(reader), facts_of(application))
    return [Post(one.value, ROLE_LABELS[one], given.get(one), one in mine) for one in SIGNATORIES]


def check_confirmed(application: Application) -> None:
    """Check that all three have confirmed what the application holds now.

    Raises:
        NotConfirmedError: Somebody has not.
    """
    check_all_confirmed(_given(application, content_of(application)).keys())


def unconfirmed_posts(application: Application) -> list[str]:
    """Return the posts in which nobody has confirmed what the application holds now."""
    confirmed = application.confirmations.all()
    content = content_of(application) if confirmed else ""
    given = {one.post for one in confirmed if one.content == content}
    return [post.value for post in SIGNATORIES if post.value not in given]


def signed_for(version: Version | None) -> Sequence[tuple[Text, Confirmation]]:
    """Return who confirmed a version, in the order of the posts."""
    if version is None:
        return ()
    given = _given(version.application, digest_of(version.facts, version.files, ""))
    return [(ROLE_LABELS[post], given[post]) for post in SIGNATORIES if post in given]


def _given(application: Application, content: str) -> dict[Role, Confirmation]:
    rows = application.confirmations.filter(content=content).select_related("by")
    return {Role(one.post): one for one in rows}
