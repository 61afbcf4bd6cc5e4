"""The register's own search column: pairs of Han characters and whole Latin words.

Neither database splits Chinese into words (and SQLite's trigrams lose words of two characters), so the
tokens are made here and searched for as plain text, alike on both.
"""

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["query_tokens", "search_tokens"]

_RUNS = re.compile(r"[㐀-鿿豈-﫿𠀀-𳎿]+|[a-z0-9]+")
_IS_LATIN = re.compile(r"[a-z0-9]+")


def search_tokens(texts: Iterable[str]) -> str:
    """Return the tokens of `texts`, each once, with a space before and after each."""
    tokens = dict.fromkeys(token for text in texts for token in _tokens(text))
    return f" {' '.join(tokens)} "


def query_tokens(written: str) -> list[str]:
    """Return what to look for in the column: a Latin word matches from its beginning, a Han pair anywhere."""
    wanted: list[str] = []
    for run in _runs(written):
        if _IS_LATIN.fullmatch(run):
            wanted.append(f" {run}")
        elif len(run) == 1:
            wanted.append(run)
        else:
            wanted += [f" {run[at : at + 2]} " for at in range(len(run) - 1)]
    return list(dict.fromkeys(wanted))


def _runs(text: str) -> list[str]:
    return _RUNS.findall(unicodedata.normalize("NFKC", text).casefold())


def _tokens(text: str) -> Iterable[str]:
    for run in _runs(text):
        if _IS_LATIN.fullmatch(run) or len(run) == 1:
            yield run
        else:
            yield from (run[at : at + 2] for at in range(len(run) - 1))
