"""Findings of the validator as a page shows them: in words, with a way to the place that has to change."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.urls import reverse

from openbeian.core.text import Text
from openbeian.dossier.checks import CHECKS
from openbeian.dossier.form import FIELDS
from openbeian.portal.applications.models import Application
from openbeian.portal.web.labels import item_label
from openbeian.standards import EDITION_IDS

__all__ = ["Explained", "explain", "explain_plainly"]


class Explained(NamedTuple):
    """One finding for people."""

    severity: str
    check_id: str
    rule: Text
    clause: str
    subject: Text
    found: Text
    mend: Text
    address: str
    """Where the provider mends it; empty where there is no application."""


def explain(findings: Iterable[Mapping[str, Any]], application: Application) -> list[Explained]:
    """Put findings, as `Finding.as_json` writes them, into words for a page."""
    return [_explained(one, application) for one in findings]


def explain_plainly(findings: Iterable[Mapping[str, Any]]) -> list[Explained]:
    """Put findings into words where there is no application whose pages could mend them."""
    return [_explained(one, None) for one in findings]


def _explained(finding: Mapping[str, Any], application: Application | None) -> Explained:
    check = CHECKS.get(finding["check"])
    subject = finding["subject"]
    return Explained(
        severity=finding["severity"],
        check_id=finding["check"],
        rule=check.title if check else Text(finding["check"], finding["check"]),
        clause=finding["clause"],
        subject=item_label(subject, edition=application.edition if application else EDITION_IDS[-1]),
        found=Text(**finding["found"]),
        mend=Text(**finding["mend"]),
        address=_address(subject, application) if application else "",
    )


def _address(subject: str, application: Application) -> str:
    if subject not in FIELDS:
        return reverse("applications:files", args=[application.reference])
    section, _, name = subject.partition(".")
    return f"{reverse('applications:section', args=[application.reference, section])}#id_{name}"
