"""`beian bulletin build`: writes the bulletin of a round or a period from the portal's register."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openbeian.assessment import Target
from openbeian.bulletins import Bulletin, bulletin_pdf, chart_csv, standalone_page, to_json
from openbeian.cli.bulletin_polish import Kept, polish
from openbeian.cli.console import error_console, guarded, out, print_json, say
from openbeian.cli.options import AsJSON, Force, OnDay, chosen_day
from openbeian.core.errors import BadInputError
from openbeian.core.jurisdictions import find_jurisdiction
from openbeian.core.text import LANGUAGES, Language, Text
from openbeian.standards import load_jurisdictions
from openbeian.trust.bulletins import sign_bulletin
from openbeian.trust.files import replace_file

if TYPE_CHECKING:
    from openbeian.portal.filings.models import Round

__all__ = ["EXAMPLE", "HELP", "build"]

HELP = Text(
    "由门户的登记册生成一批或一期的公报：JSON、网页、PDF、DOCX 和图表的 CSV；不发布",
    "Write the bulletin of a round or period from the portal's register: JSON, page, PDF, DOCX and the "
    "charts' CSV; publishes nothing",
)
_UNPOLISHED = Text("保持原句：", "Kept as it was:")
EXAMPLE = "beian bulletin build --period 2026Q1 --jurisdiction GD --out 公报"


@guarded
def build(
    out_dir: Annotated[
        Path, typer.Option("--out", metavar="DIR", help=say(Text("输出目录", "Directory to write to")))
    ],
    round_series: Annotated[
        int | None,
        typer.Option("--round", metavar="N", help=say(Text("第几批", "The round, by its number"))),
    ] = None,
    period: Annotated[
        str,
        typer.Option(
            metavar="PERIOD",
            help=say(
                Text("期间：2026、2026H1、2026Q1、2026-03", "The period: 2026, 2026H1, 2026Q1 or 2026-03")
            ),
        ),
    ] = "",
    jurisdiction: Annotated[
        str, typer.Option(metavar="CODE", help=say(Text("属地，如 GD", "Jurisdiction, such as GD")))
    ] = "",
    lang: Annotated[str, typer.Option(metavar="zh|en|both", help=say(Text("语言", "Language")))] = "both",
    polish_with: Annotated[
        str,
        typer.Option(
            "--polish-with",
            metavar="URL",
            help=say(
                Text(
                    "用此地址的语言模型润色；数字有变的句子保持原样并说明",
                    "Let the language model there polish; sentences whose figures changed stay as they were",
                )
            ),
        ),
    ] = "",
    polish_model: Annotated[
        str, typer.Option("--polish-model", metavar="NAME", help=say(Text("模型名称", "Its name")))
    ] = "",
    polish_key_env: Annotated[
        str,
        typer.Option(
            "--polish-key-env",
            metavar="NAME",
            help=say(Text("存放密钥的环境变量", "The environment variable that holds its key")),
        ),
    ] = "",
    on: OnDay = "",
    force: Force = False,
    as_json: AsJSON = False,
) -> None:
    """Write the files; the database is that of BEIAN_HOME or DATABASE_URL."""
    languages, day = _languages(lang), chosen_day(on)
    polisher = _polisher(polish_with, polish_model, polish_key_env)
    code = find_jurisdiction(load_jurisdictions().values(), jurisdiction).code if jurisdiction else ""

    from openbeian.portal import server  # noqa: PLC0415  Django is only loaded for this command

    server.prepare()
    from openbeian.portal.bulletins.counting import count_bulletin, scope_of  # noqa: PLC0415

    held = None if round_series is None else _round(round_series)
    scope = scope_of(round_=held, period=period, jurisdiction=code)
    bulletin, kept = count_bulletin(scope, on=day), list[Kept]()
    if polisher is not None:
        bulletin, kept = polish(bulletin, polisher)
    written = _write(_files(bulletin, languages), out_dir, force=force)
    if as_json:
        unpolished = [{"sentence": one.sentence, "reason": say(one.reason)} for one in kept]
        print_json(
            {"slug": bulletin.slug, "files": [str(file) for file in written], "unpolished": unpolished}
        )
    else:
        for one in kept:
            error_console.print(f"{say(_UNPOLISHED)} {one.sentence} ({say(one.reason)})", markup=False)
        for file in written:
            out.print(str(file), markup=False, soft_wrap=True)


def _polisher(url: str, model: str, key_env: str) -> Target | None:
    if bool(url) != bool(model):
        raise BadInputError(
            "--polish-with 与 --polish-model 须同时给出。", "--polish-with and --polish-model go together."
        )
    return Target(url, model, key_env=key_env or None) if url else None


def _languages(lang: str) -> tuple[Language, ...]:
    chosen = LANGUAGES if lang == "both" else tuple(one for one in LANGUAGES if one == lang)
    if not chosen:
        raise BadInputError(
            f"--lang「{lang}」应为 zh、en 或 both。", f"--lang “{lang}” must be zh, en or both."
        )
    return chosen


def _round(series: int) -> "Round":
    from openbeian.portal.filings.models import Round  # noqa: PLC0415  Django is set up by now

    found = Round.objects.filter(series=series).first()
    if found is None:
        raise BadInputError(
            f"没有第 {series} 批；批次及其序号见门户的批次页。",
            f"There is no round {series}; the portal's page of rounds lists them with their numbers.",
        )
    return found


def _files(bulletin: Bulletin, languages: tuple[Language, ...]) -> dict[str, bytes]:
    """Return every file by its name: all are made before the first one is written."""
    from openbeian.bulletins.word_file import bulletin_docx  # noqa: PLC0415  takes long to load

    source = sign_bulletin(to_json(bulletin))
    files = {f"{bulletin.slug}.json": source}
    files |= {f"{bulletin.slug}-{one.id}.csv": chart_csv(one).encode() for one in bulletin.charts}
    for one in languages:
        files |= {
            f"{bulletin.slug}.{one}.html": standalone_page(bulletin, one).encode(),
            f"{bulletin.slug}.{one}.pdf": bulletin_pdf(bulletin, one, source=source),
            f"{bulletin.slug}.{one}.docx": bulletin_docx(bulletin, one),
        }
    return files


def _write(files: dict[str, bytes], folder: Path, *, force: bool) -> list[Path]:
    present = [name for name in files if (folder / name).exists()]
    if present and not force:
        raise BadInputError(
            f"{folder} 中已有 {present[0]}；请换一个目录，或用 --force 覆盖。",
            f"{folder} holds {present[0]} already; choose another directory, or overwrite with --force.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        replace_file(folder / name, data)
    return [folder / name for name in files]
