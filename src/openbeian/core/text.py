"""Words for people, Chinese and English side by side.

A `Text` is written once, where it belongs, in both languages; nothing is looked up by key and
nothing can be half translated.
"""

from typing import Literal, NamedTuple

__all__ = ["LANGUAGES", "Language", "Text"]

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class Text(NamedTuple):
    """One statement in Chinese and in English."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """Return the statement in `language`: English for `en…`, Chinese for everything else."""
        return self.en if language.startswith("en") else self.zh

    def fill(self, **values: object) -> "Text":
        """Return the statement with its `{placeholders}` filled in both languages."""
        return Text(self.zh.format(**values), self.en.format(**values))
