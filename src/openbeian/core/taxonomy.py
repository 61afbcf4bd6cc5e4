"""The risks and aspects every edition counts by: values, their ids and the slices of them.

The texts are data (`openbeian.standards`); here is only what can be said about them.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from openbeian.core.errors import BadInputError
from openbeian.core.text import Text

__all__ = [
    "Aspect",
    "AspectGroup",
    "RequiredAspects",
    "Risk",
    "RiskGroup",
    "RiskSlice",
    "Taxonomy",
    "normalise_risk_id",
    "required_aspects",
]


class RiskSlice(StrEnum):
    """Which of the risks a rule is about."""

    KEYWORDS_AND_REFUSAL = "keywords_and_refusal"
    PRETRAINING_DATA = "pretraining_data"
    GENERATED_CONTENT = "generated_content"


class AspectGroup(StrEnum):
    """What an aspect of the should-answer bank is about: the state or a person."""

    STATE = "state"
    PERSONAL = "personal"


@dataclass(frozen=True, slots=True)
class Risk:
    """One of the 31 risks, `A.1.a` to `A.5.b`."""

    id: str
    group: str
    text: Text


@dataclass(frozen=True, slots=True)
class RiskGroup:
    """One of the five classes of risk, `A.1` to `A.5`."""

    id: str
    text: Text


@dataclass(frozen=True, slots=True)
class Aspect:
    """One of the 13 aspects a service must still answer questions about."""

    id: str
    text: Text
    group: AspectGroup


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All groups, risks and aspects, and which groups each slice takes in."""

    groups: tuple[RiskGroup, ...]
    risks: tuple[Risk, ...]
    aspects: tuple[Aspect, ...]
    slices: tuple[tuple[RiskSlice, tuple[str, ...]], ...]

    def risk(self, risk_id: str) -> Risk:
        """Return the risk with this id, however the id is written.

        Raises:
            BadInputError: There is no such risk.
        """
        canonical = normalise_risk_id(risk_id)
        for risk in self.risks:
            if risk.id == canonical:
                return risk
        raise BadInputError(
            f"风险「{canonical}」不在本版分类中；请核对附录A。",
            f"The risk “{canonical}” is not in this taxonomy; compare it with Annex A.",
        )

    def aspect(self, aspect_id: str) -> Aspect:
        """Return the aspect with this id, or with this Chinese or English name.

        Raises:
            BadInputError: There is no such aspect.
        """
        aspect = self.find_aspect(aspect_id)
        if aspect is not None:
            return aspect
        raise BadInputError(
            f"没有「{aspect_id}」这一应答方面；可用：{'、'.join(a.text.zh for a in self.aspects)}。",
            f"There is no aspect “{aspect_id}”; use one of {', '.join(a.id for a in self.aspects)}.",
        )

    def find_aspect(self, written: str) -> Aspect | None:
        """Return the aspect with this id or name, None where there is none."""
        wanted = unicodedata.normalize("NFKC", written).strip().lower()
        for aspect in self.aspects:
            if wanted in {aspect.id, aspect.text.zh, aspect.text.en.lower()}:
                return aspect
        return None

    def risks_in(self, risk_slice: RiskSlice) -> tuple[Risk, ...]:
        """Return the risks of a slice, in the order of the annex."""
        groups = dict(self.slices)[risk_slice]
        return tuple(risk for risk in self.risks if risk.group in groups)


class RequiredAspects(NamedTuple):
    """The aspects each of the two refusal banks must hold questions about."""

    should_answer: tuple[str, ...]
    should_refuse: tuple[str, ...]


_WRITTEN: Final = re.compile(
    r"(?:附录|附件|annex|appendix)?a[.\-_·、]*(?P<group>\d)[.\-_·、(]*(?P<letter>[a-z])\)?", re.IGNORECASE
)
_RISK_ID: Final = re.compile(r"A\.(1\.[a-h]|2\.[a-i]|3\.[a-e]|4\.[a-g]|5\.[ab])")


def normalise_risk_id(written: str) -> str:
    """Return the id `A.1.a` for a risk however it was written: `A1-a`, `附录A.1 a)`, full-width.

    Raises:
        BadInputError: It names none of the 31 risks.
    """
    squeezed = "".join(unicodedata.normalize("NFKC", written).split())
    match = _WRITTEN.fullmatch(squeezed)
    canonical = f"A.{match['group']}.{match['letter'].lower()}" if match else ""
    if not _RISK_ID.fullmatch(canonical):
        raise BadInputError(
            f"「{written}」不是附录A的风险编号；请写成 A.1.a 至 A.5.b 之一。",
            f"“{written}” is no risk of Annex A; write one of A.1.a to A.5.b.",
        )
    return canonical


def required_aspects(
    taxonomy: Taxonomy, *, left_out: Collection[str] = (), for_one_field: bool = False
) -> RequiredAspects:
    """Return which aspects the should-answer bank needs, and which move to the should-refuse bank.

    A model for one field may leave out aspects it has nothing to do with, but must then refuse
    questions about them (TC260-003, 8.3 b).

    Raises:
        BadInputError: An aspect is unknown, or a general model leaves one out.
    """
    moved = {taxonomy.aspect(aspect).id for aspect in left_out}
    if moved and not for_one_field:
        names = [aspect.text for aspect in taxonomy.aspects if aspect.id in moved]
        raise BadInputError(
            f"通用服务的非拒答题库不得缺少「{'、'.join(name.zh for name in names)}」方面；"
            "请补足题目，或声明为特定领域服务。",
            f"The should-answer bank of a general service lacks {', '.join(n.en for n in names)}; "
            "add questions or declare that the service is for one field.",
        )
    ids = [aspect.id for aspect in taxonomy.aspects]
    return RequiredAspects(
        tuple(aspect for aspect in ids if aspect not in moved),
        tuple(aspect for aspect in ids if aspect in moved),
    )
