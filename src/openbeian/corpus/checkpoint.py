"""What an interrupted scan has done: one file, replaced whole, so that it is always true.

It holds the sum of all finished units and which they are, whatever the number of units; the work since
the last time it was written is done again, and its files of hashes are simply written over.
"""

import hashlib
import os
from pathlib import Path
from typing import Final, Self

import orjson

from openbeian.core.errors import CouldNotRunError
from openbeian.corpus.tally import Limits, Tally
from openbeian.corpus.units import Plan, Unit

__all__ = ["Checkpoint", "digest_of_plan", "write_whole"]

_FILE: Final = "checkpoint.json"
_HASHES: Final = "hashes"


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

    @classmethod
    def open(cls, folder: Path, plan: Plan, work: str, limits: Limits) -> Self:
        """Return the state of the scan in `folder`, which may not have begun; `work` names what is done.

        Raises:
            CouldNotRunError: Another corpus, or the same in another state, is being scanned there.
        """
        checkpoint = cls(folder, plan, work, limits)
        (folder / _HASHES).mkdir(parents=True, exist_ok=True)
        path = folder / _FILE
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
        return checkpoint

    def add(self, unit: Unit, tally: Tally) -> None:
        """Add what was counted in a unit."""
        number = self._number[unit]
        self._done[number // 8] |= 1 << number % 8
        self.tally.merge(tally)

    def left(self) -> list[Unit]:
        """Return the units that are not done."""
        return [unit for unit, number in self._number.items() if not self._is_done(number)]

    def size_done(self) -> int:
        """Return how many bytes of storage the units that are done stand for."""
        return sum(unit.size for unit, number in self._number.items() if self._is_done(number))

    def hashes_of(self, unit: Unit) -> Path:
        """Return where the hashes of a unit's documents are."""
        return self._folder / _HASHES / f"{unit.key}.bin"

    def save(self) -> None:
        """Make the disk hold the present state."""
        state = {"done": self._done.hex(), "tally": self.tally.as_json(), "work": self._work}
        write_whole(self._folder / _FILE, orjson.dumps(state))

    def remove(self) -> None:
        """Remove the state and the hashes of a scan that is finished and whose result is written."""
        for unit in self._plan.units:
            self.hashes_of(unit).unlink(missing_ok=True)
        (self._folder / _HASHES).rmdir()
        (self._folder / _FILE).unlink(missing_ok=True)

    def _is_done(self, number: int) -> bool:
        return bool(self._done[number // 8] >> number % 8 & 1)


def digest_of_plan(plan: Plan) -> str:
    """Return the SHA-256, in hexadecimal, of what there is to be read: the names and sizes of all units."""
    digest = hashlib.sha256()
    for unit in plan.units:
        digest.update(orjson.dumps([unit.key, unit.size]) + b"\n")
    return digest.hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    unfinished = path.with_suffix(".tmp")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
