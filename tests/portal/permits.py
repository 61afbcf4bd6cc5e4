"""Permits of the sandbox as tests begin with them: asked for, and granted."""

from datetime import date

from openbeian.core.lifecycle import ApplicationStatus
from openbeian.core.permits import PermitUse
from openbeian.portal.applications import actions as applications
from openbeian.portal.applications.models import Application
from openbeian.portal.sandbox import actions as sandbox
from openbeian.portal.sandbox.models import Permit
from tests.portal.factories import AT, EDITION, Cast, good_facts

__all__ = ["TERMS", "ask", "draft", "grant", "granted"]

TERMS = {
    "uses": [PermitUse.TRIAL, PermitUse.RESEARCH],
    "testers": [" tester-1", "", "tester-1"],
    "trial_users": 4,
    "gates": 2,
    "begins_on": date(2026, 11, 23),
    "ends_on": date(2026, 12, 31),
    "purpose": "内测对话质量，模型结构为商业秘密。",
}


def draft(cast: Cast, status: ApplicationStatus = ApplicationStatus.DRAFT) -> Application:
    """Enter an application of the provider of Guangdong, at a status."""
    application = applications.create(
        cast.organisations["gd_provider"],
        edition=EDITION,
        profile="demo",
        facts=good_facts(),
        by=cast.gd_preparer,
        at=AT,
    )
    application.status = status.value
    application.save(update_fields=["status"])
    return application


def ask(cast: Cast, application=None, **changes) -> Permit:
    """Ask for a permit, by these terms unless told otherwise."""
    application = application or draft(cast)
    return sandbox.ask_permit(application, **(TERMS | changes), by=cast.gd_preparer, at=AT)


def grant(cast: Cast, permit: Permit, **more) -> Permit:
    """Grant it by two officers."""
    sandbox.decide_permit(permit, grants=True, reason="可控。", **more, by=cast.gd_decider, at=AT)
    return sandbox.countersign_permit(permit, agree=True, by=cast.gd_countersigner, at=AT)


def granted(cast: Cast, **changes) -> Permit:
    """Ask for a permit and grant it."""
    return grant(cast, ask(cast, **changes))
