"""A dossier as a folder: `dossier.yaml`, which people edit, and what lies beside it.

DIR/dossier.yaml   edition, profile, route, languages, facts, run, corpus, clauses, staff,
attachments, signatories
DIR/evidence/      what `beian assess run` wrote, and a corpus scan where there is one
DIR/attachments/   the provider's own documents
DIR/documents/     what `beian dossier build` writes, with `build.json` saying from what
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Final

from openbeian.core.standard import Edition
from openbeian.core.text import Language
from openbeian.dossier.built import BUILD_FILE, Build, read_build
from openbeian.dossier.checks.registry import Attached, Dossier
from openbeian.dossier.folder_reading import (
    inside,
    read_clauses,
    read_events,
    read_languages,
    read_nested,
    read_route,
    read_signatories,
    read_staff,
    read_top,
    refuse_unknown,
)
from openbeian.dossier.form import Facts
from openbeian.dossier.kinds import ATTACHMENT_KINDS, DOCUMENT_KINDS
from openbeian.dossier.stated import Stated
from openbeian.dossier.submission import run_files
from openbeian.standards import load_edition, load_profile
from openbeian.standards.reading import Entry

__all__ = ["FOLDER_FILE", "Compared", "ComparedRun", "CorpusFiles", "Folder", "read_folder"]

FOLDER_FILE: Final = "dossier.yaml"
_KEYS: Final = (
    "edition",
    "profile",
    "route",
    "languages",
    "facts",
    "run",
    "compared",
    "corpus",
    "clauses",
    "staff",
    "attachments",
    "signatories",
    "events",
)


@dataclass(frozen=True, slots=True)
class CorpusFiles:
    """A corpus scan's folder, and the ledger of sources and the judgements where there are any."""

    scan: Path
    ledger: Path | None = None
    judgements: Path | None = None


class Compared(StrEnum):
    """What the other run is of."""

    BARE = "bare"
    """The channel without the safety strategy."""
    BEFORE = "before"
    """The same service before it was corrected."""


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """Another run that the report holds beside the assessed one, and what it is of."""

    run: Path
    what: Compared


@dataclass(frozen=True)
class Folder:
    """A dossier's folder as it was read."""

    path: Path
    edition_id: str
    profile: str
    languages: tuple[Language, ...]
    facts: Facts
    stated: Stated
    run: Path
    """The folder of the assessment run; it need not be there yet."""
    corpus: CorpusFiles | None
    attachments: tuple[Attached, ...]
    compared: ComparedRun | None = None

    @property
    def file(self) -> Path:
        """`dossier.yaml`."""
        return self.path / FOLDER_FILE

    @property
    def documents(self) -> Path:
        """Where built documents lie."""
        return self.path / "documents"

    @property
    def own_documents(self) -> frozenset[str]:
        """The kinds of documents that the provider wrote by hand, in place of a built one."""
        return frozenset(one.kind for one in self.attachments if one.kind in DOCUMENT_KINDS)

    @cached_property
    def edition(self) -> Edition:
        """The edition, with the profile's reduced thresholds where one is named."""
        return self.dossier().edition

    def build(self) -> Build | None:
        """Return what was built last; None where nothing was."""
        return read_build(self.documents)

    def dossier(self, *, production: bool = False) -> Dossier:
        """Return what an office would be handed: facts, evidence, built documents, attachments."""
        evidence = (Attached(kind, path.name, path) for kind, path in run_files(self.run).items())
        return Dossier(
            facts=self.facts,
            edition_id=self.edition_id,
            profile=self.profile,
            attachments=(*evidence, *self._built(), *self.attachments),
            production=production,
            stated=self.stated,
        )

    def _built(self) -> Iterator[Attached]:
        """Yield what lies among the documents; what `build.json` does not know is some document."""
        build = self.build()
        kinds = {one.file: one.kind for one in build.documents} if build else {}
        for path in sorted(self.documents.glob("*")) if self.documents.is_dir() else ():
            if path.is_file() and path.name != BUILD_FILE and not path.name.startswith("."):
                yield Attached(kinds.get(path.name, "document"), path.name, path)


def read_folder(path: Path) -> Folder:
    """Read a dossier's folder.

    Raises:
        BadInputError: `dossier.yaml` is missing or broken, or an entry of it is wrong.
    """
    top = read_top(path / FOLDER_FILE)
    refuse_unknown(top, _KEYS)
    edition = load_edition(top.string("edition"))
    profile = top.string("profile", "") if top.has("profile") else ""
    if profile:
        edition = edition.with_profile(load_profile(profile))
    facts = _facts(top)
    return Folder(
        path=path,
        edition_id=edition.id,
        profile=profile,
        languages=read_languages(top),
        facts=facts,
        stated=Stated(
            read_route(top, facts),
            read_clauses(top, edition),
            read_staff(top),
            read_signatories(top, facts),
            read_events(top),
        ),
        run=inside(top, path, top.string("run", "evidence")),
        corpus=_corpus(top, path),
        attachments=tuple(_attachments(top, path)),
        compared=_compared(top, path),
    )


def _compared(top: Entry, folder: Path) -> ComparedRun | None:
    if not top.has("compared"):
        return None
    entry = top.entry("compared")
    refuse_unknown(entry, ("run", "what"))
    run = inside(entry, folder, entry.string("run"), must_exist=True)
    return ComparedRun(run, entry.choice("what", Compared))


def _facts(top: Entry) -> Facts:
    return read_nested(top.entry("facts"))


def _corpus(top: Entry, folder: Path) -> CorpusFiles | None:
    if not top.has("corpus"):
        return None
    if isinstance(top.fields["corpus"], str):
        return CorpusFiles(inside(top, folder, top.string("corpus"), must_exist=True))
    entry = top.entry("corpus")
    refuse_unknown(entry, ("scan", "ledger", "judgements"))
    ledger, judgements = (
        inside(entry, folder, entry.string(name), must_exist=True) if entry.has(name) else None
        for name in ("ledger", "judgements")
    )
    return CorpusFiles(inside(entry, folder, entry.string("scan"), must_exist=True), ledger, judgements)


def _attachments(top: Entry, folder: Path) -> Iterator[Attached]:
    allowed = (*ATTACHMENT_KINDS, *DOCUMENT_KINDS)
    for entry in top.entries("attachments"):
        refuse_unknown(entry, ("kind", "file"))
        kind = entry.string("kind")
        if kind not in allowed:
            raise entry.error(
                f"kind 为「{kind}」，应为 {'、'.join(allowed)} 之一。",
                f"kind is “{kind}” but must be one of {', '.join(allowed)}.",
            )
        written = entry.string("file")
        path = inside(entry, folder, written, must_exist=True)
        yield Attached(kind, written, path)
