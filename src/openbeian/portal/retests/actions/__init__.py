"""What testers do with hidden banks and re-tests; what workers do is in `working`."""

from openbeian.portal.retests.actions.banks import add_bank, note_bank_read, reseal, retire_bank
from openbeian.portal.retests.actions.judged import take_verdicts
from openbeian.portal.retests.actions.runs import (
    ask_retest,
    go_on,
    note_answers_read,
    record_result,
    release,
    stop_run,
)

__all__ = [
    "add_bank",
    "ask_retest",
    "go_on",
    "note_answers_read",
    "note_bank_read",
    "record_result",
    "release",
    "reseal",
    "retire_bank",
    "stop_run",
    "take_verdicts",
]
