"""Asks a loaded register every question, in turns, and prints milliseconds as JSON."""

import json
import os
import random
import time
from typing import Any

from django.db import connection
from django.test import Client

from openbeian.portal.filings.models import RegisterEntry
from register_made.questions import QUESTIONS, Question

__all__ = ["ask_everything"]


def ask_everything(rounds: int) -> None:
    """Ask everything once to warm up, then `rounds` times in an order of chance."""
    client = Client(headers={"accept-language": "zh"}, SERVER_NAME="localhost")
    known = _known()
    asked = [(question, kind) for question in QUESTIONS for kind in ("page", "api")]
    for question, kind in asked:
        _ask(client, question, kind, known)
    taken: dict[str, list[list[float]]] = {}
    chance = random.Random(3)  # noqa: S311  the same order at every run
    counts: dict[str, str] = {}
    for _ in range(rounds):
        for question, kind in chance.sample(asked, len(asked)):
            wall, work, count = _ask(client, question, kind, known)
            taken.setdefault(f"{question.name}\t{kind}", []).append([wall, work])
            if count:
                counts[question.name] = count
    print(json.dumps({"taken": taken, "counts": counts, "known": known, "rounds": rounds, **_about()}))


def _known() -> dict[str, str]:
    entry = RegisterEntry.objects.order_by("pk")[12_345 % RegisterEntry.objects.count()]
    base = RegisterEntry.objects.exclude(base_number="").order_by("pk")[5]
    return {
        "number": entry.number,
        "name": entry.service_name,
        "provider": entry.provider_name,
        "base": base.base_number,
    }


def _ask(client: Client, question: Question, kind: str, known: dict[str, str]) -> tuple[float, float, str]:
    query: dict[str, Any] = {name: value.format(**known) for name, value in question.filters}
    words, cursor = ("q", "after") if kind == "page" else ("search", "cursor")
    query |= {words: question.words.format(**known)} if question.words else {}
    query |= {cursor: question.cursor} if question.cursor else {}
    wall, work = time.perf_counter(), time.process_time()
    answer = client.get("/register/" if kind == "page" else "/api/v1/register/entries", query)
    wall, work = time.perf_counter() - wall, time.process_time() - work
    assert answer.status_code == 200, (question, answer.content[:500])
    count = ""
    if kind == "api":
        said = answer.json()
        count = "" if said["count"] is None else f"{said['count']:,}" + ("+" if said["is_more"] else "")
    return wall * 1000, work * 1000, count


def _about() -> dict[str, object]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        version = cursor.fetchone()[0]
    return {
        "order": [question.name for question in QUESTIONS],
        "version": version,
        "entries": RegisterEntry.objects.count(),
        "load": os.getloadavg()[0],
    }
