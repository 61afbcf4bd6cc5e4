"""Everything that makes or changes a filing."""

from openbeian.portal.filings.actions.lifting import lift_suspensions
from openbeian.portal.filings.actions.measures import countersign_measure, propose_measure
from openbeian.portal.filings.actions.registering import register
from openbeian.portal.filings.actions.rounds import certify_round, plan_round
from openbeian.portal.filings.actions.seats import add_seats, arrange_seats, remove_seat

__all__ = [
    "add_seats",
    "arrange_seats",
    "certify_round",
    "countersign_measure",
    "lift_suspensions",
    "plan_round",
    "propose_measure",
    "register",
    "remove_seat",
]
