"""`beian corpus`: training data read, checked and sampled, and what the standard says of it."""

import hashlib
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.table import Table

from openbeian.assessment import load_keywords
from openbeian.cli.console import error_console, guarded, out, print_json, progress_bars, say
from openbeian.cli.options import AsJSON, EditionId, ProfileName, Quiet, chosen_edition, example
from openbeian.clock import now
from openbeian.core.text import Text
from openbeian.corpus import Fields, Limits, Plan, Scanned, Settings, plan_units, scan_corpus
from openbeian.corpus.checkpoint import Checkpoint, write_whole
from openbeian.corpus.picking import fetch_texts
from openbeian.corpus.record import begin, commitment_to, finish, load_result, verify_folder
from openbeian.corpus.report import CONCLUSION_LABELS, Conclusion, CorpusReport
from openbeian.corpus.report_html import render_html
from openbeian.corpus.reports import report_of_scan
from openbeian.corpus.streams import open_content
from openbeian.dossier.signing import load_or_make_key, run_signer, write_public_key
from openbeian.evidence import SeedSource

__all__ = ["app"]

app = typer.Typer(
    help=say(Text("训练语料：扫描、抽样、报告", "Training data: scan, sample, report")), no_args_is_help=True
)

Paths = Annotated[
    list[str],
    typer.Argument(help=say(Text("语料文件、目录或 s3:// 等地址", "Files, folders, s3:// addresses"))),
]
Folder = Annotated[Path, typer.Argument(help=say(Text("扫描目录", "The scan's directory")))]


@app.command(
    "scan",
    help=say(Text("扫描语料；中断后运行同一命令即继续", "Scan; the same command goes on after a crash")),
    epilog=example("beian corpus scan data/ --keywords keywords.jsonl --out scan1 --workers 8"),
)
@guarded
def scan(
    paths: Paths,
    out_dir: Annotated[Path, typer.Option("--out", help=say(Text("输出目录", "Output directory")))],
    keywords: Annotated[Path | None, typer.Option(help=say(Text("关键词库文件", "Keyword library")))] = None,
    text_field: Annotated[str, typer.Option(help=say(Text("正文字段", "Field of the text")))] = "text",
    source_field: Annotated[str, typer.Option(help=say(Text("来源字段", "Field of the source")))] = "source",
    id_field: Annotated[str, typer.Option(help=say(Text("编号字段", "Field of the id")))] = "id",
    workers: Annotated[int, typer.Option(min=1, help=say(Text("进程数", "Processes")))] = 1,
    unit_mb: Annotated[int, typer.Option(min=1, help=say(Text("每个工作单元的 MB 数", "MB a unit")))] = 64,
    sample: Annotated[int, typer.Option(min=1, help=say(Text("抽样条数", "Size of the sample")))] = 4000,
    per_source: Annotated[int, typer.Option(min=1, help=say(Text("每个来源抽样", "Of each source")))] = 300,
    seed: Annotated[
        str, typer.Option("--seed-from", help=say(Text("种子：十六进制数", "Seed: a hexadecimal value")))
    ] = "",
    strict: Annotated[bool, typer.Option(help=say(Text("遇错即停", "Stop at bad input")))] = False,
    sign_key: Annotated[Path | None, typer.Option(help=say(Text("签名私钥文件", "Private key")))] = None,
    as_json: AsJSON = False,
    quiet: Quiet = False,
) -> None:
    """Read everything once, and write the evidence and the result."""
    plan = plan_units(paths, unit_bytes=unit_mb << 20)
    library = load_keywords(keywords) if keywords else None
    fields, limits = Fields(text_field, source_field, id_field), Limits(sample, per_source)
    commitment = commitment_to(
        plan,
        fields=fields._asdict(),
        keywords=library.seal.as_json() if library else None,
        limits=limits._asdict(),
    )
    source = SeedSource("hex", seed) if seed else SeedSource("commitment")
    begun = begin(out_dir, commitment, source, at=now())
    pairs = tuple(library.pairs()) if library else ()
    settings = Settings(pairs, begun.seed, fields, limits, strict)
    scanned = _scan(plan, settings, out_dir, workers=workers, quiet=quiet or as_json)
    head = finish(out_dir, scanned, at=now())
    Checkpoint(out_dir, plan, "", limits).remove()
    if sign_key:
        signer = load_or_make_key(sign_key)
        write_whole(out_dir / "head.dsse.json", run_signer(signer)(head, now()))
        write_public_key(out_dir, signer)
    _print_total(scanned, out_dir, as_json=as_json)


