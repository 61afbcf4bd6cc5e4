"""What an interrupted scan has done: one file, replaced whole, so that it is always true.

It holds the sum of all finished units and which they are, whatever the number of units; the work since
the last time it was written is done again. Rows of hashes stand beside it, in partitioned files.
"""

import hashlib
import shutil
from pathlib import Path
from typing import Final, Self

import orjson

from openbeian.core.errors import CouldNotRunError
from openbeian.corpus.duplicates import COLUMNS
from openbeian.corpus.folder import write_whole
from openbeian.corpus.partitions import Partitions
from openbeian.corpus.signatures import BAND_COLUMNS
from openbeian.corpus.tally import Limits, Tally
from openbeian.corpus.units import Plan, Unit
from openbeian.corpus.work import Part

__all__ = ["Checkpoint", "digest_of_plan"]

_FILE: Final = "checkpoint.json"
_ROWS: Final = "rows"


class Checkpoint:
    """The state of a scan in a folder."""

    def __init__(self, folder: Path, plan: Plan, work: str, limits: Limits) -> None:
        """Nothing is done yet."""
        self._folder = folder
        self._plan = plan
        self._work = work
        self._number = {unit: number for number, unit in enumerate(plan.units)}
        self._done = bytearray(-(-len(plan.units) // 8))
        self.tally = Tally(limits)
        self.hashes = Partitions(folder / _ROWS / "hashes", COLUMNS)
        self.bands = Partitions(folder / _ROWS / "bands", BAND_COLUMNS)
        self.scratch = folder / _ROWS / "scratch"
        """For files that are needed while clusters are found."""

    @classmethod
    def open(cls, folder: Path, plan: Plan, work: str, limits: Limits) -> Self:
        """Return the state of the scan in `folder`, which may not have begun; `work` names what is done.

        Raises:
            CouldNotRunError: Another corpus, or the same in another state, is being scanned there.
            OSError: The folder can't be written.
        """
        checkpoint = cls(folder, plan, work, limits)
        path = folder / _FILE
        sizes: dict[str, list[int]] = {}
        if path.exists():
            state = orjson.loads(path.read_bytes())
            if state["work"] != work:
                raise CouldNotRunError(
                    f"{folder} 中未完成的扫描针对另一份语料或另一种设置；请换一个输出目录。",
                    f"{folder} holds an unfinished scan of another corpus, or has other settings; choose "
                    "another output directory.",
                )
            checkpoint._done[:] = bytes.fromhex(state["done"])
            checkpoint.tally = Tally.of_json(state["tally"])
            sizes = state["sizes"]
        # What was written after the last checkpoint may be torn, and is done again.
        checkpoint.hashes.cut_back(sizes.get("hashes", []))
        checkpoint.bands.cut_back(sizes.get("bands", []))
        return checkpoint

    def add(self, unit: Unit, part: Part) -> None:
        """Add what was found in a unit.

        Raises:
            OSError: The disk is full.
        """
        self.hashes.add(part.hashes)
        self.bands.add(part.bands)
        self.tally.merge(part.tally)
        number = self._number[unit]
        self._done[number // 8] |= 1 << number % 8

    def left(self) -> list[Unit]:
        """Return the units that are not done."""
        return [unit for unit, number in self._number.items() if not self._is_done(number)]

    def size_done(self) -> int:
        """Return how many bytes of storage the units that are done stand for."""
        return sum(unit.size for unit, number in self._number.items() if self._is_done(number))

    def save(self) -> None:
        """Make the disk hold the present state.

        Raises:
            OSError: The disk is full; it holds the state before.
        """
        state = {
            "done": self._done.hex(),
            "sizes": {"bands": self.bands.save(), "hashes": self.hashes.save()},
            "tally": self.tally.as_json(),
            "work": self._work,
        }
        write_whole(self._folder / _FILE, orjson.dumps(state))

    def remove(self) -> None:
        """Remove the state and the rows of a scan that is finished and whose result is written."""
        shutil.rmtree(self._folder / _ROWS)
        (self._folder / _FILE).unlink(missing_ok=True)

    def _is_done(self, number: int) -> bool:
        return bool(self._done[number // 8] >> number % 8 & 1)


def digest_of_plan(plan: Plan) -> str:
    """Return the SHA-256, in hexadecimal, of what there is to be read: the names and sizes of all units."""
    digest = hashlib.sha256()
    for unit in plan.units:
        digest.update(orjson.dumps([unit.key, unit.size]) + b"\n")
    return digest.hexdigest()
