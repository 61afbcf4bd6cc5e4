"""People who use a portal at once: each signs in, opens pages of their own role, and now and then writes."""

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import aiohttp
from tests.portal.pages.world import Page

__all__ = ["PASSWORD", "use"]

PASSWORD: Final = "what 50 people share in a benchmark"  # noqa: S105  of people made up for it
_TOKEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_COMING: Final = 60.0
"""Within so many seconds all have come, as in the minutes after nine o'clock."""
_TOO_OFTEN, _AGAIN = 429, 10.0
"""From one address only so many may sign in a minute; whoever is refused waits."""
_WRITES: Final = 12
"""One in so many steps writes a message."""


async def use(
    origin: str, pages: Sequence[Page], *, people: int, seconds: float, pause: tuple[float, float]
) -> dict[str, Any]:
    """Let people use the portal for a time; return their times in ms and what the answers were."""
    roles = sorted({page.who for page in pages if page.who})
    until = time.monotonic() + seconds
    seen = _Seen([], Counter())
    async with asyncio.TaskGroup() as group:
        for number in range(people):
            who = roles[number % len(roles)]
            own = [page.path for page in pages if page.who in {"", who}]
            chance = random.Random(number)  # noqa: S311  the same people at every run
            group.create_task(_Person((origin, own), who, chance, seen).live(until, pause))
    return {"walls": seen.walls, "answers": dict(seen.answers)}


class _Seen(NamedTuple):
    walls: list[float]
    answers: Counter[int]


class _Person:
    def __init__(self, site: tuple[str, list[str]], who: str, chance: random.Random, seen: "_Seen") -> None:
        (self._origin, self._paths), self._who, self._chance = site, who, chance
        self._seen = seen

    async def live(self, until: float, pause: tuple[float, float]) -> None:
        jar = aiohttp.CookieJar(unsafe=True)  # an address without a name has cookies too
        async with aiohttp.ClientSession(cookie_jar=jar, headers={"accept-language": "zh"}) as session:
            await asyncio.sleep(self._chance.uniform(0, _COMING))
            await self._sign_in(session)
            while time.monotonic() < until:
                await self._step(session)
                await asyncio.sleep(self._chance.uniform(*pause))

    async def _sign_in(self, session: aiohttp.ClientSession) -> None:
        address = f"{self._origin}/accounts/login/"
        page = await self._open(session, address)
        fields = {"login": f"{self._who}@example.com", "password": PASSWORD}
        if await self._send(session, address, page, fields) == _TOO_OFTEN:
            await asyncio.sleep(_AGAIN)
            await self._sign_in(session)

    async def _step(self, session: aiohttp.ClientSession) -> None:
        conversations = [path for path in self._paths if re.fullmatch(r"/messages/[^/]+/", path)]
        if conversations and self._chance.randrange(_WRITES) == 0:
            address = self._origin + self._chance.choice(conversations)
            page = await self._open(session, address)
            await self._send(session, address, page, {"text": "请补充说明适用范围。"})
        else:
            await self._open(session, self._origin + self._chance.choice(self._paths))

    async def _open(self, session: aiohttp.ClientSession, address: str) -> str:
        started = time.perf_counter()
        async with session.get(address) as answer:
            page = await answer.text()
        self._count(started, answer.status)
        return page

    async def _send(
        self, session: aiohttp.ClientSession, address: str, page: str, fields: dict[str, str]
    ) -> int:
        token = _TOKEN.search(page)
        if token is None:
            raise SystemExit(f"{address} has no form to send")
        started = time.perf_counter()
        body = urlencode(fields | {"csrfmiddlewaretoken": token[1]})
        headers = {"content-type": "application/x-www-form-urlencoded", "referer": address}
        async with session.post(address, data=body, headers=headers) as answer:
            await answer.read()
        self._count(started, answer.status)
        return answer.status

    def _count(self, started: float, status: int) -> None:
        self._seen.walls.append(1e3 * (time.perf_counter() - started))
        self._seen.answers[status] += 1
