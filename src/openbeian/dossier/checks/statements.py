"""Statements that software can only look for: whether they are true is for people to judge."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from openbeian.core.text import Text
from openbeian.dossier.checks.registry import Dossier, Finding, Report, check, check_of, in_whole
from openbeian.dossier.reading import plain
from openbeian.standards.reading import Entry, read_file

__all__: list[str] = []

_DATA: Final = Path(__file__).parent / "data" / "statements.yaml"
_CLICKS: Final = re.compile(r"(\d+|[一二两三四五六七八九十]+)(?:次|步)(?:点击|操作|点按)?|(\d+)clicks?")
_NUMERALS: Final = {one: at for at, one in enumerate("一二三四五六七八九十", 1)} | {"两": 2}
_MANY: Final = 11
"""What a number of several Chinese digits is at least."""


class _Statement(NamedTuple):
    """What has to be said: in an entry of the form or in documents, by one word of each group."""

    facts: tuple[str, ...]
    documents: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    mend: Text


def _check(statement: _Statement, dossier: Dossier, report: Report) -> Iterator[Finding]:
    where = [dossier.fact(name) for name in statement.facts]
    documents = [content for kind in statement.documents for _, content in dossier.documents(kind)]
    if statement.documents and not documents and not any(where):
        # That a document is missing, or can't be read, is said elsewhere.
        return
    text = plain("\n".join([*where, *(content.text for content in documents)])).lower()
    missing = [group for group in statement.groups if not any(plain(word).lower() in text for word in group)]
    if missing:
        subject = statement.facts[0] if statement.facts else statement.documents[0]
        found = "、".join(group[0] for group in missing)
        english = ", ".join(group[-1] for group in missing)
        yield report(subject, Text(f"没有写明：{found}", f"Nothing is said of: {english}"), statement.mend)


def _register(entry: Entry) -> None:
    groups = tuple(tuple(str(word) for word in one.strings("words")) for one in entry.entries("groups"))
    statement = _Statement(entry.strings("facts"), entry.strings("documents"), groups, entry.text("mend"))
    check_of(entry, partial(_check, statement), severity="warning", applies=in_whole)


for _entry in read_file(_DATA).entries("statements"):
    _register(_entry)


@check(
    "Q25",
    clause="7 c)",
    severity="warning",
    title=Text("关闭输入用于训练不超过 4 次点击", "Training on input is switched off in at most 4 clicks"),
)
def _clicks(dossier: Dossier, report: Report) -> Iterator[Finding]:
    most = dossier.edition.number("measure.optout.clicks")
    counts = [
        _count(match[1] or match[2]) for match in _CLICKS.finditer(plain(dossier.fact("measures.opt_out")))
    ]
    if counts and max(counts) > most:
        yield report(
            "measures.opt_out",
            Text(
                f"写的是 {max(counts)} 次点击，上限 {most} 次",
                f"It says {max(counts)} clicks; the limit is {most}",
            ),
            Text("缩短从主界面到关闭选项的路径", "Shorten the way from the main screen to the option"),
        )


def _count(written: str) -> int:
    return int(written) if written.isdecimal() else _NUMERALS.get(written, _MANY)
