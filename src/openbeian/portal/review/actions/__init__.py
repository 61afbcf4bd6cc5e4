"""Everything a review leaves behind."""

from openbeian.portal.review.actions.assigning import assign, hand_back
from openbeian.portal.review.actions.concluding import Concluded, conclude, recommend
from openbeian.portal.review.actions.deciding import countersign, decide
from openbeian.portal.review.actions.returning import CorrectionItem, return_with_items

__all__ = [
    "Concluded",
    "CorrectionItem",
    "assign",
    "conclude",
    "countersign",
    "decide",
    "hand_back",
    "recommend",
    "return_with_items",
]
