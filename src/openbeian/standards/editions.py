"""Building an edition from its file and the one it extends."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from openbeian.core.clauses import Clause, Provenance, Strength
from openbeian.core.standard import Chapter, Edition, Limit, Threshold
from openbeian.core.text import Text
from openbeian.standards.lists import load_sources, load_taxonomy
from openbeian.standards.reading import DATA, Entry, available, read_file

__all__ = ["EDITION_IDS", "load_edition"]

EDITION_IDS = available(DATA / "editions")

_SHARED = ("words", "units", "clauses", "thresholds")
"""What an edition takes over from the one it extends, entry by entry."""


@lru_cache
def load_edition(edition_id: str, folder: Path = DATA) -> Edition:
    """Return the edition with this id.

    Raises:
        BadInputError: There is no such edition, or its file is wrong.
    """
    file = _read(edition_id, folder)
    if file.string("id") != edition_id:
        raise file.error(
            f"id 应与文件名一致：「{edition_id}」。", f"Its id must be that of the file, “{edition_id}”."
        )
    builder = _Builder(file, load_sources(folder))
    clauses = builder.clauses()
    return Edition(
        id=edition_id,
        name=file.string("name"),
        title=file.text("title"),
        status=file.text("status"),
        released_on=file.day("released_on"),
        in_force_on=file.day("in_force_on") if file.has("in_force_on") else None,
        chapters=builder.chapters,
        clauses=clauses,
        thresholds=builder.thresholds({clause.key: clause for clause in clauses}),
        taxonomy=load_taxonomy(folder),
        notes=tuple(Text(note.string("zh"), note.string("en")) for note in file.entries("notes")),
    )


def _read(edition_id: str, folder: Path) -> Entry:
    file = read_file(folder / "editions" / f"{edition_id}.yaml")
    if not file.has("extends"):
        return file
    base = _read(file.string("extends"), folder)
    inherited = {name: base.entry(name) for name in _SHARED}
    moved = file.entry("moved")
    if moved.fields:
        inherited["clauses"] = _moved(inherited["clauses"], moved)
        inherited["thresholds"] = _uncited(inherited["thresholds"])
    shared = {name: _merged(entry, file.entry(name)) for name, entry in inherited.items()}
    return Entry(file.file, file.where, {**file.fields, **shared})


def _merged(base: Entry, own: Entry) -> dict[str, object]:
    """Lay an edition's own entries over those of its base, field by field; null takes one out."""
    fields: dict[str, object] = {name: dict(entry.fields) for name, entry in base.named()}
    for name, value in own.fields.items():
        if value is None:
            fields.pop(name, None)
        else:
            inherited = base.entry(name).fields if name in base.fields else {}
            fields[name] = {**inherited, **own.entry(name).fields}
    return fields


def _moved(clauses: Entry, moved: Entry) -> Entry:
    """Place every clause by chapter only: its item in the new edition is not known."""
    fields: dict[str, object] = {}
    for key, clause in clauses.named():
        chapter = clause.string("number").partition(" ")[0].partition(".")[0]
        fields[key] = {
            **clause.fields,
            "number": None,
            "chapter": moved.string(chapter),
            "provenance": Provenance.UNKNOWN.value,
        }
    return Entry(clauses.file, clauses.where, fields)


def _uncited(thresholds: Entry) -> Entry:
    """Drop the exact citations of the base: they name items of another edition."""
    fields = {key: {**threshold.fields, "cited": None} for key, threshold in thresholds.named()}
    return Entry(thresholds.file, thresholds.where, fields)


@dataclass(frozen=True)
class _Builder:
    """Makes an edition's clauses and thresholds, with its own words in the texts."""

    file: Entry
    sources: Mapping[str, object]

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        return tuple(
            Chapter(entry.string("number"), entry.text("title")) for entry in self.file.entries("chapters")
        )

    def clauses(self) -> tuple[Clause, ...]:
        known = {chapter.number for chapter in self.chapters}
        return tuple(self._clause(key, entry, known) for key, entry in self.file.entry("clauses").named())

    def _clause(self, key: str, entry: Entry, chapters: set[str]) -> Clause:
        number = entry.string("number") if entry.has("number") else ""
        chapter = number.partition(" ")[0] if number else entry.string("chapter")
        if chapter not in chapters:
            raise entry.error(
                f"章「{chapter}」不在 chapters 中；请补上或改正。",
                f"The chapter “{chapter}” is not under chapters; add or correct it.",
            )
        return Clause(
            id=number or f"{chapter}:{key}",
            key=key,
            number=number or chapter,
            chapter=chapter,
            title=self._worded(entry, "title"),
            summary=self._worded(entry, "summary"),
            strength=entry.choice("strength", Strength, Strength.SHALL),
            provenance=entry.choice("provenance", Provenance),
            assessed=entry.flag("assessed", default=True),
        )

    def thresholds(self, clauses: Mapping[str, Clause]) -> tuple[Threshold, ...]:
        entries = self.file.entry("thresholds").named()
        return tuple(self._threshold(threshold_id, entry, clauses) for threshold_id, entry in entries)

    def _threshold(self, threshold_id: str, entry: Entry, clauses: Mapping[str, Clause]) -> Threshold:
        keys = entry.strings("clauses")
        unknown = [key for key in keys if key not in clauses]
        unknown += [source for source in entry.strings("sources") if source not in self.sources]
        if unknown or not keys:
            raise entry.error(
                f"clauses 与 sources 须写已有的条款和来源；不存在：{'、'.join(unknown) or '（空）'}。",
                f"clauses and sources must name existing ones; unknown: {', '.join(unknown) or '(empty)'}.",
            )
        numbers = dict.fromkeys(clauses[key].number for key in keys)
        return Threshold(
            id=threshold_id,
            text=self._worded(entry, "text"),
            value=entry.value("value"),
            unit=self.file.entry("units").text(entry.string("unit")),
            limit=entry.choice("limit", Limit),
            strength=entry.choice("strength", Strength, Strength.SHALL),
            clause=entry.string("cited") if entry.has("cited") else ", ".join(numbers),
            clause_ids=tuple(clauses[key].id for key in keys),
            provenance=entry.choice("provenance", Provenance),
            sources=entry.strings("sources"),
            note=self._worded(entry, "note") if entry.has("note") else None,
        )

    def _worded(self, entry: Entry, name: str) -> Text:
        words = self.file.entry("words")
        texts = {word: words.text(word) for word in words.fields}
        text = entry.text(name)
        try:
            zh = text.zh.format_map({word: said.zh for word, said in texts.items()})
            return Text(zh, text.en.format_map({word: said.en for word, said in texts.items()}))
        except (KeyError, ValueError) as error:
            raise entry.error(
                f"「{name}」中花括号内的词须在 words 中列出：{error}",
                f"The words in braces in “{name}” must be listed under words: {error}",
            ) from error
