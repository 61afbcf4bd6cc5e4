"""The lists that offices publish: read as they really come, matched with what is known, and shipped as facts.

Nothing is guessed silently: every oddity has a code, a place, what was found and what was decided and why.
"""

from openbeian.published.deciding import (
    VERDICT_LABELS,
    Verdict,
    conflict_digest,
    facts_of_row,
    row_digest,
    verdicts_for,
    with_row,
)
from openbeian.published.files import list_bytes
from openbeian.published.merging import (
    Change,
    Changed,
    Conflict,
    New,
    Preview,
    Same,
    conflict_reasons,
    merge,
)
from openbeian.published.oddities import LeftOut, Oddity, OddityKind, left_out_reasons, oddity_kinds
from openbeian.published.places import SERIES_LABELS, Place, Series, Source
from openbeian.published.raw import LIMITS
from openbeian.published.reading import read_list, read_list_bytes
from openbeian.published.rows import FIELD_LABELS, FIELDS, PublishedRow, Reading, fact_text
from openbeian.published.shipped import (
    FactSource,
    PublishedCount,
    PublishedTotal,
    load_counts,
    load_fact_sources,
    load_published,
    load_published_rows,
    load_qualities,
    load_totals,
)

__all__ = [
    "FIELDS",
    "FIELD_LABELS",
    "LIMITS",
    "SERIES_LABELS",
    "VERDICT_LABELS",
    "Change",
    "Changed",
    "Conflict",
    "FactSource",
    "LeftOut",
    "New",
    "Oddity",
    "OddityKind",
    "Place",
    "Preview",
    "PublishedCount",
    "PublishedRow",
    "PublishedTotal",
    "Reading",
    "Same",
    "Series",
    "Source",
    "Verdict",
    "conflict_digest",
    "conflict_reasons",
    "fact_text",
    "facts_of_row",
    "left_out_reasons",
    "list_bytes",
    "load_counts",
    "load_fact_sources",
    "load_published",
    "load_published_rows",
    "load_qualities",
    "load_totals",
    "merge",
    "oddity_kinds",
    "read_list",
    "read_list_bytes",
    "row_digest",
    "verdicts_for",
    "with_row",
]
