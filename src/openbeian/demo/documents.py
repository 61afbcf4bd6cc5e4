"""The provider's documents in the demonstration, written as `beian dossier build` writes them."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from openbeian.clock import now
from openbeian.demo.assessing import EDITION, PROFILE
from openbeian.dossier.building import build_dossier
from openbeian.dossier.checks import Attached
from openbeian.dossier.folder import read_folder
from openbeian.dossier.form import Facts
from openbeian.dossier.starting import start_folder

__all__ = ["write_dossier"]


def write_dossier(out: Path, *, run: Path, facts: Facts) -> Sequence[Attached]:
    """Assemble a dossier in `out` on a run, in place of an earlier one; return every file to hand in."""
    shutil.rmtree(out, ignore_errors=True)
    start_folder(out, edition=EDITION, profile=PROFILE, facts=facts)
    shutil.copytree(run, out / "evidence", dirs_exist_ok=True)
    build_dossier(read_folder(out), at=now())
    return read_folder(out).dossier().attachments
