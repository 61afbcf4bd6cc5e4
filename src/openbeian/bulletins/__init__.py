"""Bulletins: what a round or a period brought, as a document whose every figure can be found again.

`compose` makes the document from counted rows; its JSON (`storing`) is the source. Page, PDF and Word file
(`word_file`, which takes long to load and so stands outside) are made from it alone. `check` recomputes it
from the open data. No database, no network, no clock.
"""

from openbeian.bulletins.checking import OUTCOME_LABELS, Checked, check
from openbeian.bulletins.composing import compose
from openbeian.bulletins.document import SCHEMA, Bulletin, Certified, LogPosition
from openbeian.bulletins.open_data import read_office_days, read_rows
from openbeian.bulletins.page import article, standalone_page
from openbeian.bulletins.pdf import bulletin_pdf
from openbeian.bulletins.scope import Period, RoundFacts, Scope, parse_period
from openbeian.bulletins.storing import canonical_bytes, from_json, read_file, to_json
from openbeian.bulletins.tables import chart_csv

__all__ = [
    "OUTCOME_LABELS",
    "SCHEMA",
    "Bulletin",
    "Certified",
    "Checked",
    "LogPosition",
    "Period",
    "RoundFacts",
    "Scope",
    "article",
    "bulletin_pdf",
    "canonical_bytes",
    "chart_csv",
    "check",
    "compose",
    "from_json",
    "parse_period",
    "read_file",
    "read_office_days",
    "read_rows",
    "standalone_page",
    "to_json",
]
