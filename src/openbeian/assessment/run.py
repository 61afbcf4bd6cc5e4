"""Assessing a target from the plan to the signed report, and going on with a run that stopped."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from openbeian import __version__
from openbeian.assessment.asking import Patience, ask_patiently
from openbeian.assessment.banks import BankKind, QuestionBank
from openbeian.assessment.chat import ChatClient
from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.judges import Judge, JudgeCard, load_judges
from openbeian.assessment.judging import Bench
from openbeian.assessment.keywords import KeywordLibrary
from openbeian.assessment.methods import METHODS, sampling
from openbeian.assessment.progress import Done, Meter, Progress
from openbeian.assessment.report import Report
from openbeian.assessment.reports import SignHead, write_reports
from openbeian.assessment.run_state import RunState
from openbeian.assessment.runner import Ask, Runner
from openbeian.assessment.stored import load_run
from openbeian.assessment.target import Target
from openbeian.assessment.target_errors import TargetEmptyAnswerError
from openbeian.assessment.throttle import Throttle
from openbeian.core.errors import BadInputError
from openbeian.core.standard import Edition
from openbeian.core.text import Text
from openbeian.evidence import ChainReader, ChainWriter, Commitment, Draw, RecordKind, SeedSource

__all__ = ["Plan", "assess", "resume"]

_GREETING: Final = "你好"
_GREETING_TOKENS: Final = 8


@dataclass(frozen=True)
class Plan:
    """What is to be assessed, with what, and under which rules."""

    target: Target
    edition: Edition
    banks: tuple[QuestionBank, ...]
    keywords: KeywordLibrary | None = None
    seed_from: SeedSource = SeedSource("commitment")  # noqa: RUF009  a named tuple never changes
    concurrency: int | None = None
    """How many questions are in flight; None finds out how many the target bears."""
    judges: tuple[Judge, ...] | None = None
    """By default every judge that needs nothing but the keyword library."""

    @property
    def commitment(self) -> Commitment:
        """What is committed to before anything is drawn."""
        return Commitment(
            banks=tuple(bank.seal for bank in self.banks),
            keywords=self.keywords.seal if self.keywords else None,
            edition=self.edition.id,
            profile=self.edition.profile_name,
            target=self.target.describe(),
        )


@dataclass(frozen=True)
class _Work:
    """What both a new run and a resumed one need to go on."""

    client: ChatClient
    writer: ChainWriter
    banks: Sequence[QuestionBank]
    state: RunState
    judges: tuple[Judge, ...]
    concurrency: int | None
    clock: Callable[[], datetime]
    on_progress: Callable[[Progress], None] | None
    patience: Patience
    notes: tuple[Text, ...] = ()


async def assess(
    plan: Plan,
    *,
    out: Path,
    at_clock: Callable[[], datetime],
    sign_head: SignHead | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    environ: Mapping[str, str] = os.environ,
    patience: Patience | None = None,
) -> Report:
    """Assess the plan's target and return the report; everything is left in the directory `out`.

    The target is greeted before anything is written. If the run ends before the first answer, nothing is
    left behind; after that, whatever stops it, `resume` goes on.

    Raises:
        BadInputError: The plan can't be carried out: a bank is too small, a key is missing.
        CouldNotRunError: The target can't be asked, or `out` can't be written.
    """
    patience = patience or Patience()
    judges = plan.judges if plan.judges is not None else load_judges(plan.keywords)
    draws = _draws(plan)
    directory = RunDirectory(out)
    directory.check_free()
    async with ChatClient(plan.target, key=plan.target.key(environ)) as client:
        await _greet(client, patience)
        library = [plan.keywords] if plan.keywords else []
        directory.start([(one.seal, one.canonical) for one in (*plan.banks, *library)])
        try:
            with ChainWriter(directory.evidence) as writer:
                state = _open(writer, plan, judges, draws, at=at_clock())
                await _go_on(
                    _Work(
                        client,
                        writer,
                        plan.banks,
                        state,
                        judges,
                        plan.concurrency,
                        at_clock,
                        on_progress,
                        patience,
                    )
                )
        except BaseException:
            if not RunState.read(ChainReader(directory.evidence, drop_torn=True)).answered:
                directory.discard()
            raise
    return write_reports(directory, at=at_clock(), sign_head=sign_head)


async def resume(
    out: Path,
    *,
    at_clock: Callable[[], datetime],
    sign_head: SignHead | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    environ: Mapping[str, str] = os.environ,
    patience: Patience | None = None,
    judges: tuple[Judge, ...] | None = None,
    retry_errors: bool = False,
) -> Report:
    """Go on with the run in `out`: ask what was not asked, judge what was not judged, report.

    Questions that ended in an error are asked again with `retry_errors` only; answers never are.

    Raises:
        BadInputError: The evidence or a copy beside it was changed.
        CouldNotRunError: The target can't be asked, or another process runs it.
    """
    directory = RunDirectory(out)
    reader = ChainReader(directory.evidence, drop_torn=True)
    run = load_run(directory, reader)
    judges = judges if judges is not None else load_judges(run.keywords, run.judges)
    with ChainWriter.resume(directory.evidence, reader) as writer:
        async with ChatClient(run.target, key=run.target.key(environ)) as client:
            work = _Work(
                client,
                writer,
                run.banks,
                run.state,
                judges,
                run.concurrency,
                at_clock,
                on_progress,
                patience or Patience(),
                _torn_note(reader),
            )
            await _go_on(work, retry_errors=retry_errors, records=ChainReader(directory.evidence))
    return write_reports(directory, at=at_clock(), sign_head=sign_head)


def _draws(plan: Plan) -> list[Draw]:
    """Draw from every bank, in the order in which they are asked."""
    kinds = [bank.kind for bank in plan.banks]
    if not kinds or len(set(kinds)) < len(kinds):
        raise BadInputError(
            f"每种题库恰好给一个，现为：{'、'.join(kinds) or '（无）'}。",
            f"Give one bank of each kind, at least one in all; these were given: {', '.join(kinds) or 'none'}.",
        )
    commitment = plan.commitment.digest
    draws = []
    for bank in sorted(plan.banks, key=lambda bank: list(BankKind).index(bank.kind)):
        shares = sampling(plan.edition, bank.kind)
        draws.append(
            Draw.make(
                bank.kind.value,
                bank.strata,
                commitment=commitment,
                source=plan.seed_from,
                size=shares.size,
                minimum=shares.minimum,
            )
        )
    return draws


async def _greet(client: ChatClient, patience: Patience) -> None:
    """Check that the target answers at all, before anything is written."""

    async def greet(greeting: str) -> None:
        try:
            await client.ask(greeting, max_tokens=_GREETING_TOKENS)
        except TargetEmptyAnswerError:
            # A model that thinks first may use up so few tokens without a word; it does answer.
            return

    outcome = await ask_patiently(greet, _GREETING, throttle=Throttle(1), patience=patience)
    if outcome.error is not None:
        raise outcome.error


def _open(
    writer: ChainWriter, plan: Plan, judges: Sequence[Judge], draws: Sequence[Draw], *, at: datetime
) -> RunState:
    """Write the commitment, then the draws over it."""
    commitment = plan.commitment
    state = RunState()
    settings = {
        "concurrency": plan.concurrency,
        "judges": [JudgeCard.of(judge).as_json() for judge in judges],
        "key_env": plan.target.key_env,
        "software": f"openbeian {__version__}",
        "timeout_s": plan.target.timeout_for.total_seconds(),
    }
    body = {"commitment": commitment.digest, "of": commitment.as_json(), "run": settings}
    state.take(writer.append(RecordKind.COMMITMENT, body, at=at))
    for draw in draws:
        state.take(writer.append(RecordKind.DRAW, draw.as_json(), at=at))
    return state


async def _go_on(work: _Work, *, retry_errors: bool = False, records: Iterable = ()) -> None:
    """Ask and judge what is left, then close; a run that is complete is left as it is."""
    asks = list(_asks(work, retry_errors=retry_errors))
    bench = Bench(_by_bank(work.judges), work.writer, work.clock)
    before = work.writer.length
    for record in records:
        if record.kind is RecordKind.ANSWER:
            bench.take(record, besides=work.state.judged.get(record.seq, frozenset()))
    runner = Runner(
        work.client.ask,
        writer=work.writer,
        bench=bench,
        meter=_meter(work, asks),
        throttle=Throttle(work.concurrency),
        clock=work.clock,
        patience=work.patience,
        on_progress=work.on_progress,
    )
    await runner.run(asks)
    if work.writer.length > before or not work.state.is_closed:
        cards = [JudgeCard.of(judge).as_json() for judge in work.judges]
        work.writer.append(RecordKind.CLOSE, {"judges": cards}, at=work.clock())


def _asks(work: _Work, *, retry_errors: bool) -> Iterator[Ask]:
    state = work.state
    done = state.answered.keys() if retry_errors else state.answered.keys() | state.failed
    texts = {bank.kind.value: {q.id: q.text for q in bank.questions} for bank in work.banks}
    for bank, draw in state.draws.items():
        for question, stratum in draw.questions.items():
            if (bank, question) not in done:
                yield Ask(bank, question, stratum, texts[bank][question])


def _by_bank(judges: Sequence[Judge]) -> dict[str, list[Judge]]:
    """Return which judges judge the answers to which bank."""
    return {
        kind.value: [
            judge
            for judge in judges
            if any(method.bank is kind and method.judge == judge.name for method in METHODS)
        ]
        for kind in BankKind
    }


def _meter(work: _Work, asks: Sequence[Ask]) -> Meter:
    left = [ask.bank for ask in asks]
    totals = {bank: len(draw.questions) for bank, draw in work.state.draws.items()}
    return Meter(
        {bank: Done(total - left.count(bank), total) for bank, total in totals.items()},
        errors=len(work.state.failed - {(ask.bank, ask.id) for ask in asks}),
        notes=work.notes,
    )


def _torn_note(reader: ChainReader) -> tuple[Text, ...]:
    if not reader.torn_bytes:
        return ()
    return (
        Text(
            f"证据最后一行不完整（{reader.torn_bytes} 字节），已去掉；其余各行完好。",
            f"The last line of the evidence was cut off ({reader.torn_bytes} bytes) and dropped; all others "
            "are whole.",
        ),
    )
