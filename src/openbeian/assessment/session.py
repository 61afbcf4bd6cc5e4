"""Going on with a run, new or resumed: what is left to ask is asked, what is left to judge is judged."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from openbeian.assessment.asking import Patience
from openbeian.assessment.banks import QuestionBank
from openbeian.assessment.chat import ChatClient
from openbeian.assessment.judges import Judge, RemoteJudge
from openbeian.assessment.judging import Bench, close
from openbeian.assessment.progress import Done, Meter, Progress
from openbeian.assessment.remote_judging import check_judge, judge_remotely
from openbeian.assessment.run_state import RunState
from openbeian.assessment.runner import Ask, Runner
from openbeian.assessment.stopping import Stopper
from openbeian.assessment.throttle import Throttle
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.evidence import ChainWriter, Record, RecordKind

__all__ = ["Session", "go_on"]


@dataclass(frozen=True)
class Session:
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
    stopper: Stopper | None = None


async def go_on(work: Session, *, retry_errors: bool = False, records: Iterable[Record] = ()) -> None:
    """Ask and judge what is left, then close; a run that is complete is left as it is."""
    asks = list(_asks(work, retry_errors=retry_errors))
    remote = [judge for judge in work.judges if isinstance(judge, RemoteJudge)]
    here = [judge for judge in work.judges if not isinstance(judge, RemoteJudge)]
    bench = Bench(here, work.writer, work.clock)
    before = work.writer.length
    stopper = work.stopper
    work.writer.on_append = stopper.take if stopper else None
    for record in records:
        if record.seq >= before:
            # From here on stand the verdicts that are given meanwhile.
            break
        if stopper:
            stopper.take(record)
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
        stop_when=stopper.is_over if stopper else None,
    )
    for judge in remote if asks else ():
        await check_judge(judge, work.patience)
    await runner.run(asks)
    # Asking a judge over the network while the target is asked would hold both up.
    errors = await judge_remotely(
        remote,
        work.writer,
        besides=work.state.judged,
        clock=work.clock,
        patience=work.patience,
        on_progress=work.on_progress,
    )
    if work.writer.length > before or not work.state.is_closed:
        stopped = stopper.stopped if stopper else ()
        close(work.writer, work.judges, at=work.clock(), judge_errors=errors, stopped=stopped)


def _asks(work: Session, *, retry_errors: bool) -> Iterator[Ask]:
    state = work.state
    done = state.answered.keys() if retry_errors else state.answered.keys() | state.failed
    held = {bank.kind.value: {one.id: one for one in bank.questions} for bank in work.banks}
    for bank, draw in state.draws.items():
        for question, stratum in draw.questions.items():
            if (bank, question) in done:
                continue
            found = held.get(bank, {}).get(question)
            if found is None:
                raise BadInputError(
                    f"抽样中的题目 {question} 不在题库「{bank}」里；请放回原来的题库文件。",
                    f"The question {question} was drawn but is not in the bank “{bank}”; put the original "
                    "bank back.",
                )
            yield Ask(bank, question, stratum, found.text, found.turns)


def _meter(work: Session, asks: Sequence[Ask]) -> Meter:
    left = [ask.bank for ask in asks]
    totals = {bank: len(draw.questions) for bank, draw in work.state.draws.items()}
    return Meter(
        {bank: Done(total - left.count(bank), total) for bank, total in totals.items()},
        errors=len(work.state.failed - {(ask.bank, ask.id) for ask in asks}),
        notes=work.notes,
    )
