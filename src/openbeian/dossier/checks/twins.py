"""The Word file and the PDF of one document: which belong together."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from openbeian.dossier.checks.dossier import Attached, Dossier
from openbeian.dossier.kinds import DOCUMENT_KINDS
from openbeian.dossier.reading import Content

__all__ = ["Held", "is_english", "pairs_of", "without_twins"]

_ENGLISH: Final = re.compile(r"\.en\.[a-z]+$", re.IGNORECASE)


class Held(NamedTuple):
    """A file with what was read of it."""

    attached: Attached
    content: Content


def is_english(attached: Attached) -> bool:
    """Say whether a file is called like the English one of two."""
    return bool(_ENGLISH.search(attached.name))


def pairs_of(dossier: Dossier) -> Iterator[tuple[Held, Held]]:
    """Yield the Word file and the PDF of each document and language where there is one of each.

    A PDF of which something could not be read is left out: nobody can say what it lacks.
    """
    for kind in DOCUMENT_KINDS:
        held: Mapping[tuple[str, bool], list[Held]] = defaultdict(list)
        for attached, content in dossier.documents(kind):
            held[content.kind, is_english(attached)].append(Held(attached, content))
        for english in (False, True):
            words, pdfs = held["docx", english], held["pdf", english]
            if len(words) == len(pdfs) == 1 and pdfs[0].content.plain and not pdfs[0].content.notes:
                yield words[0], pdfs[0]


def without_twins(dossier: Dossier) -> Iterator[Held]:
    """Yield every document once: the PDF that says the same as a Word file beside it is left out."""
    twins = {pdf.attached.path for _, pdf in pairs_of(dossier)}
    for attached, content in dossier.documents():
        if attached.path not in twins:
            yield Held(attached, content)
