"""What is new: one list of items that both feeds are made of.

A new kind of news is one function here that returns its newest items, and its name in `_SOURCES`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils.timezone import localtime

from openbeian.bulletins.words import said
from openbeian.core.lifecycle import FILING_STEPS, FOLLOWING_STEPS, FilingStatus
from openbeian.core.text import LANGUAGES, Text
from openbeian.portal.bulletins.queries import document_of, published
from openbeian.portal.filings.models import Filing, Round
from openbeian.portal.log.models import Entry
from openbeian.portal.register.models import TakenList

__all__ = ["Item", "newest_items"]

_MOST: Final = 50
_CERTIFIED: Final = "filing.certified"
_STEPS: Final = {
    **FILING_STEPS,
    **{name: step for name, step in FOLLOWING_STEPS.items() if step.target in FilingStatus},
}
_MEASURES: Final = {f"filing.{name}": step for name, step in _STEPS.items()}
_MAY_BE_OFFERED: Final = {step.name for step in _STEPS.values() if step.target is FilingStatus.VALID}


class Item(NamedTuple):
    """One piece of news; `id` stays the same for ever, wherever the portal may move."""

    id: str
    at: datetime
    title: Text
    summary: Text
    path: str
    category: str


def newest_items() -> list[Item]:
    """Return what is new, newest first."""
    items = [item for source in _SOURCES for item in source(_MOST)]
    return sorted(items, key=lambda item: (item.at, item.id), reverse=True)[:_MOST]


def _tag(at: datetime, name: str) -> str:
    """Return a tag URI (RFC 4151) in the name of the log, which outlives any address."""
    authority = settings.BEIAN_LOG_ORIGIN.split("/", maxsplit=1)[0].lower()
    return f"tag:{authority},{localtime(at):%Y-%m-%d}:{name}"


def _rounds(most: int) -> list[Item]:
    found = Round.objects.filter(published_at__isnull=False).annotate(size=Count("filings"))
    items = []
    for one in found.order_by("-published_at")[:most]:
        assert one.published_at is not None, "filtered above"
        title = Text(
            f"{one.name}：{one.size} 项服务发证",
            f"{one.name_en or one.name}: services certified, {one.size}",
        )
        summary = Text(
            f"{one.held_on} {one.place or ''}，本批次发出 {one.size} 张证书。备案不代表认可。",
            f"{one.size} certificates were issued in this round, held on {one.held_on}. "
            "A filing is not an endorsement.",
        )
        path = f"{reverse('register:entries')}?round={one.series}"
        items.append(
            Item(
                _tag(one.published_at, f"round/{one.series}"), one.published_at, title, summary, path, "round"
            )
        )
    return items


def _entries(most: int) -> list[Item]:
    found = _logged([_CERTIFIED], most)
    filings = _filings(found)
    items = []
    for one in found:
        filing = filings[one.subject]
        title = Text(f"新入册：{filing.service_name}", f"New on file: {filing.service_name}")
        summary = Text(
            f"{filing.provider_name} 的「{filing.service_name}」已备案，编号 {filing.number}。"
            "备案不代表认可。",
            f"“{filing.service_name}” of {filing.provider_name_en or filing.provider_name} is on file as "
            f"{filing.number}. A filing is not an endorsement.",
        )
        items.append(_of_log(one, _marked(title, filing), summary, "entry"))
    return items


def _measures(most: int) -> list[Item]:
    found = _logged(list(_MEASURES), most)
    filings = _filings(found)
    items = []
    for one in found:
        filing, step = filings[one.subject], _MEASURES[one.kind]
        title = Text(f"{step.label.zh}：{filing.service_name}", f"{step.label.en}: {filing.service_name}")
        may = step.name in _MAY_BE_OFFERED
        summary = Text(
            f"{filing.number}（{filing.provider_name}）的备案已{step.label.zh}，"
            f"{'可以继续' if may else '不得'}向公众提供。",
            f"The filing {filing.number} of {filing.provider_name_en or filing.provider_name}: "
            f"{step.label.en.lower()}. The service {'may' if may else 'must not'} be offered to the public.",
        )
        items.append(_of_log(one, _marked(title, filing), summary, "measure"))
    return items


def _bulletins(most: int) -> list[Item]:
    items = []
    for one in published()[:most]:
        assert one.published_at is not None, "published"
        document = document_of(one)
        zh, en = (
            " ".join(said(line, document, language) for line in document.takeaways) for language in LANGUAGES
        )
        path = reverse("bulletins:bulletin", args=[one.slug])
        tag = _tag(one.published_at, f"bulletin/{one.slug}")
        items.append(Item(tag, one.published_at, document.title, Text(zh, en), path, "bulletin"))
    return items


def _taken_lists(most: int) -> list[Item]:
    return [
        Item(
            _tag(one.taken_at, f"list/{one.pk}"),
            one.taken_at,
            Text(f"收入已公布的名单：{one.name}", f"Published list taken over: {one.name}"),
            Text(
                f"共 {one.rows} 行：新增 {one.new}，变更 {one.changed}，冲突未收 {one.conflicting}。",
                f"{one.rows} rows: {one.new} new, {one.changed} changed, "
                f"{one.conflicting} left out as conflicting.",
            ),
            reverse("register:entries"),
            "list",
        )
        for one in TakenList.objects.all()[:most]
        if one.new or one.changed
    ]


_SOURCES: Final[tuple[Callable[[int], list[Item]], ...]] = (
    _rounds,
    _entries,
    _measures,
    _bulletins,
    _taken_lists,
)


def _logged(kinds: list[str], most: int) -> list[Entry]:
    """Return the newest entries of these kinds that are in the published log."""
    return list(Entry.objects.filter(kind__in=kinds, index__isnull=False).order_by("-id")[:most])


def _filings(found: list[Entry]) -> dict[str, Filing]:
    numbers = {one.subject for one in found}
    return {filing.number: filing for filing in Filing.objects.filter(number__in=numbers)}


def _of_log(one: Entry, title: Text, summary: Text, category: str) -> Item:
    path = reverse("register:entry", args=[one.subject])
    return Item(_tag(one.at, f"log/{one.leaf_hash}"), one.at, title, summary, path, category)


def _marked(title: Text, filing: Filing) -> Text:
    return Text(f"［演示］{title.zh}", f"[DEMO] {title.en}") if filing.profile else title
