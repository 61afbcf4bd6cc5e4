"""A bulletin as JSON and back: the JSON is the source, everything else is made from it."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import rfc8785

from openbeian.bulletins.document import (
    SCHEMA,
    Bulletin,
    Certified,
    Chart,
    Figure,
    LogPosition,
    Section,
    Sentence,
)
from openbeian.bulletins.scope import RoundFacts, Scope, parse_period
from openbeian.core.bulletin_figures import STATISTICS, TABLES, Query
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text

__all__ = ["canonical_bytes", "from_json", "read_file", "to_json"]

_DAYS: Final = ("as_of", "since", "until", "base_until")


def canonical_bytes(bulletin: Bulletin) -> bytes:
    """Return the RFC 8785 form, whose SHA-256 names the bulletin."""
    return rfc8785.dumps(to_json(bulletin))


def to_json(bulletin: Bulletin) -> dict[str, Any]:
    """Return the document."""
    return {
        "schema": SCHEMA,
        "slug": bulletin.slug,
        "scope": _scope_to_json(bulletin.scope),
        "as_of": bulletin.as_of.isoformat(),
        "log": {"size": bulletin.log.size, "checkpoint": bulletin.log.checkpoint},
        "issuer": bulletin.issuer,
        "title": bulletin.title._asdict(),
        "figures": {
            name: {"value": one.value, "unit": one.unit, "query": _query_to_json(one.query)}
            for name, one in bulletin.figures.items()
        },
        "takeaways": [_sentence_to_json(one) for one in bulletin.takeaways],
        "sections": [_section_to_json(one) for one in bulletin.sections],
        "certified": [_certified_to_json(one) for one in bulletin.certified],
        "not_listed": bulletin.not_listed,
        "method": [one._asdict() for one in bulletin.method],
        "editor": bulletin.editor._asdict(),
        "corrects": bulletin.corrects,
        "has_demo": bulletin.has_demo,
    }


def from_json(document: Mapping[str, Any]) -> Bulletin:
    """Read a document.

    Raises:
        BadInputError: It is no bulletin, or one of a schema this version does not know.
    """
    try:
        _check_schema(document["schema"])
        return Bulletin(
            slug=str(document["slug"]),
            scope=_scope(document["scope"]),
            as_of=date.fromisoformat(document["as_of"]),
            log=LogPosition(int(document["log"]["size"]), str(document["log"]["checkpoint"])),
            issuer=str(document["issuer"]),
            title=_text(document["title"]),
            figures={name: _figure(one) for name, one in document["figures"].items()},
            takeaways=tuple(map(_sentence, document["takeaways"])),
            sections=tuple(map(_section, document["sections"])),
            certified=tuple(map(_certified, document["certified"])),
            not_listed=int(document["not_listed"]),
            method=tuple(map(_text, document["method"])),
            editor=_text(document["editor"]),
            corrects=str(document["corrects"]),
            has_demo=bool(document["has_demo"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInputError(
            f"这不是「{SCHEMA}」格式的公报（{error}）；请使用公报页上下载的 JSON 文件。",
            f"This is no bulletin of the format {SCHEMA} ({error}); use the JSON file that its page offers.",
        ) from error


def _check_schema(schema: str) -> None:
    if schema != SCHEMA:
        raise ValueError(schema)


def read_file(data: bytes) -> tuple[Bulletin, list[dict[str, Any]]]:
    """Read a bulletin's file: the document and the signatures over it, which may be none.

    Raises:
        BadInputError: It is no such file.
    """
    try:
        file = json.loads(data.decode("utf-8"))
        document, signatures = file["bulletin"], list(file["signatures"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadInputError(
            "文件不是公报：应为含 bulletin 与 signatures 的 JSON；请从公报页重新下载。",
            "The file is no bulletin: JSON with bulletin and signatures is expected; download it again.",
        ) from error
    return from_json(document), signatures


def _text(kept: Mapping[str, Any]) -> Text:
    return Text(str(kept["zh"]), str(kept["en"]))


def _scope_to_json(scope: Scope) -> dict[str, Any]:
    held = scope.round
    return {
        "jurisdiction": scope.jurisdiction,
        "period": scope.period.label if scope.period else None,
        "round": held
        and {
            "series": held.series,
            "name": held.name._asdict(),
            "place": held.place,
            "held_on": held.held_on.isoformat(),
            "issued_on": held.issued_on.isoformat(),
        },
    }


def _scope(kept: Mapping[str, Any]) -> Scope:
    held = kept["round"]
    if (held is None) == (kept["period"] is None):
        raise ValueError("scope")
    return Scope(
        jurisdiction=str(kept["jurisdiction"]),
        period=parse_period(kept["period"]) if held is None else None,
        round=held
        and RoundFacts(
            int(held["series"]),
            _text(held["name"]),
            str(held["place"]),
            date.fromisoformat(held["held_on"]),
            date.fromisoformat(held["issued_on"]),
        ),
    )


def _query_to_json(query: Query) -> dict[str, Any]:
    """Return the members of a query that say something."""
    kept: dict[str, Any] = {"statistic": query.statistic, "series": query.series}
    for name in _DAYS:
        value = getattr(query, name)
        if value is not None:
            kept[name] = value.isoformat()
    for name in ("jurisdiction", "round", "industry"):
        if getattr(query, name):
            kept[name] = getattr(query, name)
    return kept


def _query(kept: Mapping[str, Any]) -> Query:
    days = {name: date.fromisoformat(kept[name]) for name in _DAYS if name in kept}
    if kept["statistic"] not in (*STATISTICS, *TABLES):
        raise ValueError(kept["statistic"])
    return Query(**{**kept, **days})


def _figure(kept: Mapping[str, Any]) -> Figure:
    return Figure(kept["value"], str(kept["unit"]), _query(kept["query"]))


def _sentence_to_json(sentence: Sentence) -> dict[str, Any]:
    kept: dict[str, Any] = {
        "text": sentence.text._asdict(),
        "names": {name: text._asdict() for name, text in sentence.names.items()},
    }
    return kept if sentence.polished is None else {**kept, "polished": sentence.polished._asdict()}


def _sentence(kept: Mapping[str, Any]) -> Sentence:
    polished = kept.get("polished")
    return Sentence(
        _text(kept["text"]),
        {name: _text(text) for name, text in kept["names"].items()},
        None if polished is None else _text(polished),
    )


def _section_to_json(section: Section) -> dict[str, Any]:
    return {
        "id": section.id,
        "heading": section.heading._asdict(),
        "sentences": [_sentence_to_json(one) for one in section.sentences],
        "charts": [
            {
                "id": chart.id,
                "title": chart.title._asdict(),
                "sentence": _sentence_to_json(chart.sentence),
                "query": _query_to_json(chart.query),
                "rows": [list(row) for row in chart.rows],
            }
            for chart in section.charts
        ],
    }


def _section(kept: Mapping[str, Any]) -> Section:
    return Section(
        str(kept["id"]),
        _text(kept["heading"]),
        tuple(map(_sentence, kept["sentences"])),
        tuple(map(_chart, kept["charts"])),
    )


def _chart(kept: Mapping[str, Any]) -> Chart:
    rows: Sequence[Sequence[Any]] = kept["rows"]
    return Chart(
        str(kept["id"]),
        _text(kept["title"]),
        _sentence(kept["sentence"]),
        _query(kept["query"]),
        tuple(tuple(row) for row in rows),
    )


def _certified_to_json(line: Certified) -> dict[str, Any]:
    return {
        "number": line.number,
        "series": line.series,
        "service": line.service,
        "provider": line.provider,
        "provider_en": line.provider_en,
        "jurisdiction": line.jurisdiction,
        "industry": line.industry,
        "issued_on": line.issued_on.isoformat() if line.issued_on else None,
    }


def _certified(kept: Mapping[str, Any]) -> Certified:
    on = kept["issued_on"]
    return Certified(**{**kept, "issued_on": date.fromisoformat(on) if on else None})
