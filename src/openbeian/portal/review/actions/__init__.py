"""Everything a review leaves behind."""

from openbeian.portal.review.actions.assigning import assign, hand_back
from openbeian.portal.review.actions.concluding import Concluded, conclude, recommend
from openbeian.portal.review.actions.deciding import countersign, decide

__all__ = [
    "Concluded",
    "assign",
    "conclude",
    "countersign",
    "decide",
    "hand_back",
    "recommend",
]
