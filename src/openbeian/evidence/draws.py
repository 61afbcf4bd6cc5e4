"""Drawing a sample nobody can choose: by chance that follows from the commitment, and recorded.

Every question has a rank, the SHA-256 of the seed and its id. Of each stratum the first `minimum` by
rank are taken, then the first of all that are left until the sample is full. The same bank in another
order gives the same sample.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, Self, get_args

from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.evidence.records import Record, record_error

__all__ = ["Draw", "SeedSource", "derive_seed", "draw_sample", "parse_source"]

_ROOT_LINE: Final = 2
_HASH_BYTES: Final = 32

SeedKind = Literal["checkpoint", "hex", "commitment"]


class SeedSource(NamedTuple):
    """What, beside the commitment, the seed comes from.

    `checkpoint`: a log's signed checkpoint published after the commitment; its root hash counts, and the rest
    of the note is kept so that others can look it up. `hex`: a given value. `commitment`: nothing else, which
    is weaker, since who makes the bank can try until a draw suits him.
    """

    kind: SeedKind
    value: str = ""
    checked_with: str = ""
    """The log's verifier key under which a checkpoint's signature held; empty where nobody looked."""

    def as_json(self) -> dict[str, Any]:
        """Return what a draw's record says of the source; of a checkpoint also whether it was checked."""
        told: dict[str, Any] = {"kind": self.kind, "value": self.value}
        if self.kind == "checkpoint":
            told["signature_checked_with"] = self.checked_with or None
        return told

    @property
    def data(self) -> bytes:
        """The bytes that go into the seed."""
        if self.kind == "checkpoint":
            return _root_hash(self.value)
        if self.kind == "commitment":
            return self.value.encode()
        try:
            return bytes.fromhex(self.value)
        except ValueError as error:
            raise BadInputError(
                f"种子「{self.value}」不是十六进制数；请给出偶数个 0–9、a–f。",
                f"The seed “{self.value}” is no hexadecimal number; give an even number of 0–9, a–f.",
            ) from error


def _root_hash(note: str) -> bytes:
    """Return the root hash in the third line of a checkpoint (C2SP tlog-checkpoint).

    The lines of signatures don't count: anybody can leave one out and would get another draw.
    """
    lines = note.split("\n")
    try:
        root = base64.b64decode(lines[_ROOT_LINE], validate=True)
    except (IndexError, ValueError) as error:
        raise _no_checkpoint() from error
    if len(root) != _HASH_BYTES:
        raise _no_checkpoint()
    return root


def _no_checkpoint() -> BadInputError:
    return BadInputError(
        "种子来源不是日志检查点：第三行应为 32 字节的根哈希；请从日志重新获取检查点文件。",
        "The source of the seed is no log checkpoint: its third line must be a root hash of 32 bytes; get "
        "the checkpoint again from the log.",
    )


def derive_seed(commitment: str, source: SeedSource) -> bytes:
    """Return the seed that follows from a commitment's digest and what came after it."""
    return hashlib.sha256(bytes.fromhex(commitment) + source.data).digest()


def draw_sample(
    strata: Mapping[str, str], *, seed: bytes, size: int, minimum: Mapping[str, int]
) -> tuple[str, ...]:
    """Return the ids of a stratified sample without replacement, by rank, the first of which is asked first.

    Args:
        strata: for each question's id its risk or aspect.
        seed: from `derive_seed`.
        size: how many are drawn.
        minimum: at least so many of each stratum.

    Raises:
        BadInputError: The bank has too few questions, in all or of one stratum.
    """
    rank = {item: hashlib.sha256(seed + item.encode()).digest() for item in strata}
    ordered = sorted(strata, key=lambda item: (rank[item], item))
    wanted = dict(minimum)
    chosen, left = [], []
    for item in ordered:
        if wanted.get(strata[item], 0) > 0:
            wanted[strata[item]] -= 1
            chosen.append(item)
        else:
            left.append(item)
    chosen += left[: max(0, size - len(chosen))]
    _check_enough(wanted, minimum, len(chosen), size)
    return tuple(sorted(chosen, key=lambda item: (rank[item], item)))


