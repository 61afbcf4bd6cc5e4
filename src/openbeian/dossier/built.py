"""`documents/build.json`: what was built from what, so that an edit by hand is seen and nothing gets lost."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from openbeian.core.errors import BadInputError

__all__ = ["BUILD_FILE", "Build", "BuiltDocument", "read_build", "sha256_of"]

BUILD_FILE: Final = "build.json"
_FORMAT: Final = "openbeian-dossier-build/1"


@dataclass(frozen=True, slots=True)
class BuiltDocument:
    """One file that was written: of which kind, in which language, with which bytes."""

    kind: str
    language: str
    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Build:
    """A build: from which files, under which edition, and what it wrote."""

    at: str
    edition: str
    profile: str
    route: str
    sources: Mapping[str, str]
    """SHA-256 by path in the dossier's folder: `dossier.yaml`, `evidence/evidence.jsonl`, …"""
    documents: tuple[BuiltDocument, ...]
    figures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The figures printed, by kind of document and name."""

    def to_bytes(self) -> bytes:
        """Return the file."""
        value = {
            "format": _FORMAT,
            "built_at": self.at,
            "edition": self.edition,
            "profile": self.profile,
            "route": self.route,
            "sources": dict(self.sources),
            "documents": [
                {"kind": one.kind, "language": one.language, "file": one.file, "sha256": one.sha256}
                for one in self.documents
            ],
            "figures": {kind: dict(named) for kind, named in self.figures.items()},
        }
        return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_build(documents: Path) -> Build | None:
    """Return what `build.json` in the folder says; None where nothing was built yet.

    Raises:
        BadInputError: The file is there and broken.
    """
    path = documents / BUILD_FILE
    if not path.is_file():
        return None
    try:
        value = json.loads(path.read_bytes())
        if value["format"] != _FORMAT:
            raise ValueError(value["format"])  # noqa: TRY301  told with the others below
        return Build(
            at=str(value["built_at"]),
            edition=str(value["edition"]),
            profile=str(value["profile"]),
            route=str(value["route"]),
            sources=_strings(value["sources"]),
            documents=tuple(BuiltDocument(**_strings(one)) for one in value["documents"]),
            figures={str(kind): dict(named) for kind, named in value["figures"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadInputError(
            f"{path} 已损坏（{error}）；请删去后重新运行 beian dossier build。",
            f"{path} is broken ({error}); remove it and run beian dossier build again.",
        ) from error


def _strings(value: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): str(entry) for name, entry in value.items()}
