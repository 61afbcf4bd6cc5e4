"""What the register is asked in the benchmark: the same of the page, of the API and of Datasette."""

from typing import Final, NamedTuple

__all__ = ["QUESTIONS", "Question"]


class Question(NamedTuple):
    """One question: what it is of, the words searched for, the filters of the page."""

    name: str
    words: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    cursor: str = ""


QUESTIONS: Final = (
    Question("no words: the newest"),
    Question("no words, half-way down by cursor", cursor="2025-03-01.1"),
    Question("1 character, 舟", "舟"),
    Question("1 character in nearly every entry, 公", "公"),
    Question("2 characters, 小舟", "小舟"),
    Question("2 characters in nearly every entry, 公司", "公司"),
    Question("the same, half-way down by cursor", "公司", cursor="2025-03-01.1"),
    Question("2 common pairs, 科技 金融", "科技 金融"),
    Question("4 characters, 小舟医疗", "小舟医疗"),
    Question("beginning of a Latin word, xiaoz", "xiaoz"),
    Question("common Latin word, Guangdong", "Guangdong"),
    Question("digits, 202506", "202506"),
    Question("pinyin initials, xzyl", "xzyl"),
    Question("pinyin in full, xiaozhou", "xiaozhou"),
    Question("a whole number", "{number}"),
    Question("a whole name", "{name}"),
    Question("a provider's whole name as words", "{provider}"),
    Question("provider as a filter", filters=(("provider", "{provider}"),)),
    Question("model that is called", filters=(("base", "{base}"),)),
    Question("three filters", filters=(("jurisdiction", "GD"), ("route", "filing"), ("industry", "finance"))),
    Question("a rare status", filters=(("status", "expired"),)),
    Question("words and filters", "医疗", (("jurisdiction", "ZJ"), ("status", "suspended"))),
    Question("one month", filters=(("since", "2024-05-01"), ("until", "2024-05-31"))),
    Question("words nobody has, 鲸鱼", "鲸鱼"),
    Question("one letter, x", "x"),
)
