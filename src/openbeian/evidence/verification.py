"""Checking evidence: what can be recomputed from the records and the bank, without any key.

The chain itself is checked by reading it (`ChainReader`); signatures are checked by who knows the keys.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.evidence.commitment import digest_of
from openbeian.evidence.draws import Draw
from openbeian.evidence.records import Record, RecordKind

__all__ = ["Finding", "check_redraw", "verify_records"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about evidence that a reader must know; `error` means its figures can't be relied on."""

    code: str
    severity: Literal["error", "warning", "note"]
    text: Text
    line: int | None = None

    def as_json(self) -> dict[str, object]:
        """Return the finding as JSON values."""
        return {
            "code": self.code,
            "line": self.line,
            "severity": self.severity,
            "text": self.text._asdict(),
        }


def verify_records(records: Iterable[Record]) -> Iterator[Finding]:
    """Yield what is wrong with a run's records in themselves.

    They must begin with one commitment whose digest is right; draws must be over it, one for each bank;
    answers must be to questions drawn, one each; verdicts and what people say must be on answers.
    """
    state = _State()
    for record in records:
        yield from state.take(record)
    if state.commitment is None:
        yield Finding(
            "empty", "error", Text("证据中没有承诺记录。", "There is no commitment in the evidence.")
        )


def check_redraw(draw: Draw, strata: Mapping[str, str], line: int | None = None) -> Iterator[Finding]:
    """Yield a finding if drawing again from the committed bank gives another sample."""
    try:
        same = draw.again(strata).questions == draw.questions
    except BadInputError:
        same = False
    if not same:
        yield Finding(
            "redraw_differs",
            "error",
            Text(
                f"按记录的种子从题库「{draw.bank}」重新抽样，结果与证据不同：样本不是抽出来的。",
                f"Drawing again from the bank “{draw.bank}” with the recorded seed gives another sample: "
                "the one in the evidence was not drawn.",
            ),
            line,
        )


@dataclass(slots=True)
class _State:
    commitment: str | None = None
    drawn: dict[str, Mapping[str, str]] = field(default_factory=dict)
    answered: dict[tuple[str, str], int] = field(default_factory=dict)
    answers: set[int] = field(default_factory=set)

    def take(self, record: Record) -> Iterator[Finding]:
        match record.kind:
            case RecordKind.COMMITMENT:
                yield from self._take_commitment(record)
            case RecordKind.DRAW:
                yield from self._take_draw(record)
            case RecordKind.ANSWER | RecordKind.ERROR:
                yield from self._take_outcome(record)
            case RecordKind.VERDICT | RecordKind.INSPECTION:
                yield from self._take_verdict(record)
            case RecordKind.CALIBRATION:
                yield from self._take_labels(record)
            case RecordKind.CLOSE:
                pass

    def _take_commitment(self, record: Record) -> Iterator[Finding]:
        if self.commitment is not None or record.seq:
            yield _finding(record, "second_commitment", "不止一个承诺", "this is a second commitment")
        self.commitment = record.string("commitment")
        if digest_of(record.mapping("of")) != self.commitment:
            yield _finding(
                record,
                "commitment_differs",
                "承诺的哈希与其内容不符",
                "the digest of the commitment is not that of its content",
            )

    def _take_draw(self, record: Record) -> Iterator[Finding]:
        draw = Draw.parse(record)
        if draw.commitment != self.commitment:
            yield _finding(
                record, "draw_elsewhere", "抽样不基于本承诺", "the draw is not over this commitment"
            )
        if draw.bank in self.drawn:
            yield _finding(
                record,
                "second_draw",
                f"题库「{draw.bank}」在同一承诺下抽了第二次",
                f"the bank “{draw.bank}” was drawn a second time over the same commitment",
            )
        self.drawn[draw.bank] = draw.questions

    def _take_outcome(self, record: Record) -> Iterator[Finding]:
        bank, question = record.string("bank"), record.string("question")
        if self.drawn.get(bank, {}).get(question) != record.string("stratum"):
            yield _finding(
                record,
                "not_drawn",
                f"题目 {question} 不在抽样中，或类别不符",
                f"the question {question} was not drawn, or not under this risk",
            )
        if record.kind is RecordKind.ERROR:
            return
        first = self.answered.setdefault((bank, question), record.line)
        if first != record.line:
            yield _finding(
                record,
                "answered_twice",
                f"题目 {question} 已在第 {first} 行回答过",
                f"the question {question} was answered in line {first} already",
            )
        self.answers.add(record.seq)

    def _take_verdict(self, record: Record) -> Iterator[Finding]:
        if record.integer("answer") not in self.answers:
            yield _finding(
                record, "verdict_on_nothing", "判定没有对应的回答", "the verdict is on no answer of this run"
            )

    def _take_labels(self, record: Record) -> Iterator[Finding]:
        labels = record.body.get("labels")
        if not isinstance(labels, list) or not all(
            isinstance(label, list) and label and type(label[0]) is int and label[0] in self.answers
            for label in labels
        ):
            yield _finding(
                record,
                "label_on_nothing",
                "校准所用的标注没有对应的回答",
                "a label of the calibration is on no answer of this run",
            )


def _finding(record: Record, code: str, zh: str, en: str) -> Finding:
    return Finding(
        code, "error", Text(f"第 {record.line} 行：{zh}。", f"Line {record.line}: {en}."), record.line
    )
