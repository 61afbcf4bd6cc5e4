"""Assessing a target from the plan to the signed report, and going on with a run that stopped."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import aiohttp

from openbeian import __version__
from openbeian.assessment.answers import Answer
from openbeian.assessment.asking import Patience, ask_patiently
from openbeian.assessment.chat import ChatClient
from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.judges import Judge, JudgeCard, load_judges
from openbeian.assessment.plan import Plan, check_turns, draw_from_banks
from openbeian.assessment.progress import Progress
from openbeian.assessment.report import Report
from openbeian.assessment.reports import SignHead, write_reports
from openbeian.assessment.run_state import RunState
from openbeian.assessment.session import Session, go_on
from openbeian.assessment.stopping import Stopper
from openbeian.assessment.stored import load_run
from openbeian.assessment.target_errors import TargetEmptyAnswerError
from openbeian.assessment.throttle import Throttle
from openbeian.core.text import Text
from openbeian.evidence import ChainReader, ChainWriter, Draw, RecordKind

__all__ = ["assess", "resume"]

_GREETING: Final = "你好"
_GREETING_TOKENS: Final = 8
_GREETING_ATTEMPTS: Final = 3


async def assess(
    plan: Plan,
    *,
    out: Path,
    at_clock: Callable[[], datetime],
    sign_head: SignHead | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    environ: Mapping[str, str] = os.environ,
    patience: Patience | None = None,
    connect: Callable[[], aiohttp.BaseConnector] | None = None,
) -> Report:
    """Assess the plan's target and return the report; everything is left in the directory `out`.

    The target is greeted before anything is written. If the run ends before the first answer, nothing is
    left behind; after that, whatever stops it, `resume` goes on. `connect` makes what connects, where not
    everything may be connected to.

    Raises:
        BadInputError: The plan can't be carried out: a bank is too small, a key is missing.
        CouldNotRunError: The target can't be asked, or `out` can't be written.
    """
    patience = patience or Patience()
    check_turns(plan)
    judges = plan.judges if plan.judges is not None else load_judges(plan.keywords)
    draws = draw_from_banks(plan)
    directory = RunDirectory(out)
    directory.check_free()
    async with ChatClient.with_keys(plan.target, environ, connect) as client:
        await _greet(client, patience)
        directory.start(plan.copies())
        try:
            with ChainWriter(directory.evidence) as writer:
                state = _open(writer, plan, judges, draws, at=at_clock())
                await go_on(
                    Session(
                        client,
                        writer,
                        plan.banks,
                        state,
                        judges,
                        plan.concurrency,
                        at_clock,
                        on_progress,
                        patience,
                        stopper=Stopper.of(plan.stop, plan.edition, state.draws, judges),
                    )
                )
        except BaseException:
            if not _has_answers(directory):
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
    connect: Callable[[], aiohttp.BaseConnector] | None = None,
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
        async with ChatClient.with_keys(run.target, environ, connect) as client:
            work = Session(
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
                # Whoever resumes a run that has stopped early wants to know the rest.
                None if run.state.is_closed else Stopper.of(run.stop, run.edition, run.state.draws, judges),
            )
            await go_on(work, retry_errors=retry_errors, records=ChainReader(directory.evidence))
    return write_reports(directory, at=at_clock(), sign_head=sign_head)


def _has_answers(directory: RunDirectory) -> bool:
    records = ChainReader(directory.evidence, drop_torn=True)
    return directory.evidence.exists() and bool(RunState.read(records).answered)


async def _greet(client: ChatClient, patience: Patience) -> None:
    """Check that the target answers at all, before anything is written."""

    async def greet(greeting: str) -> Answer:
        try:
            return await client.ask(greeting, max_tokens=_GREETING_TOKENS)
        except TargetEmptyAnswerError:
            # A model that thinks first may use up so few tokens without a word; it does answer.
            return Answer("")

    brief = replace(patience, attempts=min(_GREETING_ATTEMPTS, patience.attempts))
    outcome = await ask_patiently(greet, _GREETING, throttle=Throttle(1), patience=brief)
    if outcome.error is not None:
        raise outcome.error


def _open(
    writer: ChainWriter, plan: Plan, judges: Sequence[Judge], draws: Sequence[Draw], *, at: datetime
) -> RunState:
    """Write the commitment, then the draws over it."""
    commitment = plan.commitment
    state = RunState()
    settings: dict[str, Any] = {
        "concurrency": plan.concurrency,
        "judges": [JudgeCard.of(judge).as_json() for judge in judges],
        "key_env": plan.target.key_env,
        "software": f"openbeian {__version__}",
        "timeout_s": plan.target.timeout_for.total_seconds(),
    }
    if plan.stop:
        settings["stop"] = plan.stop.as_json()
    body = {"commitment": commitment.digest, "of": commitment.as_json(), "run": settings}
    state.take(writer.append(RecordKind.COMMITMENT, body, at=at))
    for draw in draws:
        state.take(writer.append(RecordKind.DRAW, draw.as_json(), at=at))
    return state


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
