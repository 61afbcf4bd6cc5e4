"""Judging the stored answers of a run anew: verdicts are added, and none that stands is touched.

Of several verdicts of one judge on one answer the newest counts (`tally`), and a report names all versions.
An answer that a judge has judged in its present version already is left alone, so an interrupted rejudging
goes on where it stopped, and one that is repeated adds nothing.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from openbeian.assessment.asking import Patience
from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.judges import Judge, RemoteJudge, load_judges
from openbeian.assessment.judging import Bench, close
from openbeian.assessment.keywords import KeywordLibrary
from openbeian.assessment.progress import Progress
from openbeian.assessment.remote_judging import judge_remotely
from openbeian.assessment.report import Report
from openbeian.assessment.reports import SignHead, write_reports
from openbeian.assessment.stored import load_run
from openbeian.core.errors import BadInputError
from openbeian.evidence import ChainReader, ChainWriter, Record, RecordKind

__all__ = ["rejudge"]


async def rejudge(
    out: Path,
    *,
    at_clock: Callable[[], datetime],
    specs: Sequence[str] = (),
    keywords: KeywordLibrary | None = None,
    sign_head: SignHead | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    environ: Mapping[str, str] = os.environ,
    patience: Patience | None = None,
) -> Report:
    """Judge the answers in `out` again and report; the target is not asked, nor are local judges' networks.

    Args:
        out: the run's directory.
        at_clock: reads the time.
        specs: the judges, as `judges.specs` names them; by default those of the run.
        keywords: another library than the one the run was committed to; a copy is left beside the evidence.
        sign_head: signs the evidence's new end.
        on_progress: is told how far judges behind an address are.
        environ: holds their keys.
        patience: how often and how long they are tried.

    Raises:
        BadInputError: There is no run, a judge can't be made, or the run is signed and `sign_head` missing.
        CouldNotRunError: A judge behind an address can't be asked, or another process runs the run.
    """
    directory = RunDirectory(out)
    reader = ChainReader(directory.evidence, drop_torn=True)
    run = load_run(directory, reader)
    judges = load_judges(keywords or run.keywords, specs or run.judges, environ)
    if directory.head.is_file() and sign_head is None:
        raise BadInputError(
            f"{out} 的证据已签名，追加判定后须重新签名；请用 --sign-key 指定私钥。",
            f"The evidence in {out} is signed and must be signed again with new verdicts; name the key with "
            "--sign-key.",
        )
    other = keywords if keywords and (run.keywords is None or keywords.seal != run.keywords.seal) else None
    if other:
        directory.put(directory.copy_of(other.seal), other.canonical)
    with ChainWriter.resume(directory.evidence, reader) as writer:
        before = writer.length
        current = _current(_up_to(writer, before), judges)
        _judge_here(judges, writer, current, at_clock)
        errors = await judge_remotely(
            [judge for judge in judges if isinstance(judge, RemoteJudge)],
            writer,
            besides=current,
            clock=at_clock,
            patience=patience or Patience(),
            on_progress=on_progress,
        )
        if writer.length > before:
            seal = other.seal if other else None
            close(writer, judges, at=at_clock(), judge_errors=errors, keywords=seal)
    return write_reports(directory, at=at_clock(), sign_head=sign_head)


def _up_to(writer: ChainWriter, end: int) -> Iterable[Record]:
    for record in ChainReader(writer.path):
        if record.seq >= end:
            # From here on stand the verdicts that are given meanwhile.
            return
        yield record


def _current(records: Iterable[Record], judges: Sequence[Judge]) -> dict[int, frozenset[str]]:
    """Return for each answer the judges whose newest verdict on it is by their present version."""
    versions = {judge.name: judge.version for judge in judges}
    current: dict[int, frozenset[str]] = {}
    for record in records:
        if record.kind is RecordKind.VERDICT:
            name, answer = record.string("judge"), record.integer("answer")
            others = current.get(answer, frozenset()) - {name}
            same = record.string("version") == versions.get(name)
            current[answer] = others | {name} if same else others
    return current


def _judge_here(
    judges: Sequence[Judge],
    writer: ChainWriter,
    current: Mapping[int, frozenset[str]],
    at_clock: Callable[[], datetime],
) -> None:
    bench = Bench([judge for judge in judges if not isinstance(judge, RemoteJudge)], writer, at_clock)
    for record in _up_to(writer, writer.length):
        if record.kind is RecordKind.ANSWER:
            bench.take(record, besides=current.get(record.seq, frozenset()))
    bench.sit()