def _check_enough(lacking: Mapping[str, int], minimum: Mapping[str, int], drawn: int, size: int) -> None:
    short = {stratum: missing for stratum, missing in lacking.items() if missing > 0}
    if short:
        stratum, missing = min(short.items())
        raise BadInputError(
            f"题库中 {stratum} 至少要 {minimum[stratum]} 题才能抽样，还缺 {missing} 题；请补足。",
            f"The bank needs at least {minimum[stratum]} questions for {stratum} to draw from and lacks "
            f"{missing}; add them.",
        )
    if drawn != size:
        raise BadInputError(
            f"要抽 {size} 题，按各类下限与题库规模只能抽 {drawn} 题；请补足题库。",
            f"{size} questions are to be drawn, but the bank and its minima give {drawn}; enlarge the bank.",
        )


@dataclass(frozen=True, slots=True)
class Draw:
    """A recorded draw from one bank."""

    bank: str
    commitment: str
    source: SeedSource
    size: int
    minimum: Mapping[str, int]
    questions: Mapping[str, str]
    """The ids drawn, in the order they are asked, each with its risk or aspect."""

    @classmethod
    def make(
        cls,
        bank: str,
        strata: Mapping[str, str],
        *,
        commitment: str,
        source: SeedSource,
        size: int,
        minimum: Mapping[str, int],
    ) -> Self:
        """Draw from the bank whose questions have these strata."""
        seed = derive_seed(commitment, source)
        chosen = draw_sample(strata, seed=seed, size=size, minimum=minimum)
        return cls(bank, commitment, source, size, minimum, {item: strata[item] for item in chosen})

    def again(self, strata: Mapping[str, str]) -> "Draw":
        """Draw once more by the same rules: from the same bank this gives the same draw."""
        return Draw.make(
            self.bank,
            strata,
            commitment=self.commitment,
            source=self.source,
            size=self.size,
            minimum=self.minimum,
        )

    @property
    def seed(self) -> str:
        """The seed, in hexadecimal."""
        return derive_seed(self.commitment, self.source).hex()

    def as_json(self) -> dict[str, Any]:
        """Return the body of the draw's record."""
        return {
            "bank": self.bank,
            "commitment": self.commitment,
            "minimum": dict(self.minimum),
            "questions": [[item, stratum] for item, stratum in self.questions.items()],
            "seed": self.seed,
            "seed_from": self.source.as_json(),
            "size": self.size,
        }

    @classmethod
    def parse(cls, record: Record) -> Self:
        """Return the draw that a record holds.

        Raises:
            BadInputError: The record is no draw, or its seed does not follow from what it names.
        """
        try:
            draw = cls(
                bank=record.string("bank"),
                commitment=record.string("commitment"),
                source=parse_source(record.mapping("seed_from")),
                size=record.integer("size"),
                minimum={str(stratum): int(n) for stratum, n in record.mapping("minimum").items()},
                questions={str(item): str(stratum) for item, stratum in record.body["questions"]},
            )
            matches = draw.seed == record.string("seed")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise record_error(record.line, Text("抽样记录残缺", "the draw is incomplete")) from error
        if not len(draw.questions) == draw.size > 0:
            raise record_error(
                record.line,
                Text("题数与所列题目不符", "the size is not that of the questions listed"),
            )
        if not matches:
            raise record_error(
                record.line,
                Text("种子不是由承诺推出的", "the seed does not follow from the commitment"),
            )
        return draw


def parse_source(source: Mapping[str, Any]) -> SeedSource:
    """Return a draw's source; records from before checkpoints were checked don't say whether one was.

    Raises:
        KeyError, ValueError: It is none.
    """
    checked_with = source.get("signature_checked_with") or ""
    if source["kind"] not in get_args(SeedKind) or not isinstance(checked_with, str):
        raise ValueError(source["kind"])
    return SeedSource(source["kind"], source["value"], checked_with)
