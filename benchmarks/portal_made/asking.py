"""Asks for every page of a filled portal by Django's client: the server's time, and the queries it takes."""

import gc
import random
import statistics
import time
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.portal.pages.world import Page, World

__all__ = ["ask_pages"]


def ask_pages(world: World, pages: Sequence[Page], rounds: int) -> list[dict[str, Any]]:
    """Return for each page its queries, and p50 and p95 of its milliseconds, in an order of chance."""
    clients = {who: _client(world, who) for who in {page.who for page in pages}}
    found = {page: {"queries": _queries(clients[page.who], page), "wall": [], "cpu": []} for page in pages}
    # As the web server does once its pages are loaded.
    gc.collect()
    gc.freeze()
    chance = random.Random(4)  # noqa: S311  the same order at every run
    for _ in range(rounds):
        for page in chance.sample(list(pages), len(pages)):
            wall, cpu = time.perf_counter(), time.process_time()
            answer = clients[page.who].get(page.path)
            found[page]["wall"].append(1e3 * (time.perf_counter() - wall))
            found[page]["cpu"].append(1e3 * (time.process_time() - cpu))
            if answer.status_code != 200:
                raise SystemExit(f"{page.path} answered with {answer.status_code}")
    return [_row(page, one) for page, one in found.items()]


def _row(page: Page, found: dict[str, Any]) -> dict[str, Any]:
    cut = statistics.quantiles(found["wall"], n=20, method="inclusive")
    return {
        "name": page.name,
        "path": page.path,
        "queries": found["queries"],
        "p50": cut[9],
        "p95": cut[18],
        "cpu": statistics.mean(found["cpu"]),
    }


def _client(world: World, who: str) -> Client:
    client = Client(headers={"accept-language": "zh"})
    if who:
        client.force_login(world.cast.people[who])
    return client


def _queries(client: Client, page: Page) -> int:
    client.get(page.path)  # what is read once and kept
    with CaptureQueriesContext(connection) as captured:
        client.get(page.path)
    return len(captured)
