"""What a worker does, wherever it runs: a unit is read, and what is found in it goes back, small.

Parts add up to the same result in any order. What stopped a worker goes back as a value, because every
engine wraps exceptions in its own way.
"""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import orjson

from openbeian.core.errors import BadInputError, CouldNotRunError, DomainError
from openbeian.corpus.blocks import BlockTaker
from openbeian.corpus.columns import Columns
from openbeian.corpus.compiled import compiled_pass
from openbeian.corpus.documents import DEFAULT_FIELDS, Batch, Fields, Problem, problem_error
from openbeian.corpus.duplicates import pack_hashes
from openbeian.corpus.kernel import Hashes, Kernel
from openbeian.corpus.reading import read_columns
from openbeian.corpus.signatures import NEAR_METHOD, Signer
from openbeian.corpus.tally import DEFAULT_LIMITS, NO_BARS, Bars, Limits, Tally
from openbeian.corpus.units import Unit
from openbeian.matching import KeywordEntry

__all__ = ["Failure", "Part", "Scanner", "Settings", "Task", "scan_with"]

_WORTH_COMPILING: Final = 48 << 20
_PACKED: Final = 1 << 16
"""After so many documents their hashes are packed."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is looked for and how."""

    keywords: tuple[KeywordEntry, ...]
    seed: bytes
    fields: Fields = DEFAULT_FIELDS
    limits: Limits = DEFAULT_LIMITS
    strict: bool = False
    near_duplicates: bool = False

    @property
    def digest(self) -> str:
        """The SHA-256, in hexadecimal, of everything the result depends on beside the corpus."""
        near = NEAR_METHOD if self.near_duplicates else None
        told = [
            [tuple(one) for one in self.keywords],
            self.seed.hex(),
            tuple(self.fields),
            tuple(self.limits),
            near,
        ]
        return hashlib.sha256(orjson.dumps(told)).hexdigest()


_ERRORS: Final[Mapping[str, type[DomainError]]] = {one.code: one for one in (BadInputError, CouldNotRunError)}


class Failure(NamedTuple):
    """Why a unit could not be scanned."""

    code: str
    zh: str
    en: str

    @classmethod
    def of(cls, error: DomainError) -> "Failure":
        """Return what an error says."""
        return cls(error.code, *error.text)

    def error(self) -> DomainError:
        """Return the error again."""
        return _ERRORS[self.code](self.zh, self.en)


class Task(NamedTuple):
    """What a worker is given."""

    unit: Unit
    bars: Bars = NO_BARS
    """What is above them need not come back: enough that is below is known already."""


class Part(NamedTuple):
    """What was found in a unit."""

    tally: Tally
    hashes: bytes = b""
    """Rows of `duplicates`: 24 bytes for each document."""
    bands: bytes = b""
    """Rows of `signatures`: 256 bytes for each, where near-duplicates are looked for."""
    failure: Failure | None = None


class Scanner:
    """Scans units with one kernel; for one thread at a time."""

    def __init__(self, settings: Settings) -> None:
        """Compile the keywords.

        Raises:
            CouldNotRunError: Near-duplicates are asked for, and their library is missing.
        """
        self.settings = settings
        self._kernel = Kernel(settings.keywords, seed=settings.seed, limits=settings.limits)
        self._signer = Signer() if settings.near_duplicates else None
        self._asked = 0
        self._taker: BlockTaker | None = None

    def scan(self, unit: Unit, bars: Bars = NO_BARS) -> Part:
        """Scan a unit; what is above the bars is not kept.

        Raises:
            BadInputError: In a strict scan, something can't be read.
            CouldNotRunError: The library that reads such a file is missing.
        """
        tally = self._kernel.tally(bars)
        found = _Found(self._signer)

        def note(problem: Problem) -> None:
            if self.settings.strict:
                raise problem_error(problem)
            tally.note(problem)

        for batch in read_columns(unit, self.settings.fields, note, self._block_taker(unit)):
            ordered = batch if isinstance(batch, Columns) else batch.by_source()
            self._kernel.add(ordered, tally, found.hashes)
            found.take(ordered)
        return found.part(tally)

    def _block_taker(self, unit: Unit) -> BlockTaker | None:
        """Return what takes blocks compiled, once there was enough to read for its start to be worth it."""
        self._asked += unit.size
        if self._asked >= _WORTH_COMPILING and self._taker is None and (compiled := compiled_pass()):
            self._taker = BlockTaker(compiled)
        return self._taker


class _Found:
    """The rows of a unit, packed as they become many."""

    def __init__(self, signer: Signer | None) -> None:
        self.hashes = Hashes([], [])
        self._signer = signer
        self._packed: list[bytes] = []
        self._bands: list[bytes] = []

    def take(self, batch: Batch | Columns) -> None:
        """Take the batch whose hashes were added last."""
        if self._signer and (texts := batch.texts):
            self._bands.append(self._signer.bands(texts, self.hashes.texts[-len(texts) :]).tobytes())
        if len(self.hashes.texts) >= _PACKED:
            self._pack()

    def part(self, tally: Tally) -> Part:
        self._pack()
        return Part(tally, b"".join(self._packed), b"".join(self._bands))

    def _pack(self) -> None:
        self._packed.append(pack_hashes(*self.hashes))
        self.hashes = Hashes([], [])


_here: Any = threading.local()


def scan_with(settings: Settings, task: Task) -> Part:
    """Scan a unit in whatever process this is; keywords are compiled once for each thread."""
    try:
        scanner: Scanner | None = getattr(_here, "scanner", None)
        if scanner is None or scanner.settings != settings:
            scanner = _here.scanner = Scanner(settings)
        return scanner.scan(*task)
    except DomainError as error:
        return Part(Tally(), failure=Failure.of(error))
