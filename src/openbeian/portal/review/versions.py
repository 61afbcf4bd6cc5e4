"""What changed from one version of an application to the next: entries, figures, files by hash, texts."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple

from openbeian.core.text import Text
from openbeian.dossier.checks.dossier import Attached, Dossier
from openbeian.dossier.comparing import PARTS, Change, compare
from openbeian.portal.applications.figures import report_of
from openbeian.portal.applications.models import Application, Version
from openbeian.portal.applications.storage import path_of

__all__ = ["ChangedPart", "changes_between", "dossier_of", "earlier_version"]

_NOTHING: Final = Text("（无）", "(none)")


class ChangedPart(NamedTuple):
    """What changed in one part of the dossier."""

    id: str
    label: Text
    changes: Sequence[Change]


def earlier_version(application: Application, version: Version | None) -> Version | None:
    """Return the version before; None before the second."""
    if version is None or version.number == 1:
        return None
    return application.versions.filter(number=version.number - 1).first()


def dossier_of(version: Version) -> Dossier:
    """Return a version as the checks and the comparison see it; nothing is read before it is asked for."""
    application = version.application
    return Dossier(
        facts=version.facts,
        edition_id=application.edition,
        profile=application.profile,
        attachments=tuple(
            Attached(one["kind"], one["name"], path_of(one["sha256"])) for one in version.files
        ),
    )


def changes_between(before: Version, after: Version) -> list[ChangedPart]:
    """Return the parts in which something changed, in their order; reads documents that are not the same."""
    old, new = (_without(one, _same(before, after)) for one in (before, after))
    reports = (report_of(before), report_of(after))
    found = [
        *(one for one in compare(old, new, reports=reports) if one.part != "files"),
        *_files(before.files, after.files),
    ]
    order = list(PARTS)
    found.sort(key=lambda one: order.index(one.part))
    return [ChangedPart(part, PARTS[part], list(of)) for part, of in groupby(found, lambda one: one.part)]


def _same(before: Version, after: Version) -> set[tuple[str, str]]:
    return _hashes(before.files).items() & _hashes(after.files).items()


def _hashes(files: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {one["name"]: one["sha256"] for one in files}


def _without(version: Version, same: set[tuple[str, str]]) -> Dossier:
    """Return the version without the files that are the same in both: nobody has to read them."""
    dossier = dossier_of(version)
    kept = [
        attached
        for attached, one in zip(dossier.attachments, version.files, strict=True)
        if (one["name"], one["sha256"]) not in same
    ]
    return Dossier(dossier.facts, dossier.edition_id, dossier.profile, tuple(kept))


def _files(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Iterator[Change]:
    olds, news = _hashes(before), _hashes(after)
    for name in sorted({*olds, *news}):
        if olds.get(name) != news.get(name):
            yield Change("files", Text(name, name), _short(olds.get(name)), _short(news.get(name)))


def _short(sha256: str | None) -> Text:
    return _NOTHING if sha256 is None else Text(f"SHA-256 {sha256[:16]}…", f"SHA-256 {sha256[:16]}…")
