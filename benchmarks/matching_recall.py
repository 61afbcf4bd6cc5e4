# ruff: noqa: E501  the page that is written has long lines
"""Measure keyword matching and personal information: what is found of what is hidden, and what wrongly.

Run: python benchmarks/matching_recall.py CORPUS_FOLDER KEYWORDS.txt.gz [--write docs/reference/matching.md]

CORPUS_FOLDER holds *.jsonl or *.jsonl.gz with a field `text`: real text, taken as clean. KEYWORDS is a list, a
term a line. Evasions are made without the matcher's tables:

- lookalikes by drawing all letters of the basic plane with two fonts and comparing the pictures;
- separators from the keyboard and the symbols of GB 2312, with some emoji;
- invisible characters by their category in Unicode (Cf, and fillers and selectors by name);
- traditional characters by pairs that are listed here;
- pinyin by pypinyin, which the matcher uses too, so there only precision tells anything.
"""

import argparse
import gzip
import random
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import orjson
from matching_made.digits import NOISE, PLANTED
from matching_made.evasions import (
    HAN_FONT,
    LATIN_FONT,
    TRADITIONAL,
    Hide,
    among,
    at_one,
    between_all,
    each,
    han_lookalikes,
    hidden_in,
    invisible,
    latin_lookalikes,
    separators,
    wide,
)

from openbeian.corpus.personal import PERSONAL_LABELS, PersonalKind, find_personal
from openbeian.corpus.scripts import scripts
from openbeian.matching import Keyword, KeywordMatcher, fold, join_texts
from openbeian.matching.spellings import SPELLING_LABELS, Spelling, spellings

DOCUMENT = 800
DOCUMENTS = 12_000
TERMS = 4_000


class Row(NamedTuple):
    """One line of the table of recall."""

    name: str
    found: int
    hidden: int
    aim: str


def texts_of(folder: Path) -> Iterator[str]:
    """Yield the texts of all JSONL files of a folder."""
    for path in sorted(folder.glob("*.jsonl*")):
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            for line in islice(file, 6000):
                yield orjson.loads(line)["text"]


