"""What the report says, worked out once: figures, their clauses, and the conclusion they add up to."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Self

from openbeian.assessment.banks import BankKind, QuestionBank
from openbeian.assessment.committed import scope_of, seals
from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.keywords import KeywordLibrary, load_keywords
from openbeian.assessment.report import Report
from openbeian.assessment.reports import CountedReport, counted_report, report_of
from openbeian.assessment.stored import load_bank_copy
from openbeian.core.standard import Edition
from openbeian.corpus.report import CorpusReport
from openbeian.corpus.reports import report_of_scan
from openbeian.dossier.conclusions import ClauseFinding, Overall, conclude_clauses, conclude_overall
from openbeian.dossier.documents.registry import Material
from openbeian.dossier.kinds import DOCUMENT_KINDS
from openbeian.dossier.measured import Measured, of_assessment, of_banks, of_corpus, of_keywords

__all__ = ["Gathered"]

_NAME: Final = "gathered"


@dataclass(frozen=True)
class Gathered:
    """The figures behind a dossier's report; each is computed when it is first asked for, and once."""

    material: Material

    @classmethod
    def of(cls, material: Material) -> Self:
        """Return the figures of a dossier, the same for all its documents."""
        known: Self = material.worked_out.setdefault(_NAME, cls(material))
        return known

    @property
    def run(self) -> RunDirectory:
        """The run's folder."""
        return RunDirectory(self.material.folder.run)

    @property
    def edition(self) -> Edition:
        """The edition the dossier rests on, under its profile."""
        return self.material.edition

    @cached_property
    def counted(self) -> CountedReport:
        """The report on the evidence, with its counts; the evidence must be under the dossier's edition."""
        self.run.check_exists()
        return counted_report(self.run.evidence, others=True, edition=self.edition)

    @property
    def report(self) -> Report:
        """The report on the evidence."""
        return self.counted.report

    @cached_property
    def compared(self) -> Report | None:
        """The report on the run that this one is held against; None where there is none."""
        other = self.material.folder.compared
        return report_of(RunDirectory(other.run).evidence) if other else None

    @cached_property
    def corpus(self) -> CorpusReport | None:
        """The report on the corpus; None where no scan is given."""
        files = self.material.folder.corpus
        if files is None:
            return None
        return report_of_scan(
            files.scan,
            edition=self.edition,
            on=self.material.on,
            ledger=files.ledger,
            judgements=files.judgements,
        )

    @cached_property
    def banks(self) -> tuple[QuestionBank, ...]:
        """The banks committed to, as far as their copies lie beside the evidence."""
        sealed = [seal for seal in seals(self.counted.tally.state.committed) if seal.kind in list(BankKind)]
        return tuple(load_bank_copy(self.run, seal) for seal in sealed if self.run.copy_of(seal).is_file())

    @cached_property
    def library(self) -> KeywordLibrary | None:
        """The keyword library committed to; None where there was none, or its copy is not there."""
        for seal in seals(self.counted.tally.state.committed):
            path = self.run.copy_of(seal)
            if seal.kind == "keywords" and path.is_file():
                return load_keywords(path)
        return None

    @cached_property
    def measured(self) -> tuple[Measured, ...]:
        """Every figure against its threshold."""
        return tuple(self._measured())

    @cached_property
    def findings(self) -> tuple[ClauseFinding, ...]:
        """The result of each clause."""
        return conclude_clauses(
            self.edition,
            self.material.folder.stated.clauses,
            self.measured,
            has_own_model=self.material.fact("model.origin") == "own",
        )

    @cached_property
    def overall(self) -> Overall:
        """The overall conclusion, or what is open."""
        return conclude_overall(self.edition, self.findings, self.measured)

    def _measured(self) -> Iterator[Measured]:
        on, edition = self.material.on, self.edition
        yield from of_assessment(self.report, edition, self.named(self.run.evidence))
        scope = scope_of(self.counted.tally.state.committed)
        yield from of_banks(self.banks, edition, self.annex("test_questions"), on=on, scope=scope)
        if self.library:
            yield from of_keywords(self.library, edition, self.annex("keyword_list"), on=on)
        if self.corpus and self.material.folder.corpus:
            yield from of_corpus(self.corpus, edition, self.named(self.material.folder.corpus.scan))

    def named(self, path: Path) -> str:
        """Return a file of the dossier as documents name it: by its path in the folder."""
        return path.relative_to(self.material.folder.path).as_posix()

    def annex(self, kind: str) -> str:
        """Return the name of a workbook of the dossier; it is the same in every language."""
        folder = self.material.folder
        return f"{DOCUMENT_KINDS[kind].stem(folder.stated.route, folder.languages[0])}.xlsx"
