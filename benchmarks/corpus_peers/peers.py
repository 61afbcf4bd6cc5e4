"""What others take for the same part of a corpus; run by the Python of their own environment.

Run: python peers.py PART.jsonl WORDS.txt; prints a list of rows as JSON in its last line. Each row has its
share of what orjson takes in this process. A program that is not installed has a row that says so.
"""

# ruff: noqa: PLC0415  what is not installed is said to be missing

import json
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import orjson

ROUNDS = 2
Row = dict[str, Any]


def seconds(do: Callable[[], int]) -> tuple[float, int]:
    """Return the least processor time of some runs, and what they return."""
    times, found = [], 0
    for _ in range(ROUNDS):
        started = time.process_time()
        found = do()
        times.append(time.process_time() - started)
    return min(times), found


def texts(part: Path) -> Iterator[str]:
    """Yield the texts, read by orjson."""
    with part.open("rb") as file:
        for line in file:
            yield orjson.loads(line)["text"]


def pyahocorasick_loop(part: Path, words: list[str]) -> Callable[[], int]:
    """Python's json and pyahocorasick in a loop."""
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for word in words:
        automaton.add_word(word, word)
    automaton.make_automaton()

    def run() -> int:
        found = 0
        with part.open(encoding="utf-8") as file:
            for line in file:
                found += next(automaton.iter(json.loads(line)["text"]), None) is not None
        return found

    return run


def datatrove_filter(part: Path, words: list[str]) -> Callable[[], int]:
    """The reader of datatrove, and a filter of ours with ahocorasick_rs."""
    import ahocorasick_rs
    from datatrove.pipeline.filters import LambdaFilter
    from datatrove.pipeline.readers import JsonlReader

    automaton = ahocorasick_rs.AhoCorasick(words)
    keep = LambdaFilter(lambda document: not automaton.find_matches_as_indexes(document.text))

    count = sum(1 for _ in texts(part))

    def run() -> int:
        reader = JsonlReader(str(part.parent), glob_pattern=part.name)
        return count - sum(1 for _ in keep.run(reader.run(None, 0, 1), 0, 1))

    return run


def data_juicer_words(part: Path, words: list[str]) -> Callable[[], int]:
    """The operator of data-juicer for flagged words, called directly, with the list as its own."""
    from data_juicer.ops.filter.flagged_words_filter import FlaggedWordFilter

    folder = part.parent / "flagged"
    folder.mkdir(exist_ok=True)
    (folder / "flagged_words.json").write_text(json.dumps({"zh": words}), "utf-8")
    operator = FlaggedWordFilter(
        lang="zh", tokenization=False, max_ratio=0.0, flagged_words_dir=str(folder), use_words_aug=True
    )

    def run() -> int:
        every = list(texts(part))
        batch = {"text": every, "__dj__stats__": [{} for _ in every]}
        return sum(not kept for kept in operator.process_batched(operator.compute_stats_batched(batch)))

    return run


def data_juicer_personal(part: Path, _words: list[str]) -> Callable[[], int]:
    """The operator of data-juicer that redacts personal information, called directly."""
    from data_juicer.ops.mapper.pii_redaction_mapper import PiiRedactionMapper

    operator = PiiRedactionMapper()

    def run() -> int:
        for text in texts(part):
            operator.process_single({"text": text})
        return 0

    return run


PEERS: list[tuple[str, str, str, Callable[[Path, list[str]], Callable[[], int]], str]] = [
    (
        "json + pyahocorasick",
        "keywords: documents that have any",
        "pyahocorasick",
        pyahocorasick_loop,
        "folds nothing; no personal information, hashes, sample or tokens",
    ),
    (
        "datatrove JsonlReader + ahocorasick_rs",
        "keywords: documents that have any",
        "datatrove",
        datatrove_filter,
        "the filter is ours, for its own matches words by regular expressions; folds nothing",
    ),
    (
        "data-juicer flagged_words_filter",
        "keywords: the share of words that are flagged",
        "py-data-juicer",
        data_juicer_words,
        "called directly, with words_aug, without a tokeniser: it looks at what stands between spaces",
    ),
    (
        "data-juicer pii_redaction_mapper",
        "personal information, by patterns",
        "py-data-juicer",
        data_juicer_personal,
        "called directly; no check digits; no keywords",
    ),
]


def row_of(peer: tuple[Any, ...], part: Path, words: list[str], orjson_takes: float) -> Row:
    """Return what one of them takes, or why it could not be asked."""
    name, does, package, build, note = peer
    try:
        name = f"{name} ({package} {version(package)})"
        took, found = seconds(build(part, words))
    except (ImportError, PackageNotFoundError, NotImplementedError) as error:
        return {"name": name, "does": does, "note": f"not measured: {error}"}
    row = {"name": name, "does": does, "note": note, "share": orjson_takes / took}
    row["mb_per_s"] = part.stat().st_size / 1e6 / took
    return row | ({"found": found} if does.startswith("keywords") else {})


def main() -> None:
    """Measure all of them."""
    part, words = Path(sys.argv[1]), Path(sys.argv[2]).read_text("utf-8").splitlines()
    orjson_takes, _ = seconds(lambda: sum(1 for _ in texts(part)))
    print(json.dumps([row_of(peer, part, words, orjson_takes) for peer in PEERS], ensure_ascii=False))


if __name__ == "__main__":
    main()
