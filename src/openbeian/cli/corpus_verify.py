"""`beian corpus verify`: a scan's evidence checked, and with the corpus at hand drawn anew."""

from pathlib import Path
from typing import Annotated, Final

import typer

from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.corpus_progress import megabytes
from openbeian.cli.options import AsJSON, LogKeyOption, Quiet, ScanDir
from openbeian.core.text import Text
from openbeian.corpus.record import load_result
from openbeian.corpus.verifying import redraw, verify_folder
from openbeian.dossier.signing import KEYS_FILE, head_verifier
from openbeian.evidence import Finding
from openbeian.trust.log_keys import checkpoint_verifier, load_log_key

__all__ = ["EXAMPLE", "HELP", "verify"]

HELP: Final = Text(
    "核验扫描证据：链、签名、清单、种子、抽样", "Verify: chain, signature, manifest, seed, sample"
)
EXAMPLE: Final = "beian corpus verify scan1 --keys keys.json --redraw"
_READING: Final = Text("重新读取（MB）", "Reading again (MB)")


@guarded
def verify(
    folder: ScanDir,
    redraw_: Annotated[
        bool,
        typer.Option(
            "--redraw",
            help=say(
                Text("重新读取语料：核对每个文件的 SHA-256，重新抽样", "Read the corpus again: files, sample")
            ),
        ),
    ] = False,
    keys: Annotated[Path | None, typer.Option(help=say(Text("公钥文件", "Public keys")))] = None,
    log_key: LogKeyOption = "",
    workers: Annotated[int, typer.Option(min=1, help=say(Text("进程数", "Processes")))] = 1,
    as_json: AsJSON = False,
    quiet: Quiet = False,
) -> None:
    """Check everything that can be checked; exit 1 if the figures can't be relied on."""
    own = folder / KEYS_FILE
    known = keys or (own if own.is_file() else None)
    found = verify_folder(
        folder,
        verify_head=head_verifier(known) if known else None,
        verify_checkpoint=checkpoint_verifier(load_log_key(log_key) if log_key else None),
    )
    if redraw_ and not _is_wrong(found):
        size = load_result(folder)[0].commitment["corpus"]["bytes"]
        with megabytes(_READING, size, quiet=quiet or as_json) as progress:
            found += redraw(folder, workers=workers, progress=progress)
    if as_json:
        print_json([one.as_json() for one in found])
    for one in () if as_json else found:
        out.print(f"{one.severity:8} {say(one.text)}", markup=False, soft_wrap=True)
    if _is_wrong(found):
        raise typer.Exit(1)
    if not as_json:
        _print_good(redrawn=redraw_)


def _is_wrong(found: list[Finding]) -> bool:
    return any(one.severity == "error" for one in found)


def _print_good(*, redrawn: bool) -> None:
    if redrawn:
        out.print(say(Text("证据可信：各文件未变，重新抽样一致。", "It holds: same files, same sample.")))
    else:
        told = Text(
            "证据可信：清单、种子与抽样相符；加 --redraw 则重新读取语料并重新抽样。",
            "The evidence holds: manifest, seed and sample agree; --redraw reads the corpus and draws again.",
        )
        out.print(say(told))
