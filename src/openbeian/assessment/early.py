"""What a report says of a bank that a run stopped asking before its end."""

from openbeian.assessment.methods import Method
from openbeian.assessment.report import SequentialReport
from openbeian.assessment.run_state import RunState
from openbeian.assessment.stopping import Course, StopRule, counts, sequential_test
from openbeian.assessment.tally import Tally
from openbeian.core.statistics import Interval
from openbeian.core.text import Text
from openbeian.evidence.records import record_error

__all__ = ["bounds", "is_stopped", "sequential"]


def is_stopped(state: RunState, bank: str, pending: int) -> bool:
    """Say whether questions of a bank are pending by the rule that the run was committed to."""
    return pending > 0 and bank in state.stopped and _rule(state) is not None


def bounds(counted: int, judged: int, drawn: int) -> Interval:
    """Return between what the rate over all questions drawn lies, whatever those without a verdict bring."""
    return Interval(counted / drawn, (counted + drawn - judged) / drawn)


def sequential(tally: Tally, method: Method, *, rate: float, at_most: bool) -> SequentialReport | None:
    """Return what Wald's test says, computed again in the order drawn; None where the rule is another.

    Raises:
        BadInputError: The rule in the evidence is none.
    """
    rule = _rule(tally.state)
    if rule is None or rule.kind != "sprt":
        return None
    test = sequential_test(rule, rate, at_most=at_most)
    course = Course(test.decide)
    for question, value in tally.outcomes(method.bank, method.judge):
        course.put(question, outcome=counts(method, value))
    return SequentialReport(test.bad, test.good, test.alpha, test.beta, course.decided, course.done)


def _rule(state: RunState) -> StopRule | None:
    try:
        return StopRule.parse(state.settings.get("stop"))
    except (KeyError, TypeError, ValueError) as error:
        raise record_error(1, Text("提前停止的规则写错", "the rule for stopping early is none")) from error
