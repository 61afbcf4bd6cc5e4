"""Whether a petition is whole: grounds, day, entries and, for another model, new evidence."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings

from openbeian.core.errors import BadInputError
from openbeian.dossier.checks import Attached, Dossier, run_checks
from openbeian.dossier.form import check_facts
from openbeian.portal.applications.storage import path_of
from openbeian.portal.petitions.models import Petition, PetitionFile

__all__ = ["IncompletePetitionError", "PetitionExamined", "check_whole", "examined_of", "files_of"]


class IncompletePetitionError(BadInputError):
    """Something is missing from a petition, or wrong in it."""

    code = "petition_incomplete"


class PetitionExamined(NamedTuple):
    """What the checks found in a petition, and the figures recomputed from new evidence."""

    findings: Sequence[Mapping[str, Any]]
    report: Mapping[str, Any] | None
    files: Sequence[tuple[str, str]]
    """What was looked at: names and hashes."""
    changes: Mapping[str, Any]


def files_of(petition: Petition) -> Sequence[PetitionFile]:
    """Return the present files, in the order added."""
    return list(petition.files.filter(removed_at=None))


def examined_of(petition: Petition) -> PetitionExamined:
    """Look at what a petition would put on file; reads files, so call it outside of transactions."""
    files = files_of(petition)
    looked_at = [(one.name, one.sha256) for one in files]
    if not any(one.kind == "evidence" for one in files):
        return PetitionExamined([], None, looked_at, petition.changes)
    application = petition.application
    dossier = Dossier(
        facts={**application.facts, **petition.changes},
        edition_id=application.edition,
        profile=application.profile,
        attachments=tuple(Attached(one.kind, one.name, path_of(one.sha256)) for one in files),
        production=settings.BEIAN_PRODUCTION,
    )
    findings = [one.as_json() for one in run_checks(dossier)]
    report = None if dossier.report is None else json.loads(dossier.report.to_bytes())
    return PetitionExamined(findings, report, looked_at, petition.changes)


def check_whole(petition: Petition, examined: PetitionExamined) -> None:
    """Check that a locked petition can be handed in.

    Raises:
        IncompletePetitionError: Something is missing or wrong; the first of it is named.
    """
    same = [(one.name, one.sha256) for one in files_of(petition)] == list(examined.files)
    if not same or petition.changes != examined.changes:
        raise IncompletePetitionError(
            "检查期间内容有改动；请再次提交。",
            "It was changed while it was being checked; hand it in once more.",
        )
    for zh, en in _missing(petition, examined):
        raise IncompletePetitionError(zh, en)


def _missing(petition: Petition, examined: PetitionExamined) -> Iterator[tuple[str, str]]:
    rule = petition.rule
    if not petition.grounds:
        yield "请写明理由。", "Say why; the grounds are missing."
    if rule.ask_within in {"report_change", "report_end"} and petition.happened_on is None:
        yield "请填写变化或终止发生之日。", "Say on which day the change, or the end, happened."
    if rule.changes_facts and not petition.changes:
        yield "请至少列出一项变更的内容。", "Name at least one entry that changes."
    yield from _wrong_entries(petition)
    if rule.needs_evidence:
        yield from _wrong_evidence(examined)


def _wrong_entries(petition: Petition) -> Iterator[tuple[str, str]]:
    merged = {**petition.application.facts, **petition.changes}
    for problem in check_facts(merged):
        if problem.field.id in petition.changes:
            found, mend = problem.found, problem.mend
            yield f"{found.zh}；{mend.zh}。", f"{found.en}. {mend.en}."


def _wrong_evidence(examined: PetitionExamined) -> Iterator[tuple[str, str]]:
    if examined.report is None:
        yield (
            "更换模型须重新评估：请附评估证据（evidence.jsonl）及其签名和公钥。",
            "Another model has to be assessed anew: attach evidence.jsonl, its signature and keys.",
        )
    for one in examined.findings:
        if one["severity"] == "error":
            found, mend = one["found"], one["mend"]
            yield f"{found['zh']}；{mend['zh']}。", f"{found['en']}. {mend['en']}."
