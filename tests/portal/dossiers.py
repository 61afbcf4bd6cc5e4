"""Folders of dossiers for the tests: real evidence, a few files, and what `dossier.yaml` says."""

import shutil
from pathlib import Path
from typing import Any

import yaml

from openbeian.dossier.packing import pack
from tests.portal.evidence import evidence_file
from tests.portal.factories import EDITION, good_facts

__all__ = ["dossier_folder", "packed"]


def dossier_folder(root: Path, *, facts: dict[str, Any] | None = None, **changes: Any) -> Path:
    """Write a folder that can be read; `changes` go into its `dossier.yaml`."""
    (root / "evidence").mkdir(parents=True)
    (root / "attachments").mkdir()
    for file in evidence_file().values():
        shutil.copy(file, root / "evidence" / file.name)
    (root / "attachments" / "制度.md").write_text("# 内容安全管理制度\n\n两人轮值。\n", encoding="utf-8")
    said = {
        "edition": EDITION,
        "profile": "demo",
        "facts": {**good_facts(), **(facts or {})},
        "attachments": [{"kind": "rules", "file": "attachments/制度.md"}],
        **changes,
    }
    (root / "dossier.yaml").write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    return root


def packed(root: Path) -> Path:
    """Pack a folder beside it, as `beian dossier pack` does."""
    return pack(root, root.with_suffix(".zip")).path
