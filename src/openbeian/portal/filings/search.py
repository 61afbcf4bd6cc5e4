"""The words of the register's own index, made alike for SQLite and PostgreSQL.

Neither database splits Chinese into words (and SQLite's trigrams lose words of two characters), so the
tokens are made here: every Han character and every pair of neighbours; every Latin word; names in pinyin.

A Latin word is found by any beginning of two letters or more. Beginnings of two, four and six letters are
tokens of their own, marked `^`, as are words of up to six letters: so a short beginning, which many words
have, is looked up whole or gathered from a few tokens. Longer beginnings are looked for among whole words.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import blake2b
from operator import add
from typing import Final, NamedTuple

from openbeian.matching import fold
from openbeian.portal.filings.spelling import syllables
from openbeian.published.names import number_key, provider_key, service_key

__all__ = ["Token", "digest", "query_tokens", "search_tokens"]

_RUNS: Final = re.compile(r"[㐀-鿿豈-﫿𠀀-𳎿]+|[a-z0-9]+")
_BEGINNINGS: Final = (2, 4, 6)
_LEGAL_FORM: Final = re.compile(r"(?<=..)(?:有限|责任|股份|集团)*公司$")
_INITIALS: Final = 6
"""How many characters are found by their initials from a name's beginning; from later ones fewer."""
_LATER_INITIALS: Final = 4
_SYLLABLES: Final = 4
_PLACE_ENDINGS: Final = frozenset("省市")
_KEYS: Final = {"number": number_key, "name": service_key, "provider": provider_key}


_Starts = tuple[tuple[int, ...] | range, tuple[int, ...]]
_StartsOf = Callable[[str], _Starts]
"""Gives from which characters a run is found by its initials, and from which in full."""


class Token(NamedTuple):
    """What to look for: a token, or, where `begins`, whatever begins with it."""

    text: str
    begins: bool = False


def search_tokens(texts: Iterable[str], *, names: Iterable[str] = (), companies: Iterable[str] = ()) -> str:
    """Return the tokens of an entry, each once, with spaces between.

    Args:
        texts: What is found by its characters and Latin words.
        names: What is found so and by pinyin: in full from its beginning, by initials from any character.
        companies: The same, from the beginning and from behind the place that it begins with.
    """
    found: list[str] = []
    for text in filter(None, texts):
        found += _found_in(text)
    for name in filter(None, names):
        found += _found_in(name, _starts_in_name)
    for company in filter(None, companies):
        found += _found_in_company(company)
    return " ".join(dict.fromkeys(found))


def _found_in(text: str, starts_of: _StartsOf | None = None) -> list[str]:
    """Return the tokens of one text, some of them several times."""
    found: list[str] = []
    for run in _runs(text):
        if run.isascii():
            found += _word(run)
            continue
        found += run
        found += _pairs(run)
        if starts_of is not None and len(run) > 1:
            found += _spelled(run, *starts_of(run))
    return found


@lru_cache(maxsize=1 << 12)
def _found_in_company(company: str) -> tuple[str, ...]:
    """Return the tokens of a company; a list names the same ones again and again."""
    return tuple(_found_in(company, _starts_in_company))


def query_tokens(written: str) -> list[Token]:
    """Return what an entry must have.

    Latin letters match the beginning of a word, or one letter a word of one; Han characters match anywhere.
    The legal form that a longer name ends with is left out: nearly every entry has it, each list in its own
    way, and to look for it takes longer than for all the rest.
    """
    wanted: list[Token] = []
    for found in _runs(written):
        run = _LEGAL_FORM.sub("", found)
        if not run.isascii():
            wanted += [Token(pair) for pair in _pairs(run)] if len(run) > 1 else [Token(run)]
        elif len(run) == 1 or len(run) in _BEGINNINGS:
            wanted.append(Token(f"^{run}"))
        else:
            wanted.append(Token(f"^{run}" if len(run) < _BEGINNINGS[-1] else run, begins=True))
    return list(dict.fromkeys(wanted))


def digest(kind: str, written: str) -> str:
    """Return 16 hexadecimal digits that all spellings of a `number`, `name` or `provider` have in common.

    Empty where nothing is written.
    """
    key = _KEYS[kind](written) if written else ""
    return blake2b(f"{kind}\n{key}".encode(), digest_size=8).hexdigest() if key else ""


def _runs(text: str) -> list[str]:
    return _RUNS.findall(fold(text if text.isascii() else unicodedata.normalize("NFKC", text)))


def _pairs(run: str) -> list[str]:
    return [*map(add, run, run[1:])]


def _word(word: str) -> tuple[str, ...]:
    """Return the tokens of a Latin word; beginnings longer than a short word are the word again."""
    short, middle, long = _BEGINNINGS
    if len(word) <= middle:
        return "^" + word[:short], "^" + word
    whole = word if len(word) > long else "^" + word
    return "^" + word[:short], "^" + word[:middle], "^" + word[:long], whole


def _starts_in_name(run: str) -> _Starts:
    """Let a name be found by initials from any character, and in full from its beginning."""
    return range(len(run) - 1), (0,)


def _starts_in_company(run: str) -> _Starts:
    """Let a company be found from behind a place too, where its own name begins: 北京·百度, 深圳市·腾讯."""
    behind = 3 if run[2:3] in _PLACE_ENDINGS else 2
    starts = (0, behind) if behind < len(run) - 1 else (0,)
    return starts, starts


def _spelled(run: str, initials_from: tuple[int, ...] | range, full_from: tuple[int, ...]) -> list[str]:
    read = syllables(run)
    initials = "".join([syllable[0] for syllable in read])
    found: list[str] = []
    for at in initials_from:
        found += _word(initials[at : at + (_LATER_INITIALS if at else _INITIALS)])
    for at in full_from:
        found += _word("".join(read[at : at + _SYLLABLES]))
    return found
