"""The evidence of a scan: a commitment to what is read, the seed that follows from it, the sealed result.

`evidence.jsonl` holds a commitment, a draw and a close. The commitment names `manifest.jsonl`, which has
every file's hash, the close names `result.json`, each by its SHA-256.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

import orjson

from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.corpus.duplicates import Duplicates
from openbeian.corpus.folder import held, write_whole
from openbeian.corpus.manifest import MANIFEST, Manifest
from openbeian.corpus.near import NearDuplicates
from openbeian.corpus.scan import Scanned
from openbeian.corpus.signatures import NEAR_METHOD
from openbeian.corpus.tally import Tally
from openbeian.evidence import ChainReader, ChainWriter, Record, RecordKind, SeedSource, derive_seed
from openbeian.evidence.commitment import digest_of
from openbeian.evidence.draws import parse_source
from openbeian.evidence.records import record_error

__all__ = [
    "EVIDENCE",
    "Begun",
    "begin",
    "commitment_to",
    "finish",
    "is_another",
    "last_line_of",
    "load_result",
    "no_scan",
]

EVIDENCE: Final = "evidence.jsonl"
_RESULT: Final = "result.json"
_DRAWN: Final = [RecordKind.COMMITMENT, RecordKind.DRAW]


@dataclass(frozen=True, slots=True)
class Begun:
    """A scan that is committed to, and what the draw follows from."""

    commitment: Mapping[str, Any]
    source: SeedSource

    @property
    def digest(self) -> str:
        """The SHA-256 of the commitment, by which it can be published before the draw."""
        return digest_of(self.commitment)

    @property
    def seed(self) -> bytes:
        """The seed of the draw."""
        return derive_seed(self.digest, self.source)

    @classmethod
    def of_records(cls, records: list[Record]) -> Self:
        """Return the scan that the first two records of evidence begin.

        Raises:
            BadInputError: They don't, or what they say does not follow from the commitment.
        """
        if [record.kind for record in records[:2]] != _DRAWN:
            raise BadInputError(
                "证据应以 commitment 和 draw 开头；请找回原文件或重新扫描。",
                "The evidence must begin with a commitment and a draw; find the original or scan again.",
            )
        committed, drawn = records[:2]
        try:
            source = parse_source(drawn.mapping("seed_from"))
        except (KeyError, ValueError) as error:
            raise record_error(2, Text("抽样记录残缺", "the draw is incomplete")) from error
        begun = cls(committed.mapping("of"), source)
        if committed.string("commitment") != begun.digest:
            raise record_error(
                1,
                Text(
                    "承诺的哈希与其内容不符",
                    "the digest of the commitment is not that of its content",
                ),
            )
        if (drawn.string("commitment"), drawn.string("seed")) != (begun.digest, begun.seed.hex()):
            raise record_error(
                2, Text("种子不是由承诺推出的", "the seed does not follow from the commitment")
            )
        return begun


def commitment_to(manifest: Manifest, *, is_given: bool, **told: Any) -> dict[str, Any]:  # noqa: ANN401  JSON
    """Return what a scan is committed to: the manifest of the corpus, and what it is told beside.

    How the files are cut is no part of it: whoever could choose the cut could choose the draw.

    Args:
        manifest: every file with its hash.
        is_given: whether it was made before and handed in, so that the scan has hashed nothing itself.
        told: what else the result depends on, as JSON values.
    """
    corpus = {
        "bytes": manifest.size,
        "files": len(manifest.entries),
        "manifest": manifest.sha256,
        "manifest_was_given": is_given,
    }
    return {"corpus": corpus, **told}


def begin(
    folder: Path,
    manifest: Manifest,
    commitment: Mapping[str, Any],
    choose_source: Callable[[str], SeedSource],
    *,
    at: datetime,
) -> Begun:
    """Keep the manifest, record the commitment, then the draw; an interrupted scan of the same goes on.

    The commitment stands in the chain before `choose_source` is asked, with its digest, what the seed comes
    from; where that needs what is published later (a log's checkpoint), the scan is begun again then.

    Raises:
        BadInputError: Another scan was begun in the folder, or this one is finished.
        CouldNotRunError: The disk is full, or another process is scanning there.
    """
    digest = digest_of(commitment)
    with held(folder):
        records = _recorded(folder)
        if not records:
            write_whole(folder / MANIFEST, manifest.content)
            _append(folder, RecordKind.COMMITMENT, {"commitment": digest, "of": commitment}, at)
        elif records[0].body.get("commitment") != digest:
            raise is_another(folder)
        begun = Begun(commitment, choose_source(digest))
        if len(records) < len(_DRAWN):
            seed_from = begun.source.as_json()
            drawn = {"commitment": digest, "seed": begun.seed.hex(), "seed_from": seed_from}
            _append(folder, RecordKind.DRAW, drawn, at)
        elif len(records) > len(_DRAWN) or Begun.of_records(records) != begun:
            raise is_another(folder)
    return begun


def _recorded(folder: Path) -> list[Record]:
    path = folder / EVIDENCE
    return list(ChainReader(path, drop_torn=True)) if path.exists() else []


def _append(folder: Path, kind: RecordKind, body: Mapping[str, Any], at: datetime) -> str:
    """Append a record and return the evidence's last hash; a line that was cut off before is removed."""
    path = folder / EVIDENCE
    reader = ChainReader(path, drop_torn=True)
    if path.exists():
        list(reader)
    with ChainWriter.resume(path, reader) if path.exists() else ChainWriter(path) as chain:
        chain.append(kind, body, at=at)
        return chain.head


def is_another(folder: Path) -> BadInputError:
    """Return the error that a folder holds another scan."""
    return BadInputError(
        f"{folder} 中已有另一次扫描；请换一个输出目录。",
        f"{folder} holds another scan already; choose another output directory.",
    )


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
    documents = scanned.tally.total().counts["documents"]
    body = {"documents": documents, "result": hashlib.sha256(content).hexdigest()}
    return _append(folder, RecordKind.CLOSE, body, at)


def load_result(folder: Path) -> tuple[Begun, Scanned]:
    """Return a finished scan and what it was committed to.

    Raises:
        BadInputError: There is none, or it is not what the evidence seals.
    """
    path = folder / EVIDENCE
    if not path.is_file() or not (folder / _RESULT).is_file():
        raise no_scan(folder)
    records = list(ChainReader(path))
    begun = Begun.of_records(records)
    _check_manifest(folder, begun)
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


def no_scan(folder: Path) -> BadInputError:
    """Return the error that there is no finished scan in a folder."""
    return BadInputError(
        f"{folder} 中没有完成的扫描；请先运行 beian corpus scan。",
        f"There is no finished scan in {folder}; run beian corpus scan first.",
    )


def _check_manifest(folder: Path, begun: Begun) -> None:
    """Hold the manifest against the one that was committed to before the draw."""
    path = folder / MANIFEST
    if not path.is_file():
        raise BadInputError(
            f"{folder} 中缺少 {MANIFEST}，无法得知抽样之前承诺的是哪些文件；请放回原文件。",
            f"{MANIFEST} is missing in {folder}, which names the files committed to before the draw; put the "
            "original back.",
        )
    if hashlib.sha256(path.read_bytes()).hexdigest() != begun.commitment["corpus"]["manifest"]:
        raise BadInputError(
            f"{folder} 中的 {MANIFEST} 不是抽样之前所承诺的清单：它后来被改动；请放回原文件或重新扫描。",
            f"{MANIFEST} in {folder} is not the one committed to before the draw, it was changed afterwards; "
            "put the original back, or scan again.",
        )


def last_line_of(folder: Path) -> str:
    """Return the SHA-256 of the last line of a scan's evidence, by which others name it."""
    reader = ChainReader(folder / EVIDENCE)
    list(reader)
    return reader.head
