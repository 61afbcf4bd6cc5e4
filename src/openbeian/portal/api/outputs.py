"""Rows and values of applications as the API gives them."""

from collections.abc import Sequence

from openbeian.dossier.checks import Finding
from openbeian.portal.api.problems import TextOut
from openbeian.portal.api.schemas import AttachmentOut, FindingOut, RefusedOut, TakenOut
from openbeian.portal.applications.actions.dossiers import Refused, Taken
from openbeian.portal.applications.models import Attachment

__all__ = ["attachment_out", "finding_out", "refused_out", "taken_out"]


def attachment_out(attachment: Attachment) -> AttachmentOut:
    """Return a file."""
    return AttachmentOut(
        id=attachment.pk,
        kind=attachment.kind,
        name=attachment.name,
        sha256=attachment.sha256,
        size=attachment.size,
    )


def finding_out(finding: Finding) -> FindingOut:
    """Return what a check found."""
    return FindingOut.model_validate(finding.as_json())


def refused_out(refused: Sequence[Refused]) -> list[RefusedOut]:
    """Return the parts that were not kept."""
    return [RefusedOut(name=one.name, code=one.code, why=TextOut(**one.why._asdict())) for one in refused]


def taken_out(taken: Taken) -> TakenOut:
    """Return what came of a packed dossier."""
    return TakenOut(kept=list(taken.kept), entries=list(taken.entries), refused=refused_out(taken.refused))
