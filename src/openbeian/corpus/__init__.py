"""The corpus scan: training data read, checked and sampled in one pass, in pieces of any number and order."""

from openbeian.corpus.documents import Batch, Fields, Problem, ProblemKind
from openbeian.corpus.reading import read_unit
from openbeian.corpus.units import Plan, Unit, plan_units

__all__ = ["Batch", "Fields", "Plan", "Problem", "ProblemKind", "Unit", "plan_units", "read_unit"]
