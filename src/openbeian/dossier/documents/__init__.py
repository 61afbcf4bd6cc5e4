"""The documents of a dossier: blocks, the functions that make them, and their Word files and PDFs."""

from openbeian.dossier.documents import (  # noqa: F401  the same
    assessment_report,
    forms,
    written,
)
from openbeian.dossier.documents.registry import (
    BUILDERS,
    Builder,
    LacksMaterialError,
    Material,
    Rendered,
    Workbook,
)

__all__ = ["BUILDERS", "Builder", "LacksMaterialError", "Material", "Rendered", "Workbook"]
