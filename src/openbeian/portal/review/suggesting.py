"""What follows from the evidence alone, for a person to take over: figures that conform, and no findings."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from openbeian.core.standard import Conclusion
from openbeian.core.text import Text
from openbeian.dossier.checks.requirements import Automation
from openbeian.portal.applications.models import Version
from openbeian.portal.review.actions.concluding import Concluded
from openbeian.portal.review.beside import beside_of
from openbeian.portal.review.requirements import RequirementState, Reviewed

__all__ = ["suggestions"]

_AND: Final = Text("；", "; ")
_GRAVE: Final = frozenset({"error", "warning"})


def suggestions(reviewed: Reviewed, version: Version, *, language: str) -> dict[str, Concluded]:
    """Return a conclusion for each open requirement that is computed and met; its reason says by what."""
    return {
        state.requirement.id: Concluded(Conclusion.CONFORMS, _reason(results, language))
        for state in reviewed.states
        if state.is_open and (results := _met(state, version))
    }


def _met(state: RequirementState, version: Version) -> Sequence[Mapping[str, Any]]:
    """Return the results that meet a requirement which needs nothing else; nothing where it isn't so."""
    if state.requirement.automation is not Automation.AUTO or state.worst in _GRAVE:
        return ()
    thresholds = beside_of(state.requirement.id).thresholds
    results = [one for one in (version.report or {}).get("results", ()) if one["threshold"] in thresholds]
    return results if all(one["conclusion"] == "conforms" for one in results) else ()


def _reason(results: Sequence[Mapping[str, Any]], language: str) -> str:
    said = (f"{Text(**one['text']).in_(language)} {one['counted']}/{one['judged']}" for one in results)
    begin = Text("由证据重算：", "Recomputed from the evidence: ").in_(language)
    return begin + _AND.in_(language).join(said)
