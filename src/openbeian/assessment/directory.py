"""The directory of a run: where evidence, copies and reports lie, and how files get there whole."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.evidence import Seal

__all__ = ["RunDirectory"]

_TEMPORARY: Final = ".part"


class RunDirectory:
    """The files of one run: `evidence.jsonl`, `head.dsse.json`, `report.json`, `report.html`, copies."""

    def __init__(self, path: Path) -> None:
        """Name the directory; nothing is read or made."""
        self.path = path
        self._made: list[Path] = []

    @property
    def evidence(self) -> Path:
        """The hash-chained record."""
        return self.path / "evidence.jsonl"

    @property
    def head(self) -> Path:
        """The signed statement over the evidence's last line."""
        return self.path / "head.dsse.json"

    @property
    def replay(self) -> Path:
        """The hash-chained record of the same questions asked in other words."""
        return self.path / "replay.jsonl"

    @property
    def replay_head(self) -> Path:
        """The signed statement over the replay's last line."""
        return self.path / "replay.dsse.json"

    @property
    def report(self) -> Path:
        """The report as JSON."""
        return self.path / "report.json"

    def page(self, language: str) -> Path:
        """Return where the report is as a page in `language`."""
        return self.path / ("report.html" if language == "zh" else f"report.{language}.html")

    def copy_of(self, seal: Seal) -> Path:
        """Return where the copy of a bank or library is, named by what it is and its hash."""
        return self.path / f"{seal.kind}.{seal.sha256}.jsonl"

    def check_exists(self) -> None:
        """Check that there is a run here.

        Raises:
            BadInputError: There is none.
        """
        if not self.evidence.is_file():
            raise BadInputError(
                f"{self.path} 中没有评估证据 evidence.jsonl；请核对目录。",
                f"There is no evidence.jsonl in {self.path}; check the directory.",
            )

    def check_free(self) -> None:
        """Check that nothing is here yet.

        Raises:
            CouldNotRunError: The directory holds something, or its place is taken by a file.
        """
        if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            raise CouldNotRunError(
                f"输出目录 {self.path} 不是空的；请换一个目录，或用 resume 继续那次评估。",
                f"The output directory {self.path} is not empty; choose another, or resume the run in it.",
            )

    def start(self, copies: Iterable[tuple[Seal, bytes]]) -> None:
        """Make the directory and put the copies into it."""
        missing = [path for path in (self.path, *self.path.parents) if not path.exists()]
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._made = [self.evidence, *missing]
            for seal, data in copies:
                self._made.insert(0, self.copy_of(seal))
                self.put(self.copy_of(seal), data)
        except OSError as error:
            self.discard()
            raise CouldNotRunError(
                f"无法写入输出目录 {self.path}（{error.strerror}）；请换一个目录。",
                f"The output directory {self.path} can't be written ({error.strerror}); choose another.",
            ) from error

    def discard(self) -> None:
        """Remove what `start` and the run after it have put here, and nothing else."""
        for path in self._made:
            if path.is_dir():
                with suppress(OSError):  # Somebody else has put something there meanwhile.
                    path.rmdir()
            else:
                path.unlink(missing_ok=True)
        self._made = []

    def put(self, path: Path, data: bytes) -> None:
        """Write a file so that it is either whole or not there."""
        part = path.with_name(path.name + _TEMPORARY)
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
