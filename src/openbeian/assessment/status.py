"""Where a run stands, read from its evidence while it goes on or after it stopped; nothing is touched."""

import base64
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import orjson

from openbeian.assessment.banks import BANK_LABELS, BankKind
from openbeian.assessment.committed import target_about
from openbeian.assessment.concluding import MOST_ERRORS
from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.methods import banks_of
from openbeian.assessment.plain import to_plain
from openbeian.assessment.tally import Tally
from openbeian.core.text import Text
from openbeian.evidence import ChainReader, Record, RecordKind, is_being_written

__all__ = ["BankStatus", "JudgeStatus", "RunStatus", "Signature", "run_status"]

_PEOPLE: Final = "human"


class Signature(StrEnum):
    """Whether the evidence is signed; `outdated` where something was written since. It isn't verified."""

    UNSIGNED = "unsigned"
    SIGNED = "signed"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True)
class BankStatus:
    """How far one bank was put to the target; `errors` counts by kind what has no answer."""

    kind: BankKind
    title: Text
    drawn: int
    answered: int
    errors: Mapping[str, int]
    pending: int


@dataclass(frozen=True, slots=True)
class JudgeStatus:
    """What one judge has said so far; of `errors`, by kind, its last pass."""

    name: str
    versions: tuple[str, ...]
    verdicts: Mapping[str, int]
    judged: int
    unjudged: int
    """How many answers it has yet to judge."""
    errors: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RunStatus:
    """Where a run stands."""

    target: Mapping[str, Any]
    edition: str
    profile: str
    commitment: str
    head: str
    records: int
    torn_bytes: int
    """How many bytes of a last line that was cut off; a run that goes on may just be writing it."""
    started_at: datetime
    last_at: datetime
    is_running: bool
    is_closed: bool
    is_complete: bool
    signature: Signature
    banks: tuple[BankStatus, ...]
    judges: tuple[JudgeStatus, ...]
    next_step: Text

    def as_json(self) -> dict[str, Any]:
        """Return the status as JSON values."""
        plain: dict[str, Any] = to_plain(self)
        return plain


@dataclass(slots=True)
class _Watched:
    """Lets records through and keeps of them what the tally doesn't."""

    judge_errors: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def through(self, records: Iterable[Record]) -> Iterator[Record]:
        for record in records:
            if record.kind is RecordKind.CLOSE:
                self.judge_errors = record.body.get("judge_errors", {})
            yield record


def run_status(out: Path) -> RunStatus:
    """Return where the run in `out` stands.

    Raises:
        BadInputError: There is no run, or its evidence is broken.
    """
    directory = RunDirectory(out)
    directory.check_exists()
    # Looked at first: a run that ends while it is read is then not taken for one that stopped.
    is_running = is_being_written(directory.evidence)
    reader, watched = ChainReader(directory.evidence, drop_torn=True), _Watched()
    tally = Tally.count(watched.through(reader))
    state = tally.state
    banks = tuple(_bank(tally, kind) for kind in BankKind if kind.value in state.draws)
    judges = tuple(
        _judge(tally, name, banks, watched.judge_errors.get(name, {})) for name in sorted(tally.cards)
    )
    assert tally.started_at is not None
    assert tally.ended_at is not None
    is_whole = state.is_closed and not reader.torn_bytes
    signature = _signature(directory, reader.head)
    left = _Left(
        out,
        pending=sum(bank.pending for bank in banks),
        errors=sum(sum(bank.errors.values()) for bank in banks),
        unjudged=sum(judge.unjudged for judge in judges if judge.name != _PEOPLE),
        is_conclusive=all(sum(bank.errors.values()) * MOST_ERRORS <= bank.drawn for bank in banks),
        is_whole=is_whole,
    )
    return RunStatus(
        target=target_about(state.committed),
        edition=str(state.committed.get("edition")),
        profile=str(state.committed.get("profile")),
        commitment=state.commitment,
        head=reader.head,
        records=reader.length,
        torn_bytes=reader.torn_bytes,
        started_at=tally.started_at,
        last_at=tally.ended_at,
        is_running=is_running,
        is_closed=state.is_closed,
        is_complete=left.is_nothing,
        signature=signature,
        banks=banks,
        judges=judges,
        next_step=_running(left) if is_running else _next_step(left, signature),
    )


