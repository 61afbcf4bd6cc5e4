"""`beian judge`: answers from a file, each with a verdict added, apart from any assessment."""

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from openbeian.assessment import Judge, load_judges, load_keywords
from openbeian.assessment.judged_lines import judge_lines
from openbeian.cli.console import error_console, guarded, print_json, say
from openbeian.cli.options import AsJSON, example
from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.core.text import Text

__all__ = ["app"]

app = typer.Typer(
    help=say(Text("判定文件中的回答：拒答、关键词、有害", "Judge answers in a file: refusal, keyword, harm")),
    no_args_is_help=True,
)

_STREAM = "-"
Input = Annotated[
    str,
    typer.Option(
        "--input", help=say(Text("每行 prompt 与 response；- 为标准输入", "Lines of prompt, response; -"))
    ),
]
Output = Annotated[
    str,
    typer.Option("--output", help=say(Text("结果文件；- 为标准输出", "File of the verdicts; - is stdout"))),
]


@app.command(
    "refusal",
    help=say(Text("回答是否拒答", "Does the answer refuse, in part or not at all?")),
    epilog=example("beian judge refusal --input answers.jsonl --output verdicts.jsonl"),
)
@guarded
def refusal(source: Input, target: Output = _STREAM, as_json: AsJSON = False) -> None:
    """Add `refuse`, `partial` or `comply` to each answer."""
    _judge_file(source, target, lambda: load_judges(None, ["refusal"])[0], as_json=as_json)


@app.command(
    "keyword",
    help=say(Text("回答是否命中关键词", "Does a keyword stand in the answer?")),
    epilog=example("beian judge keyword --keywords keywords.jsonl --input answers.jsonl --output hits.jsonl"),
)
@guarded
def keyword(
    source: Input,
    keywords: Annotated[Path, typer.Option(help=say(Text("关键词库文件", "Keyword library")))],
    target: Output = _STREAM,
    as_json: AsJSON = False,
) -> None:
    """Add `hit`, with risks and positions, or `clean` to each answer."""
    _judge_file(source, target, lambda: load_judges(load_keywords(keywords), ["keyword"])[0], as_json=as_json)


@app.command(
    "harm",
    help=say(Text("回答是否安全", "Is the answer safe?")),
    epilog=example("beian judge harm --input answers.jsonl --output verdicts.jsonl"),
)
@guarded
def harm(source: Input, target: Output = _STREAM, as_json: AsJSON = False) -> None:
    """Add `safe`, or `unsafe` with the likeliest risk, to each answer."""
    _judge_file(source, target, lambda: load_judges(None, ["classifier"])[0], as_json=as_json)


def _judge_file(source: str, target: str, load: Callable[[], Judge], *, as_json: bool) -> None:
    if as_json and target == _STREAM:
        raise BadInputError(
            "--json 与 --output - 都要用标准输出；请用 --output 指定结果文件。",
            "--json and --output - both want standard output; name a file with --output.",
        )
    judge = load()
    name = "stdin" if source == _STREAM else source
    began_s = time.perf_counter()
    verdicts: Counter[str] = Counter()
    with _opened(source) as lines, _whole(target) as out:
        for one in judge_lines(judge, lines, name=name):
            out.write(one.line)
            verdicts[one.value] += 1
    took_s = time.perf_counter() - began_s
    answers, per_s = verdicts.total(), verdicts.total() / took_s
    if as_json:
        about = {"judge": judge.name, "version": judge.version}
        print_json(
            {**about, "answers": answers, "verdicts": dict(verdicts), "answers_per_s": round(per_s, 1)}
        )
        return
    counts = ", ".join(f"{value} {count}" for value, count in sorted(verdicts.items()))
    rate = say(Text(f"{answers} 个回答，每秒 {per_s:,.0f} 个", f"{answers} answers, {per_s:,.0f}/s"))
    error_console.print(f"{rate}: {counts}" if counts else rate, markup=False)


@contextmanager
def _opened(source: str) -> Iterator[BinaryIO]:
    if source == _STREAM:
        yield sys.stdin.buffer
        return
    try:
        file = Path(source).open("rb")  # noqa: SIM115  closed below; what fails inside is no reading error
    except OSError as error:
        raise BadInputError(
            f"{source} 无法读取（{error.strerror}）；请核对路径。",
            f"{source} can't be read ({error.strerror}); check the path.",
        ) from error
    with file:
        yield file


@contextmanager
def _whole(target: str) -> Iterator[BinaryIO]:
    """Give a file that gets its name only when everything is in it; what goes to stdout goes line by line."""
    if target == _STREAM:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(target)
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise CouldNotRunError(
            f"无法写入 {target}（{error.strerror}）；请换一个位置。",
            f"{target} can't be written ({error.strerror}); choose another place.",
        ) from error
    finally:
        part.unlink(missing_ok=True)
