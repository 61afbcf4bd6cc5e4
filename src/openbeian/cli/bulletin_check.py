"""`beian bulletin check`: finds every figure of a bulletin again in the open data."""

from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from openbeian.bulletins import (
    OUTCOME_LABELS,
    SCHEMA,
    Checked,
    check,
    read_file,
    read_office_days,
    read_rows,
)
from openbeian.bulletins.words import described
from openbeian.cli.console import guarded, language, out, print_json, say
from openbeian.cli.options import AsJSON
from openbeian.core.bulletin_figures import Recount, Value
from openbeian.core.errors import BadInputError, DomainError
from openbeian.core.text import Text
from openbeian.trust.bulletins import verify_bulletin
from openbeian_gate.errors import GateError
from openbeian_gate.verify.keys import parse_keys

__all__ = ["EXAMPLE", "HELP", "NotAsSignedError", "check_bulletin"]

HELP = Text(
    "用公开的登记册重算公报的每个数字；有不同的，退出码为 1",
    "Find every figure of a bulletin again in the open register; exits 1 where one differs",
)
EXAMPLE = (
    "beian bulletin check round-3-gd.json --register register.jsonl "
    "--statistics days-to-certificate-by-office.csv"
)


class NotAsSignedError(DomainError):
    """The bulletin is not what a trusted key has signed."""

    code = "not_as_signed"
    exit_code = 1


@guarded
def check_bulletin(
    file: Annotated[Path, typer.Argument(help=say(Text("公报的 JSON", "The bulletin's JSON")))],
    register: Annotated[
        Path,
        typer.Option(
            "--register", metavar="FILE", help=say(Text("登记册的 JSONL", "The register, as JSONL"))
        ),
    ],
    statistics: Annotated[
        Path | None,
        typer.Option(
            "--statistics",
            metavar="FILE",
            help=say(
                Text(
                    "统计 days-to-certificate-by-office 的 CSV 或 JSON；不给则办理用时不核对",
                    "The statistic days-to-certificate-by-office, CSV or JSON; else times stay unchecked",
                )
            ),
        ),
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(
            "--keys",
            metavar="FILE",
            help=say(Text("公钥文件，另核对签名", "Public keys: check the signature too")),
        ),
    ] = None,
    as_json: AsJSON = False,
) -> None:
    """Count everything anew; what could not be checked is said and is no success."""
    data = _read(file)
    bulletin, _ = read_file(data)
    if keys is not None:
        _check_signature(data, keys)
    office_days = None if statistics is None else read_office_days(_read(statistics))
    with _opened(register) as lines:
        recount = Recount(read_rows(lines), office_days or {})
    results = check(bulletin, recount, knows_office_days=office_days is not None)
    if as_json:
        print_json({"slug": bulletin.slug, "results": [_as_json(one) for one in results]})
    else:
        _print(results)
    if any(one.outcome == "differs" for one in results):
        raise typer.Exit(1)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise _unreadable(file, error) from error


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise _unreadable(file, error) from error


def _unreadable(file: Path, error: OSError) -> BadInputError:
    return BadInputError(
        f"无法读取 {file}（{error.strerror}）；请检查路径。",
        f"{file} can't be read ({error.strerror}); check the path.",
    )


def _check_signature(data: bytes, keys: Path) -> None:
    try:
        verify_bulletin(data, parse_keys(_read(keys)), schema=SCHEMA)
    except GateError as error:
        raise NotAsSignedError(
            f"公报的签名不成立：{error.text.zh}；请从发布处重新下载，并核对公钥。",
            f"The bulletin's signature does not hold: {error.text.en}; download it again, check the keys.",
        ) from error


def _print(results: list[Checked]) -> None:
    colours = {"found": "green", "differs": "red", "not checked": "yellow"}
    for one in results:
        label = f"[{colours[one.outcome]}]{say(OUTCOME_LABELS[one.outcome])}[/{colours[one.outcome]}]"
        out.print(f"{label} ", end="")
        counted = "" if one.outcome == "found" else f" → {_plain(one.counted)}"
        asked = described(one.query, "en" if language() == "en" else "zh")
        out.print(f"{one.name} = {_plain(one.stated)}{counted}  {asked}", markup=False, soft_wrap=True)
    counts = {outcome: sum(one.outcome == outcome for one in results) for outcome in OUTCOME_LABELS}
    out.print(
        "; ".join(f"{say(OUTCOME_LABELS[outcome])} {number}" for outcome, number in counts.items()),
        markup=False,
    )


def _plain(value: Value) -> str:
    return "—" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _as_json(one: Checked) -> dict[str, object]:
    return {
        "name": one.name,
        "outcome": one.outcome,
        "stated": one.stated,
        "counted": one.counted,
        "asked": described(one.query, "en" if language() == "en" else "zh"),
    }
