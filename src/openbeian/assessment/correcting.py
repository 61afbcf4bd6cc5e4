"""Correcting a rate by how often its judge is right."""

from collections.abc import Sequence
from dataclasses import dataclass

from openbeian.assessment.judges.protocol import Calibration
from openbeian.assessment.methods import Method
from openbeian.core.errors import BadInputError
from openbeian.core.statistics import Counted, Interval, corrected_interval, rogan_gladen

__all__ = ["Corrected", "calibration_for", "correct"]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A rate corrected for the judge's errors, with its 95 % interval."""

    rate: float
    interval: Interval


def calibration_for(calibrations: Sequence[Calibration], method: Method) -> tuple[Counted, Counted] | None:
    """Return sensitivity and specificity for what the method counts.

    A judge may have been measured on the opposite verdicts: then the two change places.
    """
    for calibration in calibrations:
        positive = frozenset(calibration.positive)
        if positive == method.counted:
            return calibration.sensitivity, calibration.specificity
        if positive == method.verdicts - method.counted:
            return calibration.specificity, calibration.sensitivity
    return None


def correct(observed: Counted, calibration: tuple[Counted, Counted] | None) -> Corrected | None:
    """Return the rate that `observed` corrects to, given sensitivity and specificity; None where it can't.

    Source: Rogan and Gladen (1978), as in `core.statistics`.
    """
    if calibration is None:
        return None
    sensitivity, specificity = calibration
    try:
        rate = rogan_gladen(
            observed.k / observed.n, sensitivity.k / sensitivity.n, specificity.k / specificity.n
        )
        return Corrected(rate.rate, corrected_interval(observed, sensitivity, specificity))
    except BadInputError:
        # A judge no better than chance corrects nothing.
        return None