def documents(folder: Path) -> list[str]:
    """Return documents of one length, cut from all of the text at even distances."""
    pool = "\n".join(texts_of(folder))
    step = max(DOCUMENT, len(pool) // DOCUMENTS)
    return [pool[at : at + DOCUMENT] for at in range(0, len(pool) - DOCUMENT, step)]


def recall(matcher: KeywordMatcher, terms: Sequence[str], hide: Hide, pool: Sequence[str]) -> tuple[int, int]:
    """Return how many terms are found where they stand hidden in clean text, of how many that could be."""
    chance = random.Random(5)  # noqa: S311  the same evasions at every run
    planted: list[tuple[str, str, int]] = []
    for number, term in enumerate(terms):
        hidden = hide(term, chance)
        if hidden is not None and hidden != term:
            around = pool[number % len(pool)]
            cut = chance.randrange(100, 200)
            edges = ("，", "。") if term[0].isascii() or term[-1].isascii() else ("", "")
            text = around[:cut] + edges[0] + hidden + edges[1] + around[cut:300]
            planted.append((term, text, cut + len(edges[0])))
    found = 0
    for (term, _, at), hits in zip(planted, matcher.find_many([text for _, text, _ in planted]), strict=True):
        found += any(hit.term == term and hit.start <= at + 1 and hit.end > at for hit in hits)
    return found, len(planted)


def rows_of_recall(matcher: KeywordMatcher, terms: Sequence[str], pool: Sequence[str]) -> list[Row]:
    """Return the table of recall."""
    signs = separators()
    marks = [one for one in signs if unicodedata.category(one)[0] == "S" and one not in "<>¨"]
    marks += list("*#@&%_")
    latin = among(latin_lookalikes())
    hides: list[tuple[str, Hide, str]] = [
        ("宽度 width", each(wide), "99 %"),
        ("大小写 case", each(lambda one, _: one.swapcase()), "99 %"),
        ("繁体 traditional", each(lambda one, _: TRADITIONAL.get(one, one)), "99 %"),
        ("零宽 zero-width", hidden_in(invisible()), "99 %"),
        ("分隔符，每字之间 separators between all letters, 3 letters and more", between_all(signs), "97 %"),
        ("一个符号，三字以上 one mark, 3 characters and more", at_one(marks, range(3, 99)), "97 %"),
        ("一个符号，两字词 one mark, words of 2 characters", at_one(marks, range(2, 3)), "97 %"),
        ("一个标点，两字词 one sign of punctuation, words of 2", at_one(" ,.、。-/·", range(2, 3)), "—"),
        ("形近字，拉丁词 lookalikes, Latin terms", each(latin), "95 %"),
        ("形近字，汉字词 lookalikes, Chinese terms", each(among(han_lookalikes(terms))), "95 %"),
    ]
    english = [term for term in terms if term.isascii() and term.isalpha()]
    rows = []
    for name, hide, aim in hides:
        of = english * 8 if "Latin" in name else terms
        rows.append(Row(name, *recall(matcher, of, hide, pool), aim))
    return rows


def excess(entries: Sequence[str], docs: Sequence[str], *, disguises: bool) -> tuple[int, int]:
    """Return how many clean documents are hit though no term stands in them literally, and how many are hit."""
    matcher = KeywordMatcher([(term, "A.1.a") for term in entries], disguises=disguises)
    more = hit = 0
    for at in range(0, len(docs), 1000):
        part = docs[at : at + 1000]
        for text, hits in zip(part, matcher.find_many(part), strict=True):
            literal = any(text[one.start : one.end] == one.term for one in hits)
            hit += bool(hits)
            more += bool(hits) and not literal
    return more, hit


def precision_of(way: Spelling, terms: Sequence[str], docs: Sequence[str]) -> tuple[int, int, int]:
    """Return the clean documents a spelling hits, and of one planted in a hundred documents how many are found."""
    chinese = [term for term in terms if all("\u4e00" <= one < "\u9fff" for one in term)]
    chance = random.Random(6)  # noqa: S311
    matcher = KeywordMatcher([Keyword(term, "A.1.a", (), (way,)) for term in chinese], disguises=False)
    plain = KeywordMatcher([(term, "A.1.a") for term in chinese], disguises=False)
    wrong = found = planted = 0
    for at in range(0, len(docs), 1000):
        part = docs[at : at + 1000]
        for hits, less in zip(matcher.find_many(part), plain.find_many(part), strict=True):
            wrong += len(hits) > len(less)
    written = [list(spellings(fold(term), [way])) for term in chance.sample(chinese, len(chinese))]
    texts = [f"{docs[at][:200]}，{chance.choice(ways)}。" for at, ways in enumerate(written) if ways]
    texts = texts[: len(docs) // 100]
    planted = len(texts)
    found = sum(
        any(hit.end > len(text) - 2 for hit in hits)
        for text, hits in zip(texts, matcher.find_many(texts), strict=True)
    )
    return wrong, found, planted


def personal() -> tuple[dict[PersonalKind, tuple[int, int]], int, int]:
    """Return what is found of each kind planted among digits, and what is found that nobody planted."""
    chance = random.Random(8)  # noqa: S311
    texts, wanted = [], []
    for number in range(14_000):
        kind = list(PLANTED)[number % len(PLANTED)]
        noise = [one(chance) for one in chance.choices(NOISE, k=20)]
        at = chance.randrange(len(noise))
        texts.append("，".join([*noise[:at], PLANTED[kind](chance), *noise[at:]]))
        wanted.append(kind)
    joined = join_texts(texts)
    found = find_personal(joined, scripts(joined.units))
    right = {(one.owner, one.kind) for one in found if one.kind is wanted[one.owner]}
    counted = {
        kind: (sum(wanted[owner] is kind for owner, _ in right), wanted.count(kind)) for kind in PLANTED
    }
    return counted, len(found) - len(right), len(texts) * 20


def cost(terms: Sequence[str], docs: Sequence[str]) -> tuple[float, float, float]:
    """Return nanoseconds of processor time a UTF-16 unit: folding, exact matching, and all of it."""
    joined = [join_texts(docs[at : at + 1000]) for at in range(0, len(docs), 1000)]
    exact = KeywordMatcher([(term, "a") for term in terms], disguises=False)
    every = KeywordMatcher([(term, "a") for term in terms])
    works: tuple[Callable[[], object], ...] = (
        lambda: [join_texts(docs[at : at + 1000]) for at in range(0, len(docs), 1000)],
        lambda: [exact.find_joined(one) for one in joined],
        lambda: [every.find_joined(one) for one in joined],
    )
    best = [float("inf")] * len(works)
    for _ in range(3):
        for at, work in enumerate(works):
            started = time.process_time()
            work()
            best[at] = min(best[at], time.process_time() - started)
    units = sum(len(one.units) for one in joined)
    return best[0] / units * 1e9, best[1] / units * 1e9, best[2] / units * 1e9


def share(count: int, whole: int) -> str:
    """Return a share in percent."""
    return f"{100 * count / whole:.2f} %" if whole else "–"


def page(folder: Path, words: list[str]) -> Iterator[str]:
    """Yield the lines of the page."""
    docs = documents(folder)
    chosen = random.Random(3).sample(words, min(TERMS, len(words)))  # noqa: S311
    chosen += [word for word in words if word.isascii() and word.isalpha() and word not in set(chosen)]
    # What the corpora never hold literally: each hit in them is one more than exact matching has.
    whole = "\n".join(docs).lower()
    rare = [word for word in chosen if word.lower() not in whole]
    yield "# Keyword matching and personal information, measured · 关键词匹配与个人信息识别实测\n"
    yield "    python benchmarks/matching_recall.py CORPUS_FOLDER KEYWORDS.txt.gz --write docs/reference/matching.md\n"
    today = datetime.now(UTC).date().isoformat()  # noqa: TID251  a benchmark dates its own table
    yield f"Written by that command on {today}: {len(words)} words of a real list, of them {len(chosen)} for the evasions;"
    yield f"{len(docs)} passages of {DOCUMENT} characters of real Chinese laws, histories and poetry as clean text.\n"
    yield (__doc__ or "").split("\n\n", 2)[2].strip() + "\n"
    yield "## Found of what is hidden · 规避写法的查全率\n"
    yield "| evasion | found | of | recall | aim |\n|---|---|---|---|---|"
    matcher = KeywordMatcher([(term, "A.1.a") for term in chosen])
    for row in rows_of_recall(matcher, chosen, docs):
        yield f"| {row.name} | {row.found} | {row.hidden} | {share(row.found, row.hidden)} | {row.aim} |"
    yield from page_of_excess(words, rare, docs)
    yield from page_of_spellings(rare, docs)
    yield from page_of_cost(rare, docs)
    yield from page_of_personal()


def page_of_excess(words: list[str], rare: list[str], docs: list[str]) -> Iterator[str]:
    """Yield what clean text is hit more than by exact matching."""
    yield "\n## Hit beyond exact matching in clean text · 干净文本的多余命中\n"
    yield "Documents that are hit though no term stands in them literally (aim: at most 0.1 %).\n"
    yield "| list | folding alone | everything | of |\n|---|---|---|---|"
    for name, of in (
        (f"the whole list ({len(words)})", words),
        (f"what the text never holds ({len(rare)})", rare),
    ):
        folded, every = (excess(of, docs, disguises=one)[0] for one in (False, True))
        yield f"| {name} | {folded} ({share(folded, len(docs))}) | {every} ({share(every, len(docs))}) | {len(docs)} |"


def page_of_spellings(rare: list[str], docs: list[str]) -> Iterator[str]:
    """Yield the precision of the optional spellings."""
    yield "\n## Optional spellings · 可选变体\n"
    yield "Off unless a list asks. One document in a hundred holds one that is meant; precision is their share of all hit.\n"
    yield "| spelling | innocent documents hit | found | precision |\n|---|---|---|---|"
    for way in Spelling:
        wrong, found, planted = precision_of(way, rare, docs)
        label = SPELLING_LABELS[way]
        yield f"| {label.zh} {label.en} | {wrong} of {len(docs)} | {found} of {planted} | {share(found, found + wrong)} |"


def page_of_cost(rare: list[str], docs: list[str]) -> Iterator[str]:
    """Yield what evasions cost in clean text."""
    folding, exact, every = cost(rare, docs[:6000])
    yield "\n## What it costs in clean text · 干净文本的开销\n"
    yield f"Nanoseconds of processor time a UTF-16 unit, best of three, in one run on a shared machine: folding {folding:.1f},"
    yield f"exact matching {exact:.1f}, matching with disguises {every:.1f}."


def page_of_personal() -> Iterator[str]:
    """Yield what is found of personal information."""
    counted, wrong, noise = personal()
    right = sum(found for found, _ in counted.values())
    yield "\n## Personal information among digits · 数字密集文本中的个人信息\n"
    yield "One item among twenty numbers that are none: orders, parcels, dates, prices, landlines, hashes, ids, ISBN, coordinates.\n"
    yield "| kind | found | planted | recall (aim 99 %) |\n|---|---|---|---|"
    for kind, (found, planted) in counted.items():
        label = PERSONAL_LABELS[kind]
        yield f"| {label.zh} {label.en} | {found} | {planted} | {share(found, planted)} |"
    yield f"\nFound that nobody planted: {wrong} among {noise} numbers; precision {share(right, right + wrong)} (aim 98 %)."


def main() -> None:
    """Measure and print the page, or write it."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("keywords", type=Path)
    arguments.add_argument("--write", type=Path)
    given = arguments.parse_args()
    if not (given.folder.is_dir() and LATIN_FONT.is_file() and HAN_FONT.is_file()):
        sys.exit("skipped: the corpus or the fonts are not here")
    with gzip.open(given.keywords, "rt", encoding="utf-8") as file:
        words = [word for line in file if len(word := line.strip()) > 1 and fold(word).strip()]
    text = "\n".join(page(given.folder, words)) + "\n"
    if given.write:
        given.write.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
