"""`beian dossier build`: every document is made first, then all are put in place at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from openbeian.core.errors import BadInputError
from openbeian.core.text import Language, Text
from openbeian.dossier.built import BUILD_FILE, Build, BuiltDocument, sha256_of
from openbeian.dossier.documents import BUILDERS, LacksMaterialError, Material, Rendered
from openbeian.dossier.folder import FOLDER_FILE, Folder
from openbeian.dossier.kinds import DOCUMENT_KINDS, DocumentKind, kinds_of
from openbeian.dossier.staging import put_in_place, sha256_of_bytes

__all__ = ["EditedByHandError", "LeftOut", "Outcome", "build_dossier", "no_progress"]

_CHINA: Final = ZoneInfo("Asia/Shanghai")
_NO_EVIDENCE: Final = Text(
    "没有评估证据；先用 beian assess run 评估，再重新生成",
    "there is no evidence of an assessment; run beian assess run, then build again",
)
_OWN: Final = Text("用的是自行编写的文件", "a document of your own takes its place")
_MOST_NAMED: Final = 3

Progress = Callable[[DocumentKind, int, int], None]
"""Told which document is being made, how many are done, and of how many."""


class EditedByHandError(BadInputError):
    """Documents were changed after they were built, and would be lost."""

    code = "edited_by_hand"
    http_status = 409


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A document that was not built, and why."""

    kind: DocumentKind
    reason: Text


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a build wrote and what it left out."""

    folder: Path
    written: tuple[BuiltDocument, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class _Made:
    kind: DocumentKind
    language: Language
    rendered: Rendered

    def files(self, folder: Folder) -> dict[str, bytes]:
        stem = self.kind.stem(folder.stated.route, self.language)
        return {f"{stem}.{ending}": data for ending, data in self.rendered.files.items()}


def no_progress(_kind: DocumentKind, _done: int, _of: int) -> None:
    """Tell nobody."""


def build_dossier(
    folder: Folder,
    *,
    at: datetime,
    languages: Sequence[Language] = (),
    only: Sequence[str] = (),
    force: bool = False,
    progress: Progress = no_progress,
) -> Outcome:
    """Make the documents of the route and put them into `documents/`, all of them or none.

    Args:
        folder: The dossier.
        at: The present time; the documents carry its day in China.
        languages: Which to write; those of `dossier.yaml` where none is named.
        only: The kinds to make; all where none is named. The other documents stay as they are.
        force: Whether documents that were edited by hand may be overwritten.
        progress: Told of each document before and after it is made.

    Raises:
        EditedByHandError: A document was edited by hand and `force` is off.
        BadInputError: A kind is unknown or not asked for on the route, or an entry can't be used.
        CouldNotRunError: A document can't be made or written.
    """
    chosen, left_out = _chosen(folder, only)
    material = Material(folder, at.astimezone(_CHINA).date())
    made, lacking = _make(material, chosen, languages or folder.languages, progress)
    if lacking and only:
        raise lacking[0][1]
    files = {name: data for one in made for name, data in one.files(folder).items()}
    before = folder.build()
    _check_unedited(folder, before, files, force=force)
    build = _record(folder, made, before, at=at, is_part=bool(only))
    stale = _stale(folder, before, build)
    put_in_place(folder.documents, {**files, BUILD_FILE: build.to_bytes()}, without=stale)
    written = tuple(one for one in build.documents if one.file in files)
    unmade = [LeftOut(kind, error.text) for kind, error in lacking]
    return Outcome(folder.documents, written, (*left_out, *unmade))


def _chosen(folder: Folder, only: Sequence[str]) -> tuple[tuple[DocumentKind, ...], tuple[LeftOut, ...]]:
    route = folder.stated.route
    asked = [kind for kind in kinds_of(route) if kind.id in BUILDERS]
    unknown = [name for name in only if name not in {kind.id for kind in asked}]
    if unknown:
        known = [kind.id for kind in asked]
        raise BadInputError(
            f"本途径没有材料「{'、'.join(unknown)}」；可用：{'、'.join(known)}。",
            f"There is no document “{', '.join(unknown)}” on this route; use {', '.join(known)}.",
        )
    has_evidence = bool(folder.dossier().of_kind("evidence"))
    chosen, left_out = [], []
    for kind in asked:
        if only and kind.id not in only:
            continue
        if kind.id in folder.own_documents:
            left_out.append(LeftOut(kind, _OWN))
        elif BUILDERS[kind.id].rests_on_evidence and not has_evidence:
            left_out.append(LeftOut(kind, _NO_EVIDENCE))
        else:
            chosen.append(kind)
    return tuple(chosen), tuple(left_out)


def _make(
    material: Material, kinds: Sequence[DocumentKind], languages: Sequence[Language], progress: Progress
) -> tuple[list[_Made], list[tuple[DocumentKind, LacksMaterialError]]]:
    made, lacking = [], []
    for number, kind in enumerate(kinds):
        progress(kind, number, len(kinds))
        try:
            made += [_Made(kind, one, BUILDERS[kind.id].render(material, one)) for one in languages]
        except LacksMaterialError as error:
            lacking.append((kind, error))
        progress(kind, number + 1, len(kinds))
    return made, lacking


def _check_unedited(folder: Folder, before: Build | None, files: Iterable[str], *, force: bool) -> None:
    known = {one.file: one.sha256 for one in before.documents} if before else {}
    present = [name for name in files if (folder.documents / name).exists()]
    edited = [name for name in present if sha256_of(folder.documents / name) != known.get(name)]
    if edited and not force:
        named = edited[:_MOST_NAMED]
        raise EditedByHandError(
            f"{folder.documents} 中有 {len(edited)} 份文件在生成后被改动（{'、'.join(named)}）；"
            "请另存后用 --force 覆盖，或在 attachments 中登记为自行编写的材料。",
            f"{len(edited)} documents in {folder.documents} were edited after they were built "
            f"({', '.join(named)}); keep a copy and overwrite with --force, "
            "or name them under attachments as documents of your own.",
        )


def _record(
    folder: Folder, made: Sequence[_Made], before: Build | None, *, at: datetime, is_part: bool
) -> Build:
    now = [
        BuiltDocument(one.kind.id, one.language, name, sha256_of_bytes(data))
        for one in made
        for name, data in one.files(folder).items()
    ]
    figures: dict[str, Mapping[str, Any]] = {
        one.kind.id: dict(one.rendered.figures) for one in made if one.rendered.figures
    }
    kept: list[BuiltDocument] = []
    if is_part and before:
        names = {one.file for one in now}
        kept = [one for one in before.documents if one.file not in names]
        figures = {**before.figures, **figures}
    order = list(DOCUMENT_KINDS)
    return Build(
        at=at.isoformat(timespec="seconds"),
        edition=folder.edition_id,
        profile=folder.profile,
        route=folder.stated.route,
        sources=dict(_sources(folder)),
        documents=tuple(sorted([*now, *kept], key=lambda one: order.index(one.kind))),
        figures=figures,
    )


def _sources(folder: Folder) -> Iterable[tuple[str, str]]:
    """Yield the files that documents are made from, by their paths in the folder."""
    yield FOLDER_FILE, sha256_of(folder.file)
    compared, corpus = folder.compared, folder.corpus
    folders = [folder.run, *([compared.run] if compared else []), *([corpus.scan] if corpus else [])]
    beside = [one for one in (corpus.ledger, corpus.judgements) if one] if corpus else []
    inside = {path for one in folders if one.is_dir() for path in one.glob("*")}
    for path in sorted({*inside, *beside}):
        if path.is_file() and not path.name.startswith("."):
            yield path.relative_to(folder.path).as_posix(), sha256_of(path)


def _stale(folder: Folder, before: Build | None, now: Build) -> frozenset[str]:
    """Return what an earlier build wrote and this one no longer does; what was edited since stays."""
    names = {one.file for one in now.documents}
    return frozenset(
        one.file
        for one in (before.documents if before else ())
        if one.file not in names
        and (folder.documents / one.file).is_file()
        and sha256_of(folder.documents / one.file) == one.sha256
    )
