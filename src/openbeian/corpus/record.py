"""The evidence of a scan: a commitment to what is read, the seed that follows from it, the sealed result.

`evidence.jsonl` holds a commitment, a draw and a close; `result.json` is what the close names by its hash.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

import orjson

from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.corpus.checkpoint import digest_of_files, write_whole
from openbeian.corpus.duplicates import Duplicates
from openbeian.corpus.folder import held
from openbeian.corpus.kernel import rank_of
from openbeian.corpus.near import NearDuplicates
from openbeian.corpus.scan import Scanned
from openbeian.corpus.signatures import NEAR_METHOD
from openbeian.corpus.tally import Tally
from openbeian.corpus.units import Plan
from openbeian.evidence import ChainReader, ChainWriter, Record, RecordKind, SeedSource, derive_seed
from openbeian.evidence.commitment import digest_of

__all__ = ["Begun", "begin", "commitment_to", "finish", "last_line_of", "load_result", "verify_folder"]

_EVIDENCE: Final = "evidence.jsonl"
_RESULT: Final = "result.json"


@dataclass(frozen=True, slots=True)
class Begun:
    """A scan that is committed to."""

    commitment: Mapping[str, Any]
    source: SeedSource

    @property
    def seed(self) -> bytes:
        """The seed of the draw."""
        return derive_seed(digest_of(self.commitment), self.source)

    @classmethod
    def of_records(cls, records: list[Record]) -> Self:
        """Return the scan that the first two records of evidence begin.

        Raises:
            BadInputError: They don't.
        """
        kinds = [record.kind for record in records[:2]]
        if kinds != [RecordKind.COMMITMENT, RecordKind.DRAW]:
            raise BadInputError(
                "证据应以 commitment 和 draw 开头；请找回原文件或重新扫描。",
                "The evidence must begin with a commitment and a draw; find the original or scan again.",
            )
        drawn = records[1].mapping("seed_from")
        return cls(records[0].body, SeedSource(drawn["kind"], drawn["value"]))


def commitment_to(plan: Plan, **told: Any) -> dict[str, Any]:  # noqa: ANN401  JSON values
    """Return what a scan is committed to: the files of the corpus, and what it is told beside them.

    How the files are cut is no part of it: whoever could choose the cut could choose the draw.
    """
    corpus = {
        "bytes": sum(max(0, file.size) for file in plan.files),
        "files": len(plan.files),
        "sha256": digest_of_files(plan),
    }
    return {"corpus": corpus, **told}


def begin(folder: Path, commitment: Mapping[str, Any], source: SeedSource, *, at: datetime) -> Begun:
    """Record the commitment and the draw, or find them recorded by an interrupted scan of the same.

    Raises:
        BadInputError: Another scan was begun in the folder, or this one is finished.
        CouldNotRunError: The disk is full, or another process is scanning there.
    """
    begun = Begun(commitment, source)
    path = folder / _EVIDENCE
    with held(folder):
        records = list(ChainReader(path, drop_torn=True)) if path.exists() else []
        if len(records) < 2:  # noqa: PLR2004  nothing is drawn yet
            path.unlink(missing_ok=True)
            with ChainWriter(path) as chain:
                chain.append(RecordKind.COMMITMENT, commitment, at=at)
                drawn = {"kind": source.kind, "value": source.value}
                chain.append(RecordKind.DRAW, {"seed": begun.seed.hex(), "seed_from": drawn}, at=at)
            return begun
    if Begun.of_records(records) != begun or len(records) > 2:  # noqa: PLR2004  a close follows
        raise BadInputError(
            f"{folder} 中已有另一次扫描；请换一个输出目录。",
            f"{folder} holds another scan already; choose another output directory.",
        )
    return begun


def finish(folder: Path, scanned: Scanned, *, at: datetime) -> str:
    """Write the result, seal it in the evidence, and return the evidence's last hash.

    Raises:
        CouldNotRunError: The disk is full; the scan can be ended by running it again.
    """
    result = {"duplicates": scanned.duplicates._asdict(), "tally": scanned.tally.as_json()}
    if scanned.near:
        result["near_duplicates"] = {**scanned.near.as_json(), "method": NEAR_METHOD}
    content = orjson.dumps(result, option=orjson.OPT_SORT_KEYS)
    with held(folder):
        write_whole(folder / _RESULT, content)
        return _seal(folder, content, scanned, at)


def _seal(folder: Path, content: bytes, scanned: Scanned, at: datetime) -> str:
    reader = ChainReader(folder / _EVIDENCE, drop_torn=True)
    list(reader)
    with ChainWriter.resume(folder / _EVIDENCE, reader) as chain:
        documents = scanned.tally.total().counts["documents"]
        body = {"documents": documents, "result": hashlib.sha256(content).hexdigest()}
        chain.append(RecordKind.CLOSE, body, at=at)
        return chain.head


def load_result(folder: Path) -> tuple[Begun, Scanned]:
    """Return a finished scan and what it was committed to.

    Raises:
        BadInputError: There is none, or it is not what the evidence seals.
    """
    path = folder / _EVIDENCE
    if not path.is_file() or not (folder / _RESULT).is_file():
        raise BadInputError(
            f"{folder} 中没有完成的扫描；请先运行 beian corpus scan。",
            f"There is no finished scan in {folder}; run beian corpus scan first.",
        )
    records = list(ChainReader(path))
    begun = Begun.of_records(records)
    content = (folder / _RESULT).read_bytes()
    sealed = records[-1].body.get("result")
    if records[-1].kind is not RecordKind.CLOSE or sealed != hashlib.sha256(content).hexdigest():
        raise BadInputError(
            f"{folder} 中的 result.json 与证据不符；请找回原文件或重新扫描。",
            f"result.json in {folder} is not the one the evidence seals; find the original or scan again.",
        )
    value = orjson.loads(content)
    near = value.get("near_duplicates")
    return begun, Scanned(
        Tally.of_json(value["tally"]),
        Duplicates(**value["duplicates"]),
        NearDuplicates.of_json(near) if near else None,
    )


def last_line_of(folder: Path) -> str:
    """Return the SHA-256 of the last line of a scan's evidence, by which others name it."""
    reader = ChainReader(folder / _EVIDENCE)
    list(reader)
    return reader.head


def verify_folder(folder: Path) -> list[Text]:
    """Return what is wrong with a finished scan: its seed and the ranks of its samples are derived anew.

    Raises:
        BadInputError: The chain is broken, or the result is not the sealed one.
    """
    begun, scanned = load_result(folder)
    records = list(ChainReader(folder / _EVIDENCE, canonical=True))
    found = []
    if records[1].body.get("seed") != begun.seed.hex():
        found.append(Text("种子与承诺不符", "the seed does not follow from the commitment"))
    samples = [scanned.tally.sample, *scanned.tally.samples.values()]
    wrong = sum(one.rank != rank_of(one.id, begun.seed) for sample in samples for one in sample)
    if wrong:
        found.append(
            Text(
                f"{wrong} 条抽样的次序与种子不符",
                f"{wrong} sampled documents don't have the rank of the seed",
            )
        )
    return found
