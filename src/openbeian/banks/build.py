"""Builds the banks that ship from their sources; `beian bank build` writes or compares the files."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from openbeian.banks.keywords import check_terms, load_terms
from openbeian.banks.rules import BANKS, KEYWORDS, SOURCES, Rules, load_rules
from openbeian.banks.scenarios import Question, load_questions
from openbeian.banks.similarity import find_similar_pairs
from openbeian.core.errors import BadInputError, CouldNotRunError

__all__ = ["build", "build_keywords", "built_files", "stale_files", "write_files"]

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


def built_files(sources: Path = SOURCES, languages: Sequence[str] = ()) -> dict[str, bytes]:
    """Return every file that ships, by its path below the banks' folder; with `languages` only their banks.

    Raises:
        BadInputError: A source breaks its form, or a promise of `rules.yaml` is not kept.
    """
    files: dict[str, bytes] = {}
    for language in languages or load_rules(sources).language_codes:
        for bank, lines in build(language, sources).items():
            files[f"{language}/{bank}.jsonl"] = _encode(lines)
    if not languages:
        files[KEYWORDS.name] = _encode(build_keywords(sources))
    return files


def stale_files(files: Mapping[str, bytes], folder: Path = BANKS) -> list[str]:
    """Return the names of those files that are missing below `folder` or hold something else."""
    return [
        name
        for name, content in files.items()
        if not (folder / name).exists() or (folder / name).read_bytes() != content
    ]


def write_files(files: Mapping[str, bytes], folder: Path = BANKS) -> None:
    """Write each file below `folder`.

    Raises:
        CouldNotRunError: The disk or the directory refuses.
    """
    for name, content in files.items():
        try:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        except OSError as error:
            raise CouldNotRunError(
                f"无法写入 {folder / name}（{error.strerror}）；请检查目录、空间和权限。",
                f"{folder / name} can't be written ({error.strerror}); check the directory.",
            ) from error


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


def _encode(lines: Sequence[Mapping[str, object]]) -> bytes:
    """Return JSON lines in UTF-8."""
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
