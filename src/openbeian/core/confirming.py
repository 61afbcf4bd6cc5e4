"""Three signatories stand for what is handed in: which posts, who may, and what is still missing (9.1 e)."""

from collections.abc import Collection
from typing import Final

from openbeian.core.errors import NotNowError
from openbeian.core.facts import ApplicationFacts
from openbeian.core.permissions import Actor, MissingRoleError
from openbeian.core.roles import ROLE_LABELS, OrganisationKind, Role

__all__ = ["SIGNATORIES", "NotConfirmedError", "check_all_confirmed", "check_may_confirm", "posts_of"]

SIGNATORIES: Final = (Role.LEGAL_REPRESENTATIVE, Role.ASSESSMENT_HEAD, Role.LAWFULNESS_HEAD)


class NotConfirmedError(NotNowError):
    """A signatory has not confirmed what is about to be handed in."""

    code = "not_confirmed"


def posts_of(actor: Actor, facts: ApplicationFacts) -> tuple[Role, ...]:
    """Return the posts in which `actor` signs for the provider that applies; one person may hold several."""
    held = {
        role
        for membership in actor.memberships
        if membership.kind is OrganisationKind.PROVIDER and membership.organisation_id == facts.provider_id
        for role in membership.roles
    }
    return tuple(post for post in SIGNATORIES if post in held)


def check_may_confirm(actor: Actor, post: Role, facts: ApplicationFacts) -> None:
    """Check that `actor` signs in this post for the provider that applies.

    Raises:
        MissingRoleError: They don't.
    """
    if post not in posts_of(actor, facts):
        label = ROLE_LABELS[post]
        raise MissingRoleError(
            f"只有该服务提供者的{label.zh}本人可以作此确认；请由其本人登录确认。",
            f"Only the {label.en.lower()} of the provider that applies may confirm this, signed in as "
            "themselves.",
        )


def check_all_confirmed(confirmed: Collection[Role]) -> None:
    """Check that all three have confirmed.

    Raises:
        NotConfirmedError: Somebody has not; the sentence says in which post.
    """
    missing = [ROLE_LABELS[post] for post in SIGNATORIES if post not in confirmed]
    if missing:
        zh, en = "、".join(one.zh for one in missing), ", ".join(one.en.lower() for one in missing)
        raise NotConfirmedError(
            f"尚待{zh}确认现在的内容；请其登录后在「检查并提交」页确认，再提交。",
            f"Not confirmed yet as it stands by: {en}; they sign in and confirm on the page “Check and "
            "submit”, then hand it in.",
        )
