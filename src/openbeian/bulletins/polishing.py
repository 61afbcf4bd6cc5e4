"""Whether a sentence that a language model put more smoothly still says the same figures.

The polished words are taken apart along the figures and names of the original, which must all be there, in
their order, letter for letter; what stands between them may hold no other number or unit, and may not turn a
rise into a fall or a statement into its denial. Whatever fails falls back to the original.
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

from openbeian.bulletins.document import Figure, Sentence
from openbeian.bulletins.words import runs, slots
from openbeian.core.text import Language, Text

__all__ = ["UnfaithfulError", "faithful_template"]

_NUMBER: Final = re.compile(
    r"[零〇一二两三四五六七八九十百千万亿半倍双]"
    r"|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?"
    r"|millions?|half|halves|double[ds]?|twice|triple[ds]?|thirds?|quarters?|first|second|percent|points?)\b",
    re.IGNORECASE,
)
"""Words that say a number or the unit of one: as many of each must stand in the polished words."""
_TURNS: Final = (
    re.compile(r"升|增|涨|\b(?:up|rose|rises?|risen|grew|grows?|increas\w*|gain\w*)\b", re.IGNORECASE),
    re.compile(r"降|减|跌|\b(?:down|fell|falls?|fallen|declin\w*|decreas\w*|dropp?\w*)\b", re.IGNORECASE),
    re.compile(r"不|没|无|未|非|\b(?:not?|none|never|nothing|without|fail\w*)\b|n['’]t\b", re.IGNORECASE),
    re.compile(
        r"最|\b(?:most|least|lead\w*|largest|smallest|highest|lowest|longest|shortest)\b", re.IGNORECASE
    ),
    re.compile(r"前|以往|历来|\b(?:before|previous\w*|earlier|so far)\b", re.IGNORECASE),
)
"""Words that turn a statement round: each kind is there in both or in neither."""
_UNIT: Final = re.compile(
    r"项|家|件|天|位|百分点|属地|行业|备案|登记|并列"
    r"|\b(?:service|provider|filing|registration|case|day|point|jurisdiction|industr|office)",
    re.IGNORECASE,
)
"""What is counted: the same things in both."""
_MOST_TIMES: Final = 2
_MOST_MORE: Final = 40


class UnfaithfulError(ValueError):
    """The polished sentence does not say the same; `text` says why, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        """Keep the reason."""
        super().__init__(en)
        self.text = Text(zh, en)


def faithful_template(
    sentence: Sentence, figures: Mapping[str, Figure], language: Language, polished: str
) -> str:
    """Return polished words with the sentence's `{slots}` in the place of its figures and names.

    Raises:
        UnfaithfulError: A figure or a name was dropped, changed, moved or added, or the statement was turned.
    """
    said = " ".join(polished.split())
    plain = "".join(run.text for run in runs(sentence, figures, language))
    if not said or "{" in said or "}" in said or len(said) > _MOST_TIMES * len(plain) + _MOST_MORE:
        raise UnfaithfulError("润色稿为空、过长或含花括号", "it is empty, too long, or has braces in it")
    template, between, at = "", [], 0
    originals: list[str] = []
    for words, slot in slots(sentence, language):
        originals.append(words)
        if not slot:
            continue
        shown = _shown(sentence, figures, language, slot)
        found = _find(said, shown, at)
        if found < 0:
            raise UnfaithfulError(
                f"「{shown}」被删去、改动或移位", f"“{shown}” was dropped, changed or moved"
            )
        between.append(said[at:found])
        template += f"{said[at:found]}{{{slot}}}"
        at = found + len(shown)
    between.append(said[at:])
    _check_between(" ".join(originals), " ".join(between))
    return template + said[at:]


def _shown(sentence: Sentence, figures: Mapping[str, Figure], language: Language, slot: str) -> str:
    only = Sentence(Text(f"{{{slot}}}", f"{{{slot}}}"), sentence.names)
    return "".join(run.text for run in runs(only, figures, language))


def _find(said: str, shown: str, at: int) -> int:
    """Return where a figure or name stands by itself from `at` on, -1 where it does not."""
    before = r"(?<![\d.,\u202f−-])" if shown[0].isdigit() else ""
    after = r"(?![\d%‰A-Za-z])(?![.,\u202f]\d)" if shown[-1].isdigit() else ""
    found = re.compile(before + re.escape(shown) + after).search(said, at)
    return -1 if found is None else found.start()


def _check_between(original: str, polished: str) -> None:
    if any((letter.isnumeric() and letter not in original) or letter in "%‰" for letter in polished):
        raise UnfaithfulError("润色稿多出了数字", "a number was added")
    numbers, kept = (Counter(word.lower() for word in _NUMBER.findall(one)) for one in (original, polished))
    if numbers != kept:
        raise UnfaithfulError("润色稿的数词与原句不同", "its words for numbers differ from the original’s")
    counted, kept_units = ({unit.lower() for unit in _UNIT.findall(one)} for one in (original, polished))
    if counted != kept_units:
        raise UnfaithfulError("润色稿所计的事物与原句不同", "it counts other things than the original")
    if any(bool(turn.search(original)) != bool(turn.search(polished)) for turn in _TURNS):
        raise UnfaithfulError(
            "润色稿的升降、否定或先后与原句不同",
            "it rises, falls, denies or compares where the original does not",
        )
