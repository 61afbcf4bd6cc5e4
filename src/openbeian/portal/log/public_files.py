"""Serves the public folder: whole files, with validators, so that gates fetch only what has changed."""

import os
import re
from email.utils import formatdate
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

__all__ = ["public_file", "repository_file", "serve"]

_NAME: Final = re.compile(
    r"checkpoint|(?:snapshot|keys|witnesses)\.json|tile/[0-9a-z]+(?:/x?[0-9]{3}){1,8}(?:\.p/[0-9]{1,3})?"
)
_IN_REPOSITORY: Final = re.compile(
    r"root\.json|metadata/(?:timestamp|[1-9][0-9]{0,17}\.(?:root|targets|register|snapshot))\.json"
    r"|targets/(?:register/)?[0-9a-f]{64}\.[a-z]+\.json"
)


@require_safe
def repository_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """Return a file of the repository."""
    if not _IN_REPOSITORY.fullmatch(name):
        raise Http404
    is_fixed = name not in {"root.json", "metadata/timestamp.json"}
    return serve(
        request, settings.BEIAN_HOME / "public/repository" / name, "application/json", is_fixed=is_fixed
    )


@require_safe
def public_file(request: HttpRequest, name: str, folder: str = "") -> HttpResponseBase:
    """Return a file of the public folder."""
    if not _NAME.fullmatch(name):
        raise Http404
    # Full tiles never change; everything else may at any moment.
    is_fixed = name.startswith("tile/") and ".p/" not in name
    return serve(
        request, settings.BEIAN_HOME / "public" / folder / name, _content_type(name), is_fixed=is_fixed
    )


def serve(request: HttpRequest, path: Path, content_type: str, *, is_fixed: bool) -> HttpResponseBase:
    """Return a file with its validators; what `is_fixed` may be kept for ever, the rest is asked for anew.

    Raises:
        Http404: There is none.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise Http404 from error
    facts = os.fstat(file.fileno())
    etag = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}-{facts.st_ino:x}"'
    settled = get_conditional_response(request, etag=etag, last_modified=int(facts.st_mtime))
    if settled is not None:
        file.close()
        return settled
    response = FileResponse(file, content_type=content_type)
    response["ETag"] = etag
    response["Last-Modified"] = formatdate(facts.st_mtime, usegmt=True)
    response["Cache-Control"] = "public, max-age=31536000, immutable" if is_fixed else "no-cache"
    return response


def _content_type(name: str) -> str:
    if name.endswith(".json"):
        return "application/json"
    return "text/plain; charset=utf-8" if name == "checkpoint" else "application/octet-stream"
