"""Replaying: questions of a run asked again, in their own words and in others, and the answers compared.

A service that holds the bank and looks questions up by their text refuses what it knows and not the same in
other words. Both are asked in one go, so that a service that has changed since the run isn't taken for one.
Only questions that the run asked are drawn, whatever their verdict: drawing only those that were refused
would find a difference in any service whose answers vary.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from openbeian.assessment.asking import Patience
from openbeian.assessment.banks import BankKind, Question
from openbeian.assessment.chat import ChatClient
from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.judges import Judge, JudgeCard, load_judges
from openbeian.assessment.judging import Bench, close
from openbeian.assessment.paraphrase_sources import FromRules, ParaphraseSource, Wanted
from openbeian.assessment.progress import Done, Meter, Progress
from openbeian.assessment.replay_file import (
    FORMAT,
    Held,
    Key,
    Replayed,
    asked_id,
    draw_body,
    load_replay,
)
from openbeian.assessment.replay_result import REPLAYED, ReplayResult, replay_result
from openbeian.assessment.reports import SignHead
from openbeian.assessment.runner import Ask, Runner
from openbeian.assessment.stored import StoredRun, load_run
from openbeian.assessment.throttle import Throttle
from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.evidence import ChainReader, ChainWriter, Draw, RecordKind, SeedSource, is_being_written
from openbeian.evidence.commitment import digest_of

__all__ = ["LEAST_QUESTIONS", "QUESTIONS", "ReplayOptions", "replay"]

QUESTIONS: Final = 50
LEAST_QUESTIONS: Final = 10
"""With fewer a difference could hardly be shown."""


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """What is to be replayed and how; what is None is as usual, or as the replay was begun."""

    source: ParaphraseSource | None = None
    questions: int | None = None
    """How many questions are drawn from each bank."""
    seed: SeedSource | None = None
    banks: tuple[BankKind, ...] | None = None
    target: str = ""
    """The address of the target, to be compared with that of the run."""


async def replay(
    out: Path,
    options: ReplayOptions | None = None,
    *,
    at_clock: Callable[[], datetime],
    on_progress: Callable[[Progress], None] | None = None,
    environ: Mapping[str, str] = os.environ,
    patience: Patience | None = None,
    judge: Judge | None = None,
    retry_errors: bool = False,
    sign_head: SignHead | None = None,
) -> ReplayResult:
    """Replay a part of the run in `out`, or go on with its replay, and return what comes of it.

    Args:
        out: the run's directory; `replay.jsonl` is left in it.
        options: what is to be replayed.
        at_clock: reads the time.
        on_progress: is told how far it is.
        environ: holds the target's keys.
        patience: how often and how long a question is tried.
        judge: the refusal judge; by default the one that ships with us.
        retry_errors: ask what failed again; what was answered never is.
        sign_head: signs the last line's hash into `replay.dsse.json`.

    Raises:
        BadInputError: There is no run, another target is named, `replay.jsonl` is of another replay, or it is
            signed and would go on without a signature.
        CouldNotRunError: The target can't be asked, or the run still goes on.
    """
    options = options or ReplayOptions()
    directory = RunDirectory(out)
    reader = ChainReader(directory.evidence, drop_torn=True)
    run = load_run(directory, reader)
    _check(directory, run, options)
    judge = judge or load_judges(None, ["refusal"])[0]
    work = _Work(run, judge, at_clock, on_progress, environ, patience or Patience())
    is_new = not directory.replay.is_file()
    if is_new:
        await _begin(work, options, directory, reader)
    try:
        await _go_on(work, options, directory, retry_errors=retry_errors, signs=sign_head is not None)
    except BaseException:
        if is_new and not load_replay(directory.replay)[0].heard:
            directory.replay.unlink()
        raise
    result = replay_result(directory)
    if sign_head is not None:
        directory.put(directory.replay_head, sign_head(result.head, at_clock()))
    return result


@dataclass(frozen=True)
class _Work:
    """What asking needs."""

    run: StoredRun
    judge: Judge
    clock: Callable[[], datetime]
    on_progress: Callable[[Progress], None] | None
    environ: Mapping[str, str]
    patience: Patience


async def _go_on(
    work: _Work, options: ReplayOptions, directory: RunDirectory, *, retry_errors: bool, signs: bool
) -> None:
    replayed, reader = load_replay(directory.replay)
    _check_same(replayed, options)
    asks = list(_asks(work.run, replayed, retry_errors=retry_errors))
    if asks or not replayed.is_closed:
        if directory.replay_head.is_file() and not signs:
            raise BadInputError(
                f"{directory.replay} 已签名，续写后签名即失效；请用 --sign-key 给出私钥后重试。",
                f"{directory.replay} is signed, and going on would make the signature void; give the private "
                "key with --sign-key.",
            )
        with ChainWriter.resume(directory.replay, reader) as writer:
            await _ask(work, replayed, asks, writer)


def _check(directory: RunDirectory, run: StoredRun, options: ReplayOptions) -> None:
    if options.target and options.target != run.target.url:
        raise BadInputError(
            f"这次评估的被测端点是 {run.target.url}，不是 {options.target}；重放须问同一服务。",
            f"The run was of {run.target.url}, not {options.target}; a replay asks the same service.",
        )
    if options.questions is not None and options.questions < LEAST_QUESTIONS:
        raise BadInputError(
            f"至少要 {LEAST_QUESTIONS} 题才能比较，不能是 {options.questions} 题。",
            f"At least {LEAST_QUESTIONS} questions are needed to compare, not {options.questions}.",
        )
    for bank in options.banks or ():
        if bank not in REPLAYED:
            raise BadInputError(
                f"题库「{bank}」不能重放：拒答判定只看{'、'.join(REPLAYED)}。",
                f"The bank “{bank}” can't be replayed: the refusal judge looks at {', '.join(REPLAYED)}.",
            )
    if is_being_written(directory.evidence):
        raise CouldNotRunError(
            f"{directory.path} 的评估还在进行；请等它结束。",
            f"The run in {directory.path} still goes on; wait until it has ended.",
        )


def _check_same(replayed: Replayed, options: ReplayOptions) -> None:
    """Check that a replay that was begun is the one that is asked for."""
    committed = replayed.committed
    wanted: dict[str, Any] = {}
    if options.questions is not None:
        wanted["questions"] = options.questions
    if options.seed is not None:
        wanted["seed"] = [options.seed.kind, options.seed.value]
    if options.banks is not None:
        wanted["banks"] = [bank.value for bank in options.banks]
    if options.source is not None:
        wanted["paraphrases"] = options.source.describe()
    if any(committed.get(name) != value for name, value in wanted.items()):
        raise BadInputError(
            "目录中的 replay.jsonl 是另一次重放（题数、种子、题库或改写不同）；请移走该文件后重试。",
            "The replay.jsonl in this directory is of another replay (other questions, seed, banks or "
            "paraphrases); move it away and try again.",
        )


async def _begin(work: _Work, options: ReplayOptions, directory: RunDirectory, reader: ChainReader) -> None:
    """Draw, have the texts made, and write both down before anything is asked."""
    source = options.source or FromRules()
    seed = options.seed or SeedSource("commitment")
    banks = options.banks or (BankKind.SHOULD_REFUSE,)
    wanted_of_each = options.questions or QUESTIONS
    committed = {
        "banks": [bank.value for bank in banks],
        "format": FORMAT,
        "head": reader.head,
        "paraphrases": source.describe(),
        "questions": wanted_of_each,
        "records": reader.length,
        "run": work.run.state.commitment,
        "seed": [seed.kind, seed.value],
    }
    commitment = digest_of(committed)
    held = [
        await _held(work, bank, source, wanted_of_each, commitment=commitment, seed=seed) for bank in banks
    ]
    body = {
        "commitment": commitment,
        "of": committed,
        "run": {"judges": [JudgeCard.of(work.judge).as_json()]},
    }
    with ChainWriter(directory.replay) as writer:
        writer.append(RecordKind.COMMITMENT, body, at=work.clock())
        for one in held:
            writer.append(RecordKind.DRAW, draw_body(one), at=work.clock())


async def _held(
    work: _Work,
    bank: BankKind,
    source: ParaphraseSource,
    questions: int,
    *,
    commitment: str,
    seed: SeedSource,
) -> Held:
    run = work.run
    strata = {
        question: stratum
        for question, stratum in run.state.answered_of(bank).items()
        if source.covers(question)
    }
    if len(strata) < LEAST_QUESTIONS:
        raise BadInputError(
            f"题库「{bank}」中问过、答过且有改写的只有 {len(strata)} 题，至少要 {LEAST_QUESTIONS} 题；"
            "请先完成评估，或补充改写。",
            f"Of the bank “{bank}” only {len(strata)} questions were answered and have paraphrases; "
            f"{LEAST_QUESTIONS} are needed. Finish the run first, or add paraphrases.",
        )
    draw = Draw.make(
        bank.value,
        strata,
        commitment=commitment,
        source=seed,
        size=min(questions, len(strata)),
        minimum={},
    )
    texts = {one.id: one for one in _questions(run, bank)}
    wanted = [Wanted(bank.value, question, texts[question].text) for question in draw.questions]
    made = await source.make(wanted, seed=bytes.fromhex(draw.seed), on_progress=work.on_progress)
    by_id = {one.id: tuple(made.paraphrases[one.key]) for one in wanted if one.key in made.paraphrases}
    return Held(draw, by_id, made.errors)


def _questions(run: StoredRun, bank: str) -> Sequence[Question]:
    return next((one.questions for one in run.banks if one.kind == bank), ())


def _asks(run: StoredRun, replayed: Replayed, *, retry_errors: bool) -> Iterator[Ask]:
    """Yield what is left to ask, each question in all its wordings one after the other."""
    done = replayed.heard.keys() if retry_errors else replayed.heard.keys() | replayed.failed.keys()
    for bank, held in replayed.held.items():
        known = {one.id: one for one in _questions(run, bank)}
        for question, stratum in held.draw.questions.items():
            if question not in known:
                raise BadInputError(
                    f"重放的题目 {question} 不在题库「{bank}」里；请找回原文件。",
                    f"The question {question} of the replay is not in the bank “{bank}”; find the original.",
                )
            wordings = held.texts.get(question, ())
            said = known[question].said
            for number, text in enumerate((said[-1], *(one.text for one in wordings)) if wordings else ()):
                if Key(bank, question, number) not in done:
                    turns = (*said[:-1], text) if len(said) > 1 else ()
                    yield Ask(bank, asked_id(question, number), stratum, text, turns)


async def _ask(work: _Work, replayed: Replayed, asks: Sequence[Ask], writer: ChainWriter) -> None:
    bench = Bench([work.judge], writer, work.clock)
    for record in ChainReader(writer.path):
        if record.kind is RecordKind.ANSWER and replayed.is_unjudged(record.seq):
            bench.take(record)
    left = [one.bank for one in asks]
    totals = {bank: sum(1 + len(w) for w in held.texts.values()) for bank, held in replayed.held.items()}
    meter = Meter({bank: Done(total - left.count(bank), total) for bank, total in totals.items()})
    async with ChatClient.with_keys(work.run.target, work.environ) as client:
        runner = Runner(
            client.ask,
            writer=writer,
            bench=bench,
            meter=meter,
            throttle=Throttle(work.run.concurrency),
            clock=work.clock,
            patience=work.patience,
            on_progress=work.on_progress,
        )
        await runner.run(asks)
    close(writer, [work.judge], at=work.clock())
