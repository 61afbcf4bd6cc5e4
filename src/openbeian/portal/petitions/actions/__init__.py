"""Everything that changes a petition, and what follows from one that is granted."""

from openbeian.portal.petitions.actions.asking import draw_up, drop, hand_in, save_grounds
from openbeian.portal.petitions.actions.assigning import assign, hand_back
from openbeian.portal.petitions.actions.changing import attach, change_entries, detach, keep_entry
from openbeian.portal.petitions.actions.deciding import countersign, decide
from openbeian.portal.petitions.actions.examining import give_back, put_up

__all__ = [
    "assign",
    "attach",
    "change_entries",
    "countersign",
    "decide",
    "detach",
    "draw_up",
    "drop",
    "give_back",
    "hand_back",
    "hand_in",
    "keep_entry",
    "put_up",
    "save_grounds",
]
