"""How far a static copy has come: every address that is written, with where it leads; gone when all is."""

import json
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

__all__ = ["JOURNAL_NAME", "Journal"]

JOURNAL_NAME: Final = ".journal"


class Journal:
    """A file of lines: the first says of which register the copy is, each further one what is written."""

    def __init__(self, folder: Path, of: str) -> None:
        """Go on with the journal in `folder` if it is `of` the same register; else begin one."""
        self._path = folder / JOURNAL_NAME
        self.done: dict[str, list[str] | None] = {}
        """Where each address leads that is written; None for one that led nowhere."""
        self.is_resumed = self._read(of)
        self._file: IO[str] = self._path.open("w", encoding="utf-8")
        self._write({"of": of})
        # Written anew: the last line may be half of one.
        for address, leads_to in self.done.items():
            self._write({"address": address, "leads_to": leads_to})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def note(self, address: str, leads_to: list[str] | None) -> None:
        """Note that an address is written, or led nowhere."""
        self.done[address] = leads_to
        self._write({"address": address, "leads_to": leads_to})

    def remove(self) -> None:
        """Take the journal away: the copy is whole."""
        self._file.close()
        self._path.unlink()

    def _write(self, line: dict[str, object]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()

    def _read(self, of: str) -> bool:
        try:
            first, *lines = self._path.read_text(encoding="utf-8").splitlines()
            if json.loads(first) != {"of": of}:
                return False
        except (OSError, ValueError):
            return False
        for line in lines:
            try:
                noted = json.loads(line)
            except ValueError:
                break  # the line that was being written when the work was cut off
            self.done[noted["address"]] = noted["leads_to"]
        return True
