"""Build and run the safety strategy: `python -m openbeian.interception.serve --upstream URL --port N`."""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

import uvicorn

from openbeian.classifiers.harm import HarmClassifier
from openbeian.core.errors import BadInputError, DomainError
from openbeian.interception.app import InterceptionApp
from openbeian.interception.decisions import Policy
from openbeian.matching import Keyword, KeywordEntry, KeywordMatcher, read_extras

__all__ = ["STARTER_KEYWORDS", "Config", "create_app", "load_keyword_pairs", "main"]

STARTER_KEYWORDS = Path(str(resources.files("openbeian"))) / "banks" / "keywords_starter.jsonl"
"""The library that is used where the operator names no other; it is small and says so itself."""


@dataclass(frozen=True, slots=True)
class Config:
    """What the strategy needs to run."""

    upstream_url: str
    keywords: Path = STARTER_KEYWORDS
    policy: Policy = field(default_factory=Policy)


def create_app(config: Config) -> InterceptionApp:
    """Load keyword library and classifier and return the ASGI application.

    Raises:
        BadInputError: The library, the model or the address is not what it should be.
    """
    matcher = KeywordMatcher(load_keyword_pairs(config.keywords))
    return InterceptionApp(config.upstream_url, matcher, HarmClassifier.load(), policy=config.policy)


def load_keyword_pairs(path: Path) -> list[KeywordEntry]:
    """Read the keywords of a library in JSON lines: term and risk, exceptions, spellings.

    Raises:
        BadInputError: The file can't be read, or one of its lines is no keyword.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(
            f"无法读取关键词库 {path}：请检查路径与编码（UTF-8）。",
            f"The keyword library {path} can't be read: check the path and the encoding (UTF-8).",
        ) from error
    always = _spellings_of_all(path, lines)
    return [
        _parse_pair(path, number, line, always) for number, line in enumerate(lines[1:], 2) if line.strip()
    ]


def _spellings_of_all(path: Path, lines: Sequence[str]) -> list[str]:
    try:
        head = json.loads(lines[0]) if lines else {}
        return [str(name) for name in head.get("spellings", ())]
    except (ValueError, AttributeError, TypeError) as error:
        raise _bad_line(path, 1) from error


def _parse_pair(path: Path, number: int, line: str, always: Sequence[str]) -> KeywordEntry:
    try:
        row = json.loads(line)
        term, risk = row["term"], row["risk"]
    except (ValueError, KeyError, TypeError) as error:
        raise _bad_line(path, number) from error
    if not (isinstance(term, str) and isinstance(risk, str)):
        raise _bad_line(path, number)
    lists = {name: value for name, value in row.items() if isinstance(value, list)}
    extras = read_extras(term, {}, lists, always)
    return Keyword(term, risk, *extras) if any(extras) else (term, risk)


def _bad_line(path: Path, number: int) -> BadInputError:
    return BadInputError(
        f"{path} 第 {number} 行不是关键词：应为含 term 与 risk 的 JSON 对象。",
        f"{path}, line {number} is no keyword: a JSON object with term and risk is needed.",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the strategy until it is ended; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m openbeian.interception.serve",
        description="Put the safety strategy before an OpenAI-compatible model.",
        epilog="example: --upstream http://127.0.0.1:8080 --port 8090",
    )
    parser.add_argument("--upstream", required=True, help="address of the model, without /v1")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8090, help="port to listen on (8090)")
    parser.add_argument("--keywords", type=Path, default=STARTER_KEYWORDS, help="keyword library, JSON lines")
    parser.add_argument("--threshold", type=float, help="intercept from this probability on")
    parser.add_argument(
        "--check-answers", action="store_true", help="search complete answers for keywords too"
    )
    chosen = parser.parse_args(arguments)
    try:
        policy = Policy(threshold=chosen.threshold, check_answers=chosen.check_answers)
        app = create_app(Config(chosen.upstream, chosen.keywords, policy))
    except DomainError as error:
        sys.stderr.write(f"{error.text.zh}\n{error.text.en}\n")
        return error.exit_code
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    uvicorn.run(app, host=chosen.host, port=chosen.port, log_level="warning")
    return 0


if __name__ == "__main__":
    sys.exit(main())
