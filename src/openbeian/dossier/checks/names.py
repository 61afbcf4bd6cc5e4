"""One name everywhere: company, service, model and people, in every document as in the form."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from openbeian.core.text import Text
from openbeian.dossier.checks.labelled import company_names, labelled_values, says
from openbeian.dossier.checks.registry import Dossier, Finding, Report, check_of
from openbeian.dossier.form import FIELDS
from openbeian.dossier.reading import Content, label_of, plain
from openbeian.standards.reading import Entry, read_file

__all__: list[str] = []

_DATA: Final = Path(__file__).parent / "data" / "named.yaml"
_COMPANY: Final = "provider.name"


class _Named(NamedTuple):
    """What must be called the same: its entry in the form, its labels, and where it must be said."""

    fact: str
    labels: frozenset[str]
    said_in: frozenset[str]


def _check(named: _Named, dossier: Dossier, report: Report) -> Iterator[Finding]:
    fact = dossier.fact(named.fact)
    if not fact:
        return
    label = FIELDS[named.fact].label
    mend = Text(f"统一为「{fact}」", f"Write “{fact}” everywhere")
    for attached, content in dossier.documents():
        other = next(_others(named, content, fact), None) if not content.sheets else None
        if other is not None:
            found = Text(
                f"{label.zh}写作「{other}」，表中为「{fact}」",
                f"{label.en} is “{other}” here and “{fact}” in the form",
            )
            yield report(attached.name, found, mend)
        elif dossier.is_whole and attached.kind in named.said_in and not _is_said(content, fact):
            found = Text(f"没有写出{label.zh}「{fact}」", f"{label.en}, “{fact}”, is not mentioned")
            yield report(attached.name, found, mend)


def _others(named: _Named, content: Content, fact: str) -> Iterator[str]:
    for value in labelled_values(content, named.labels):
        if not says(value, fact):
            yield value
    if named.fact == _COMPANY:
        yield from company_names(content.text, fact)


def _is_said(content: Content, fact: str) -> bool:
    # What can't be read at all is said by the check on reading.
    return plain(fact) in content.plain or not content.text.strip()


def _register(entry: Entry) -> None:
    named = _Named(
        entry.string("fact"),
        frozenset(map(label_of, entry.strings("labels"))),
        frozenset(entry.strings("said_in")),
    )
    check_of(entry, partial(_check, named), severity="error")


for _entry in read_file(_DATA).entries("named"):
    _register(_entry)
