"""Folding and keyword matching, with offsets back to the original text.

One component for the keyword judge, the corpus scan and the interception.
"""

from openbeian.matching.folding import Folded, fold, fold_units
from openbeian.matching.keywords import Hit, KeywordMatcher

__all__ = ["Folded", "Hit", "KeywordMatcher", "fold", "fold_units"]