def _bank(tally: Tally, kind: BankKind) -> BankStatus:
    drawn, answered = len(tally.state.draws[kind].questions), tally.answered(kind)
    errors = tally.errors(kind)
    pending = drawn - answered - errors.total()
    return BankStatus(kind, BANK_LABELS[kind], drawn, answered, dict(sorted(errors.items())), pending)


def _judge(tally: Tally, name: str, banks: Iterable[BankStatus], errors: Mapping[str, int]) -> JudgeStatus:
    its = [bank for bank in banks if bank.kind in banks_of(name)]
    verdicts: Counter[str] = Counter()
    for bank in its:
        for given in tally.verdicts(bank.kind, name):
            verdicts[given.value] += given.answers
    judged, answered = verdicts.total(), sum(bank.answered for bank in its)
    versions = tuple(sorted(tally.versions.get(name, ())))
    return JudgeStatus(
        name, versions, dict(sorted(verdicts.items())), judged, answered - judged, dict(errors)
    )


def _signature(directory: RunDirectory, head: str) -> Signature:
    """Look at what the signed statement is about; whether the signature is right is for `verify`."""
    try:
        envelope = orjson.loads(directory.head.read_bytes())
        statement = orjson.loads(base64.b64decode(envelope["payload"]))
        signed = statement["subject"][0]["digest"]["sha256"]
    except FileNotFoundError:
        return Signature.UNSIGNED
    except (ValueError, KeyError, IndexError, TypeError):
        return Signature.OUTDATED
    return Signature.SIGNED if signed == head else Signature.OUTDATED


@dataclass(frozen=True, slots=True)
class _Left:
    """What is left to do."""

    out: Path
    pending: int
    errors: int
    unjudged: int
    is_conclusive: bool
    is_whole: bool

    @property
    def is_nothing(self) -> bool:
        return self.is_whole and not self.pending and not self.unjudged

    @property
    def words(self) -> Text:
        """What is left, in words."""
        if not self.pending and not self.unjudged:
            return Text("只差收尾", "only its end is missing")
        return Text(
            f"还有 {self.pending} 题未问、{self.unjudged} 个判定未做",
            f"{self.pending} questions are left to ask and {self.unjudged} verdicts to give",
        )


def _running(left: _Left) -> Text:
    return Text(f"评估正在进行：{left.words.zh}；请等待。", f"The run goes on: {left.words.en}; wait.")


def _next_step(left: _Left, signature: Signature) -> Text:
    resume = f"beian assess resume {left.out}"
    if not left.is_nothing:
        return Text(
            f"评估已停下：{left.words.zh}；请用 {resume} 继续。",
            f"The run has stopped: {left.words.en}; go on with: {resume}",
        )
    if left.errors:
        return _retry(left)
    if signature is Signature.OUTDATED:
        return Text(
            f"已完成，但签名之后证据又有增加；请重新签名：{resume} --sign-key 私钥文件。",
            f"Complete, but evidence was added after it was signed; sign again: {resume} --sign-key KEY",
        )
    verify = f"beian assess verify {left.out}"
    return Text(
        f"已完成；请核验（{verify}）并查看报告（beian assess report {left.out}）。",
        f"It is complete; verify it ({verify}) and read the report (beian assess report {left.out}).",
    )


def _retry(left: _Left) -> Text:
    retry = f"beian assess retry-errors {left.out}"
    if left.is_conclusive:
        return Text(
            f"已完成，有 {left.errors} 题出错，不超过 1 %；可重问：{retry}。",
            f"It is complete; {left.errors} questions failed, no more than 1 %; they can be asked again: "
            f"{retry}",
        )
    return Text(
        f"已问完，但有 {left.errors} 题出错，超过 1 %，得不出结论；请重问：{retry}。",
        f"All was asked, but {left.errors} questions failed, more than 1 %, so nothing is concluded; ask "
        f"them again: {retry}",
    )
