"""`beian corpus manifest`: every file of a corpus by its path, size and SHA-256."""

from pathlib import Path
from typing import Annotated, Final

import typer

from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.corpus_progress import HASHING, megabytes
from openbeian.cli.options import AsJSON, CorpusPaths, Quiet
from openbeian.core.text import Text
from openbeian.corpus import plan_units
from openbeian.corpus.manifest import make_manifest

__all__ = ["EXAMPLE", "HELP", "manifest"]

HELP: Final = Text("列出语料文件及其 SHA-256", "List the files with their SHA-256")
EXAMPLE: Final = "beian corpus manifest data/ --to manifest.jsonl --workers 8"


@guarded
def manifest(
    paths: CorpusPaths,
    to: Annotated[Path, typer.Option(help=say(Text("输出文件", "Output file")))],
    workers: Annotated[int, typer.Option(min=1, help=say(Text("同时读取的文件数", "Files at a time")))] = 1,
    as_json: AsJSON = False,
    quiet: Quiet = False,
) -> None:
    """Write every file's path, size and hash; the same command goes on where it was interrupted."""
    files = plan_units(paths).files
    with megabytes(HASHING, sum(max(0, file.size) for file in files), quiet=quiet or as_json) as progress:
        made = make_manifest(files, to, workers=workers, progress=progress)
    if as_json:
        print_json({"written": str(to), "entries": len(made.entries), "sha256": made.sha256})
        return
    number = len(made.entries)
    out.print(say(Text(f"{number} 个文件 → {to}", f"{number} files → {to}")), markup=False)
    out.print(f"SHA-256 {made.sha256}", markup=False, soft_wrap=True)
