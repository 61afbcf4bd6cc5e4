"""Checking the checkpoints that the seeds of a run's draws come from: has the log signed them?"""

from collections.abc import Iterator

from openbeian.assessment.draw_report import UNCHECKED
from openbeian.assessment.run_state import RunState
from openbeian.evidence import Finding
from openbeian.evidence.seed_sources import VerifyCheckpoint, check_seed_source

__all__ = ["check_seed_sources"]


def check_seed_sources(state: RunState, verify_checkpoint: VerifyCheckpoint | None) -> Iterator[Finding]:
    """Yield what is to be said of the checkpoints that the seeds of a run's draws come from."""
    for source in dict.fromkeys(draw.source for draw in state.draws.values()):
        yield from check_seed_source(source, verify_checkpoint, unchecked=UNCHECKED)
