"""The page of the downloads, and the downloads."""

import re
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openbeian.portal.log.public_files import serve
from openbeian.portal.opendata.editions import SUMS_NAME
from openbeian.portal.opendata.fields import FIELDS
from openbeian.portal.opendata.formats import FORMATS
from openbeian.portal.opendata.manifest import LICENCE, LICENCE_ID, MANIFEST_NAME
from openbeian.portal.opendata.published_data import data_folder, editions, latest

__all__ = ["data", "data_file", "manifest"]

_EDITION: Final = re.compile(r"\d{4}-\d{2}-\d{2}-\d+-[0-9a-f]{8}")
_TYPES: Final = {
    MANIFEST_NAME: "application/json",
    SUMS_NAME: "text/plain; charset=utf-8",
    **{f"register.{one.name}": one.media_type for one in FORMATS.values()},
}


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Offer the downloads: dates, sizes, hashes, and what every field means."""
    newest = latest()
    context = {
        "newest": newest,
        "files": [(one, FORMATS[one.format].text) for one in newest.files] if newest else [],
        "earlier": [one for one in editions() if newest is None or one.edition != newest.edition],
        "fields": FIELDS,
        "licence": LICENCE,
        "licence_id": LICENCE_ID,
        "sums": SUMS_NAME,
    }
    return render(request, "opendata/data.html", context)


@require_safe
def manifest(request: HttpRequest) -> HttpResponseBase:
    """Hand out the manifest of the newest edition."""
    return serve(request, data_folder() / MANIFEST_NAME, "application/json", is_fixed=False)


@require_safe
def data_file(request: HttpRequest, edition: str, name: str) -> HttpResponseBase:
    """Hand out a file of an edition; none of them ever changes."""
    if not _EDITION.fullmatch(edition) or name not in _TYPES:
        raise Http404
    response = serve(request, data_folder() / edition / name, _TYPES[name], is_fixed=True)
    if name.startswith("register."):
        ending = name.removeprefix("register.")
        response["Content-Disposition"] = f'attachment; filename="register-{edition}.{ending}"'
    return response
