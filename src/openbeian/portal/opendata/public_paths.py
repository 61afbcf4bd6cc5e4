"""Which addresses of the portal are public, and where a static copy keeps what they answer."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

__all__ = ["CLOSED", "COPIED", "LANGUAGES", "Target", "target_of"]

CLOSED: Final = (
    *("/accounts/", "/account/", "/admin/", "/applications/", "/review/", "/work/", "/filings/"),
    *("/rounds/", "/reports/", "/reported/", "/lists/", "/classes/", "/bulletins/new/"),
)
"""What is for people who sign in, or for one person alone."""

COPIED: Final = (
    *("/snapshot.json", "/keys.json", "/witnesses.json"),
    *("/log/checkpoint", "/log/tile/", "/repository/"),
)
"""What lies in the public folder and is copied as it is; so are the editions of the open data."""

LANGUAGES: Final = ("zh", "en")
_KEPT: Final = frozenset({"page", "jurisdiction"})
"""The parts of a query that lead to a page of its own; whatever else is asked needs a server."""

_SAFE: Final = re.compile(r"[\w-]{1,40}")
_EDITION_FILE: Final = re.compile(r"/data/[^/]+(?:/[^/]+)?")
_OF_AN_ENTRY: Final = re.compile(r"/api/v1/register/entries/[^/]+/(certificate|proof)")
_OPENAPI: Final = "/api/v1/openapi.json"
_ENDINGS: Final = {"certificate": ".json", "proof": ".tlog-proof"}


class Target(NamedTuple):
    """Where something is kept: the address that answers it, its file, and the language's folder, if any."""

    address: str
    language: str
    """`zh` or `en`; empty where the file is the same in every language."""
    file: PurePosixPath
    is_copied: bool

    @property
    def path(self) -> PurePosixPath:
        """The file's path in the copy."""
        return PurePosixPath(self.language) / self.file


def target_of(address: str, language: str) -> Target | None:
    """Return where the copy keeps an address of the portal, met on a page in `language`; None if nowhere."""
    path, query = _parts(address)
    language = query.pop("lang", language)
    if query.get("page") == "1":
        del query["page"]
    if not _is_public(path, query) or language not in LANGUAGES:
        return None
    asked = f"{path}?{urlencode(sorted(query.items()))}" if query else path
    name = PurePosixPath(unquote(path).lstrip("/"))
    if ".." in name.parts:
        return None
    if path.endswith("/"):
        parts = [f"{key}-{value}" for key, value in sorted(query.items())]
        return Target(asked, language, name.joinpath(*parts, "index.html"), is_copied=False)
    found = _OF_AN_ENTRY.fullmatch(path)
    if found:
        name = name.with_name(found[1] + _ENDINGS[found[1]])
    is_copied = path.startswith(COPIED) or _EDITION_FILE.fullmatch(path) is not None
    is_shared = is_copied or path.startswith(("/static/", "/api/", "/check/code/"))
    return Target(path, "" if is_shared else language, name, is_copied=is_copied)


def _parts(address: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(address)
    return parts.path, dict(parse_qsl(parts.query, keep_blank_values=True))


def _is_public(path: str, query: Mapping[str, str]) -> bool:
    if path.startswith(CLOSED) or path.endswith("/report/") or not path.startswith("/"):
        return False
    if path.startswith("/api/") and path != _OPENAPI and not _OF_AN_ENTRY.fullmatch(path):
        return False
    if not path.endswith("/"):
        return True
    return set(query) <= _KEPT and all(_SAFE.fullmatch(value) for value in query.values())
