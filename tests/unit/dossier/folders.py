"""A dossier's folder without a fault, to plant single faults in."""

from pathlib import Path
from typing import Any

import yaml

from openbeian.dossier.folder import Folder, read_folder
from tests.unit.dossier.facts import good_facts

__all__ = ["BASE", "good_folder", "write_folder"]

BASE = {"model__base_name": "星海大模型", "model__base_number": "Beijing-XingHai-202401150001"}


def write_folder(path: Path, facts: dict[str, Any] | None = None, **changes: Any) -> Path:
    """Write a folder with one attachment; an entry changed to None is left out."""
    (path / "attachments").mkdir(parents=True)
    (path / "attachments" / "licence.pdf").write_bytes(b"%PDF-1.7 licence")
    top = {
        "edition": "gbt-45654-2025",
        "facts": facts or good_facts(),
        "attachments": [{"kind": "licence", "file": "attachments/licence.pdf"}],
        **changes,
    }
    kept = {name: value for name, value in top.items() if value is not None}
    (path / "dossier.yaml").write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
    return path


def good_folder(path: Path, facts: dict[str, Any] | None = None, **changes: Any) -> Folder:
    """Write a folder and read it."""
    return read_folder(write_folder(path, facts, **changes))
