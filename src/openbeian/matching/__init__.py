"""Folding and keyword matching, with offsets back to the original text.

One component for the keyword judge, the corpus scan and the interception.
"""

from openbeian.matching.extras import EXTRA_COLUMNS, Extras, extra_cells, read_extras
from openbeian.matching.folding import Folded, fold, fold_units, traditional
from openbeian.matching.joined import Indices, JoinedTexts, join_texts
from openbeian.matching.keywords import Hit, Keyword, KeywordEntry, KeywordMatcher
from openbeian.matching.passages import Matches

__all__ = [
    "EXTRA_COLUMNS",
    "Extras",
    "Folded",
    "Hit",
    "Indices",
    "JoinedTexts",
    "Keyword",
    "KeywordEntry",
    "KeywordMatcher",
    "Matches",
    "extra_cells",
    "fold",
    "fold_units",
    "join_texts",
    "read_extras",
    "traditional",
]
