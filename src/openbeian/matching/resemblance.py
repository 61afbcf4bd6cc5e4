"""Which characters look like which others (`data/lookalikes.txt`)."""

import functools
from pathlib import Path

__all__ = ["alike_beside_others", "alike_everywhere"]


def alike_everywhere() -> dict[str, str]:
    """Return what characters count as that nobody would take for anything else."""
    return {look: target for target, looks in _sections()[0] for look in looks}


def alike_beside_others() -> dict[str, str]:
    """Return what letters of Greek, Cyrillic, Armenian and Arabic, and kana, may be taken for: one or two."""
    found: dict[str, str] = {}
    for target, looks in _sections()[1]:
        for look in looks:
            found[look] = found.get(look, "") + target
    return found


@functools.cache
def _sections() -> tuple[list[tuple[str, str]], ...]:
    text = (Path(__file__).parent / "data" / "lookalikes.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    second = lines.index("[beside others]")
    groups = [[line.split(" ") for line in part] for part in (lines[1:second], lines[second + 1 :])]
    return tuple([(target, looks) for target, looks in group] for group in groups)
