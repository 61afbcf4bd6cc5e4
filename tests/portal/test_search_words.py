"""The words of the register's index: characters, pairs, beginnings, pinyin."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from openbeian.portal.filings.search import digest, query_tokens, search_tokens
from openbeian.portal.filings.spelling import syllables


def found(written: str, tokens: str) -> bool:
    """Say whether what was written finds an entry with these tokens."""
    held = tokens.split()
    return all(
        any(one.startswith(token.text) if token.begins else one == token.text for one in held)
        for token in query_tokens(written)
    )


@given(st.text(alphabet="百灵助手文心一言abc 1-", min_size=1, max_size=12), st.data())
@example("百灵 abcabcabc1", st.just(None))
def test_whatever_stands_in_a_name_is_found_by_any_piece_of_it(name: str, data):
    pieces = [(0, len(name))] if not hasattr(data, "draw") else [_piece(name, data)]
    for start, end in pieces:
        before, first = name[start - 1 : start], name[start]
        is_inside_word = before.isascii() and before.isalnum() and first.isascii()
        is_one_letter = any(
            len(run.text) == 2 and run.text[0] == "^" for run in query_tokens(name[start:end])
        )
        if not is_inside_word and not is_one_letter:
            assert found(name[start:end], search_tokens([name]))


def _piece(name: str, data) -> tuple[int, int]:
    start = data.draw(st.integers(0, len(name) - 1))
    return start, data.draw(st.integers(start + 1, len(name)))


@given(st.text(alphabet="abcxyz", min_size=2, max_size=14), st.integers(2, 14))
def test_a_word_is_found_by_each_of_its_beginnings_of_two_letters_or_more(word: str, length: int):
    assert found(word[:length], search_tokens([word]))
    assert not found(word + "q", search_tokens([word]))


@pytest.mark.parametrize(
    ("written", "is_found"),
    [
        ("小舟", True),
        ("舟", True),
        ("xz", True),
        ("XZ", True),
        ("xzyy", True),
        ("xiaozhou", True),
        ("ｘｉａｏ", True),
        ("yyzs", True),
        ("zs", True),
        ("yinyue", False),
        ("xiaozhouyinyue", True),
        ("xzyl", False),
        ("zhongqing", False),
        ("cqyh", True),
        ("chongqing", True),
        ("yinhang", True),
        ("x", False),
        ("小船", False),
        ("银行", True),
        ("銀行", True),
        ("Café", True),
        ("cafe", True),
        ("afe", False),
    ],
)
def test_names_are_found_by_characters_and_by_pinyin(written: str, is_found: object):
    tokens = search_tokens(["Café"], names=["小舟音乐助手"], companies=["重庆银行有限公司"])
    assert found(written, tokens) is is_found


@pytest.mark.parametrize(
    ("written", "looked_for"),
    [
        ("腾云科技有限公司", "腾云科技"),
        ("腾云科技股份有限公司", "腾云科技"),
        ("腾云科技有限责任公司 助手", "腾云科技 助手"),
        ("有限公司", "有限"),
        ("公司大模型", "公司大模型"),
    ],
)
def test_the_legal_form_that_a_longer_name_ends_with_is_not_looked_for(written: str, looked_for: str):
    assert query_tokens(written) == query_tokens(looked_for)
    assert found(written, search_tokens([written]))


def test_what_is_no_longer_than_its_legal_form_is_looked_for_as_it_is():
    assert [token.text for token in query_tokens("某公司")] == ["某公", "公司"]


@pytest.mark.parametrize("company", ["深圳市腾云科技有限公司", "深圳腾云科技有限公司", "腾云科技有限公司"])
def test_a_company_is_found_by_its_own_name_behind_the_place(company: str):
    tokens = search_tokens([], companies=[company])
    assert found("tengyun", tokens)
    assert found("tykj", tokens)


def test_phrases_are_read_as_they_are_spoken_and_marks_are_left_out():
    assert syllables("长江音乐行业") == ("chang", "jiang", "yin", "yue", "hang", "ye")
    assert syllables("绿") == ("lv",)
    assert syllables("\U0003134a舟") == ("zhou",)


def test_a_digest_is_the_same_for_all_spellings_and_empty_for_nothing():
    assert digest("number", "ZheJiang－X－20230901") == digest("number", "Zhejiang-X-20230901")
    assert digest("name", "小舟 AI") == digest("name", "小舟ＡＩ") != digest("number", "小舟 AI")
    assert digest("provider", "某（北京）有限责任公司") == digest("provider", "某(北京)有限公司")
    assert digest("name", "") == ""
