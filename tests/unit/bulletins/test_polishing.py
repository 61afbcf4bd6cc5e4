"""Polished sentences: taken where every figure survives, refused where one is changed, added or dropped."""

import pytest

from openbeian.bulletins.polishing import UnfaithfulError, faithful_template
from openbeian.bulletins.words import said
from openbeian.core.text import LANGUAGES, Text
from tests.unit.bulletins.sample import bulletin_of_round

BULLETIN = bulletin_of_round()
TOTAL, NEW, RANK, SHIFT = BULLETIN.takeaways[:4]


def polished(sentence, words: str, language="zh") -> str:
    return faithful_template(sentence, BULLETIN.figures, language, words)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sentence", BULLETIN.sentences, ids=lambda one: "-".join(one.figures) or "words")
def test_a_sentence_left_as_it_is_gives_its_own_template(sentence, language):
    plain = said(sentence, BULLETIN, language)
    assert polished(sentence, plain, language) == sentence.text.in_(language)


def test_other_words_round_the_same_figures_are_taken():
    template = polished(TOTAL, "到 2026-04-03 为止，广东一地的在册备案共有 15 项。".replace("一地", "省"))
    assert template == "到 {day} 为止，{place}省的在册备案共有 {on_file} 项。"
    assert polished(
        NEW, "The 3 services, of 3 providers, were newly certified in Guangdong in this round.", "en"
    )


@pytest.mark.parametrize(
    ("sentence", "words", "why"),
    [
        (TOTAL, "截至 2026-04-03，广东在册备案 16 项。", "dropped, changed or moved"),
        (TOTAL, "截至 2026-04-03，广东在册备案 150 项。", "dropped, changed or moved"),
        (TOTAL, "截至 2026-04-03，广东在册备案 15.5 项。", "dropped, changed or moved"),
        (TOTAL, "截至 2026-04-03，广东在册备案 -15 项。", "dropped, changed or moved"),
        (TOTAL, "截至 2026-04-03，广东在册备案 15% 项。", "dropped, changed or moved"),
        (TOTAL, "截至 2026-04-03，广东在册备案十五项。", "dropped, changed or moved"),
        (TOTAL, "截至 2026-04-03，北京在册备案 15 项。", "dropped, changed or moved"),
        (TOTAL, "广东在册备案 15 项，截至 2026-04-03。", "dropped, changed or moved"),
        (TOTAL, "截至 2026-04-03，广东在册备案 15 项，全国 99 项。", "number was added"),
        (TOTAL, "截至 2026-04-03，广东在册备案 15 项，居第三。", "number was added"),
        (TOTAL, "截至 2026-04-03，广东在册备案 15 万项。", "number was added"),
        (TOTAL, "截至 2026-04-03，广东在册备案 15 项 ⑨。", "number was added"),
        (TOTAL, "截至 2026-04-03，广东在册备案 15 项，翻倍。", "words for numbers"),
        (TOTAL, "截至 2026-04-03，广东在册备案 15 家。", "counts other things"),
        (TOTAL, "截至 2026-04-03，广东不在册备案 15 项。", "rises, falls, denies"),
        (SHIFT, said(SHIFT, BULLETIN, "zh").replace("上升", "下降"), "rises, falls, denies"),
        (TOTAL, "", "empty, too long"),
        (TOTAL, "截至 {day}，广东在册备案 15 项。", "braces"),
        (TOTAL, "截至 2026-04-03，广东在册备案 15 项。" + "好" * 200, "too long"),
    ],
    ids=range(19),
)
def test_what_changes_a_figure_or_its_sense_is_refused(sentence, words, why):
    with pytest.raises(UnfaithfulError, match=why) as caught:
        polished(sentence, words)
    assert caught.value.text.zh


def test_no_digit_can_be_changed_or_added_anywhere():
    taken = []
    for sentence in BULLETIN.sentences:
        for language in LANGUAGES:
            plain = said(sentence, BULLETIN, language)
            for at in range(len(plain) + 1):
                added, changed = plain[:at] + "7" + plain[at:], plain[:at] + "7" + plain[at + 1 :]
                taken += [
                    words
                    for words in (added, changed)
                    if words != plain and _is_taken(sentence, words, language)
                ]
    assert taken == []


def _is_taken(sentence, words: str, language: str) -> bool:
    try:
        polished(sentence, words, language)
    except UnfaithfulError:
        return False
    return True


def test_the_reason_is_said_in_both_languages():
    assert UnfaithfulError("中", "en").text == Text("中", "en")