def _scan(plan: Plan, settings: Settings, folder: Path, *, workers: int, quiet: bool) -> Scanned:
    with progress_bars(quiet=quiet) as bars:
        total = sum(unit.size for unit in plan.units) >> 20
        task = bars.add_task(say(Text("扫描（MB）", "Scanning (MB)")), total=total, note="")
        read = 0

        def progress(size: int) -> None:
            nonlocal read
            read += size
            bars.update(task, completed=read >> 20)

        return scan_corpus(plan, settings, folder, workers=workers, progress=progress)


def _print_total(scanned: Scanned, folder: Path, *, as_json: bool) -> None:
    counts = scanned.tally.total().counts
    problems = sum(scanned.tally.problem_counts.values())
    if as_json:
        print_json({**counts, "duplicates": scanned.duplicates.total, "problems": problems})
        return
    out.print(
        say(
            Text(
                f"{counts['documents']:,} 条文档，{counts['hit_documents']:,} 条命中关键词，"
                f"{counts['personal_documents']:,} 条含个人信息，{scanned.duplicates.total:,} 条重复，"
                f"{problems:,} 处无法读取。",
                f"{counts['documents']:,} documents, {counts['hit_documents']:,} with a keyword, "
                f"{counts['personal_documents']:,} with personal information, {scanned.duplicates.total:,} "
                f"duplicates, {problems:,} places not read.",
            )
        )
    )
    out.print(say(Text(f"下一步：beian corpus report {folder}", f"Next: beian corpus report {folder}")))


@app.command(
    "sample",
    help=say(Text("导出供人工判定的样本", "Export the sample for people to judge")),
    epilog=example("beian corpus sample scan1 --to sample.jsonl"),
)
@guarded
def sample_(
    folder: Folder,
    to: Annotated[Path, typer.Option(help=say(Text("输出文件", "Output file")))],
    as_json: AsJSON = False,
) -> None:
    """Write the documents drawn, of the whole and of each source, with their texts and an empty label."""
    begun, scanned = load_result(folder)
    samples = [scanned.tally.sample, *scanned.tally.samples.values()]
    picked = {one for sample in samples for one in sample}
    rows = [
        orjson.dumps({**one._asdict(), "text": text, "label": ""})
        for one, text in fetch_texts(picked, Fields(**begun.commitment["fields"]))
    ]
    write_whole(to, b"".join(row + b"\n" for row in rows))
    _print_written(Text(f"{len(rows)} 条 → {to}", f"{len(rows)} documents → {to}"), len(rows), to, as_json)


@app.command(
    "report",
    help=say(Text("逐条给出结论", "Conclude clause by clause")),
    epilog=example("beian corpus report scan1 --ledger sources.yaml --judgements sample.jsonl"),
)
@guarded
def report(
    folder: Folder,
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
    if any(result.conclusion is Conclusion.DOES_NOT_CONFORM for result in made.results):
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
        said = say(CONCLUSION_LABELS[result.conclusion])
        table.add_row(say(result.text), result.clause, said, say(result.reason))
    out.print(table)
    out.print(f"{folder / 'report.html'}", markup=False)


@app.command(
    "verify",
    help=say(Text("核对扫描证据", "Verify a scan's evidence")),
    epilog=example("beian corpus verify scan1"),
)
@guarded
def verify(folder: Folder, as_json: AsJSON = False) -> None:
    """Check the chain, the sealed result, the seed and the ranks of the samples."""
    found = verify_folder(folder)
    if as_json:
        print_json([one._asdict() for one in found])
    for one in () if as_json else found:
        error_console.print(say(one), markup=False)
    if found:
        raise typer.Exit(1)
    if not as_json:
        out.print(say(Text("证据一致", "The evidence holds")))


@app.command(
    "manifest",
    help=say(Text("列出语料文件及其 SHA-256", "List the files with their SHA-256")),
    epilog=example("beian corpus manifest data/ --to manifest.jsonl"),
)
@guarded
def manifest(
    paths: Paths,
    to: Annotated[Path, typer.Option(help=say(Text("输出文件", "Output file")))],
    as_json: AsJSON = False,
) -> None:
    """Write every file's path, size and hash."""
    rows = []
    for path in sorted({unit.path for unit in plan_units(paths).units}):
        digest, size = hashlib.sha256(), 0
        with open_content(path) as file:
            while block := file.read(1 << 20):
                digest.update(block)
                size += len(block)
        rows.append(orjson.dumps({"bytes": size, "path": path, "sha256": digest.hexdigest()}) + b"\n")
    write_whole(to, b"".join(rows))
    _print_written(Text(f"{len(rows)} 个文件 → {to}", f"{len(rows)} files → {to}"), len(rows), to, as_json)


def _print_written(said: Text, number: int, to: Path, as_json: bool) -> None:
    if as_json:
        print_json({"written": str(to), "entries": number})
    else:
        out.print(say(said), markup=False)
