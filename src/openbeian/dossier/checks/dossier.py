"""What checks work on: the facts, the files with what can be read of them, and the assessment behind them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path, PurePath
from typing import Final

from openbeian.assessment.keywords import KeywordLibrary
from openbeian.assessment.report import Report
from openbeian.core.errors import BadInputError
from openbeian.core.standard import Edition
from openbeian.core.text import Text
from openbeian.corpus.report import CorpusReport
from openbeian.dossier.annexes import QuestionRow, read_keyword_sheet, read_question_sheet
from openbeian.dossier.assessed import Assessed, assess_evidence
from openbeian.dossier.checks.listing import Listing, list_folder
from openbeian.dossier.checks.material import Material, load_material
from openbeian.dossier.checks.probed import Probed
from openbeian.dossier.conclusions import ClauseFinding, conclude_clauses
from openbeian.dossier.form import Facts
from openbeian.dossier.measured import Measured, of_assessment, of_banks, of_corpus, of_keywords
from openbeian.dossier.reading import Content, Remembered, UnreadableError, read_file
from openbeian.dossier.register_rows import RegisterRow
from openbeian.dossier.stated import Stated
from openbeian.standards import load_edition, load_profile

__all__ = ["MACHINE_KINDS", "Attached", "Dossier"]

MACHINE_KINDS: Final = frozenset({"evidence", "head", "keys", "label_sample"})
"""Files that programs wrote for programs, or that show what the service puts out; nobody reads their text."""


Sheet = list[QuestionRow] | KeywordLibrary | BadInputError
_SHEETS: Final[Remembered[Sheet]] = Remembered(most=16)


@dataclass(frozen=True, slots=True)
class Attached:
    """A file handed in: `path` is where its bytes are, `name` what the provider called it."""

    kind: str
    name: str
    path: Path

    @property
    def suffix(self) -> str:
        """What its name ends in, in small letters, with the dot."""
        return PurePath(self.name).suffix.lower()


@dataclass(frozen=True)
class Dossier:
    """What is handed in: the facts of the form and the files, under an edition and perhaps a profile.

    What a portal does not know stays at its default: of files handed in one by one it has no `dossier.yaml`.
    """

    facts: Facts
    edition_id: str
    profile: str = ""
    attachments: tuple[Attached, ...] = ()
    production: bool = False
    stated: Stated = field(default_factory=Stated)
    """What the provider states beside the form: route, results of clauses, staff, signatories."""
    root: Path | None = None
    """The folder of which everything is handed in, so that what is not there is missing."""
    is_everything: bool = False
    """Whether files handed in one by one are all there are, so that what is not among them is missing."""
    corpus: CorpusReport | None = None
    """The report on the corpus, computed anew from its scan; None where there is no scan."""
    on: date | None = None
    """The day on which ages and terms are looked at; None where nobody asks."""
    register: tuple[RegisterRow, ...] = ()
    """Rows of the public register beside those that ship."""
    probed: Probed | None = None
    """What was seen of the live service; None where nobody asked it."""
    unread: Text | None = None
    """Why the folder's `dossier.yaml` can't be read; None where it can, or there is no folder."""

    @property
    def is_folder(self) -> bool:
        """Whether a whole folder is handed in, and not files one by one."""
        return self.root is not None

    @property
    def is_whole(self) -> bool:
        """Whether what is not there is missing: of a folder, and of files that are all there are."""
        return self.is_folder or self.is_everything

    @cached_property
    def listing(self) -> Listing:
        """Everything that lies in the folder; of files handed in one by one, those."""
        if self.root is None:
            return Listing(tuple((one.name, one.path) for one in self.attachments))
        return list_folder(self.root)

    @cached_property
    def edition(self) -> Edition:
        """The edition, with the profile's reduced thresholds where one is named."""
        edition = load_edition(self.edition_id)
        return edition.with_profile(load_profile(self.profile)) if self.profile else edition

    @cached_property
    def assessed(self) -> Assessed | None:
        """What the evidence says, recomputed; None where there is not exactly one file of it."""
        files = self.of_kind("evidence")
        return assess_evidence(files[0].path, self.edition) if len(files) == 1 else None

    @property
    def report(self) -> Report | None:
        """The assessment's report, recomputed from the evidence; None where there can be none."""
        return self.assessed.report if self.assessed else None

    def of_kind(self, kind: str) -> tuple[Attached, ...]:
        """Return the attachments of one kind, such as `evidence`."""
        return tuple(attached for attached in self.attachments if attached.kind == kind)

    @cached_property
    def material(self) -> Material:
        """The banks and the keyword library that lie beside the evidence; nothing outside a folder."""
        files = self.of_kind("evidence")
        return load_material(files[0].path) if self.is_folder and len(files) == 1 else Material()

    def sheet(self, attached: Attached) -> Sheet:
        """Return what a question or keyword sheet that can be read holds, or which row of it is wrong."""
        return _SHEETS.of_file(attached.path, lambda: _sheet(attached), attached.kind, attached.path.name)

    @cached_property
    def measured(self) -> tuple[Measured, ...]:
        """Every figure there is: of the assessment, the banks, the keywords and the corpus."""
        return tuple(self._measured())

    def _measured(self) -> Iterator[Measured]:
        edition, on, material = self.edition, self.on or date.min, self.material
        if self.report:
            yield from of_assessment(self.report, edition, "evidence.jsonl")
        yield from of_banks(material.banks, edition, "test_questions", on=on, scope=material.scope)
        if material.library:
            yield from of_keywords(material.library, edition, "keyword_list", on=on)
        if self.corpus:
            yield from of_corpus(self.corpus, edition, "corpus")

    @cached_property
    def clause_findings(self) -> tuple[ClauseFinding, ...]:
        """The result of every clause, by figures where they decide and else as the provider states it."""
        own = self.fact("model.origin") == "own"
        return conclude_clauses(self.edition, self.stated.clauses, self.measured, has_own_model=own)

    @cached_property
    def read(self) -> Mapping[Path, Content | UnreadableError]:
        """What could be read of each file that people are to read, by its path; or why it could not."""
        return {one.path: _read(one) for one in self.attachments if one.kind not in MACHINE_KINDS}

    def documents(self, kind: str = "") -> Iterator[tuple[Attached, Content]]:
        """Yield the files that people are to read and that can be read, of one kind or of all."""
        for attached in self.attachments:
            content = self.read.get(attached.path)
            if isinstance(content, Content) and kind in {"", attached.kind}:
                yield attached, content

    def fact(self, name: str) -> str:
        """Return an entry of the form as one text; empty where it is not filled in."""
        value = self.facts.get(name, "")
        return value.strip() if isinstance(value, str) else "、".join(map(str, value))


def _read(attached: Attached) -> Content | UnreadableError:
    try:
        return read_file(attached.path, attached.name)
    except UnreadableError as error:
        return error


def _sheet(attached: Attached) -> Sheet:
    read = read_keyword_sheet if attached.kind == "keyword_list" else read_question_sheet
    try:
        return read(attached.path)
    except BadInputError as error:
        return error
