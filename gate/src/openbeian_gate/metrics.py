"""What Prometheus reads from the check server, in its text format."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from openbeian_gate.client import SnapshotClient
from openbeian_gate.errors import REFUSALS
from openbeian_gate.policy import Freshness, freshness

__all__ = ["ADMITTED", "CONTENT_TYPE", "DecisionCounts", "metrics_text"]

ADMITTED: Final = "admitted"
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_PREFIX: Final = "openbeian_gate"


class DecisionCounts:
    """How often each answer was given since the start. One event loop counts, so there is no lock."""

    def __init__(self) -> None:
        """Start at nothing; every possible answer is shown from the first, as Prometheus likes it."""
        self._counts = Counter(dict.fromkeys((ADMITTED, *REFUSALS), 0))

    def count(self, answer: str) -> None:
        """Count one answer: `ADMITTED` or the code of a refusal."""
        self._counts[answer] += 1

    def items(self) -> list[tuple[str, int]]:
        """Return the answers and their counts."""
        return list(self._counts.items())


def metrics_text(client: SnapshotClient, counts: DecisionCounts, at: datetime) -> str:
    """Return everything that is measured, as of `at`."""
    held, state = client.snapshot, freshness(client.snapshot, at)
    answers = {f'{{answer="{answer}"}}': count for answer, count in counts.items()}
    lines = [
        *_metric("decisions_total", "counter", "Decisions made, by answer.", answers),
        *_metric(
            "snapshot_state",
            "gauge",
            "1 for the state the snapshot is in.",
            {f'{{state="{name.value}"}}': int(name is state) for name in Freshness},
        ),
        *_metric("source_up", "gauge", "1 if the last look went well.", {"": int(client.error is None)}),
    ]
    if held is not None:
        age_s = (at - held.issued_at).total_seconds()
        lines += _metric("snapshot_version", "gauge", "Version of the snapshot.", {"": held.version})
        lines += _metric("snapshot_age_seconds", "gauge", "Since the snapshot was issued.", {"": age_s})
        lines += _metric("snapshot_filings", "gauge", "Filings in the snapshot.", {"": len(held.index)})
    return "\n".join(lines) + "\n"


def _metric(name: str, kind: str, help_text: str, values: Mapping[str, int | float]) -> list[str]:
    full = f"{_PREFIX}_{name}"
    head = [f"# HELP {full} {help_text}", f"# TYPE {full} {kind}"]
    return head + [f"{full}{labels} {value}" for labels, value in values.items()]
