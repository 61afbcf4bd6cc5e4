"""Taking in what one person judged: matched with the evidence row by row, appended, settled."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from openbeian.assessment.amending import amend
from openbeian.assessment.banks import BankKind
from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.inspection import HUMAN, LABELS, PROCEDURE, summarise
from openbeian.assessment.inspection_items import Filled, InspectedRun, Item, wrong_at
from openbeian.assessment.inspection_records import Said, records_of
from openbeian.assessment.inspection_sheet import read_sheet
from openbeian.assessment.inspection_tasks import read_tasks
from openbeian.assessment.judges.protocol import JudgeCard
from openbeian.assessment.report import InspectionReport
from openbeian.assessment.reports import SignHead
from openbeian.core.agreement import parse_label
from openbeian.core.text import Text
from openbeian.evidence import ChainReader

__all__ = ["Imported", "import_verdicts", "inspections_of", "match_rows", "read_filled"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import."""

    new: int
    already: int
    """Verdicts that this person had handed in before, and that say the same again."""
    blank: tuple[Text, ...]
    """Where a row had no result yet."""
    settled: int
    """Answers that got their verdict by this import."""
    inspections: tuple[InspectionReport, ...]


def read_filled(path: Path, annotator: str = "") -> list[Filled]:
    """Return what somebody filled in: a sheet, or the JSON of Label Studio.

    Raises:
        BadInputError: The file can't be read or is neither.
    """
    return read_tasks(path, annotator) if path.suffix.lower() == ".json" else read_sheet(path)


def import_verdicts(
    out: Path,
    files: Iterable[tuple[Path, Sequence[Filled]]],
    *,
    by: str,
    at: datetime,
    sign_head: SignHead | None = None,
) -> Imported:
    """Append to a run's evidence what one person judged, and the verdicts that are settled by it.

    Handing in the same again changes nothing.

    Args:
        out: the run's directory.
        files: rows, each with the file they were read from.
        by: the person's pseudonym.
        at: when.
        sign_head: signs the evidence anew.

    Raises:
        BadInputError: A row is not about an answer of this run, has no such result, or contradicts one
            that the person gave before; the lines are named and nothing is appended.
        CouldNotRunError: Somebody else writes the evidence.
    """
    directory = RunDirectory(out)
    directory.check_exists()
    reader = ChainReader(directory.evidence, drop_torn=True)
    run = InspectedRun.read(reader)
    said: dict[int, str] = {}
    blank: list[Text] = []
    for path, rows in files:
        matched = list(match_rows(run, path, rows))
        blank += [row.place for row, _, value in matched if value is None]
        _take(run, path, matched, said, by)
    new = {answer: value for answer, value in said.items() if by not in run.inspected.given.get(answer, {})}
    records = list(records_of(run, (Said(answer, by, value) for answer, value in new.items())))
    if records:
        card = JudgeCard(HUMAN, PROCEDURE)
        amend(directory, reader, records, at=at, cards=[card], sign_head=sign_head)
    settled = len(records) - len(new)
    return Imported(len(new), len(said) - len(new), tuple(blank), settled, inspections_of(run))


def match_rows(
    run: InspectedRun, path: Path, rows: Sequence[Filled]
) -> Iterator[tuple[Filled, Item, str | None]]:
    """Yield each row with its answer and the verdict it states, None where it states none.

    Raises:
        BadInputError: A row is not about an answer of this run, or states no verdict that it could have.
    """
    if not rows:
        raise wrong_at(path, [], Text("没有要导入的行。", "there is nothing in it to import."))
    numbered: dict[str, list[Item]] = {}
    for item in run.items.values():
        numbered.setdefault(str(item.number), []).append(item)
    found = [(row, _item(numbered.get(row.number.strip(), []), row)) for row in rows]
    strangers = [row.place for row, item in found if item is None]
    if strangers:
        raise wrong_at(
            path,
            strangers,
            Text(
                "序号、测试题与模型回答同本次评估的证据对不上；请用导出的表，只填「研判结果」。",
                "number, question and answer are not those of this run; use the sheet exported from it and "
                "fill in the result only.",
            ),
        )
    yield from _with_values(path, [(row, item) for row, item in found if item is not None])


def _item(candidates: Iterable[Item], row: Filled) -> Item | None:
    return next((item for item in candidates if item.is_shown_as(row)), None)


def _with_values(
    path: Path, found: Iterable[tuple[Filled, Item]]
) -> Iterator[tuple[Filled, Item, str | None]]:
    for row, item in found:
        labels = LABELS[item.bank]
        value = parse_label(labels, row.label)
        if value is None and row.label.strip():
            words = Text("、".join(text.zh for text in labels.values()), ", ".join(labels))
            raise wrong_at(
                path,
                [row.place],
                Text(
                    f"研判结果「{row.label}」不是其一：{words.zh}；请改正。",
                    f"the result “{row.label}” is none of {words.en}; correct it.",
                ),
            )
        yield row, item, value


def _take(
    run: InspectedRun,
    path: Path,
    matched: Iterable[tuple[Filled, Item, str | None]],
    said: dict[int, str],
    by: str,
) -> None:
    contradictions = []
    for row, item, value in matched:
        if value is not None:
            before = run.inspected.given.get(item.answer, {}).get(by)
            if said.setdefault(item.answer, before or value) != value:
                contradictions.append(row.place)
    if contradictions:
        raise wrong_at(
            path,
            contradictions,
            Text(
                "与此人先前的研判不同；已给出的研判不能改，两人不一致时由第三人裁定。",
                "it contradicts what this person said before; a verdict once given stands, and a third "
                "person decides where two disagree.",
            ),
        )


def inspections_of(run: InspectedRun) -> tuple[InspectionReport, ...]:
    """Return how far people have come with each bank of a run."""
    return tuple(
        summarise(run.inspected, bank, (item.answer for item in run.of_bank(bank)))
        for bank in BankKind
        if bank.value in run.state.draws
    )
