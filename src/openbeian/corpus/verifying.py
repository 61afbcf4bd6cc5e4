"""Verifying a scan: chain, commitment, manifest, seed, sample; with the corpus at hand, the draw itself."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.corpus.documents import Fields
from openbeian.corpus.kernel import rank_of
from openbeian.corpus.manifest import MANIFEST, Entry, Manifest, hashed_all, read_manifest
from openbeian.corpus.record import EVIDENCE, Begun, load_result, no_scan
from openbeian.corpus.scan import Scanned, scan_corpus
from openbeian.corpus.tally import Tally
from openbeian.corpus.units import File, plan_units
from openbeian.corpus.verdicts import check_verdicts
from openbeian.corpus.work import Settings
from openbeian.evidence import ChainReader, Finding
from openbeian.evidence.heads import VerifyHead, check_head
from openbeian.evidence.seed_sources import VerifyCheckpoint, check_seed_source

__all__ = ["redraw", "verify_folder"]

_UNCHECKED: Final = Text(
    "种子取自日志检查点，但检查点的签名未经核验；请用 beian corpus verify --log-key 核验。",
    "The seed comes from a log checkpoint whose signature was not checked; check it with beian corpus verify "
    "--log-key.",
)


def verify_folder(
    folder: Path,
    *,
    verify_head: VerifyHead | None = None,
    verify_checkpoint: VerifyCheckpoint | None = None,
) -> list[Finding]:
    """Return what is to be said of a finished scan, as far as it can be without the corpus.

    The chain and the digest of the commitment are checked, manifest and result are held against the hashes
    in it, the seed and the ranks of the samples are derived anew, and what people said is looked through.

    Args:
        folder: the scan's folder.
        verify_head: checks a signature over a chain's last line; None leaves it unchecked.
        verify_checkpoint: checks that of a checkpoint the seed comes from.

    Raises:
        BadInputError: There is no scan in the folder.
    """
    if not (folder / EVIDENCE).is_file():
        raise no_scan(folder)
    try:
        reader = ChainReader(folder / EVIDENCE, canonical=True)
        list(reader)
        begun, scanned = load_result(folder)
    except BadInputError as error:
        # What can't even be read makes everything after it pointless.
        return [Finding("broken_evidence", "error", error.text)]
    found = list(_check_ranks(begun, scanned))
    found += _check_source(begun, verify_checkpoint)
    found += _check_given(begun)
    found += check_head(folder / "head.dsse.json", reader.head, verify_head)
    return [*found, *check_verdicts(folder, verify_head)]


def _check_ranks(begun: Begun, scanned: Scanned) -> Iterator[Finding]:
    samples = [scanned.tally.sample, *scanned.tally.samples.values()]
    wrong = sum(one.rank != rank_of(one.id, begun.seed) for sample in samples for one in sample)
    if wrong:
        yield Finding(
            "redraw_differs",
            "error",
            Text(
                f"{wrong} 条抽样的次序与种子不符：样本不是抽出来的。",
                f"{wrong} sampled documents don't have the rank of the seed: the sample was not drawn.",
            ),
        )


def _check_source(begun: Begun, verify_checkpoint: VerifyCheckpoint | None) -> Iterator[Finding]:
    if begun.source.kind == "commitment":
        yield Finding(
            "seed_from_commitment",
            "note",
            Text(
                "种子只由承诺推出：制作语料的人可以反复尝试直到抽样合意；请用 --seed-from checkpoint。",
                "The seed follows from the commitment alone, so that who makes the corpus can try until it "
                "suits him; use --seed-from checkpoint.",
            ),
        )
    yield from check_seed_source(begun.source, verify_checkpoint, unchecked=_UNCHECKED)


def _check_given(begun: Begun) -> Iterator[Finding]:
    if begun.commitment["corpus"]["manifest_was_given"]:
        yield Finding(
            "manifest_was_given",
            "note",
            Text(
                "清单由 --manifest 给出，扫描时未计算各文件的 SHA-256；请用 --redraw 核对。",
                "The manifest was handed in with --manifest, and the scan did not hash the files; check them "
                "with --redraw.",
            ),
        )


def redraw(
    folder: Path, *, workers: int = 1, progress: Callable[[int], None] = lambda _: None
) -> list[Finding]:
    """Read the corpus again; return which files are not those of the manifest, and what is drawn otherwise.

    Every file is hashed, and the sample drawn anew from the ids of all documents under the committed seed.

    Args:
        folder: a finished scan whose manifest is the one committed to.
        workers: how many files or units at a time.
        progress: told of the bytes of each unit that is read again.

    Raises:
        BadInputError: There is no finished scan, or the manifest can't be read.
        CouldNotRunError: There is no room for the rows of hashes, or a file can't be reached.
    """
    begun, scanned = load_result(folder)
    manifest = read_manifest(folder / MANIFEST)
    changed = list(_changed(manifest, workers))
    if changed:
        return changed
    plan = plan_units([entry.path for entry in manifest.entries])
    told = begun.commitment
    settings = Settings((), begun.seed, Fields(**told["fields"]), scanned.tally.limits)
    with TemporaryDirectory(dir=folder, prefix="redrawing-") as again:
        drawn = scan_corpus(plan, settings, Path(again), workers=workers, progress=progress)
    return list(_differences(scanned.tally, drawn.tally))


def _changed(manifest: Manifest, workers: int) -> Iterator[Finding]:
    files = [File(entry.path, entry.size) for entry in manifest.entries]
    for entry, now in zip(manifest.entries, hashed_all(files, workers), strict=True):
        if now != entry:
            yield _changed_file(entry, now)


def _changed_file(entry: Entry, now: Entry) -> Finding:
    if not now.sha256:
        said = Text(
            f"{entry.path} 无法读取，不能与清单核对；请放回原处。",
            f"{entry.path} can't be read and held against the manifest; put it back.",
        )
        return Finding("file_missing", "error", said)
    said = Text(
        f"{entry.path} 已不是清单所列的文件（SHA-256 不同）：请放回原文件，或重新扫描。",
        f"{entry.path} is no longer the file in the manifest (another SHA-256): put it back, or scan again.",
    )
    return Finding("file_changed", "error", said)


def _differences(before: Tally, now: Tally) -> Iterator[Finding]:
    if list(before.sample) != list(now.sample):
        yield _drawn_otherwise(Text("全部语料", "the whole corpus"))
    for name in sorted(before.samples.keys() | now.samples.keys()):
        if list(before.samples.get(name, ())) != list(now.samples.get(name, ())):
            yield _drawn_otherwise(Text(f"来源 {name}", f"the source {name}"))
    counts = [tally.total().counts["documents"] for tally in (before, now)]
    if counts[0] != counts[1]:
        said = Text(
            f"结果记 {counts[0]} 条文档，重新读取得 {counts[1]} 条。",
            f"The result has {counts[0]} documents, reading again gives {counts[1]}.",
        )
        yield Finding("documents_differ", "error", said)


def _drawn_otherwise(of: Text) -> Finding:
    said = Text(
        f"{of.zh}：按承诺的种子重新抽样，结果与所记不同：样本不是抽出来的。",
        f"{of.en}: drawing again with the committed seed gives another sample: the recorded one was not "
        "drawn.",
    )
    return Finding("redraw_differs", "error", said)
