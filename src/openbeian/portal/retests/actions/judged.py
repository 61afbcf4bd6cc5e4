"""Taking verdicts of people over into a re-test: its evidence, its figures, and whatever rests on them."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from openbeian.assessment.inspection_records import Said
from openbeian.core.errors import NotNowError
from openbeian.portal.accounts.models import User
from openbeian.portal.retests.actions.runs import lock_run, note
from openbeian.portal.retests.models import RetestRun, RunStatus
from openbeian.portal.retests.verdicts import Judged, add_verdicts
from openbeian.trust.keys import Signer

__all__ = ["take_verdicts"]


@transaction.atomic
def take_verdicts(run: RetestRun, said: Sequence[Said], *, signer: Signer, by: User, at: datetime) -> Judged:
    """Put what people settled into the evidence of a re-test; its figures are computed anew from that.

    Args:
        run: A re-test that is done.
        said: What each person said of each answer, in the order in which they did.
        signer: Signs the head of the evidence.
        by: A tester in charge.
        at: The moment.

    Raises:
        NotAllowedError: `by` is no tester in charge.
        NotNowError: It is not done, or its result is recorded already.
        CouldNotRunError: The evidence can't be opened.
    """
    locked = lock_run(run, by)
    if locked.status != RunStatus.DONE or locked.order.recorded_at is not None:
        raise NotNowError(
            "复测完成之后、结果记录之前，才能写入人工研判；请先完成复测，或另行安排复测。",
            "Verdicts of people go into a re-test once it is done and before its result is recorded; let it "
            "end first, or order another.",
        )
    judged = add_verdicts(locked.pk, said, signer=signer, at=at)
    locked.report, locked.evidence_sha256 = judged.report.as_json(), judged.evidence_sha256
    locked.save(update_fields=["report", "evidence_sha256"])
    people = dict(sorted(Counter(one.by for one in said).items()))
    head = judged.report.evidence.head
    note("judged", locked, by=by, at=at, people=people, evidence=judged.evidence_sha256, head=head)
    return judged
