"""Everything that makes or changes a filing."""

from openbeian.portal.filings.actions.measures import countersign_measure, propose_measure
from openbeian.portal.filings.actions.rounds import certify_round, plan_round

__all__ = ["certify_round", "countersign_measure", "plan_round", "propose_measure"]
