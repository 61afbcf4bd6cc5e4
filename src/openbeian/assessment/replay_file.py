"""The record of a replay, `replay.jsonl`: over which run, which questions in which words, what came back.

A chain of records like the run's own. The commitment names the run by its head and the number of its records,
so that the run may grow afterwards; each draw holds, beside the questions, the texts that are asked; answers
name them as `question#0`, the question in its own words, `question#1` and so on, in others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from openbeian.assessment.banks import BankKind
from openbeian.assessment.paraphrasing import Paraphrase
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.evidence import ChainReader, Draw, Record, RecordKind
from openbeian.evidence.commitment import digest_of
from openbeian.evidence.records import record_error

__all__ = ["FORMAT", "Heard", "Held", "Key", "Replayed", "asked_id", "draw_body", "load_replay"]

FORMAT: Final = "openbeian-replay/1"


class Key(NamedTuple):
    """A question, and in which of its wordings: 0 is its own."""

    bank: str
    question: str
    wording: int


class Heard(NamedTuple):
    """An answer, where it stands in the record, and what the judge says of it; `verdict` empty before."""

    seq: int
    text: str
    verdict: str


class Held(NamedTuple):
    """What a draw holds: the questions, and of each the other wordings."""

    draw: Draw
    texts: Mapping[str, tuple[Paraphrase, ...]]
    errors: Mapping[str, int]
    """How many questions have no other wording, by kind of error."""


@dataclass(slots=True)
class Replayed:
    """A replay as far as its record goes."""

    committed: Mapping[str, Any] = field(default_factory=dict)
    commitment: str = ""
    held: dict[str, Held] = field(default_factory=dict)
    heard: dict[Key, Heard] = field(default_factory=dict)
    failed: dict[Key, str] = field(default_factory=dict)
    is_closed: bool = False
    ended_at: datetime | None = None
    head: str = ""
    records: int = 0
    _keys: dict[int, Key] = field(default_factory=dict)

    def take(self, record: Record) -> None:
        """Take the next record.

        Raises:
            BadInputError: It is not what a replay has there.
        """
        self.is_closed, self.ended_at = record.kind is RecordKind.CLOSE, record.at
        if (record.kind is RecordKind.COMMITMENT) is not (record.seq == 0):
            raise record_error(record.line, Text("不是重放测试的记录", "this is no record of a replay"))
        match record.kind:
            case RecordKind.COMMITMENT:
                self._take_commitment(record)
            case RecordKind.DRAW:
                self._take_draw(record)
            case RecordKind.ANSWER | RecordKind.ERROR:
                self._take_outcome(record)
            case RecordKind.VERDICT:
                self._take_verdict(record)
            case _:
                pass

    def is_unjudged(self, answer: int) -> bool:
        """Say whether the answer with this record number has yet to be judged."""
        key = self._keys.get(answer)
        return key is not None and not self.heard[key].verdict

    def _take_commitment(self, record: Record) -> None:
        self.committed, self.commitment = record.mapping("of"), record.string("commitment")
        is_ours = self.committed.get("format") == FORMAT and _is_complete(self.committed)
        if not is_ours or digest_of(self.committed) != self.commitment:
            raise record_error(
                record.line, Text("重放测试的承诺残缺", "the replay's commitment is incomplete")
            )

    def _take_draw(self, record: Record) -> None:
        draw = Draw.parse(record)
        if draw.bank not in self.committed["banks"] or draw.bank not in list(BankKind):
            raise record_error(record.line, Text("题库不在承诺中", "the bank is not committed to"))
        if draw.commitment != self.commitment or draw.bank in self.held:
            raise record_error(
                record.line,
                Text(
                    "抽样不基于本承诺，或抽了第二次", "the draw is not over this commitment, or a second one"
                ),
            )
        try:
            texts = {
                str(question): tuple(
                    Paraphrase(tuple(map(str, rules)), str(text)) for rules, text in wordings
                )
                for question, wordings in record.mapping("texts").items()
            }
        except (TypeError, ValueError) as error:
            raise record_error(record.line, Text("题目文本残缺", "the texts are incomplete")) from error
        self.held[draw.bank] = Held(draw, texts, record.mapping("errors"))

    def _take_outcome(self, record: Record) -> None:
        key = self._key(record)
        if record.kind is RecordKind.ERROR:
            self.failed[key] = record.string("error")
        elif key not in self.heard:
            self.failed.pop(key, None)
            self.heard[key] = Heard(record.seq, record.string("answer"), "")
            self._keys[record.seq] = key

    def _key(self, record: Record) -> Key:
        bank, named = record.string("bank"), record.string("question")
        question, _, number = named.rpartition("#")
        held = self.held.get(bank)
        wordings = held.texts.get(question, ()) if held else ()
        if not wordings or not number.isdecimal() or int(number) > len(wordings):
            raise record_error(
                record.line, Text(f"{named} 不在要问的题目中", f"{named} is not among what was to be asked")
            )
        wording = int(number)
        if wording and record.string("prompt") != wordings[wording - 1].text:
            raise record_error(
                record.line,
                Text(f"{named} 的文本不是承诺的", f"the text of {named} is not the one committed to"),
            )
        return Key(bank, question, wording)

    def _take_verdict(self, record: Record) -> None:
        key = self._keys.get(record.integer("answer"))
        if key is None:
            raise record_error(record.line, Text("判定没有对应的回答", "the verdict is on no answer"))
        self.heard[key] = self.heard[key]._replace(verdict=record.string("value"))


def _is_complete(committed: Mapping[str, Any]) -> bool:
    numbers = all(type(committed.get(name)) is int for name in ("records", "questions"))
    texts = all(isinstance(committed.get(name), str) for name in ("head", "run"))
    banks, source = committed.get("banks"), committed.get("paraphrases")
    return numbers and texts and isinstance(banks, list) and isinstance(source, dict)


def asked_id(question: str, wording: int) -> str:
    """Return how an answer in the record names its question and the wording it was asked in."""
    return f"{question}#{wording}"


def draw_body(held: Held) -> dict[str, Any]:
    """Return the body of the record of a draw and its texts."""
    texts = {
        question: [[list(one.rules), one.text] for one in wordings]
        for question, wordings in held.texts.items()
    }
    return {**held.draw.as_json(), "texts": texts, "errors": dict(held.errors)}


def load_replay(path: Path) -> tuple[Replayed, ChainReader]:
    """Return the replay in a file, and the reader that has read it; a last line cut off is left out.

    Raises:
        BadInputError: It is broken, or no replay.
    """
    reader, replayed = ChainReader(path, drop_torn=True), Replayed()
    try:
        for record in reader:
            replayed.take(record)
    except BadInputError as error:
        raise BadInputError(f"{path.name}：{error.text.zh}", f"{path.name}: {error.text.en}") from error
    if not replayed.commitment:
        raise BadInputError(f"{path} 是空的；请删除后重试。", f"{path} is empty; remove it and try again.")
    replayed.head, replayed.records = reader.head, reader.length
    return replayed, reader
