"""Verifying a run: chain, commitment, draws, copies, figures, and the signature where a verifier is given."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from openbeian.assessment.banks import BankKind
from openbeian.assessment.committed import edition_named, scope_of, seals
from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.inspection import check_inspections
from openbeian.assessment.judges.keyword import KeywordJudge, libraries_of
from openbeian.assessment.methods import sampling
from openbeian.assessment.replay_check import VerifyReplay, check_replay
from openbeian.assessment.report import Report
from openbeian.assessment.reports import draws_elsewhere, load_report, report_of
from openbeian.assessment.run_state import RunState
from openbeian.assessment.scope import check_aspects
from openbeian.assessment.seed_check import check_seed_sources
from openbeian.assessment.stored import load_bank_copy
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.evidence import ChainReader, Finding, check_redraw, verify_records
from openbeian.evidence.heads import VerifyHead, check_head
from openbeian.evidence.seed_sources import VerifyCheckpoint

__all__ = ["VerifyHead", "VerifyReplay", "verify"]


def verify(
    out: Path,
    *,
    verify_head: VerifyHead | None = None,
    verify_replay: VerifyReplay | None = None,
    verify_checkpoint: VerifyCheckpoint | None = None,
) -> list[Finding]:
    """Return everything a reader of a run must know; empty when nothing is to be said.

    The chain is checked link by link, every sample drawn again from the copied bank, every figure of the
    report computed again. Draws over the same commitment in runs beside this one are reported.

    Args:
        out: the run's directory.
        verify_head: checks the signature over the evidence; None leaves it unchecked.
        verify_replay: checks the one over the replay beside it.
        verify_checkpoint: checks that of a checkpoint the seed comes from.

    Raises:
        BadInputError: There is no run in `out`.
    """
    directory = RunDirectory(out)
    directory.check_exists()
    reader = ChainReader(directory.evidence, drop_torn=True, canonical=True)
    findings: list[Finding] = []
    try:
        findings += verify_records(reader)
        state = RunState.read(ChainReader(directory.evidence, drop_torn=True))
        findings += _torn(reader)
        findings += _draws(directory, state)
        findings += _draw_rules(state)
        findings += check_inspections(ChainReader(directory.evidence, drop_torn=True))
    except BadInputError as error:
        # What can't even be read makes everything after it pointless.
        return [*findings, Finding("broken_evidence", "error", error.text)]
    findings += check_seed_sources(state, verify_checkpoint)
    findings += _redrawn(directory, state)
    findings += _figures(directory, state)
    findings += check_head(directory.head, reader.head, verify_head)
    findings += check_replay(directory, verify_replay)
    return findings


def _torn(reader: ChainReader) -> Iterator[Finding]:
    if reader.torn_bytes:
        yield Finding(
            "torn_line",
            "warning",
            Text(
                f"最后一行不完整（{reader.torn_bytes} 字节），未计入；请用 resume 继续。",
                f"The last line is cut off ({reader.torn_bytes} bytes) and not counted; resume the run.",
            ),
            reader.length + 1,
        )


def _draws(directory: RunDirectory, state: RunState) -> Iterator[Finding]:
    scope = scope_of(state.committed)
    for seal in seals(state.committed):
        if seal.kind in state.draws:
            try:
                bank = load_bank_copy(directory, seal)
                check_aspects(bank, scope)
            except BadInputError as error:
                yield Finding("bank_differs", "error", error.text)
            else:
                yield from check_redraw(state.draws[seal.kind], bank.without(scope.left_out).strata)


def _draw_rules(state: RunState) -> Iterator[Finding]:
    """Find draws that were not made as the edition has them made."""
    edition, scope = edition_named(state.committed), scope_of(state.committed)
    for kind in (kind for kind in BankKind if kind in state.draws):
        draw, shares = state.draws[kind], sampling(edition, kind, scope.left_out)
        if draw.size != shares.size or draw.minimum != shares.minimum:
            yield Finding(
                "draw_rules_differ",
                "error",
                Text(
                    f"题库「{kind}」的抽样数或各类下限不是 {edition.name} 所要求的。",
                    f"The size or the minima of the draw from “{kind}” are not those of {edition.name}.",
                ),
            )


def _redrawn(directory: RunDirectory, state: RunState) -> Iterator[Finding]:
    for draw in draws_elsewhere(directory.evidence, state.commitment):
        yield Finding(
            "drawn_elsewhere",
            "warning",
            Text(
                f"运行「{draw.run}」在同一承诺下也抽过题库「{draw.bank}」；请核实为何重抽。",
                f"The run “{draw.run}” drew from the bank “{draw.bank}” over the same commitment, too; "
                "ask why it was drawn again.",
            ),
        )


def _rejudged(report: Report, state: RunState) -> Iterator[Finding]:
    """Say where verdicts are by more than one version of a judge, or by another keyword library."""
    committed = libraries_of(seal.sha256 for seal in seals(state.committed))
    for judge in report.judges:
        versions = ", ".join(judge.versions)
        if len(judge.versions) > 1:
            yield Finding(
                "rejudged",
                "note",
                Text(
                    f"判定器「{judge.name}」判定过不止一次（版本 {versions}）；每个回答以最新的判定为准。",
                    f"The judge “{judge.name}” judged more than once (versions {versions}); its newest "
                    "verdict on each answer counts.",
                ),
            )
        if judge.name == KeywordJudge.name and not libraries_of(judge.versions) <= committed:
            yield Finding(
                "keywords_differ",
                "warning",
                Text(
                    f"关键词判定用过未在承诺中的关键词库（版本 {versions}）。",
                    f"Answers were judged by a keyword library that was not committed to "
                    f"(versions {versions}).",
                ),
            )


def _figures(directory: RunDirectory, state: RunState) -> Iterator[Finding]:
    try:
        computed = report_of(directory.evidence)
        yield from _rejudged(computed, state)
        stated = load_report(directory.path)
    except BadInputError as error:
        yield Finding("no_report", "warning", error.text)
        return
    # Draws in other runs come and go with their directories, and `_redrawn` reports them.
    own = replace(stated, draws=computed.draws, redrawn=computed.redrawn)
    if own.to_bytes() != computed.to_bytes():
        yield Finding(
            "figures_differ",
            "error",
            Text(
                "report.json 中的数字与由证据重新计算的不同；请以重新生成的报告为准。",
                "The figures in report.json differ from those of the evidence; redo it.",
            ),
        )
