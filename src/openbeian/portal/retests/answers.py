"""Questions and answers of a re-test in the clear, for a tester's page, or for the provider once released."""

from openbeian.assessment.answer_rows import RESULTS, AnswerRow, answer_rows
from openbeian.assessment.reports import counted_report
from openbeian.core.text import Text
from openbeian.evidence import ChainReader
from openbeian.portal.retests.banks import private_folder
from openbeian.portal.retests.journal import Journal
from openbeian.portal.retests.models import RetestRun
from openbeian.standards import load_taxonomy

__all__ = ["RESULTS", "AnswerRow", "read_answers", "stratum_names"]


def read_answers(run: RetestRun) -> list[AnswerRow]:
    """Return what was asked and said, with what judges said of it: faults first, then doubt, then the rest.

    Raises:
        CouldNotRunError: The evidence can't be opened.
    """
    with private_folder() as folder:
        evidence = folder / "evidence.jsonl"
        evidence.write_bytes(Journal(run.pk).read())
        counted = counted_report(evidence)
        judges = sorted(counted.tally.cards)
        rows = list(answer_rows(ChainReader(evidence), counted.tally, counted.edition, judges))
    order = {False: 0, None: 1, True: 2}
    return sorted(rows, key=lambda row: (order[row.result], row.bank, row.question))


def stratum_names() -> dict[str, Text]:
    """Return what each risk and aspect is called."""
    taxonomy = load_taxonomy()
    risks = {one.id: one.text for one in taxonomy.risks}
    return risks | {one.id: one.text for one in taxonomy.aspects}
