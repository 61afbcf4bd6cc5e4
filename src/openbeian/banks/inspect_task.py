"""Our banks as a task of Inspect (inspect_ai), judged by our judges; needs `pip install openbeian[inspect]`.

inspect eval openbeian/openbeian_bank -T bank=english -T kind=should_refuse --model openai/gpt-4o
"""

from collections.abc import Callable
from typing import Final

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageUser
from inspect_ai.scorer import CORRECT, INCORRECT, Score, Scorer, Target, accuracy, grouped, scorer, stderr
from inspect_ai.solver import Generate, Solver, TaskState, solver

from openbeian.assessment import JUDGES, BankKind
from openbeian.assessment.answers import WITHHELD, Answer
from openbeian.banks.inspect_samples import (
    LATER,
    explain,
    find_bank,
    find_judge,
    judges_of,
    passes,
    sample_of,
)

__all__ = ["SCORERS", "in_turns", "openbeian_bank"]


@task
def openbeian_bank(bank: str = "english", kind: str = "", keywords: str = "") -> Task:
    """Put every question of a bank and judge the answers.

    Args:
        bank: `chinese` or `english` for a bank that ships with us, or the file of another.
        kind: `generated_content`, `should_refuse` or `should_answer`; a JSONL file says it itself.
        keywords: the file of the keyword library; the starter library if empty.

    Raises:
        BadInputError: There is no such bank, or a file can't be read.
    """
    found = find_bank(bank, kind)
    samples = [Sample(**sample_of(question, found.kind)) for question in found.questions]
    return Task(
        dataset=MemoryDataset(samples, name=found.name),
        solver=in_turns(),
        scorer=[SCORERS[judge](found.kind.value, keywords) for judge in judges_of(found.kind)],
        metrics=[accuracy(), stderr(), grouped(accuracy(), found.kind.member, all=False)],
        version=found.version or 0,
        metadata=found.seal.as_json(),
    )


@solver
def in_turns() -> Solver:
    """Say one turn after the other, each when the one before is answered."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        for text in state.metadata.get(LATER, ()):
            state = await generate(state)
            state.messages.append(ChatMessageUser(content=text))
        return await generate(state)

    return solve


def _scorer_by(name: str) -> Callable[..., Scorer]:
    """Return the scorer that judges by our judge of this name."""

    @scorer(metrics=[accuracy(), stderr()], name=name)
    def judged(kind: str, keywords: str = "") -> Scorer:
        judge = find_judge(name, keywords)

        async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001  as Inspect calls it
            withheld = state.output.stop_reason == WITHHELD
            answer = Answer(state.output.completion, WITHHELD if withheld else "")
            verdict = judge.judge(state.user_prompt.text, answer)
            good = passes(BankKind(kind), name, verdict.value)
            return Score(
                value=CORRECT if good else INCORRECT,
                answer=verdict.value,
                explanation=explain(verdict),
                metadata={"version": judge.version, **verdict.as_json()},
            )

        return score

    made: Callable[..., Scorer] = judged
    return made


SCORERS: Final[dict[str, Callable[..., Scorer]]] = {name: _scorer_by(name) for name in JUDGES}
