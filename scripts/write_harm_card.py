"""Write the model card of the harm classifier from what the model says about itself.

No figure is typed: the numbers come from `harm.risks.npz`. Called by `train_harm.py`; to write the card again
without training: `python scripts/write_harm_card.py`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openbeian.classifiers.harm import HarmClassifier

CARD = Path(__file__).parents[1] / "docs/reference/model-cards/harm.md"

_KINDS = {
    "plain harmful": "whole sentences, harmful",
    "plain harmless": "whole sentences, harmless",
    "plain-lookalike harmless": "whole sentences, harmless with the words of harmful ones",
    "composed harmful": "composed, harmful",
    "composed harmless": "composed, harmless",
    "composed-lookalike harmless": "composed, harmless with the words of harmful ones",
    "joined harmful": "several composed in a row, one of them harmful",
    "joined harmless": "several composed in a row, all harmless",
    "turned harmless": "composed, a harmful part in a harmless question",
}
_LANGUAGES = {"en": "English", "zh": "Chinese"}

_TEXT = """# Model card: harm classifier

<!-- Written by scripts/write_harm_card.py; don't edit. -->

**What it says.** For a request in English or Chinese: the probability that it seeks content which a
compliant service must refuse (risks A.1.a to A.1.h and A.2.a to A.2.i of the standard; in part also A.3
and A.4), and the likeliest risk. It judges the request, never an answer.
`openbeian.classifiers.harm.HarmClassifier` applies it; the interception proxy uses it together with the
keyword library.

**What it is.** Linear models over hashed character and word n-grams and over themes: one for each language
says whether, a third says which risk. A theme is a list of words of one kind (`harm.themes.jsonl`, written
by hand, both languages); which themes occur together and follow one another are features too. Numpy alone, no
download, about half a millisecond a request on one core.

**Threshold.** A score of 0.5. It stands for a probability of {en} in English and of {zh} in Chinese: the
lowest at which at most 3 % of the whole harmless sentences of the training side in that language, each judged
by a model that had not seen it, are intercepted (look-alikes are counted apart).

## Trained on

{own}

The requests are composed from hand-written parts and frames (`training/harm_parts.jsonl`,
`training/harm_frames.jsonl`) or are whole sentences (`training/harm_plain.jsonl`). All are our own, mild
and general; they name no person and give no means. None is close to a question of the banks that come
with this project (`tests/unit/interception/test_independence.py`).

{public}

## Held out

None of these was trained on. The groups of the composed requests are whole scenarios. Of the whole sentences
about a tenth was kept from training, chosen by a hash of the text; the same pens wrote them. The file is
`training/harm_heldout.jsonl`; `tests/unit/classifiers/test_harm.py` recomputes the table. Shares are of
requests intercepted, with Wilson's 95 % interval: high is right for the harmful, low for the harmless.

{heldout}

Of the harmful held-out requests, the risk is named rightly for {risk}.

## Whole sentences of the training side, each judged by a model that had not seen it

These sentences were written in eight rounds. Words that one of the first six had missed went into the lexicon
before the next, which makes the figures somewhat too good; the last two rounds were written to close holes,
away from what earlier sentences say, which makes them somewhat too bad.

{crossed}

## Public sets

{outside}

## What it misses

* It knows words, not meaning. A request in words that neither the training texts nor the lexicon hold
  passes: each round of newly written sentences found some. Irony, allusion, spelling tricks, other
  languages and requests hidden in code or in a story are beyond it.
* A harmless request full of harmful words (crime fiction, chess, security work) is sometimes intercepted:
  the rows of look-alikes say how often.
* Prejudice without a single disparaging word ("Why should … not be allowed to …?" about a group the
  lexicon does not list) is its weakest side, and A.3 and A.4 are covered thinly.
* In a text of more than 240 characters, what stands between the first and the last piece counts little, since
  that is where pasted documents lie: a request hidden there passes, and documents about crime, security or
  law are still intercepted now and then.
* It is one half of a small strategy for a small service, not a moderation system. Its operator adds
  keywords of their own, reads samples of what was intercepted and of what was not, and sets the threshold
  to match.
"""


def render(about: Mapping[str, Any]) -> str:
    """Return the card."""
    figures = about["figures"]
    risk = figures["heldout"]["risk named rightly"]
    return _TEXT.format(
        **about["thresholds"],
        own=_table(
            ("language", "side", "requests"),
            [(_LANGUAGES[cell[:2]], cell[3:], str(number)) for cell, number in about["own"].items()],
        ),
        public=_public(about["public"]),
        heldout=_by_kind(figures["heldout"]),
        crossed=_by_kind(figures["crossed"]),
        risk=f"{risk['found']} of {risk['of']}",
        outside=_outside(figures),
    )


def write_card(about: Mapping[str, Any]) -> None:
    """Write the card where the documentation expects it."""
    CARD.parent.mkdir(parents=True, exist_ok=True)
    CARD.write_text(render(about), encoding="utf-8")


def _public(sets: list[dict[str, Any]]) -> str:
    if not sets:
        return "No public set was used."
    rows = [(each["name"], each["licence"], str(each["texts"])) for each in sets]
    table = _table(("public set", "licence", "texts learned from"), rows)
    return f"Public sets added words to the weights; their texts are not part of this project.\n\n{table}"


def _outside(figures: Mapping[str, Any]) -> str:
    if not figures["public"]:
        return "No public set was measured."
    own = figures["public_own_only"]
    rows = [(name, _share(cell), _share(own[name])) for name, cell in figures["public"].items()]
    table = _table(("set and side", "intercepted", "by a model of our own texts only"), rows)
    return f"One text in three of each public set was kept from training and is measured here.\n\n{table}"


def _by_kind(cells: Mapping[str, Any]) -> str:
    rows = [
        (name, _LANGUAGES[lang], _share(cells[f"{lang} {kind}"]))
        for kind, name in _KINDS.items()
        for lang in _LANGUAGES
        if f"{lang} {kind}" in cells
    ]
    return _table(("requests", "language", "intercepted"), rows)


def _share(cell: Mapping[str, Any]) -> str:
    share, low, high = (100 * number for number in (cell["found"] / cell["of"], cell["low"], cell["high"]))
    return f"{cell['found']} of {cell['of']} = {share:.1f} % ({low:.1f}–{high:.1f})"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    write_card(HarmClassifier.load().about)
