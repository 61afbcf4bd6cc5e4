"""What every step has in common: lock, who may, whether now, move, and write it down."""

from collections.abc import Mapping
from datetime import datetime

from django.dispatch import Signal

from openbeian.core.facts import ApplicationFacts
from openbeian.core.lifecycle import Step, next_status
from openbeian.core.permissions import check_may_take
from openbeian.core.policy import check_step_now
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import acting_organisation, actor_of
from openbeian.portal.applications.models import Application, Version
from openbeian.portal.applications.queries import open_corrections_of, reviewers_of
from openbeian.portal.audit.actions import record
from openbeian.portal.log.outbox import append

__all__ = ["begin", "current_version", "facts_of", "lock", "move", "note", "raised", "stepped"]

stepped = Signal()
"""Sent inside the transaction of every step, with `application`, `step` and `at`; other apps follow it."""


raised = Signal()
"""Sent inside the transaction that asks for corrections, with `corrections` and what each was made from."""


def lock(application: Application) -> Application:
    """Return the application as it is now, held until the transaction ends."""
    return Application.objects.select_for_update().get(pk=application.pk)


def facts_of(application: Application, *, more_corrections: int = 0) -> ApplicationFacts:
    """Return the application as the rules see it, as far as this app knows (decisions are `review`'s)."""
    return application.rule_facts(
        open_corrections=open_corrections_of(application).count() + more_corrections,
        reviewed_by=reviewers_of(application),
    )


def begin(
    application: Application, step: Step, *, by: User, reason: str = "", more_corrections: int = 0
) -> Application:
    """Lock the application and check that `by` may take `step` and that it is possible now.

    Raises:
        NotAllowedError: They may not.
        NotNowError: It isn't.
        BadInputError: A reason is missing.
    """
    locked = lock(application)
    facts = facts_of(locked, more_corrections=more_corrections)
    check_may_take(actor_of(by), step, facts)
    check_step_now(facts, step, reason=reason)
    return locked


def move(
    application: Application,
    step: Step,
    *,
    by: User,
    at: datetime,
    hashes: Mapping[str, str] | None = None,
    **detail: object,
) -> None:
    """Take `step` on a locked application: new status, audit event, log entry."""
    was = application.status
    application.status = next_status(application.state, step).value
    application.status_since = at
    application.save(update_fields=["status", "status_since"])
    note(application, step.name, by=by, at=at, step=step, was=was, now=application.status, **detail)
    stepped.send(Application, application=application, step=step, at=at)
    version = current_version(application)
    if version is None:
        # A draft that was never handed in is the provider's own affair; the public log knows nothing of it.
        return
    append(
        f"application.{step.name}",
        application.reference,
        facts={
            "jurisdiction": application.jurisdiction,
            "status": application.status,
            "version": version.number,
        },
        hashes={"dossier": version.digest, **(hashes or {})},
        at=at,
    )


def note(
    application: Application, kind: str, *, by: User, at: datetime, step: Step, **detail: object
) -> None:
    """Write an audit event about the application, on behalf of the organisation that takes `step`."""
    organisation_id = acting_organisation(
        by, step.office, provider_id=str(application.provider_id), jurisdiction=application.jurisdiction
    )
    record(f"application.{kind}", application, by=by, at=at, organisation_id=organisation_id, **detail)


def current_version(application: Application) -> Version | None:
    """Return the version handed in last; None before the first."""
    return application.versions.filter(number=application.version).first()
