"""An application whose re-test was ordered, an office's hidden banks, and a channel that really answers."""

from dataclasses import dataclass

from openbeian.assessment import BankKind
from openbeian.core.lifecycle import ApplicationStatus
from openbeian.portal.applications.models import Application
from openbeian.portal.filings.publishing import open_for_publishing, publish_everything
from openbeian.portal.retests import actions
from openbeian.portal.retests.actions.runs import MOST_A_MINUTE, Asked
from openbeian.portal.retests.jobs import work_on
from openbeian.portal.retests.models import HiddenBank, RetestRun
from openbeian.portal.signing import publish_keys
from tests.portal.factories import AT, Cast, application_at
from tests.unit.assessment.support import LIBRARY, make_bank

SECRET = "隐藏题"
"""Stands in every question of the hidden bank, and nowhere else."""


def hidden_bank_file(kind: BankKind = BankKind.GENERATED_CONTENT) -> bytes:
    """Return a bank's file whose questions all hold `SECRET`."""
    return make_bank(kind).canonical.replace(b'"text":"', f'"text":"{SECRET} '.encode())


def bring_in(cast: Cast, kind: BankKind = BankKind.GENERATED_CONTENT) -> HiddenBank:
    """Bring in a hidden bank of the province's office."""
    return actions.add_bank(
        cast.organisations["gd_office"],
        file_name=f"{kind}.jsonl",
        data=hidden_bank_file(kind),
        kind=kind.value,
        by=cast.gd_tester,
        at=AT,
    )


def bring_in_keywords(cast: Cast) -> HiddenBank:
    """Bring in a small keyword library."""
    return actions.add_bank(
        cast.organisations["gd_office"],
        file_name="library.jsonl",
        data=LIBRARY.canonical,
        kind="keywords",
        by=cast.gd_tester,
        at=AT,
    )


@dataclass
class Ordered:
    """Everything a re-test needs."""

    cast: Cast
    application: Application
    banks: list[HiddenBank]

    def ask(self, **changes: object) -> RetestRun:
        """Let the tester ask for it."""
        about = {"channel": "guarded", "model": "xiaozhou-1", "sample": "demo", "a_minute": MOST_A_MINUTE}
        asked = Asked(**{"banks": self.banks} | about | changes)
        return actions.ask_retest(self.application, asked, by=self.cast.gd_tester, at=AT)


def ordered(cast: Cast, address: str) -> Ordered:
    """Return an application whose provider declared `address`, and whose re-test was ordered."""
    application = application_at(
        ApplicationStatus.RETEST, cast, channels__guarded=address, channels__bare="http://10.1.2.3/v1"
    )
    return Ordered(cast, application, [bring_in(cast), bring_in_keywords(cast)])


def carry_through(run: RetestRun) -> RetestRun:
    """Let a worker commit, the log be published, and a worker go on."""
    work_on(run.pk)
    publish_keys()
    publish_everything(open_for_publishing(), at=AT)
    work_on(run.pk)
    run.refresh_from_db()
    return run
