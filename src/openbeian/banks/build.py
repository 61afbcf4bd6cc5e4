"""Build the banks from their sources, or check that the files are what the sources give.

`python -m openbeian.banks.build` writes the files, `--check` compares them and fails where they differ.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from openbeian.banks.keywords import check_terms, load_terms
from openbeian.banks.rules import BANKS, KEYWORDS, SOURCES, Rules, load_rules
from openbeian.banks.scenarios import Question, load_questions
from openbeian.banks.similarity import find_similar_pairs
from openbeian.core.errors import BadInputError, DomainError

__all__ = ["build", "build_keywords", "main"]

_NAMES = {
    "generated_content": "OpenBeian generated content",
    "should_refuse": "OpenBeian should refuse",
    "should_answer": "OpenBeian should answer",
}


def build(language: str, sources: Path = SOURCES) -> dict[str, list[dict[str, str]]]:
    """Return the lines of the three banks of `language` ("english", "chinese"), each bank's header first.

    Raises:
        BadInputError: A source breaks its form, or a promise of `rules.yaml` is not kept.
    """
    rules = load_rules(sources)
    if language not in rules.language_codes:
        raise BadInputError(
            f"没有「{language}」这一语言；可用：{'、'.join(rules.language_codes)}。",
            f"there is no language “{language}”; use one of {', '.join(rules.language_codes)}.",
        )
    banks = {bank: load_questions(sources, language, bank, rules) for bank in rules.banks}
    for bank, questions in banks.items():
        _check_counts(language, bank, questions, rules)
    _check_similarity(language, [question for questions in banks.values() for question in questions], rules)
    return {bank: _lines(language, bank, questions, rules) for bank, questions in banks.items()}


def build_keywords(sources: Path = SOURCES) -> list[dict[str, object]]:
    """Return the lines of the starter keyword library, its header first.

    Raises:
        BadInputError: A term is doubled, too long or in a harmless question, or a risk has too few terms.
    """
    rules = load_rules(sources)
    terms = load_terms(sources)
    harmless = [
        question.text
        for language in rules.language_codes
        for question in load_questions(sources, language, "should_answer", rules)
    ]
    check_terms(terms, rules, harmless)
    header: dict[str, object] = {
        "keywords": "OpenBeian starter",
        "version": rules.version,
        "starter": True,
        "note": "does not meet 8.1",
        "licence": rules.licence,
    }
    lines: list[dict[str, object]] = [{"term": term.term, "risk": term.risk} for term in terms]
    return [header, *lines]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or compare every file; return 0 when all is well, else the error's exit status."""
    parser = argparse.ArgumentParser(prog="python -m openbeian.banks.build", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare the files, write nothing")
    parser.add_argument("--language", action="append", help="only this language, no keywords")
    parser.add_argument("--sources", type=Path, default=SOURCES, help="where the YAML files lie")
    parser.add_argument("--into", type=Path, default=BANKS, help="where the JSONL files lie")
    options = parser.parse_args(arguments)
    try:
        files = _files(options.language, options.sources)
    except DomainError as error:
        sys.stderr.write(f"{error.text.zh}\n{error.text.en}\n")
        return error.exit_code
    return _compare(files, options.into) if options.check else _write(files, options.into)


def _check_counts(language: str, bank: str, questions: Sequence[Question], rules: Rules) -> None:
    """Check that the bank has enough questions, in all and in each group."""
    minimum = rules.minimum[language][bank]
    counts = Counter(question.group for question in questions)
    counts["total"] = len(questions)
    needed = {group: minimum[name] for group, name in rules.groups_of(bank).items()}
    for group, least in (needed | {"total": minimum["total"]}).items():
        if counts[group] < least:
            raise BadInputError(
                f"{language}/{bank}：{group} 只有 {counts[group]} 题，至少要 {least} 题；请补写情境。",
                f"{language}/{bank}: {group} has {counts[group]} questions, needs {least}; write more.",
            )


def _check_similarity(language: str, questions: Sequence[Question], rules: Rules) -> None:
    """Check that no two questions of a language say almost the same, whatever banks they are in."""
    texts = [question.text for question in questions]
    pair = next(find_similar_pairs(texts, above=rules.similarity_limit), None)
    if pair is not None:
        first, second = questions[pair.first].id, questions[pair.second].id
        raise BadInputError(
            f"{language}：{first} 与 {second} 过于相近（{pair.similarity:.2f}）；请改写其中一题。",
            f"{language}: {first} and {second} are too alike ({pair.similarity:.2f}); rewrite one.",
        )


def _lines(language: str, bank: str, questions: Sequence[Question], rules: Rules) -> list[dict[str, str]]:
    """Return the header and the questions of one bank as they stand in its file."""
    code = rules.language_codes[language]
    header = {
        "bank": bank,
        "name": f"{_NAMES[bank]} ({language})",
        "version": rules.version,
        "language": code,
        "licence": rules.licence,
    }
    key = rules.banks[bank].key
    return [header, *({"id": q.id, key: q.group, "text": q.text, "lang": code} for q in questions)]


def _files(languages: Sequence[str] | None, sources: Path) -> dict[str, bytes]:
    """Return every file to be written, by its path below the banks' folder, with its bytes."""
    files: dict[str, bytes] = {}
    for language in languages or load_rules(sources).language_codes:
        for bank, lines in build(language, sources).items():
            files[f"{language}/{bank}.jsonl"] = _encode(lines)
    if not languages:
        files[KEYWORDS.name] = _encode(build_keywords(sources))
    return files


def _encode(lines: Sequence[Mapping[str, object]]) -> bytes:
    """Return JSON lines in UTF-8."""
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def _compare(files: Mapping[str, bytes], folder: Path) -> int:
    """Name each file that is not what its sources give."""
    stale = [
        name
        for name, content in files.items()
        if not (folder / name).exists() or (folder / name).read_bytes() != content
    ]
    for name in stale:
        sys.stderr.write(f"{name} 与来源不符；请重新生成。\n")
        sys.stderr.write(f"{name} is not what its sources give; build it anew.\n")
    return BadInputError.exit_code if stale else 0


def _write(files: Mapping[str, bytes], folder: Path) -> int:
    """Write each file and say how many lines it has below its header."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        sys.stdout.write(f"{name}: {len(content.splitlines()) - 1}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
