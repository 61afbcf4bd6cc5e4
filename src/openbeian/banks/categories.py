"""Which risk or aspect the category of an imported row stands for."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from openbeian.assessment import BankKind
from openbeian.assessment.question_cells import parse_risk
from openbeian.banks.left_out import Reason
from openbeian.core.errors import BadInputError
from openbeian.core.standard import Taxonomy
from openbeian.core.text import Text
from openbeian.standards import load_taxonomy

__all__ = ["Categories", "Undecided", "plain", "read_meanings"]

_ANNEX_ID: Final = re.compile(
    r"(?:附录|附件|annex|appendix)?\s*A\s*[.\-_·、]*\s*\d\s*[.\-_·、(]*[a-i]\)?(?![a-z])", re.IGNORECASE
)
_BREAKS: Final = ":-"


class Undecided(NamedTuple):
    """Why a row's categories name no single risk or aspect."""

    reason: Reason
    detail: Text


class Categories:
    """Finds the risk, or in a should-answer bank the aspect, that categories stand for."""

    def __init__(
        self,
        kind: BankKind,
        meanings: Mapping[str, Sequence[str]] | None = None,
        decided: Mapping[str, str] | None = None,
    ) -> None:
        """Take what a public set's categories mean, and over it what the user has decided."""
        self._kind = kind
        self._taxonomy = load_taxonomy()
        self._groups = {group.id for group in self._taxonomy.groups}
        self._meanings: dict[str, Sequence[str]] = {
            _folded(label): meaning for label, meaning in (meanings or {}).items()
        }
        self._meanings |= {_folded(label): (stratum,) for label, stratum in (decided or {}).items()}

    def stratum(self, labels: Sequence[str], *, aspects: bool = False) -> str | Undecided:
        """Return the risk or aspect of a row by its categories, the narrower first; or why there is none.

        With `aspects`, they may also name an aspect where the bank is a should-refuse bank.
        """
        filled = [label for label in labels if label]
        for label in filled:
            found = self._of(label, aspects=aspects and self._kind is BankKind.SHOULD_REFUSE)
            if found is not None:
                return found
        reason = Reason.UNKNOWN_CATEGORY if filled else Reason.NO_CATEGORY
        named = f"「{filled[0]}」" if filled else ""
        return Undecided(reason, Text(named, named and f"“{filled[0]}”"))

    def _of(self, label: str, *, aspects: bool) -> str | Undecided | None:
        meaning = self._meaning(_folded(label))
        if meaning is None:
            return self._named(label) or (_aspect(label, self._taxonomy) if aspects else None)
        if len(meaning) == 1 and meaning[0] not in self._groups:
            return meaning[0]
        if not meaning:
            return Undecided(Reason.NO_COUNTERPART, Text(f"「{label}」", f"“{label}”"))
        several = ", ".join(meaning)
        return Undecided(Reason.UNDECIDED, Text(f"「{label}」：{several}", f"“{label}”: {several}"))

    def _meaning(self, label: str) -> Sequence[str] | None:
        """Return the meaning of the longest name that is the label, or its beginning up to a break."""
        while label:
            if label in self._meanings:
                return self._meanings[label]
            label = label[: max(label.rfind(mark) for mark in _BREAKS) + 1].rstrip(_BREAKS + " ")
        return None

    def _named(self, label: str) -> str | None:
        """Return the risk or aspect that the label names itself, by id or as the annex does."""
        if self._kind is BankKind.SHOULD_ANSWER:
            return _aspect(label, self._taxonomy)
        by_name = _risk_names().get(plain(label))
        if by_name is not None:
            return by_name
        written = _ANNEX_ID.match(unicodedata.normalize("NFKC", label).strip())
        try:
            return parse_risk(written[0] if written else label, self._taxonomy)
        except BadInputError:
            return None


def read_meanings(written: Sequence[str], kind: BankKind) -> dict[str, str]:
    """Return what `--map CATEGORY=RISK` options say.

    Raises:
        BadInputError: One has no `=`, or names no risk or aspect.
    """
    categories = Categories(kind)
    meanings: dict[str, str] = {}
    for one in written:
        label, equals, name = one.rpartition("=")
        stratum = categories.stratum([name.strip()], aspects=True)
        if not equals or not label.strip() or not isinstance(stratum, str):
            example = "health" if kind is BankKind.SHOULD_ANSWER else "A.1.h"
            raise BadInputError(
                f"--map「{one}」看不懂；请写成 分类={example}。",
                f"--map “{one}” can't be understood; write CATEGORY={example}.",
            )
        meanings[label.strip()] = stratum
    return meanings


def plain(text: str) -> str:
    """Return the letters and digits of a text alone, folded in width and case."""
    return "".join(character for character in _folded(text) if character.isalnum())


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _aspect(label: str, taxonomy: Taxonomy) -> str | None:
    aspect = taxonomy.find_aspect(label)
    return aspect.id if aspect else None


@lru_cache
def _risk_names() -> dict[str, str]:
    """Return every name of a risk, with and without 内容 at its end, in letters alone."""
    names = {plain(name): risk.id for risk in load_taxonomy().risks for name in risk.text}
    return names | {name.removesuffix("内容"): risk for name, risk in names.items()}
