"""`beian corpus`: training data read, checked and sampled, and what the standard says of it."""

from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.table import Table

from openbeian.cli import corpus_inspect, corpus_manifest, corpus_sample, corpus_scan, corpus_verify
from openbeian.cli.console import guarded, out, print_json, say
from openbeian.cli.options import AsJSON, EditionId, ProfileName, ScanDir, chosen_edition, example
from openbeian.clock import now
from openbeian.core.text import Text
from openbeian.corpus.folder import write_whole
from openbeian.corpus.report import CONCLUSION_LABELS, CorpusReport
from openbeian.corpus.report_html import render_html
from openbeian.corpus.reports import report_of_scan

__all__ = ["app"]

app = typer.Typer(
    help=say(Text("训练语料：扫描、抽样、报告", "Training data: scan, sample, report")), no_args_is_help=True
)

app.add_typer(corpus_inspect.app, name="inspect")

_SHOULD = Text("宜", "recommended")

app.command("scan", help=say(corpus_scan.HELP), epilog=example(corpus_scan.EXAMPLE))(corpus_scan.scan)
app.command("manifest", help=say(corpus_manifest.HELP), epilog=example(corpus_manifest.EXAMPLE))(
    corpus_manifest.manifest
)
app.command("verify", help=say(corpus_verify.HELP), epilog=example(corpus_verify.EXAMPLE))(
    corpus_verify.verify
)


app.command("sample", help=say(corpus_sample.HELP), epilog=example(corpus_sample.EXAMPLE))(
    corpus_sample.sample
)


@app.command(
    "report",
    help=say(Text("逐条给出结论", "Conclude clause by clause")),
    epilog=example("beian corpus report scan1 --ledger sources.yaml --judgements sample.jsonl"),
)
@guarded
def report(
    folder: ScanDir,
    ledger: Annotated[Path | None, typer.Option(help=say(Text("来源台账", "Ledger of sources")))] = None,
    judgements: Annotated[Path | None, typer.Option(help=say(Text("人工判定", "Judgements")))] = None,
    edition: EditionId = "tc260-003",
    profile: ProfileName = "",
    as_json: AsJSON = False,
) -> None:
    """Write report.json and report.html; exit 1 if anything does not conform."""
    made = report_of_scan(
        folder,
        edition=chosen_edition(edition, profile),
        on=now().date(),
        ledger=ledger,
        judgements=judgements,
    )
    write_whole(folder / "report.json", orjson.dumps(made.as_json(), option=orjson.OPT_INDENT_2))
    write_whole(folder / "report.html", render_html(made, "zh").encode())
    write_whole(folder / "report.en.html", render_html(made, "en").encode())
    if as_json:
        print_json(made.as_json())
    else:
        _print_report(made, folder)
    if not made.is_met:
        raise typer.Exit(1)


def _print_report(made: CorpusReport, folder: Path) -> None:
    table = Table(title=made.edition, title_justify="left")
    for heading in (
        Text("要求", "What"),
        Text("条款", "Clause"),
        Text("结论", "Conclusion"),
        Text("依据", "Why"),
    ):
        table.add_column(say(heading), overflow="fold")
    for result in made.results:
        said = say(CONCLUSION_LABELS[result.conclusion]) + ("" if result.is_binding else f" ({say(_SHOULD)})")
        table.add_row(say(result.text), result.clause, said, say(result.reason))
    out.print(table)
    out.print(f"{folder / 'report.html'}", markup=False)
