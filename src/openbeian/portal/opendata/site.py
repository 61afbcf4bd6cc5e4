"""A static copy of the whole public site, which any web server can serve.

The copy is made by following every public link from the front page on, so that a page nobody thought of here
is in it too. It is written beside its place and put there when it is whole; work that was cut off goes on
where it stopped, as long as the register has not changed.
"""

import json
import shutil
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.conf import settings

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.portal.opendata.asking import Answer, ask
from openbeian.portal.opendata.editions import replace_folder
from openbeian.portal.opendata.journal import Journal
from openbeian.portal.opendata.public_paths import LANGUAGES, Target, target_of
from openbeian.portal.opendata.site_links import NEEDS_SERVER, front_door, needs_server_page, standing_page
from openbeian.portal.opendata.site_map import robots_file, sitemap_files
from openbeian.portal.opendata.standing import standing

__all__ = ["FORMAT", "SITE_NAME", "Site", "write_site"]

FORMAT: Final = "openbeian.site/1"
SITE_NAME: Final = "site.json"
_FIRST: Final = ("/", "/data/", "/check/", "/feed.atom", "/feed.json")

Told = Callable[[int, int], object]
"""Is told how many addresses are written, and how many are known so far."""


class Site(NamedTuple):
    """What a copy holds: addresses written, each in every language, and those that led nowhere."""

    made_at: datetime
    log_size: int
    address: str
    addresses: int
    dead: tuple[str, ...]
    is_resumed: bool

    def as_json(self) -> dict[str, Any]:
        """Return the facts as `site.json` gives them."""
        return {
            "format": FORMAT,
            **self._asdict(),
            "made_at": self.made_at.isoformat(),
            "dead": list(self.dead),
        }


def write_site(folder: Path, *, address: str, at: datetime, told: Told) -> Site:
    """Write the copy into `folder`; `address` is where it will be served, empty where nobody knows.

    Raises:
        BadInputError: The folder holds something else, or the address is none.
        CouldNotRunError: The portal can't answer a page, or the disk refused.
    """
    _check(folder, address)
    draft = folder.with_name(f".{folder.name}.draft")
    stands = standing()
    try:
        draft.mkdir(parents=True, exist_ok=True)
        with Journal(draft, f"{stands.mark} {stands.log_size} {address}") as journal:
            if not journal.is_resumed:
                _empty(draft)
            dead = _follow(draft, journal, address, told)
            _copy_public(draft)
            _write_frame(draft, journal.done, address)
            site = Site(at, stands.log_size, address, len(journal.done), dead, journal.is_resumed)
            _write(
                draft / SITE_NAME, (json.dumps(site.as_json(), ensure_ascii=False, indent=2) + "\n").encode()
            )
            journal.remove()
    except OSError as error:
        raise CouldNotRunError(
            f"无法写入 {draft}（{error.strerror}）；清出空间后再执行，会接着做。",
            f"{draft} can't be written ({error.strerror}); make room and run it again, it will go on.",
        ) from error
    replace_folder(folder, draft)
    return site


def _follow(draft: Path, journal: Journal, address: str, told: Told) -> tuple[str, ...]:
    """Write every page that can be reached; return the addresses that led nowhere."""
    waiting = [*_FIRST, *(link for leads_to in journal.done.values() for link in leads_to or ())]
    known = set(waiting) | set(journal.done)
    while waiting:
        asked = waiting.pop()
        if asked in journal.done:
            continue
        links = _take(draft, asked, address)
        journal.note(asked, links)
        waiting += [link for link in links or () if link not in known]
        known.update(links or ())
        told(len(journal.done), len(known))
    return tuple(asked for asked, links in journal.done.items() if links is None)


def _take(draft: Path, asked: str, address: str) -> list[str] | None:
    """Write one address in every language; return where it leads, or None where it is not there."""
    leads_to: dict[str, None] = {}
    for language in LANGUAGES:
        target = target_of(asked, language)
        assert target is not None, "only what the copy has a place for is followed"
        answer = ask(asked, language)
        if answer.status >= 500:  # noqa: PLR2004  the class of the portal's own failures
            raise CouldNotRunError(
                f"门户无法给出 {asked}（{answer.status}）；请先修复，再执行一次。",
                f"The portal can't answer {asked} ({answer.status}); mend that and run it again.",
            )
        if not answer.is_fine:
            return None
        leads_to.update(dict.fromkeys(_keep(draft, target, answer, address)))
        if not target.language:
            break
    return list(leads_to)


def _keep(draft: Path, target: Target, answer: Answer, address: str) -> Iterable[str]:
    """Write one answer; return the addresses that it leads to and that have to be asked for."""
    if not answer.content_type.startswith("text/html"):
        _write(draft / target.path, _moved(target, answer, address))
        return ()
    page = standing_page(answer.body.decode(), target)
    _write(draft / target.path, page.text.encode())
    return [one.address for one in page.leads_to if not one.is_copied]


def _moved(target: Target, answer: Answer, address: str) -> bytes:
    """Return a file; a feed leads to the copy, where its address is known, instead of to the portal."""
    if address and target.file.name.startswith("feed."):
        there = f"{address}/{target.language}/"
        return answer.body.replace(f"{settings.BEIAN_ORIGIN}/".encode(), there.encode())
    return answer.body


def _copy_public(draft: Path) -> None:
    public = Path(settings.BEIAN_HOME) / "public"
    if public.exists():
        hidden = shutil.ignore_patterns(".*")
        shutil.copytree(public, draft, dirs_exist_ok=True, ignore=hidden)


def _write_frame(draft: Path, done: Iterable[str], address: str) -> None:
    """Write what no address answers: the front door, the page for what needs a server, the sitemap."""
    _write(draft / "index.html", front_door().encode())
    for language in LANGUAGES:
        here = Target("/needs-a-server/", language, NEEDS_SERVER, is_copied=False)
        frame = standing_page(ask("/check/", language).body.decode(), here).text
        _write(draft / here.path, needs_server_page(frame, here).encode())
    if address:
        pages = [target_of(asked, "zh") for asked in done]
        files = sorted(str(one.file) for one in pages if one is not None and one.file.name == "index.html")
        for name, text in sitemap_files(files, address).items():
            _write(draft / name, text.encode())
        _write(draft / "robots.txt", robots_file(address).encode())


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _empty(draft: Path) -> None:
    for path in draft.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif not path.name.startswith("."):
            path.unlink()


def _check(folder: Path, address: str) -> None:
    if address and (not address.startswith(("http://", "https://")) or address.endswith("/")):
        raise BadInputError(
            f"--address「{address}」应以 https:// 开头，末尾不带斜线。",
            f"--address “{address}” must begin with https:// and end without a slash.",
        )
    if not folder.exists() or (folder / SITE_NAME).exists():
        return
    if not folder.is_dir() or any(folder.iterdir()):
        raise BadInputError(
            f"{folder} 里已有别的内容；请给出空的或不存在的目录。",
            f"{folder} holds something else; name a folder that is empty or not there.",
        )
