"""Dry run: a dossier goes through the office's own checks, and nothing of it stays anywhere."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from openbeian.core.errors import BadInputError
from openbeian.dossier.checks import Dossier, Finding, run_checks
from openbeian.dossier.file_types import check_file, check_name
from openbeian.dossier.form import Facts, route_of
from openbeian.dossier.stated import Stated
from openbeian.dossier.unpacking import Member, members_of, open_archive, read_member
from openbeian.portal.applications.actions.dossiers import Refused, folder_above
from openbeian.portal.applications.base_models import register_rows_for
from openbeian.portal.applications.examination import dossier_laid_out
from openbeian.standards import EDITION_IDS

__all__ = ["DryRun", "dry_run", "dry_run_of_form"]


class DryRun(NamedTuple):
    """What a reviewer would see, and the parts that would not be kept."""

    findings: Sequence[Finding]
    refused: Sequence[Refused] = ()

    @property
    def may_be_submitted(self) -> bool:
        """Whether nothing found keeps it from being handed in."""
        return all(one.severity != "error" for one in self.findings)


def dry_run(archive: Path) -> DryRun:
    """Check a packed dossier. It is unpacked to a folder of its own, which is gone afterwards.

    Raises:
        HostileArchiveError: The archive as a whole is refused.
    """
    with tempfile.TemporaryDirectory(prefix="beian-dry-run-") as made:
        root = Path(made)
        refused = _unpack(archive, root)
        return DryRun(run_checks(_dossier(root)), refused)


def dry_run_of_form(facts: Facts, *, edition: str, profile: str = "") -> DryRun:
    """Check entries of the form alone; files that are missing are found, as for an application.

    Raises:
        BadInputError: There is no such edition or profile.
    """
    if edition not in EDITION_IDS:
        raise BadInputError(
            f"没有标准版本「{edition}」；可选：{'、'.join(EDITION_IDS)}。",
            f"There is no edition “{edition}” of the standard; choose from: {', '.join(EDITION_IDS)}.",
        )
    dossier = Dossier(
        facts=facts,
        edition_id=edition,
        profile=profile,
        production=settings.BEIAN_PRODUCTION,
        stated=Stated(route=route_of(facts)),
        is_everything=True,
        register=register_rows_for(facts),
    )
    return DryRun(run_checks(dossier))


def _unpack(archive: Path, root: Path) -> list[Refused]:
    refused: list[Refused] = []
    with open_archive(archive) as opened:
        members = members_of(opened)
        above = folder_above(members)
        for member in members:
            place = root / member.name.removeprefix(above)
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("wb") as file:
                file.writelines(read_member(opened, member))
            why = _why_not(member, above, place)
            if why is not None:
                place.unlink()
                refused.append(why)
    return refused


def _why_not(member: Member, above: str, place: Path) -> Refused | None:
    name = member.name.removeprefix(above)
    try:
        check_name(name)
        check_file(name, place)
    except BadInputError as error:
        return Refused(name, error.code, error.text)
    return None


def _dossier(root: Path) -> Dossier:
    plain: Mapping[str, str] = {}
    base = Dossier(facts=plain, edition_id=EDITION_IDS[-1], production=settings.BEIAN_PRODUCTION)
    return dossier_laid_out(root, otherwise=base)
