"""The editions of the standard as data, and their loader.

A new edition is a new file in `data/editions`; it may extend an older one and say only what differs.
"""

from openbeian.standards.editions import EDITION_IDS, load_edition
from openbeian.standards.lists import (
    PROFILE_NAMES,
    load_jurisdictions,
    load_profile,
    load_sources,
    load_taxonomy,
)
from openbeian.standards.procedure import load_reasons, load_terms

__all__ = [
    "EDITION_IDS",
    "PROFILE_NAMES",
    "load_edition",
    "load_jurisdictions",
    "load_profile",
    "load_reasons",
    "load_sources",
    "load_taxonomy",
    "load_terms",
]
