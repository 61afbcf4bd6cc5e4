"""What follows from a petition that is granted: the case goes on, or what is on file becomes other."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from openbeian.core.lifecycle import FILING_STEPS, FOLLOWING_STEPS, Step
from openbeian.core.petitions import consequence_of
from openbeian.core.policy import AlreadyDecidedError
from openbeian.portal.accounts.models import User
from openbeian.portal.applications.steps import lock as lock_application
from openbeian.portal.applications.steps import move as move_application
from openbeian.portal.audit.actions import record
from openbeian.portal.filings.bases import tell_hanging
from openbeian.portal.filings.issuing import amend
from openbeian.portal.filings.models import Filing
from openbeian.portal.filings.queries import open_measure_of
from openbeian.portal.filings.standing import change_status, lock_filing
from openbeian.portal.petitions.models import FilingVersion, Petition
from openbeian.portal.petitions.versions import add_version
from openbeian.trust.keys import Signer

__all__ = ["carry_out"]

_FOLLOWS: Final[Mapping[str, Step]] = {**FILING_STEPS, **FOLLOWING_STEPS}


def carry_out(petition: Petition, *, signer: Signer, by: User, at: datetime) -> None:
    """Let a granted petition take effect; inside the transaction of the countersignature.

    Raises:
        NotNowError: What it is about has meanwhile another status, or a measure waits on the filing.
    """
    filing = None if petition.filing is None else _locked(petition.filing)
    status = lock_application(petition.application).state if filing is None else filing.state
    name = consequence_of(petition.asked, status)
    if filing is None:
        assert name is not None, "about an application only decisions are asked to be looked at"
        application = lock_application(petition.application)
        move_application(application, _FOLLOWS[name], by=by, at=at, petition=petition.reference)
    elif name is None:
        _amend(petition, filing, signer=signer, by=by, at=at)
    else:
        change_status(filing, _FOLLOWS[name], at=at)
        tell_hanging(filing, by=by, at=at)
        record(f"filing.{name}", filing, by=by, at=at, number=filing.number, petition=petition.reference)


def _locked(filing: Filing) -> Filing:
    locked = lock_filing(filing)
    if open_measure_of(locked) is not None:
        raise AlreadyDecidedError(
            f"备案 {locked.number} 有措施待会签；请先办结该措施。",
            f"A measure on {locked.number} waits for its countersignature; deal with it first.",
        )
    return locked


def _amend(petition: Petition, filing: Filing, *, signer: Signer, by: User, at: datetime) -> None:
    """Put what changed on file: version, filing, public entry, certificate, log."""
    version = add_version(petition, at=at)
    number = filing.versions.count() + 2
    entry = amend(filing, version, number=number, signer=signer, at=at)
    FilingVersion.objects.create(
        filing=filing,
        number=number,
        petition=petition,
        changes=[_change(petition, name) for name in petition.changes],
        accepted_at=at,
        log_entry=entry,
    )
    record("filing.amended", filing, by=by, at=at, number=filing.number, petition=petition.reference)


def _change(petition: Petition, name: str) -> dict[str, Any]:
    return {"field": name, "before": petition.before.get(name, ""), "after": petition.changes[name]}
