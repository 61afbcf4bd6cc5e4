"""What Prometheus reads from the check server, in its text format."""

from collections import Counter
from datetime import datetime
from typing import Final

from openbeian_gate.gate import ADMITTED, ADMITTED_BY_PERMIT, Gate
from openbeian_gate.measures import Measure
from openbeian_gate.policy import Freshness, freshness
from openbeian_gate.refusals import REFUSALS

__all__ = ["ADMITTED", "ADMITTED_BY_PERMIT", "CONTENT_TYPE", "DecisionCounts", "metrics_text"]

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_PREFIX: Final = "openbeian_gate"


class DecisionCounts:
    """How often each answer was given since the start. One event loop counts, so there is no lock."""

    def __init__(self) -> None:
        """Start at nothing; every possible answer is shown from the first, as Prometheus likes it."""
        self._counts = Counter(dict.fromkeys((ADMITTED, ADMITTED_BY_PERMIT, *REFUSALS), 0))

    def count(self, answer: str) -> None:
        """Count one answer: `ADMITTED`, `ADMITTED_BY_PERMIT`, or the code of a refusal."""
        self._counts[answer] += 1

    def items(self) -> list[tuple[str, int]]:
        """Return the answers and their counts."""
        return list(self._counts.items())


def metrics_text(gate: Gate, counts: DecisionCounts, at: datetime) -> str:
    """Return everything that is measured, as of `at`."""
    client = gate.client
    held, state = client.snapshot, freshness(client.snapshot, at)
    measures = [
        Measure(
            "decisions_total",
            "counter",
            "Decisions made, by answer.",
            {f'{{answer="{answer}"}}': count for answer, count in counts.items()},
        ),
        Measure(
            "snapshot_state",
            "gauge",
            "1 for the state the snapshot is in.",
            {f'{{state="{name.value}"}}': int(name is state) for name in Freshness},
        ),
        Measure("source_up", "gauge", "1 if the last look went well.", {"": int(client.error is None)}),
        Measure(
            "clock_skew_seconds",
            "gauge",
            "How far this clock is ahead at least, by signed times.",
            {"": client.clock_skew.total_seconds()},
        ),
    ]
    if held is not None:
        age_s = (at - held.issued_at).total_seconds()
        measures += (
            Measure("snapshot_version", "gauge", "Version of the snapshot.", {"": held.version}),
            Measure("snapshot_age_seconds", "gauge", "Since the snapshot was issued.", {"": age_s}),
            Measure("snapshot_filings", "gauge", "Filings in the snapshot.", {"": len(held.index)}),
            Measure("snapshot_permits", "gauge", "Sandbox permits in the snapshot.", {"": len(held.permits)}),
        )
    return "\n".join(line for one in (*measures, *gate.measures()) for line in _lines(one)) + "\n"


def _lines(measure: Measure) -> list[str]:
    full = f"{_PREFIX}_{measure.name}"
    head = [f"# HELP {full} {measure.help_text}", f"# TYPE {full} {measure.kind}"]
    return head + [f"{full}{labels} {value}" for labels, value in measure.values.items()]
