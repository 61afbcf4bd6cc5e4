"""What every chapter of the report is written with: its figures, its language, and how results are said."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from openbeian.assessment.report import Conclusion, Report, Result
from openbeian.assessment.report_words import JUDGES, count, share
from openbeian.core.standard import Limit
from openbeian.core.text import Language, Text
from openbeian.dossier.documents.model import Block, Heading
from openbeian.dossier.documents.report.gathered import Gathered

__all__ = ["RESULT_LABELS", "Writing", "number_headings"]

RESULT_LABELS = {
    True: Text("符合", "Conforms"),
    False: Text("不符合", "Does not conform"),
    None: Text("未得出结论", "No conclusion"),
}
_LEFT_OUT = Text("本方案不计", "Left out")


@dataclass(frozen=True)
class Writing:
    """A report being written in one language."""

    found: Gathered
    language: Language

    @property
    def report(self) -> Report:
        """The report on the evidence."""
        return self.found.report

    def say(self, zh: str, en: str) -> str:
        """Return what is said, in the language of the document."""
        return en if self.language == "en" else zh

    def heads(self, *texts: tuple[str, str]) -> tuple[str, ...]:
        """Return the headings of a table."""
        return tuple(self.say(*text) for text in texts)

    def method(self, result: Result) -> str:
        """Return by what a result was judged."""
        return JUDGES.get(result.judge, Text(result.judge, result.judge)).in_(self.language)

    def required(self, result: Result) -> str:
        """Return the rate that is required."""
        return f"{_sign(result)}\u00a0{share(result.required_rate)}"

    def cutoff(self, result: Result) -> str:
        """Return the count that the rate required comes to on this sample."""
        return f"{_sign(result)}\u00a0{count(result.cutoff)}"

    def concluded(self, result: Result) -> str:
        """Return the conclusion of a result in words."""
        if result.left_out:
            return _LEFT_OUT.in_(self.language)
        met = {Conclusion.CONFORMS: True, Conclusion.DOES_NOT_CONFORM: False}.get(result.conclusion)
        return RESULT_LABELS[met].in_(self.language)

    def listed(self, items: Iterable[str]) -> str:
        """Return several things in one sentence."""
        return self.say("、", ", ").join(items)


def _sign(result: Result) -> str:
    return "≤" if result.limit is Limit.AT_MOST else "≥"


def number_headings(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the blocks with the headings of the first two levels numbered, such as 1 and 1.1."""
    chapter, section = 0, 0
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            chapter, section = chapter + 1, 0
            yield replace(block, text=f"{chapter}  {block.text}")
        elif isinstance(block, Heading) and block.level == 2:  # noqa: PLR2004  the second level
            section += 1
            yield replace(block, text=f"{chapter}.{section}  {block.text}")
        else:
            yield block
