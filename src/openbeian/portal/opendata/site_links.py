"""Turning a page of the portal into one that stands alone: links lead to files, forms to where they work."""

import html
import os
import re
from pathlib import PurePosixPath
from typing import Final, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings

from openbeian.core.text import Text
from openbeian.portal.opendata.public_paths import Target, target_of

__all__ = ["NEEDS_SERVER", "StandingPage", "front_door", "needs_server_page", "standing_page"]

NEEDS_SERVER: Final = PurePosixPath("needs-a-server/index.html")
_LINK: Final = re.compile(r'(\s(?:href|src|action)=")([^"]*)(")')
_FORM: Final = re.compile(r"<form\b.*?</form>", re.DOTALL)
_MAIN: Final = re.compile(r'(<main id="main"[^>]*>\s*<div class="wrap">).*?(</div>\s*</main>)', re.DOTALL)
_SAID: Final = Text(
    "这是一份静态副本：查询、核验、反馈和登录须在门户办理。",
    "This is a static copy: searching, verifying, reporting and signing in need the portal.",
)
_TO_PORTAL: Final = Text("前往门户", "Go to the portal")
_DOWNLOAD: Final = Text("下载全部数据", "Download all data")


class StandingPage(NamedTuple):
    """A page as the copy keeps it, and the addresses it leads to."""

    text: str
    leads_to: tuple[Target, ...]


def standing_page(text: str, here: Target) -> StandingPage:
    """Return a page whose links are relative to its place in the copy."""
    found: dict[Target, None] = {}

    def lead(match: re.Match[str]) -> str:
        written = html.unescape(match[2])
        if not written.startswith(("/", "?")):
            return match[0]
        whole = urljoin(here.address, written)
        target = target_of(whole, here.language)
        if target is None:
            return f"{match[1]}{_relative(PurePosixPath(here.language) / NEEDS_SERVER, here)}{match[3]}"
        found[target] = None
        fragment = urlsplit(whole).fragment
        return f"{match[1]}{_relative(target.path, here)}{'#' + fragment if fragment else ''}{match[3]}"

    text = _FORM.sub(lambda _: _notice(here), text)
    return StandingPage(_LINK.sub(lead, text), tuple(found))


def needs_server_page(text: str, here: Target) -> str:
    """Return the page that stands for whatever needs a server, made of any page's frame."""
    return _MAIN.sub(lambda match: match[1] + _notice(here) + match[2], text, count=1)


def front_door() -> str:
    """Return the page at the top of the copy: to Chinese at once, to English by a link."""
    return (
        '<!doctype html>\n<html lang="zh-Hans"><head><meta charset="utf-8"><title>OpenBeian</title>'
        '<meta http-equiv="refresh" content="0; url=zh/index.html"></head><body>'
        '<p><a href="zh/index.html" lang="zh-Hans">中文</a> · '
        '<a href="en/index.html" lang="en">English</a></p>'
        "</body></html>\n"
    )


def _notice(here: Target) -> str:
    data = _relative(PurePosixPath(here.language) / "data/index.html", here)
    portal = html.escape(settings.BEIAN_ORIGIN)
    return (
        f'<div class="notice"><div><p>{_SAID.in_(here.language)}</p><p><a href="{portal}/">'
        f"{_TO_PORTAL.in_(here.language)}</a> · "
        f'<a href="{data}">{_DOWNLOAD.in_(here.language)}</a></p></div></div>'
    )


def _relative(path: PurePosixPath, here: Target) -> str:
    return quote(os.path.relpath(path, here.path.parent))
