"""What an editor is told about their own words: which numbers in them are no figures of the bulletin."""

import re
import unicodedata
from typing import Final

from openbeian.bulletins.document import Bulletin
from openbeian.bulletins.words import shown
from openbeian.core.text import LANGUAGES

__all__ = ["numbers_without_source"]

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*%?")
_DAY: Final = re.compile(r"20\d\d-\d\d-\d\d|(?:20\d\d ?年 ?)?\d{1,2} ?月(?: ?\d{1,2} ?日)?|\b20\d\d\b(?!%)")
"""Days, months and years are no figures."""


def numbers_without_source(bulletin: Bulletin) -> list[str]:
    """Return the numbers in the editor's text that no figure of the bulletin states, as they are written."""
    sourced = {
        _plain(number)
        for figure in bulletin.figures.values()
        for language in LANGUAGES
        for number in _NUMBER.findall(_plain(shown(figure, language)))
    }
    text = _DAY.sub(" ", unicodedata.normalize("NFKC", "\n".join(bulletin.editor)))
    return [number for number in dict.fromkeys(_NUMBER.findall(text)) if _plain(number) not in sourced]


def _plain(written: str) -> str:
    """Return a number without what groups its digits."""
    return written.replace("\u202f", "").replace(",", "")
