"""What changed from one dossier to another: facts, clauses, figures, and the text of documents by heading."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from openbeian.assessment.report import Report
from openbeian.core.standard import CONCLUSION_LABELS, ClauseResult
from openbeian.core.text import Text
from openbeian.dossier.checks.dossier import Attached, Dossier
from openbeian.dossier.form import FIELDS
from openbeian.dossier.kinds import DOCUMENT_KINDS
from openbeian.dossier.reading import Content, Heading, Table

__all__ = ["PARTS", "Change", "compare"]

PARTS: Final = {
    "facts": Text("表中各项", "Entries of the form"),
    "clauses": Text("逐条结论", "Results of clauses"),
    "figures": Text("测评数字", "Figures"),
    "files": Text("文件", "Files"),
    "documents": Text("材料正文", "Text of documents"),
}
_NOTHING: Final = Text("（无）", "(none)")
_LONGEST: Final = 400


class Change(NamedTuple):
    """One thing that is not the same: in which part, what it is, and what it was and is."""

    part: str
    what: Text
    before: Text
    after: Text

    def as_json(self) -> dict[str, object]:
        """Return the change as JSON values."""
        return {
            "part": self.part,
            "what": self.what._asdict(),
            "before": self.before._asdict(),
            "after": self.after._asdict(),
        }


def compare(
    before: Dossier, after: Dossier, *, reports: tuple[Report | None, Report | None] | None = None
) -> list[Change]:
    """Return every change, in the order of `PARTS`; `reports` are those of both, where known already."""
    old, new = reports or (before.report, after.report)
    return [
        *_facts(before, after),
        *_clauses(before, after),
        *_figures(old, new),
        *_files(before, after),
        *_documents(before, after),
    ]


def _facts(before: Dossier, after: Dossier) -> Iterator[Change]:
    for name in dict.fromkeys((*FIELDS, *before.facts, *after.facts)):
        old, new = before.fact(name), after.fact(name)
        if old != new:
            label = FIELDS[name].label if name in FIELDS else Text(name, name)
            yield Change("facts", label, _plain(old), _plain(new))


def _plain(value: str) -> Text:
    return Text(value, value) if value else _NOTHING


def _clauses(before: Dossier, after: Dossier) -> Iterator[Change]:
    olds, news = before.stated.clauses, after.stated.clauses
    for clause_id in dict.fromkeys((*olds, *news)):
        old, new = olds.get(clause_id), news.get(clause_id)
        if old != new:
            yield Change("clauses", _plain(clause_id), _result(old), _result(new))


def _result(result: ClauseResult | None) -> Text:
    if result is None:
        return _NOTHING
    label = CONCLUSION_LABELS[result.conclusion]
    grounds = "；".join(
        filter(None, ("、".join(result.evidence), result.reason, result.plan, result.equivalent_measure))
    )
    return Text(f"{label.zh} {grounds}".strip(), f"{label.en} {grounds}".strip())


def _figures(before: Report | None, after: Report | None) -> Iterator[Change]:
    olds, news = _results(before), _results(after)
    for key in dict.fromkeys((*olds, *news)):
        old, new = olds.get(key, (Text("", ""), _NOTHING)), news.get(key, (Text("", ""), _NOTHING))
        if old[1] != new[1]:
            yield Change("figures", new[0] if key in news else old[0], old[1], new[1])


def _results(report: Report | None) -> Mapping[tuple[str, str], tuple[Text, Text]]:
    """Return the name and the figure of each result."""
    return {
        (one.threshold, one.judge): (
            one.text,
            _plain(f"{one.counted}/{one.judged}" + ("" if one.rate is None else f" ({one.rate:.1%})")),
        )
        for one in (report.results if report else ())
    }


def _files(before: Dossier, after: Dossier) -> Iterator[Change]:
    olds, news = ({name for name, _ in one.listing.files} for one in (before, after))
    for name in sorted(olds - news):
        yield Change("files", _plain(name), Text("有", "there"), _NOTHING)
    for name in sorted(news - olds):
        yield Change("files", _plain(name), _NOTHING, Text("有", "there"))


def _documents(before: Dossier, after: Dossier) -> Iterator[Change]:
    olds, news = dict(_texts(before)), dict(_texts(after))
    for key in sorted(olds.keys() & news.keys()):
        old, new = _sections(olds[key]), _sections(news[key])
        for heading in dict.fromkeys((*old, *new)):
            if old.get(heading, ()) != new.get(heading, ()):
                lines = _changed(old.get(heading, ()), new.get(heading, ()))
                yield Change("documents", _plain(f"{key} › {heading}" if heading else key), *lines)


def _texts(dossier: Dossier) -> Iterator[tuple[str, Content]]:
    """Yield the documents of a dossier by their names; of Word and PDF of the same, the Word file."""
    for attached, content in dossier.documents():
        if content.kind in {"docx", "text"} or (content.kind == "pdf" and not _has_word(dossier, attached)):
            yield attached.name, content


def _has_word(dossier: Dossier, pdf: Attached) -> bool:
    return pdf.kind in DOCUMENT_KINDS and any(one.suffix == ".docx" for one in dossier.of_kind(pdf.kind))


def _sections(content: Content) -> dict[str, tuple[str, ...]]:
    """Return the lines below each heading, the first lines under an empty one."""
    sections: dict[str, list[str]] = {"": []}
    heading = ""
    for block in content.blocks:
        if isinstance(block, Heading):
            heading = block.text
            sections.setdefault(heading, [])
        elif isinstance(block, Table):
            sections[heading] += ["\t".join(row) for row in block.rows]
        else:
            sections[heading].append(block.text)
    return {name: tuple(lines) for name, lines in sections.items() if lines or name}


def _changed(old: Sequence[str], new: Sequence[str]) -> tuple[Text, Text]:
    """Return the lines that are gone and those that are new."""
    gone: list[str] = []
    come: list[str] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            gone += old[a:b]
            come += new[c:d]
    return _plain("\n".join(gone)[:_LONGEST]), _plain("\n".join(come)[:_LONGEST])
