"""The corpus scan: training data read, checked and sampled in one pass, in pieces of any number and order."""

from openbeian.corpus.checkpoint import Checkpoint, digest_of_plan
from openbeian.corpus.documents import Batch, Fields, Problem, ProblemKind
from openbeian.corpus.duplicates import Duplicates
from openbeian.corpus.kernel import Hashes, Kernel, rank_of
from openbeian.corpus.reading import read_unit
from openbeian.corpus.scan import Scanned, scan_corpus
from openbeian.corpus.tally import Limits, Tally
from openbeian.corpus.units import Plan, Unit, plan_units
from openbeian.corpus.work import Part, Scanner, Settings

__all__ = [
    "Batch",
    "Checkpoint",
    "Duplicates",
    "Fields",
    "Hashes",
    "Kernel",
    "Limits",
    "Part",
    "Plan",
    "Problem",
    "ProblemKind",
    "Scanned",
    "Scanner",
    "Settings",
    "Tally",
    "Unit",
    "digest_of_plan",
    "plan_units",
    "rank_of",
    "read_unit",
    "scan_corpus",
]
