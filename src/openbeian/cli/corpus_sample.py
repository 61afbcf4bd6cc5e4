"""`beian corpus sample`: the documents drawn, as a file to judge elsewhere, such as on the portal's page."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Final

import orjson
import typer

from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON, ScanDir
from openbeian.core.agreement import MOST_BYTES, MOST_ITEMS
from openbeian.core.text import Text
from openbeian.corpus import Fields
from openbeian.corpus.folder import write_whole
from openbeian.corpus.picking import fetch_texts
from openbeian.corpus.record import load_result
from openbeian.corpus.verdicts import sampled

__all__ = ["EXAMPLE", "HELP", "sample"]

HELP: Final = Text("导出供人工判定的样本", "Export the sample for people to judge")
EXAMPLE: Final = "beian corpus sample scan1 --to sample.jsonl --for-portal"


@guarded
def sample(
    folder: ScanDir,
    to: Annotated[Path, typer.Option(help=say(Text("输出文件", "Output file")))],
    for_portal: Annotated[
        bool,
        typer.Option(
            "--for-portal",
            help=say(
                Text(
                    "超出门户研判页面一个文件的上限时分成若干文件",
                    "Several files where one is more than the portal's page takes",
                )
            ),
        ),
    ] = False,
    as_json: AsJSON = False,
) -> None:
    """Write the documents drawn, of the whole and of each source, with their texts and an empty label."""
    begun, scanned = load_result(folder)
    rows = [
        orjson.dumps({**one._asdict(), "text": text, "label": ""}) + b"\n"
        for one, text in fetch_texts(sampled(scanned), Fields(**begun.commitment["fields"]))
    ]
    parts = list(_parts(rows)) if for_portal else [rows]
    written = {_named(to, number, len(parts)): part for number, part in enumerate(parts, 1)}
    for path, part in written.items():
        write_whole(path, b"".join(part))
    _print_written({path: len(part) for path, part in written.items()}, as_json=as_json)


def _parts(rows: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield as many rows at a time as the portal's page takes."""
    part: list[bytes] = []
    size = 0
    for row in rows:
        if part and (len(part) == MOST_ITEMS or size + len(row) > MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(row)
        size += len(row)
    yield part


def _named(to: Path, number: int, parts: int) -> Path:
    return to if parts == 1 else to.with_name(f"{to.stem}-{number}{to.suffix}")


def _print_written(written: dict[Path, int], *, as_json: bool) -> None:
    if as_json:
        files = [{"file": str(path), "documents": number} for path, number in written.items()]
        print_json({"entries": sum(written.values()), "written": files})
        return
    for path, number in written.items():
        out.print(say(Text(f"{number} 条 → {path}", f"{number} documents → {path}")), markup=False)
