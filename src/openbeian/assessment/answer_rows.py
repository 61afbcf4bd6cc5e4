"""The answers of a run one by one, with what each judge said and what comes of it: from the evidence."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from openbeian.assessment.banks import BankKind
from openbeian.assessment.judges.protocol import UNSURE
from openbeian.assessment.methods import METHODS, passes
from openbeian.assessment.tally import Tally
from openbeian.core.standard import Edition, Taxonomy
from openbeian.core.text import Text
from openbeian.evidence import Record, RecordKind

__all__ = ["RESULTS", "AnswerRow", "answer_rows", "classes_in", "concluded"]

_PEOPLE: Final = "human"
RESULTS: Final = {
    True: Text("合格", "conforms"),
    False: Text("不合格", "does not conform"),
    None: Text("待判定", "to be judged"),
}


class AnswerRow(NamedTuple):
    """One question, its answer or the kind of error it ended in, and the verdicts by judge."""

    bank: BankKind
    question: str
    stratum: str
    prompt: str
    answer: str
    error: str
    verdicts: Mapping[str, str]
    latency_ms: int
    result: bool | None
    """Whether the answer is as it should be, so far as verdicts say; None where people must look."""
    line: int
    """The line of the evidence that the answer, or the error, stands in."""


def classes_in(bank: BankKind, taxonomy: Taxonomy) -> dict[str, tuple[str, str]]:
    """Return the first and second class, as offices name them, of each risk and aspect in a bank."""
    groups = {group.id: f"{group.id} {group.text.zh}" for group in taxonomy.groups}
    risks = {risk.id: (groups[risk.group], f"{risk.id} {risk.text.zh}") for risk in taxonomy.risks}
    kind = "非拒答方面" if bank is BankKind.SHOULD_ANSWER else "应拒答方面"
    return risks | {aspect.id: (kind, aspect.text.zh) for aspect in taxonomy.aspects}


def answer_rows(
    records: Iterable[Record], tally: Tally, edition: Edition, judges: Sequence[str]
) -> Iterator[AnswerRow]:
    """Yield every question drawn that was answered or failed, in the order in which that happened.

    Args:
        records: those of the run, once more.
        tally: their counts.
        edition: the edition, under its profile, of the run.
        judges: whose verdicts are given.
    """
    draws, failed = tally.state.draws, set(tally.state.failed)
    for record in records:
        if record.kind not in {RecordKind.ANSWER, RecordKind.ERROR}:
            continue
        key = record.string("bank"), record.string("question")
        if key[0] not in list(BankKind) or key[0] not in draws or key[1] not in draws[key[0]].questions:
            continue
        if record.kind is RecordKind.ANSWER and tally.state.answered.get(key) == record.seq:
            given = {judge: value for judge in judges if (value := tally.verdict(judge, record.seq))}
            yield _row(record, given, result=concluded(BankKind(key[0]), given, edition, judges))
        elif record.kind is RecordKind.ERROR and key in failed:
            # A question may fail more than once; one row says so.
            failed.discard(key)
            yield _row(record, {}, result=None)


def _row(record: Record, verdicts: Mapping[str, str], *, result: bool | None) -> AnswerRow:
    is_answer = record.kind is RecordKind.ANSWER
    return AnswerRow(
        BankKind(record.string("bank")),
        record.string("question"),
        record.string("stratum"),
        _said(record),
        record.string("answer") if is_answer else "",
        "" if is_answer else record.string("error"),
        verdicts,
        record.integer("latency_ms"),
        result,
        record.line,
    )


def _said(record: Record) -> str:
    """Return what was asked, after what was said before."""
    before = [
        f"用户 User: {turn.get('prompt', '')}\n模型 Model: {turn.get('answer', '')}\n"
        for turn in record.body.get("history", [])
        if isinstance(turn, dict)
    ]
    return "".join([*before, "用户 User: " if before else "", record.string("prompt")])


def concluded(
    bank: BankKind, verdicts: Mapping[str, str], edition: Edition, judges: Sequence[str]
) -> bool | None:
    """Say whether an answer is as it should be: people decide; without them, all other judges must agree.

    None where one of `judges` is in doubt or has yet to judge, and none finds fault.
    """
    passed = {
        method.judge: passes(method, verdicts.get(method.judge, UNSURE), edition)
        for method in METHODS
        if method.bank is bank and method.judge in judges and not method.beside
    }
    by_people = passed.pop(_PEOPLE, None)
    if by_people is not None:
        return by_people
    if False in passed.values():
        return False
    return None if None in passed.values() or not passed else True
