"""Progress over a corpus, in MB."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from openbeian.cli.console import progress_bars, say
from openbeian.core.text import Text
from openbeian.corpus.scan import Progress

__all__ = ["HASHING", "megabytes"]

HASHING: Final = Text("语料清单（MB）", "Manifest (MB)")
"""What is told while the files of a corpus are hashed."""


@contextmanager
def megabytes(what: Text, size: int, *, quiet: bool) -> Iterator[Progress]:
    """Show how many of `size` bytes are done; give what is told of the bytes of each piece."""
    with progress_bars(quiet=quiet) as bars:
        task = bars.add_task(say(what), total=_rounded(size), note="")
        done = 0

        def progress(more: int) -> None:
            nonlocal done
            done += more
            bars.update(task, completed=_rounded(done))

        yield progress


def _rounded(size: int) -> int:
    """Return MB, rounded up, so that a small corpus is not done before it is begun."""
    return -(-size // 1_000_000)
