"""The rows of a list of entries, written in one go: a template's own loops take most of a page's time."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from openbeian.core.text import Text
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.web.languages import current_language
from openbeian.portal.web.templatetags.beian import jurisdiction, state

__all__ = ["register", "rows"]

register = template.Library()

_PROVIDER: Final = Text("提供者", "Provider")
_NUMBER: Final = Text("备案号", "Number")
_PLACE: Final = Text("属地", "Province")
_DAY: Final = Text("发证日期", "Issued")
_STATE: Final = Text("状态", "Status")
_NOT_PUBLISHED: Final = Text("未公布", "not published")
_REGISTRATION: Final = Text("登记", "registration")
_FROM_A_LIST: Final = Text("据公布名单", "from a published list")
_DEMO: Final = "演示 DEMO", "DEMO 演示"
_SAFE_IN_PATHS: Final = "~:@!$&'()*+,;="


@register.filter
def rows(entries: Iterable[RegisterEntry]) -> SafeString:
    """Return the rows of a table of entries as HTML."""
    address = reverse("register:entry", args=["-"]).removesuffix("-/")
    words = _words(current_language())
    return mark_safe("".join(_row(one, address, words) for one in entries))  # noqa: S308  every part is escaped


class _Words:
    """What the rows say in one language; headings are said again in each cell, for phones."""

    def __init__(self, language: str) -> None:
        """Look every word up once."""
        self.provider, self.number, self.place, self.day, self.state = (
            escape(one.in_(language)) for one in (_PROVIDER, _NUMBER, _PLACE, _DAY, _STATE)
        )
        self.unknown = f'<span class="soft">{_NOT_PUBLISHED.in_(language)}</span>'
        self.registration = f' <span class="tag tag--soft">{_REGISTRATION.in_(language)}</span>'
        self.listed = f'<span class="tag tag--soft">{_FROM_A_LIST.in_(language)}</span>'
        self.demo = f' <span class="tag tag--demo">{Text(*_DEMO).in_(language)}</span>'
        self.is_english = language.startswith("en")
        self._states: dict[str, SafeString] = {}
        self._places: dict[str, str] = {}

    def state_of(self, status: str) -> SafeString:
        """Return a status by word, icon and colour, drawn once."""
        if status not in self._states:
            self._states[status] = state(status)
        return self._states[status]

    def place_of(self, code: str) -> str:
        """Return the name of a jurisdiction as HTML."""
        if code not in self._places:
            self._places[code] = escape(jurisdiction(code))
        return self._places[code]


_words = lru_cache(_Words)


def _row(entry: RegisterEntry, address: str, words: _Words) -> str:
    number = f'<span class="id">{escape(entry.number)}</span>' if entry.number else words.unknown
    route = words.registration if entry.route == "registration" else ""
    provider = entry.provider_name_en if words.is_english and entry.provider_name_en else entry.provider_name
    on = entry.issued_on.isoformat() if entry.issued_on else ""
    day = f'<time datetime="{on}">{on}</time>' if on else words.unknown
    return (
        f'<tr>\n<th scope="row"><a href="{address}{escape(quote(entry.key, safe=_SAFE_IN_PATHS))}/">'
        f"{escape(entry.service_name)}</a>{words.demo if entry.profile else ''}</th>\n"
        f'<td data-label="{words.provider}">{escape(provider)}</td>\n'
        f'<td data-label="{words.number}"><span>{number}{route}</span></td>\n'
        f'<td data-label="{words.place}">{words.place_of(entry.jurisdiction)}</td>\n'
        f'<td data-label="{words.day}">{day}</td>\n'
        f'<td data-label="{words.state}">'
        f"{words.state_of(entry.status) if entry.filing_id else words.listed}</td>\n</tr>"
    )
