"""Verdicts of people in the evidence of a re-test: sealed and chained like the rest, the head signed.

People are named there by pseudonyms, so that a provider who is shown the evidence learns no officer's name.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.conf import settings
from django.utils.crypto import salted_hmac

from openbeian.assessment import Report
from openbeian.assessment.amending import amend
from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.inspection import HUMAN, PROCEDURE
from openbeian.assessment.inspection_items import InspectedRun
from openbeian.assessment.inspection_records import Said, records_of
from openbeian.assessment.judges.protocol import JudgeCard
from openbeian.assessment.reports import report_of
from openbeian.dossier.signing import run_signer
from openbeian.evidence import ChainReader
from openbeian.portal.retests.banks import private_folder
from openbeian.portal.retests.journal import Journal
from openbeian.trust.files import replace_file
from openbeian.trust.keys import Signer

__all__ = ["Judged", "add_verdicts", "head_of", "pseudonym_in", "sign_head"]

_PSEUDONYM: Final = "openbeian.retests.inspector"


class Judged(NamedTuple):
    """A re-test after verdicts of people were put into its evidence."""

    report: Report
    evidence_sha256: str
    added: int
    """How many answers people had not judged in the evidence before."""


def pseudonym_in(run_pk: int, user_pk: int) -> str:
    """Return the name of a person in the evidence of a re-test; another in every re-test."""
    digest = salted_hmac(_PSEUDONYM, f"{run_pk}:{user_pk}", algorithm="sha256").hexdigest()
    return f"inspector-{digest[:16]}"


def add_verdicts(run_pk: int, said: Sequence[Said], *, signer: Signer, at: datetime) -> Judged:
    """Append to the sealed evidence what people said of answers that nobody had judged there, and sign it.

    Doing so again adds nothing: an answer once judged in the evidence stays as it is.

    Raises:
        CouldNotRunError: The evidence can't be opened.
        BadInputError: It is broken.
    """
    journal = Journal(run_pk)
    kept = journal.read()
    with private_folder() as folder:
        work = RunDirectory(folder / "run")
        work.path.mkdir()
        work.evidence.write_bytes(kept)
        reader = ChainReader(work.evidence)
        run = InspectedRun.read(reader)
        new = [one for one in said if one.answer not in run.inspected.given]
        records = list(records_of(run, new))
        if records:
            report = amend(work, reader, records, at=at, cards=[JudgeCard(HUMAN, PROCEDURE)])
        else:
            report = report_of(work.evidence)
        data = work.evidence.read_bytes()
    journal.append(data[len(kept) :])
    sign_head(run_pk, report, signer=signer, at=at)
    return Judged(report, hashlib.sha256(data).hexdigest(), len({one.answer for one in new}))


def sign_head(run_pk: int, report: Report, *, signer: Signer, at: datetime) -> None:
    """Keep a signed statement over the last line of the evidence beside it; it holds hashes only."""
    path = Journal(run_pk).path
    replace_file(path.with_name(f"{run_pk}.head.dsse.json"), run_signer(signer)(report.evidence.head, at))


def head_of(run_pk: int) -> bytes | None:
    """Return the signed statement over the last line of the evidence; None where there is none."""
    path = settings.BEIAN_HOME / "retests" / f"{run_pk}.head.dsse.json"
    return path.read_bytes() if path.is_file() else None
