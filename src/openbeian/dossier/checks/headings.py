"""Documents have what they must: the required headings, all risks in the annotation rules, places to sign."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from openbeian.core.taxonomy import Risk
from openbeian.core.text import Text
from openbeian.dossier.checks.registry import Dossier, Finding, Report, check, check_of, in_whole
from openbeian.dossier.reading import Content, plain
from openbeian.dossier.stated import POSTS
from openbeian.standards.reading import Entry, read_file

__all__ = ["headings_of"]

_DATA: Final = Path(__file__).parent / "data" / "headings.yaml"
_LONGEST: Final = 40
"""A line of more characters is a sentence and no heading."""
_SHOWN: Final = 6
_SIGN: Final = ("签字", "签名", "签署", "signature", "sign here", "signed")


class _About(NamedTuple):
    """Something there must be a heading about, and the words by which it is known."""

    name: Text
    words: tuple[str, ...]


def headings_of(content: Content) -> list[str]:
    """Return the headings of a document, or its short lines where it marks none."""
    marked = [one.text for one in content.headings if one.level]
    return marked or [line for line in content.lines() if 0 < len(line.strip()) <= _LONGEST]


def _check(document: str, about: tuple[_About, ...], dossier: Dossier, report: Report) -> Iterator[Finding]:
    for attached, content in dossier.documents(document):
        if not content.text.strip():
            continue
        headings = plain("\n".join(headings_of(content))).lower()
        missing = [
            one.name for one in about if not any(plain(word).lower() in headings for word in one.words)
        ]
        if missing:
            yield report(
                attached.name,
                Text(
                    f"没有关于这些内容的标题：{'、'.join(one.zh for one in missing)}",
                    f"There is no heading about {'; '.join(one.en for one in missing)}",
                ),
                Text("补写这些章节", "Add these sections"),
            )


def _register(entry: Entry) -> None:
    about = tuple(_About(one.text("name"), one.strings("words")) for one in entry.entries("about"))
    made = partial(_check, entry.string("document"), about)
    check_of(entry, made, severity="warning", applies=in_whole)


for _entry in read_file(_DATA).entries("headings"):
    _register(_entry)


@check(
    "H04",
    clause="5.3 b)",
    severity="warning",
    title=Text("标注规则覆盖全部 31 种风险", "The annotation rules cover all 31 risks"),
    applies=in_whole,
)
def _all_risks(dossier: Dossier, report: Report) -> Iterator[Finding]:
    risks = dossier.edition.taxonomy.risks
    for attached, content in dossier.documents("annotation_rules"):
        text = content.plain.lower()
        missing = [risk for risk in risks if not _is_covered(risk, text)] if text else []
        if missing:
            shown = "、".join(risk.id for risk in missing[:_SHOWN]) + ("…" if len(missing) > _SHOWN else "")
            yield report(
                attached.name,
                Text(
                    f"有 {len(missing)} 种风险没有规则：{shown}",
                    f"{len(missing)} risks have no rule: {shown}",
                ),
                Text("为每种风险写明标注规则", "Write a rule for every risk"),
            )


def _is_covered(risk: Risk, text: str) -> bool:
    group, letter = risk.id[2], risk.id[4]
    named = re.search(rf"a\.?{group}[.\-]?\(?{letter}(?![a-z])", text)
    return bool(named) or any(plain(name).lower() in text for name in risk.text)


@check(
    "H08",
    clause="9.1 e)",
    severity="error",
    title=Text("签字页列有三个角色", "The signature page has the three roles"),
    applies=in_whole,
)
def _three_roles(dossier: Dossier, report: Report) -> Iterator[Finding]:
    for attached, content in dossier.documents("commitment"):
        text = content.plain.lower()
        if not text:
            continue
        missing = [post for post in POSTS.values() if not _has_post(post, text)]
        if missing or not any(plain(word) in text for word in _SIGN):
            yield report(
                attached.name,
                Text(
                    f"签字页缺少：{'、'.join(one.zh for one in missing) or '签字处'}",
                    f"The signature page lacks {', '.join(one.en for one in missing) or 'a place to sign'}",
                ),
                Text(
                    "为法定代表人、整体评估负责人、合法性评估负责人各留签字处",
                    "Give the legal representative and the two heads a place to sign each",
                ),
            )


def _has_post(post: Text, text: str) -> bool:
    # Forms of some provinces call the head of the whole assessment so.
    other = {"整体评估负责人": "安全评估负责人"}.get(post.zh, post.zh)
    return any(plain(word).lower() in text for word in (post.zh, post.en, other))
