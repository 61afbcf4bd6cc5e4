"""Who may take which action of duties, sandbox permits and bulletins: rows of the table, and their worlds."""

from collections.abc import Callable
from datetime import date

from openbeian.core.duties import DutyKind
from openbeian.core.permits import PermitUse
from openbeian.core.text import Text
from openbeian.portal.accounts.models import User
from openbeian.portal.bulletins import actions as bulletins
from openbeian.portal.bulletins.models import Bulletin
from openbeian.portal.duties import actions as duties
from openbeian.portal.filings.models import Filing
from openbeian.portal.sandbox import actions as sandbox
from openbeian.portal.sandbox.models import Permit
from openbeian.portal.signing import load_signer
from tests.portal.factories import AT, Cast, filing_at
from tests.portal.permits import TERMS, ask, draft, granted

__all__ = ["AFTER_FILING"]

_TODAY, _EARLIER = date(2026, 11, 23), date(2026, 12, 20)
_REPORT = {"kind": DutyKind.KEYWORDS, "done_on": _TODAY, "digest": "ab" * 32, "items": 12_000}
_UPDATE = {"version": "2", "is_important": True, "summary": "s", "updated_on": _TODAY}


def _decided(cast: Cast) -> Permit:
    return sandbox.decide_permit(ask(cast), grants=True, reason="可控。", by=cast.gd_decider, at=AT).permit


def _limit(permit: Permit, by: User) -> Permit:
    narrower = {"uses": [PermitUse.RESEARCH], "trial_users": 0, "ends_on": _EARLIER}
    return sandbox.limit_permit(permit, **narrower, reason="r", by=by, at=AT)


def _draft_of_province(_cast: Cast, by: User) -> Bulletin:
    return bulletins.draft(period="2026H2", jurisdiction="GD", by=by, at=AT)


def _drafted(cast: Cast) -> Bulletin:
    return _draft_of_province(cast, cast.publisher)


def _filing(cast: Cast) -> Filing:
    return filing_at(cast)


_RESTRICTING = {"gd_decider", "gd_countersigner"}
_ISSUING = {"gd_publisher", "publisher"}
"""A province issues its own bulletins, the nation everybody's."""
AFTER_FILING: dict[str, tuple[Callable[[Cast], object], Callable[..., object], set[str]]] = {
    "duties.report_duty": (
        _filing,
        lambda one, by: duties.report_duty(one, **_REPORT, by=by, at=AT),
        {"gd_preparer"},
    ),
    "duties.report_update": (
        _filing,
        lambda one, by: duties.report_update(one, **_UPDATE, by=by, at=AT),
        {"gd_preparer"},
    ),
    "duties.renew_calendar": (
        _filing,
        lambda one, by: duties.renew_calendar(one, by=by, at=AT),
        {"gd_preparer"},
    ),
    "sandbox.ask_permit": (
        draft,
        lambda one, by: sandbox.ask_permit(one, **TERMS, by=by, at=AT),
        {"gd_preparer"},
    ),
    "sandbox.withdraw_permit": (
        ask,
        lambda one, by: sandbox.withdraw_permit(one, by=by, at=AT),
        {"gd_preparer"},
    ),
    "sandbox.decide_permit": (
        ask,
        lambda one, by: sandbox.decide_permit(one, grants=True, reason="r", by=by, at=AT),
        {"gd_decider"},
    ),
    "sandbox.countersign_permit": (
        _decided,
        lambda one, by: sandbox.countersign_permit(one, agree=True, by=by, at=AT),
        {"gd_countersigner"},
    ),
    "sandbox.limit_permit": (granted, _limit, _RESTRICTING),
    "sandbox.end_permit": (
        granted,
        lambda one, by: sandbox.end_permit(one, reason="r", by=by, at=AT),
        _RESTRICTING,
    ),
    "bulletins.draft": (lambda cast: cast, _draft_of_province, _ISSUING),
    "bulletins.edit": (
        _drafted,
        lambda one, by: bulletins.edit(one, editor=Text("编者按", "note"), by=by, at=AT),
        _ISSUING,
    ),
    "bulletins.rewrite": (_drafted, lambda one, by: bulletins.rewrite(one, by=by, at=AT), _ISSUING),
    "bulletins.discard": (_drafted, lambda one, by: bulletins.discard(one, by=by, at=AT), _ISSUING),
    "bulletins.publish": (
        _drafted,
        lambda one, by: bulletins.publish(one, signer=load_signer(), by=by, at=AT),
        _ISSUING,
    ),
}
