"""What lies beside evidence: the copies of the banks and of the keyword library that a run was made with."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openbeian.assessment import KeywordLibrary, QuestionBank, load_bank, load_keywords
from openbeian.assessment.committed import scope_of, seals
from openbeian.assessment.directory import RunDirectory
from openbeian.assessment.scope import GENERAL, Scope
from openbeian.core.errors import DomainError
from openbeian.dossier.reading import Remembered
from openbeian.evidence import ChainReader, Seal

__all__ = ["Material", "load_material"]

_COPIES: Final[Remembered[QuestionBank | KeywordLibrary | None]] = Remembered(most=32)


@dataclass(frozen=True, slots=True)
class Material:
    """The banks and the library of a run as far as copies of them are there, and what the service is for."""

    banks: tuple[QuestionBank, ...] = ()
    library: KeywordLibrary | None = None
    scope: Scope = GENERAL
    missing: tuple[Seal, ...] = ()
    """What the evidence commits to and no copy lies beside it, or another than it commits to."""


def load_material(evidence: Path) -> Material:
    """Return what lies beside an evidence file; nothing where the evidence itself can't be read."""
    try:
        committed = next(iter(ChainReader(evidence, drop_torn=True))).mapping("of")
        named, scope = seals(committed), scope_of(committed)
    except (DomainError, OSError, StopIteration):
        return Material()
    directory = RunDirectory(evidence.parent)
    held = {seal: _copy(directory.copy_of(seal), seal) for seal in named}
    return Material(
        tuple(one for one in held.values() if isinstance(one, QuestionBank)),
        next((one for one in held.values() if isinstance(one, KeywordLibrary)), None),
        scope,
        tuple(_missing(held)),
    )


def _copy(path: Path, seal: Seal) -> QuestionBank | KeywordLibrary | None:
    if not path.is_file():
        return None
    held = _COPIES.of_file(path, lambda: _loaded(path, seal.kind), seal.kind)
    return held if held and held.seal.sha256 == seal.sha256 else None


def _loaded(path: Path, kind: str) -> QuestionBank | KeywordLibrary | None:
    try:
        return load_keywords(path) if kind == "keywords" else load_bank(path)
    except DomainError:
        return None


def _missing(held: dict[Seal, QuestionBank | KeywordLibrary | None]) -> Iterator[Seal]:
    return (seal for seal, copy in held.items() if copy is None)
