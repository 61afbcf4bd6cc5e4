"""What gates refused, counted by reason for the public."""

from collections.abc import Mapping
from typing import Final

from openbeian.core.register_counts import FEWEST_COUNTED, kept_back
from openbeian.core.text import Text

__all__ = ["FEWEST_PLATFORMS", "REASON_LABELS", "refusals_by_reason", "refusals_shown"]

FEWEST_PLATFORMS: Final = FEWEST_COUNTED
"""On days on which fewer platforms report, the counts would say how one fares: they are kept back."""

REASON_LABELS: Final[Mapping[str, Text]] = {
    "not_filed": Text("未备案", "Not on file"),
    "suspended": Text("暂停", "Suspended"),
    "revoked": Text("撤销", "Revoked"),
    "ended": Text("到期或注销", "Expired or cancelled"),
    "permit": Text("沙盒许可之外", "Outside a permit"),
    "unavailable": Text("无法确认", "Could not be told"),
    "other": Text("其他", "Other"),
}

_ADMITTED: Final = frozenset({"admitted", "admitted_by_permit"})
_REASONS: Final[Mapping[str, str]] = {
    "not_filed": "not_filed",
    "suspended": "suspended",
    "revoked": "revoked",
    "expired": "ended",
    "cancelled": "ended",
    "permit_ended": "permit",
    "permit_not_begun": "permit",
    "use_not_permitted": "permit",
    "not_a_tester": "permit",
    "permit_full": "permit",
    "registry_unavailable": "unavailable",
    "permit_uncounted": "unavailable",
}


def refusals_by_reason(answers: Mapping[str, int]) -> dict[str, int]:
    """Return how many refusals there were for each reason, given how often each answer was given."""
    counts = dict.fromkeys(REASON_LABELS, 0)
    for answer, count in answers.items():
        if answer not in _ADMITTED:
            counts[_REASONS.get(answer, "other")] += count
    return counts


def refusals_shown(answers: Mapping[str, int], *, platforms: int) -> dict[str, int | None]:
    """Return the same as it may be public: None where a count is kept back."""
    counts = refusals_by_reason(answers)
    if platforms < FEWEST_PLATFORMS:
        return dict.fromkeys(counts)
    return dict(kept_back(counts))
