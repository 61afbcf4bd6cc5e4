"""Work on a file done once: as long as its bytes and name are the same, so is what comes of them."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Generic, TypeVar

__all__ = ["Remembered"]

_Made = TypeVar("_Made")


class Remembered(Generic[_Made]):
    """Keeps what was made of the last `most` files, by the SHA-256 of their bytes and what else mattered."""

    def __init__(self, most: int = 64) -> None:
        """Begin with nothing."""
        self._most = most
        self._held: OrderedDict[Hashable, _Made] = OrderedDict()
        self._lock = threading.Lock()

    def of_file(self, path: Path, make: Callable[[], _Made], *more: Hashable) -> _Made:
        """Return what `make` gives for the file at `path`; `more` is what it depends on besides.

        Raises:
            OSError: The file can't be read.
        """
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return self.of((digest, *more), make)

    def of(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """Return what `make` gives, remembered under a key."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        made = make()
        with self._lock:
            self._held[key] = made
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return made
