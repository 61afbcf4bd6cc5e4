"""`beian corpus scan`: training data read once, here or on a cluster."""

from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from openbeian.assessment import KeywordLibrary, load_keywords
from openbeian.cli.assess_options import chosen_seed
from openbeian.cli.console import error_console, guarded, out, print_json, say
from openbeian.cli.corpus_progress import HASHING, megabytes
from openbeian.cli.options import AsJSON, CheckpointFile, CorpusPaths, LogKeyOption, Quiet, SeedFrom, SignKey
from openbeian.clock import now
from openbeian.core.text import Text
from openbeian.corpus import Fields, Limits, Plan, Scanned, Settings, plan_units, scan_corpus
from openbeian.corpus.checkpoint import Checkpoint
from openbeian.corpus.documents import problem_text
from openbeian.corpus.engines.choosing import EngineName, engine_named
from openbeian.corpus.folder import held, write_whole
from openbeian.corpus.manifest import MANIFEST, Manifest, given_manifest, make_manifest, read_manifest
from openbeian.corpus.record import EVIDENCE, begin, commitment_to, finish, is_another
from openbeian.dossier.signing import load_or_make_key, run_signer, write_public_key
from openbeian.evidence import SeedSource

__all__ = ["EXAMPLE", "HELP", "scan"]

HELP = Text("扫描语料；中断后运行同一命令即继续", "Scan; the same command goes on after a crash")
EXAMPLE = "beian corpus scan data/ --keywords keywords.jsonl --out scan1 --workers 8"
_PROBLEMS_SHOWN: Final = 10
_SCANNING: Final = Text("扫描（MB）", "Scanning (MB)")


@guarded
def scan(
    paths: CorpusPaths,
    out_dir: Annotated[Path, typer.Option("--out", help=say(Text("输出目录", "Output directory")))],
    keywords: Annotated[Path | None, typer.Option(help=say(Text("关键词库文件", "Keyword library")))] = None,
    text_field: Annotated[str, typer.Option(help=say(Text("正文字段", "Field of the text")))] = "text",
    source_field: Annotated[str, typer.Option(help=say(Text("来源字段", "Field of the source")))] = "source",
    id_field: Annotated[str, typer.Option(help=say(Text("编号字段", "Field of the id")))] = "id",
    workers: Annotated[int, typer.Option(min=1, help=say(Text("进程数", "Processes")))] = 1,
    engine: Annotated[
        EngineName, typer.Option(help=say(Text("在何处运行：本机进程或集群", "Processes here, or a cluster")))
    ] = EngineName.LOCAL,
    cluster: Annotated[
        str,
        typer.Option(help=say(Text("集群地址；省略则在本机启动", "Its address; else one is started here"))),
    ] = "",
    unit_mb: Annotated[int, typer.Option(min=1, help=say(Text("每个工作单元的 MB 数", "MB a unit")))] = 64,
    sample: Annotated[int, typer.Option(min=1, help=say(Text("抽样条数", "Size of the sample")))] = 4000,
    per_source: Annotated[int, typer.Option(min=1, help=say(Text("每个来源抽样", "Of each source")))] = 300,
    manifest: Annotated[
        Path | None,
        typer.Option(
            help=say(
                Text(
                    "先前生成的语料清单；省略则先逐个文件计算 SHA-256",
                    "The corpus's manifest, made before; without it every file is hashed first",
                )
            )
        ),
    ] = None,
    seed: SeedFrom = "commitment",
    checkpoint: CheckpointFile = None,
    log_key: LogKeyOption = "",
    near_duplicates: Annotated[
        bool, typer.Option("--near-duplicates", help=say(Text("也找近重复", "Find near-duplicates too")))
    ] = False,
    strict: Annotated[bool, typer.Option(help=say(Text("遇错即停", "Stop at bad input")))] = False,
    sign_key: SignKey = None,
    as_json: AsJSON = False,
    quiet: Quiet = False,
) -> None:
    """Commit to the corpus, draw, read everything once, and write evidence and result."""
    chosen = engine_named(engine, cluster)
    plan = plan_units(paths, unit_bytes=unit_mb << 20)
    library = load_keywords(keywords) if keywords else None
    fields, limits = Fields(text_field, source_field, id_field), Limits(sample, per_source)
    quiet = quiet or as_json
    listed = (
        given_manifest(manifest, plan.files)
        if manifest
        else _made_manifest(plan, out_dir, workers=workers, quiet=quiet)
    )
    commitment = commitment_to(
        listed,
        is_given=manifest is not None,
        fields=fields._asdict(),
        keywords=_committed(library) if library else None,
        limits=limits._asdict(),
    )

    def source(commitment: str) -> SeedSource:
        return chosen_seed(seed, checkpoint, log_key, commitment=commitment)

    begun = begin(out_dir, listed, commitment, source, at=now())
    pairs = tuple(library.entries()) if library else ()
    settings = Settings(pairs, begun.seed, fields, limits, strict, near_duplicates)
    with megabytes(_SCANNING, sum(unit.size for unit in plan.units), quiet=quiet) as progress:
        scanned = scan_corpus(plan, settings, out_dir, engine=chosen, workers=workers, progress=progress)
    head = finish(out_dir, scanned, at=now())
    Checkpoint(out_dir, plan, "", limits).remove()
    if sign_key:
        signer = load_or_make_key(sign_key)
        write_whole(out_dir / "head.dsse.json", run_signer(signer)(head, now()))
        write_public_key(out_dir, signer)
    _print_total(scanned, out_dir, as_json=as_json)


def _committed(library: KeywordLibrary) -> dict[str, Any]:
    """Return what a scan is committed to of its keywords: their name and hash, and how many each risk has."""
    risks = Counter(keyword.risk for keyword in library.keywords)
    return {**library.seal.as_json(), "risks": dict(sorted(risks.items()))}


def _made_manifest(plan: Plan, folder: Path, *, workers: int, quiet: bool) -> Manifest:
    """Return the manifest in the folder, which an interrupted scan may have made already."""
    path = folder / MANIFEST
    with held(folder):
        if path.exists() and (made := read_manifest(path)).is_of(plan.files):
            return made
        if (folder / EVIDENCE).exists():
            raise is_another(folder)
        with megabytes(HASHING, sum(max(0, file.size) for file in plan.files), quiet=quiet) as progress:
            return make_manifest(plan.files, path, workers=workers, progress=progress)


def _print_total(scanned: Scanned, folder: Path, *, as_json: bool) -> None:
    counts = scanned.tally.total().counts
    problems = sum(scanned.tally.problem_counts.values())
    if as_json:
        near = {"near_duplicates": scanned.near.total._asdict()} if scanned.near else {}
        print_json({**counts, "duplicates": scanned.duplicates.total, "problems": problems, **near})
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
    if scanned.near:
        clusters, texts = scanned.near.total
        out.print(
            say(
                Text(
                    f"近重复：{texts:,} 条不同的文本分属 {clusters:,} 组。",
                    f"Near-duplicates: {texts:,} distinct texts in {clusters:,} clusters.",
                )
            )
        )
    for problem in islice(scanned.tally.problems, _PROBLEMS_SHOWN):
        error_console.print(say(problem_text(problem)), markup=False, soft_wrap=True)
    if problems > _PROBLEMS_SHOWN:
        more = Text(f"其余见 {folder / 'result.json'}", f"The others are in {folder / 'result.json'}")
        error_console.print(say(more), markup=False, soft_wrap=True)
    out.print(say(Text(f"下一步：beian corpus report {folder}", f"Next: beian corpus report {folder}")))
