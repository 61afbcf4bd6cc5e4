"""A folder put before the checks: with everything in it, on a day, and with lists to look numbers up in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from openbeian.corpus.reports import report_of_scan
from openbeian.dossier.checks.dossier import Dossier
from openbeian.dossier.checks.probed import Probed
from openbeian.dossier.folder import Folder
from openbeian.dossier.register_rows import RegisterRow

__all__ = ["dossier_in"]


def dossier_in(
    folder: Folder, *, on: date, register: Sequence[RegisterRow] = (), probed: Probed | None = None
) -> Dossier:
    """Return the whole folder as checks see it on the day `on`.

    Raises:
        BadInputError: The corpus scan that `dossier.yaml` names can't be read.
    """
    corpus = None
    if folder.corpus:
        corpus = report_of_scan(
            folder.corpus.scan,
            edition=folder.edition,
            on=on,
            ledger=folder.corpus.ledger,
            judgements=folder.corpus.judgements,
        )
    return replace(
        folder.dossier(),
        root=folder.path,
        on=on,
        corpus=corpus,
        register=tuple(register),
        probed=probed,
    )
