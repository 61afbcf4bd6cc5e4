"""What every action on a permit does: hold it, look at its service, hash testers, log and record the step."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from openbeian.core.errors import BadInputError
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.permits import AlreadyFiledError
from openbeian.core.roles import OrganisationKind
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import acting_organisation
from openbeian.portal.applications.models import Application
from openbeian.portal.audit.actions import record
from openbeian.portal.log.outbox import append
from openbeian.portal.sandbox.models import Permit
from openbeian.trust.snapshots import hash_tester

__all__ = ["check_unfiled", "hashes_of", "lock", "log_step", "record_step"]

_LONGEST_NAME: Final = 256
_CLOSED: Final = {ApplicationStatus.CERTIFIED, ApplicationStatus.REFUSED, ApplicationStatus.WITHDRAWN}


def lock(permit: Permit) -> Permit:
    return Permit.objects.select_for_update().get(pk=permit.pk)


def check_unfiled(application: Application) -> None:
    if application.state in _CLOSED:
        raise AlreadyFiledError(
            "该服务已备案，或其申请已经办结，不能再给沙盒许可。",
            "The service is on file, or its application came to an end; it can't have a sandbox permit.",
        )


def hashes_of(salt: bytes, people: Iterable[str]) -> list[str]:
    named = {person for written in people if (person := written.strip())}
    for person in named:
        if len(person) > _LONGEST_NAME:
            raise BadInputError(
                f"测试人员标识“{person[:20]}…”超过 {_LONGEST_NAME} 个字符；请每行写一个。",
                f"The tester's id “{person[:20]}…” is longer than {_LONGEST_NAME}; write one a line.",
            )
    return sorted(hash_tester(salt, person).hex() for person in named)


def log_step(step: str, permit: Permit, *, at: datetime) -> None:
    """Put a step into the public log: what everybody may know, and nobody's name."""
    append(
        f"permit.{step}",
        permit.number,
        facts={
            "begins_on": permit.begins_on.isoformat(),
            "ends_on": permit.ends_on.isoformat(),
            "gates": permit.gates,
            "jurisdiction": permit.jurisdiction,
            "provider": permit.provider_name,
            "service": permit.service_name,
            "service_id": permit.service_id,
            "status": permit.status,
            "testers": permit.named,
            "trial_users": permit.trial_users,
            "uses": " ".join(permit.uses),
        },
        hashes={},
        at=at,
    )


def record_step(
    kind: str, permit: Permit, office: OrganisationKind, *, by: User, at: datetime, **detail: object
) -> None:
    organisation_id = acting_organisation(
        by, office, provider_id=str(permit.provider_id), jurisdiction=permit.jurisdiction
    )
    record(f"permit.{kind}", permit, by=by, at=at, organisation_id=organisation_id, **detail)
