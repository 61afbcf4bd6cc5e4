"""Everything that changes a permit."""

from openbeian.portal.sandbox.actions.asking import ask_permit, withdraw_permit
from openbeian.portal.sandbox.actions.deciding import countersign_permit, decide_permit
from openbeian.portal.sandbox.actions.restricting import end_permit, limit_permit

__all__ = [
    "ask_permit",
    "countersign_permit",
    "decide_permit",
    "end_permit",
    "limit_permit",
    "withdraw_permit",
]
