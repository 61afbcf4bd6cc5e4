"""The documents that are text: agreement, policy, rules, statements, commitment."""

from collections.abc import Callable
from typing import Final

from openbeian.core.text import Language
from openbeian.dossier.documents.filling import Filler
from openbeian.dossier.documents.model import Document
from openbeian.dossier.documents.prose import written_blocks
from openbeian.dossier.documents.registry import Material, document
from openbeian.dossier.kinds import DOCUMENT_KINDS

__all__ = ["WRITTEN", "does_not_annotate", "written"]

WRITTEN: Final = (
    "service_agreement",
    "privacy_policy",
    "annotation_rules",
    "base_model_statement",
    "content_safety_rules",
    "commitment",
)
"""The kinds whose text stands in `texts/`, in a file of their name."""
_NONE: Final = ("不涉及", "not applicable", "none")
_ON_STANDARD: Final = frozenset({"annotation_rules", "content_safety_rules", "commitment"})
"""The documents that name the edition they rest on."""


def does_not_annotate(material: Material) -> bool:
    """Say whether the provider states that nothing was annotated."""
    return material.fact("annotation.amount").strip().lower().startswith(_NONE)


def written(kind: str, material: Material, language: Language, *, part: str = "sections") -> Document:
    """Return the document of this kind; `part` is the list of sections in its file."""
    return Document(
        kind=kind,
        title=DOCUMENT_KINDS[kind].name.in_(language),
        language=language,
        provider=material.fact("provider.name"),
        service=material.fact("service.name"),
        date=material.on,
        edition=material.edition.name if kind in _ON_STANDARD else "",
        blocks=tuple(written_blocks(kind, Filler(material, language), part=part)),
        notices=material.notices(language),
    )


def _maker(kind: str) -> Callable[[Material, Language], Document]:
    def make(material: Material, language: Language) -> Document:
        is_none = kind == "annotation_rules" and does_not_annotate(material)
        return written(kind, material, language, part="none" if is_none else "sections")

    return make


for _kind in WRITTEN:
    document(_kind)(_maker(_kind))
