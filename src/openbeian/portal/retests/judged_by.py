"""Who judged the answers of a re-test, as a page says it: by pseudonym, with how well they agree."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from openbeian.assessment.banks import BANK_LABELS
from openbeian.assessment.report_people import agreement
from openbeian.core.text import Text
from openbeian.portal.audit.queries import history_of
from openbeian.portal.retests.models import RetestRun
from openbeian.portal.retests.results import own_report

__all__ = ["JudgedBy", "judged_by"]


class JudgedBy(NamedTuple):
    """What people judged of a re-test."""

    people: Sequence[tuple[str, int]]
    """Each by the name they have in the evidence, with how many answers they judged."""
    agreements: Sequence[tuple[Text, Text]]
    """For each bank how far they came, and Cohen's kappa with its interval."""


def judged_by(run: RetestRun) -> JudgedBy | None:
    """Return who judged; None where no verdict of people is in the evidence."""
    people: Counter[str] = Counter()
    for event in history_of(run):
        if event.kind == "retest.judged":
            people.update(event.detail["people"])
    report = own_report(run)
    if not people or report is None:
        return None
    told = [(BANK_LABELS[one.bank], agreement(one)) for one in report.inspections if one.people]
    return JudgedBy(sorted(people.items()), told)
