"""Reading the open data that a bulletin is recomputed from: register rows, and the days each office took."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from openbeian.core.bulletin_figures import Standing
from openbeian.core.errors import BadInputError
from openbeian.core.jurisdictions import find_jurisdiction
from openbeian.core.register_counts import RegisterRow, Took
from openbeian.standards import load_jurisdictions

__all__ = ["read_office_days", "read_rows"]


def read_rows(lines: Iterable[bytes | str]) -> Iterator[Standing]:
    """Yield the entries of an open register in JSON lines, as far as they are counted.

    Raises:
        BadInputError: A line is no entry.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _standing(json.loads(line))
        except (KeyError, TypeError, ValueError) as error:
            raise BadInputError(
                f"登记册第 {number} 行不是一项记录（{error}）；请使用开放数据的 JSONL 文件。",
                f"Line {number} of the register is no entry ({error}); use the JSONL file of the open data.",
            ) from error


def _standing(kept: Mapping[str, Any]) -> Standing:
    issued_on, since = kept["issued_on"], kept["status_since"]
    row = RegisterRow(
        route=str(kept["route"]),
        jurisdiction=str(kept["jurisdiction"]),
        status=str(kept["status"]),
        issued_on=date.fromisoformat(issued_on) if issued_on else None,
        round=kept["round"],
        industry=str(kept["industry"] or ""),
        provider=str(kept["provider_uscc"] or kept["provider_name"]),
    )
    return Standing(
        row, date.fromisoformat(kept["listed_on"]), datetime.fromisoformat(since) if since else None
    )


def read_office_days(data: bytes) -> dict[str, Took]:
    """Read the statistic `days-to-certificate-by-office`, as CSV or as the JSON of the API, by jurisdiction.

    Raises:
        BadInputError: It is neither.
    """
    try:
        text = data.decode("utf-8-sig")
        rows = _rows_of_json(text) if text.lstrip().startswith("{") else _rows_of_csv(text)
        return {
            find_jurisdiction(load_jurisdictions().values(), name).code: Took(
                int(cases), float(median) if median not in (None, "") else None
            )
            for name, cases, median in rows
        }
    except (KeyError, TypeError, ValueError, BadInputError) as error:
        raise BadInputError(
            f"统计文件不是「days-to-certificate-by-office」（{error}）；请从统计页下载其 CSV 或 JSON。",
            f"The statistics file is not days-to-certificate-by-office ({error}); download its CSV or JSON.",
        ) from error


def _rows_of_csv(text: str) -> list[tuple[str, Any, Any]]:
    rows = list(csv.DictReader(io.StringIO(text)))
    if text.strip() and not rows and "median_days" not in text:
        raise ValueError("no column median_days")
    # Words in both languages have a column each; a statistic without rows can't know that it has words.
    return [(row["jurisdiction_zh"], row["certified"], row["median_days"]) for row in rows]


def _rows_of_json(text: str) -> list[tuple[str, Any, Any]]:
    kept = json.loads(text)
    at = [column["id"] for column in kept["columns"]]
    place, cases, median = (at.index(name) for name in ("jurisdiction", "certified", "median_days"))
    return [(row[place]["zh"], row[cases], row[median]) for row in kept["rows"]]
