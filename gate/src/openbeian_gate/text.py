"""Words for people, Chinese and English side by side."""

from typing import NamedTuple

__all__ = ["Text"]


class Text(NamedTuple):
    """One statement in Chinese and in English."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """Return the statement in `language`: English for `en…`, Chinese for everything else."""
        return self.en if language.startswith("en") else self.zh
