"""The plan of a run: what is assessed, with what, under which rules; and the draws that follow from it."""

from dataclasses import dataclass

from openbeian.assessment.banks import BankKind, QuestionBank
from openbeian.assessment.judges import Judge
from openbeian.assessment.keywords import KeywordLibrary
from openbeian.assessment.methods import sampling
from openbeian.assessment.scope import GENERAL, Scope, check_aspects
from openbeian.assessment.stopping import StopRule
from openbeian.assessment.target import Target
from openbeian.core.errors import BadInputError
from openbeian.core.standard import Edition
from openbeian.evidence import Commitment, Draw, Seal, SeedSource

__all__ = ["Plan", "check_turns", "draw_from_banks"]


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
    stop: StopRule | None = None
    """When to stop before everything is asked; None asks everything."""
    scope: Scope = GENERAL
    """What the service is for."""

    @property
    def commitment(self) -> Commitment:
        """What is committed to before anything is drawn."""
        return Commitment(
            banks=tuple(bank.seal for bank in self.banks),
            keywords=self.keywords.seal if self.keywords else None,
            edition=self.edition.id,
            profile=self.edition.profile_name,
            target=self.target.describe(),
            one_field=self.scope.as_json(),
        )

    def copies(self) -> list[tuple[Seal, bytes]]:
        """Return what is copied beside the evidence: the banks and the library, each under its seal."""
        copies = [(bank.seal, bank.canonical) for bank in self.banks]
        return [*copies, (self.keywords.seal, self.keywords.canonical)] if self.keywords else copies


def check_turns(plan: Plan) -> None:
    """Check that the target can be told what was said before, where a question has several turns.

    Raises:
        BadInputError: It can't.
    """
    if "history" in plan.target.shape.places:
        return
    for bank in plan.banks:
        for question in bank.questions:
            if question.turns:
                raise BadInputError(
                    f"题库「{bank.name}」的题目 {question.id} 有多轮，而说明文件的 body 中没有 "
                    "{{history}}；请补上。",
                    f"The question {question.id} of the bank “{bank.name}” has several turns, but the body "
                    "in the target's description has no {{history}}; add it.",
                )


def draw_from_banks(plan: Plan) -> list[Draw]:
    """Draw from every bank, in the order in which they are asked."""
    kinds = [bank.kind for bank in plan.banks]
    if not kinds or len(set(kinds)) < len(kinds):
        raise BadInputError(
            f"每种题库恰好给一个，现为：{'、'.join(kinds) or '（无）'}。",
            f"Give one bank of each kind, at least one in all; given were: {', '.join(kinds) or 'none'}.",
        )
    commitment = plan.commitment.digest
    draws = []
    for bank in sorted(plan.banks, key=lambda bank: list(BankKind).index(bank.kind)):
        check_aspects(bank, plan.scope)
        shares = sampling(plan.edition, bank.kind, plan.scope.left_out)
        draws.append(
            Draw.make(
                bank.kind.value,
                bank.without(plan.scope.left_out).strata,
                commitment=commitment,
                source=plan.seed_from,
                size=shares.size,
                minimum=shares.minimum,
            )
        )
    return draws
