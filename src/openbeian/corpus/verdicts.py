"""What people said of a scan's sample: a chain of its own beside the scan's evidence, which it names.

`inspection.jsonl` begins with a commitment to the last line of `evidence.jsonl`; each further line is one
person's verdict on one document. Two judge each, a third where they disagree; a verdict once given stands.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple, Self

from openbeian.core.agreement import CONFORMING_LABELS, Agreement, Standing, agreement_of, settle
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.corpus.folder import held
from openbeian.corpus.inspection import Judged
from openbeian.corpus.record import last_line_of, load_result
from openbeian.corpus.scan import Scanned
from openbeian.corpus.tally import Picked
from openbeian.evidence import ChainReader, ChainWriter, Finding, Record, RecordKind
from openbeian.evidence.heads import VerifyHead, check_head

__all__ = ["INSPECTION", "Given", "Inspections", "Taken", "check_verdicts", "sampled", "take_verdicts"]

INSPECTION: Final = "inspection.jsonl"


class Given(NamedTuple):
    """One person's verdict on the document with this number in the sample."""

    number: int
    value: str
    place: Text
    """Where the verdict stands in the file it came in."""


class Taken(NamedTuple):
    """What came of handing verdicts in."""

    new: int
    already: int
    settled: int
    agreement: Agreement
    head: str
    """The last hash of the chain."""


def sampled(scanned: Scanned) -> list[Picked]:
    """Return the documents that are judged, of the whole and of each source, in the order of the draw."""
    samples = [scanned.tally.sample, *scanned.tally.samples.values()]
    return sorted({one for sample in samples for one in sample})


@dataclass(slots=True)
class Inspections:
    """The verdicts on a sample; documents go by their number, from 1."""

    sample: list[Picked]
    given: dict[int, dict[str, str]] = field(default_factory=dict)
    """For each document the verdict of each person, in the order in which they came in."""

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return what people said of a finished scan.

        Raises:
            BadInputError: There is no finished scan, or the chain is broken or of another.
        """
        _, scanned = load_result(folder)
        found = cls(sampled(scanned))
        if (folder / INSPECTION).exists():
            for record in list(_records(folder))[1:]:
                found.take(record)
        return found

    def take(self, record: Record) -> None:
        """Take one verdict; of several by a person on one document the first counts."""
        by, value = record.string("by"), record.string("value")
        self.given.setdefault(record.integer("number"), {}).setdefault(by, value)

    def judged(self) -> Judged:
        """Return the verdicts that are settled, by file and offset."""
        settled = {number: settle(tuple(given.values())).value for number, given in self.given.items()}
        return {
            (self.sample[number - 1].path, self.sample[number - 1].offset): value == "conforms"
            for number, value in settled.items()
            if value is not None
        }

    def disputed(self) -> list[int]:
        """Return the documents that wait for a third person."""
        return [number for number in sorted(self.given) if self._standing(number) is Standing.DISAGREED]

    def agreement(self) -> Agreement:
        """Return how far people have come with the sample, and how well they agree."""
        return agreement_of(self.given.get(number, {}) for number in range(1, len(self.sample) + 1))

    def _standing(self, number: int) -> Standing:
        return settle(tuple(self.given.get(number, {}).values())).standing


def take_verdicts(folder: Path, given: list[Given], *, by: str, at: datetime) -> Taken:
    """Append what one person judged; the same again changes nothing.

    Raises:
        BadInputError: A verdict contradicts one that the person gave before; nothing is appended.
        CouldNotRunError: Another process writes there, or the disk is full.
    """
    with held(folder):
        before = Inspections.read(folder)
        settled = len(before.judged())
        said: dict[int, str] = {}
        for one in given:
            known = before.given.get(one.number, {}).get(by)
            if said.setdefault(one.number, known or one.value) != one.value:
                raise _contradiction(one)
        new = {number: value for number, value in said.items() if by not in before.given.get(number, {})}
        head = _append(folder, new, by, at)
        for number, value in new.items():
            before.given.setdefault(number, {})[by] = value
        return Taken(len(new), len(said) - len(new), len(before.judged()) - settled, before.agreement(), head)


def _append(folder: Path, new: Mapping[int, str], by: str, at: datetime) -> str:
    path = folder / INSPECTION
    if not path.exists():
        with ChainWriter(path) as chain:
            chain.append(RecordKind.COMMITMENT, {"scan": last_line_of(folder)}, at=at)
    reader = ChainReader(path, drop_torn=True)
    list(reader)
    with ChainWriter.resume(path, reader) as chain:
        for number, value in sorted(new.items()):
            chain.append(RecordKind.INSPECTION, {"by": by, "number": number, "value": value}, at=at)
        return chain.head


def _records(folder: Path) -> list[Record]:
    records = list(ChainReader(folder / INSPECTION, canonical=True))
    first = records[0] if records else None
    if (
        first is None
        or first.kind is not RecordKind.COMMITMENT
        or first.body.get("scan") != last_line_of(folder)
    ):
        raise BadInputError(
            f"{folder / INSPECTION} 不是对这次扫描样本的研判；请放回原文件。",
            f"{folder / INSPECTION} is not about the sample of this scan; put the original back.",
        )
    return records


def _contradiction(given: Given) -> BadInputError:
    return BadInputError(
        f"{given.place.zh}：与此人先前的研判不同；已给出的研判不能改，两人不一致时由第三人裁定。",
        f"{given.place.en}: it contradicts what this person said before; a verdict once given stands, and "
        "a third person decides where two disagree.",
    )


def check_verdicts(folder: Path, verify_head: VerifyHead | None = None) -> list[Finding]:
    """Return what is to be said of the verdicts on a finished scan's sample, if there are any."""
    if not (folder / INSPECTION).exists():
        return []
    _, scanned = load_result(folder)
    try:
        reader = ChainReader(folder / INSPECTION)
        list(reader)
        records = _records(folder)
    except BadInputError as error:
        return [Finding("broken_inspection", "error", error.text)]
    found = list(_check_each(records[1:], len(sampled(scanned))))
    return [*found, *check_head(folder / "inspection-head.dsse.json", reader.head, verify_head)]


def _check_each(records: list[Record], size: int) -> Iterator[Finding]:
    seen = set[tuple[int, str]]()
    for record in records:
        key = record.integer("number"), record.string("by")
        if not 1 <= key[0] <= size or record.string("value") not in CONFORMING_LABELS:
            yield _wrong(record, Text("不是对样本的研判", "no verdict on the sample"))
        elif key in seen:
            yield _wrong(record, Text("同一人对同一条判了两次", "this person judged it before"))
        seen.add(key)


def _wrong(record: Record, what: Text) -> Finding:
    said = Text(
        f"{INSPECTION} 第 {record.line} 行：{what.zh}。", f"{INSPECTION}, line {record.line}: {what.en}."
    )
    return Finding("verdict_on_nothing", "error", said, record.line)
