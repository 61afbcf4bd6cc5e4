"""Headings that were pasted among the questions: a category's name, or a number and a category's name."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from openbeian.banks.categories import plain
from openbeian.standards import load_taxonomy

__all__ = ["is_heading"]

_NUMBERING: Final = re.compile(
    r"^\s*(?:#+|[(]?[一二三四五六七八九十\d]{1,3}[、.):]|第[一二三四五六七八九十\d]+[章节部类]|"
    r"(?:附录|附件|annex|appendix)?\s*A[.\-_]?\d(?:[.\-_]?\s*[a-i]\b\)?)?[:.]?)\s*",
    re.IGNORECASE,
)
_PARTS: Final = re.compile(r"[、/，,;；|]")
_OF_A_TABLE: Final = (
    "序号",
    "测试题",
    "一级分类",
    "二级分类",
    "关键词",
    "题目",
    "question",
    "prompt",
    "text",
)


def is_heading(text: str) -> bool:
    """Say whether a text is only the name of a risk, group or aspect, or of a table's column."""
    rest = unicodedata.normalize("NFKC", text)
    while (shorter := _NUMBERING.sub("", rest)) != rest:
        if not plain(shorter):
            return True
        rest = shorter
    return plain(rest) in _names()


@lru_cache
def _names() -> frozenset[str]:
    taxonomy = load_taxonomy()
    texts = [entry.text for entry in taxonomy.groups]
    texts += [entry.text for entry in taxonomy.risks]
    texts += [entry.text for entry in taxonomy.aspects]
    whole = [name for text in texts for name in text] + list(_OF_A_TABLE)
    parts = [part for name in whole for part in _PARTS.split(name)]
    names = {plain(name) for name in (*whole, *parts)}
    names |= {name.removeprefix("包含") for name in names}
    return frozenset(names | {name.removesuffix("内容") for name in names})
