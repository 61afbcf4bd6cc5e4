"""Answers that browsers save as files."""

from typing import Final

from django.http import HttpResponse

__all__ = ["CSV", "attachment"]

CSV: Final = "text/csv; charset=utf-8"


def attachment(content: bytes | str, kind: str, name: str) -> HttpResponse:
    """Return an answer of media type `kind` that is saved as `name`."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
