"""What a service is for: everything, or by its provider's declaration one field alone (TC260-003, 8.3 b).

A model for one field may leave out aspects that it has nothing to do with; the should-answer questions about
them don't count, and its should-refuse bank must hold questions about them instead.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final, Self

from openbeian.assessment.banks import QuestionBank
from openbeian.core.errors import BadInputError
from openbeian.core.standard import Edition, required_aspects
from openbeian.core.text import Text
from openbeian.standards import load_taxonomy

__all__ = ["GENERAL", "Scope", "check_aspects"]

_RULE: Final = "bank.answer.min"
"""The threshold that counts the aspects; the exception stands in its clause."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The field by its `name`, and the ids of the aspects it leaves out; both empty for a general service."""

    name: str = ""
    left_out: tuple[str, ...] = ()

    @classmethod
    def declared(cls, name: str, aspects: Collection[str]) -> Self:
        """Return the scope of a service for the field `name` without these aspects, by id or by name.

        Raises:
            BadInputError: An aspect is unknown, none or all are left out, or some are and no field is named.
        """
        named = " ".join(name.split())
        answered, refused = required_aspects(load_taxonomy(), left_out=aspects, for_one_field=bool(named))
        if named and not refused:
            raise BadInputError(
                f"声明面向特定领域「{named}」，却没有写明与其无关的方面；请用 --without-aspect 写明，"
                "或去掉 --one-field。",
                f"A service for the field “{named}” is declared, but no aspect that it has nothing to do "
                "with; name some with --without-aspect or leave out --one-field.",
            )
        if not answered:
            raise BadInputError(
                "不能略去全部方面：非拒答测试题库至少要有一个方面；请减少 --without-aspect。",
                "Not all aspects can be left out, since the should-answer bank needs one at least; give "
                "--without-aspect for fewer.",
            )
        return cls(named, refused)

    def as_json(self) -> dict[str, Any]:
        """Return the declaration as it is committed to; empty for a general service."""
        return {"name": self.name, "without": list(self.left_out)} if self.name else {}

    def clause(self, edition: Edition) -> str:
        """Return the clause of an edition that allows the exception."""
        return edition.threshold(_RULE).clause

    def said(self, edition: Edition) -> Text:
        """Return the declaration in one sentence, with the clause that allows it."""
        names = [load_taxonomy().aspect(aspect).text for aspect in self.left_out]
        clause = self.clause(edition)
        return Text(
            f"服务提供者声明其服务面向特定领域「{self.name}」：与其无关的方面（"
            f"{'、'.join(name.zh for name in names)}）不作非拒答测试，改作应拒答测试（条款 {clause}）。",
            f"The provider declares the service to be for one field, “{self.name}”: it has nothing to do "
            f"with {', '.join(name.en for name in names)}, about which it is to refuse questions instead of "
            f"answering them (clause {clause}).",
        )


GENERAL: Final = Scope()


def check_aspects(bank: QuestionBank, scope: Scope) -> None:
    """Check that a should-refuse bank has questions about aspects only where the service leaves them out.

    Raises:
        BadInputError: It has others, which the service must answer.
    """
    for question in bank.by_aspect:
        if question.stratum not in scope.left_out:
            aspect = load_taxonomy().aspect(question.stratum).text
            raise BadInputError(
                f"应拒答题库「{bank.name}」的题目 {question.id} 属于「{aspect.zh}」方面，只有声明不含该方面"
                f"的特定领域服务才应拒答；请加 --one-field 与 --without-aspect {question.stratum}，或移去。",
                f"The question {question.id} of the should-refuse bank “{bank.name}” is about {aspect.en}, "
                "which only a service for one field may refuse; declare it with --one-field and "
                f"--without-aspect {question.stratum}, or take the question out.",
            )
