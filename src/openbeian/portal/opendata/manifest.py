"""The manifest of an edition of the open data: what there is, of which register, and how to check it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from openbeian.core.text import Text
from openbeian.portal.opendata.fields import FIELDS
from openbeian.trust.certificates import NOTICE

__all__ = ["FORMAT", "LICENCE", "LICENCE_ID", "MANIFEST_NAME", "DataFile", "Manifest", "read_manifest"]

FORMAT: Final = "openbeian.open-data/1"
MANIFEST_NAME: Final = "manifest.json"
LICENCE_ID: Final = "CC-BY-4.0"
LICENCE: Final = Text(
    "可以自由使用、复制、改编和再发布，请注明“备案公开登记册”、版本和日志条数；据名单收入的条目请同时注明其出处。",
    "Use, copy, adapt and republish it freely; name the register, the edition and the log size, and for "
    "entries taken from published lists their source too.",
)


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file: `size` in bytes, and the SHA-256 of what is in it."""

    name: str
    format: str
    media_type: str
    size: int
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """An edition: the register at a size of the log, in several files that all say the same."""

    edition: str
    made_at: datetime
    log_size: int
    checkpoint: str | None
    """The signed checkpoint of that size, word for word; None where the log is still empty."""
    mark: str
    """The same in two editions whose register is the same as far as log and taken lists tell."""
    rows: int
    rows_by_route: Mapping[str, int]
    files: tuple[DataFile, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the manifest as a JSON document."""
        return {
            "format": FORMAT,
            "edition": self.edition,
            "made_at": self.made_at.isoformat(),
            "log_size": self.log_size,
            "checkpoint": self.checkpoint,
            "mark": self.mark,
            "rows": self.rows,
            "rows_by_route": dict(self.rows_by_route),
            "notice": NOTICE._asdict(),
            "licence": {"id": LICENCE_ID, **LICENCE._asdict()},
            "fields": [{"name": one.name, "kind": one.kind.value, **one.meaning._asdict()} for one in FIELDS],
            "files": [
                {
                    "name": one.name,
                    "format": one.format,
                    "media_type": one.media_type,
                    "bytes": one.size,
                    "rows": one.rows,
                    "sha256": one.sha256,
                }
                for one in self.files
            ],
        }

    def to_bytes(self) -> bytes:
        """Return the manifest's file."""
        return (json.dumps(self.as_json(), ensure_ascii=False, indent=2) + "\n").encode()

    def sums(self) -> bytes:
        """Return the file that `sha256sum --check` reads."""
        return "".join(f"{one.sha256}  {one.name}\n" for one in self.files).encode()


def read_manifest(path: Path) -> Manifest | None:
    """Return the manifest in a file; None where there is none or it is of another format."""
    try:
        plain = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        return None
    return Manifest(
        edition=plain["edition"],
        made_at=datetime.fromisoformat(plain["made_at"]),
        log_size=plain["log_size"],
        checkpoint=plain["checkpoint"],
        mark=plain["mark"],
        rows=plain["rows"],
        rows_by_route=plain["rows_by_route"],
        files=tuple(
            DataFile(one["name"], one["format"], one["media_type"], one["bytes"], one["rows"], one["sha256"])
            for one in plain["files"]
        ),
    )
