"""The tags and filters of every page: words in two languages, dates, numbers, states, form fields."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.forms.forms import BaseForm
from django.template.base import Node, Parser, Token
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime

from openbeian.core.duties import DUTY_LABELS, DutyKind
from openbeian.core.jurisdictions import Jurisdiction
from openbeian.core.text import Text
from openbeian.portal.accounts.models import Organisation
from openbeian.portal.applications.models import Application
from openbeian.portal.filings.models import Filing, RegisterEntry, Round
from openbeian.portal.web import labels
from openbeian.portal.web.constant_parts import compile_part, constant_words
from openbeian.portal.web.languages import current_language
from openbeian.portal.web.log_words import entry_label
from openbeian.portal.web.marks import mark_of
from openbeian.standards import load_jurisdictions

__all__ = ["register"]

register = template.Library()
register.tag("fixed", compile_part)

_BAR = 160
"""How long the longest bar is, in pixels."""
_THIN_SPACE = "\u202f"


@register.simple_tag
def t(zh: str, en: str, **values: object) -> str:
    """Say something in the language of the page; `{placeholders}` are filled and escaped."""
    words = Text(zh, en).in_(current_language())
    return format_html(words, **values) if values else words


_compile_any_words = register.tags["t"]


@register.tag("t")
def _compile_words(parser: Parser, token: Token) -> Node:
    """Compile `t`: most say the same words on every page, and pages have a hundred of them."""
    return constant_words(token) or _compile_any_words(parser, token)


@register.simple_tag
def count(number: int, zh: str, one: str, many: str) -> str:
    """Say how many: the number first, then its unit, in English with the right plural."""
    unit = Text(zh, one if number == 1 else many).in_(current_language())
    return format_html('<span class="number">{}</span> {}', grouped(number), unit)


@register.filter
def say(words: object) -> str:
    """Say a bilingual text (a `Text`, or its JSON form) in the language of the page."""
    if isinstance(words, Text):
        return words.in_(current_language())
    if isinstance(words, dict):
        return Text(str(words["zh"]), str(words["en"])).in_(current_language())
    return str(words)


@register.filter
def step_label(name: str) -> Text:
    """Return what a step is called, given its name."""
    return labels.step_label(name)


@register.filter
def reason_label(code: str) -> Text:
    """Return the words of a reason, given its code."""
    return labels.reason_label(code)


@register.filter
def duty_label(kind: str) -> Text:
    """Return what a duty is called, given its kind."""
    return DUTY_LABELS[DutyKind(kind)]


@register.filter
def item_label(item: str) -> Text:
    """Return what a correction is about, given a field or a threshold or plain words."""
    return labels.item_label(item)


@register.filter
def fact(value: str, field: str) -> str:
    """Show a fact of a published entry: a province by its name, everything else as it is."""
    return jurisdiction(value) if field == "jurisdiction" else value


@register.filter
def file_kind(kind: str) -> Text:
    """Return what a file of an application is, given its kind."""
    return labels.file_kind(kind)


@register.filter
def class_label(name: str) -> Text:
    """Return what an industry or a service type is called, given its id."""
    return labels.class_label(name)


@register.filter
def fact_label(field: str) -> Text:
    """Return what a fact of a published entry is called."""
    return labels.FACT_LABELS[field]


@register.filter
def log_label(kind: str) -> Text:
    """Return what a kind of log entry, such as `filing.suspend`, is called."""
    return entry_label(kind)


@register.filter
def status_label(status: str) -> Text:
    """Return what a status is called, given as the database keeps it."""
    return mark_of(status)[1]


@register.filter
def edition(edition_id: str) -> Text:
    """Return the name and title of an edition of the standard, given its id."""
    return labels.edition_label(edition_id)


@register.filter
def say_all(many: Iterable[Text]) -> str:
    """Say several bilingual texts as a list in a sentence."""
    return Text("、", ", ").in_(current_language()).join(say(words) for words in many)


@register.filter
def name_in_page_language(thing: Organisation | Round) -> str:
    """Return the name of an organisation or a round, in English where it has one."""
    return thing.name_en if current_language().startswith("en") and thing.name_en else thing.name


@register.filter
def provider_in_page_language(filing: Filing | RegisterEntry) -> str:
    """Return the provider's name as the filing keeps it, in English where it has one."""
    in_english = current_language().startswith("en") and filing.provider_name_en
    return filing.provider_name_en if in_english else filing.provider_name


@register.filter
def beside(row: Sequence[object], columns: Sequence[object]) -> list[tuple[object, object]]:
    """Pair the columns of a table with the cells of one row."""
    return list(zip(columns, row, strict=True))


@register.filter
def bar(largest: float, value: float | None) -> SafeString:
    """Draw a bar as long as a value is beside the `largest` one; the figure itself stands beside it."""
    width = round(_BAR * value / largest) if value and largest else 0
    return mark_safe(  # noqa: S308  two numbers
        f'<svg width="{_BAR}" height="12" viewBox="0 0 {_BAR} 12" preserveAspectRatio="none" '
        f'aria-hidden="true"><rect width="{width}" height="12"/></svg>'
    )


@register.filter
def jurisdiction(code: str) -> str:
    """Return the short name of a jurisdiction, given its code."""
    found = _JURISDICTIONS.get(code)
    return found.short.in_(current_language()) if found else code


_JURISDICTIONS: Mapping[str, Jurisdiction] = load_jurisdictions()


@register.filter
def grouped(number: float) -> str:
    """Write a number with thin groups; a whole one without decimals."""
    number = int(number) if number == int(number) else number
    return f"{number:,}".replace(",", _THIN_SPACE)


@register.filter
def percent(share: float | None) -> str:
    """Write a share as a percentage with one decimal."""
    return "—" if share is None else f"{share * 100:.1f}%"


@register.filter
def size(octets: int) -> str:
    """Write the size of a file."""
    value, units = float(octets), iter(("B", "KiB", "MiB", "GiB"))
    unit = next(units)
    while value >= 1024 and unit != "GiB":  # noqa: PLR2004  the definition of the units
        value, unit = value / 1024, next(units)
    return f"{value:.0f}{_THIN_SPACE}{unit}" if unit == "B" else f"{value:.1f}{_THIN_SPACE}{unit}"


@register.filter
def day(when: date | datetime | None) -> str:
    """Write a date as 2026-11-23, an instant as the day it fell on here."""
    if when is None:
        return "—"
    on = localtime(when).date() if isinstance(when, datetime) else when
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), on.isoformat())


@register.filter
def moment(when: datetime) -> str:
    """Write an instant as 2026-11-23 14:05, in the portal's time zone."""
    here = localtime(when)
    shown = f"{here:%Y-%m-%d %H:%M}"
    return format_html('<time datetime="{}">{}</time>', here.isoformat(timespec="seconds"), shown)


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    """Draw an icon of the sprite; it says nothing to a screen reader, the word beside it does."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("web/icons.svg"),
        name,
    )


@register.simple_tag
def state(status: str) -> SafeString:
    """Show a status by word, icon and colour."""
    mark, label = mark_of(status)
    return format_html('<span class="state state--{}">{}{}</span>', mark.tone, icon(mark.icon), say(label))


@register.simple_tag
def refusal_of(application: Application) -> object:
    """Return the decision of two people by which an application was refused; its names are not for all."""
    return application.decisions.filter(step_taken__in=["refuse", "refuse_nationally"]).last()


@register.inclusion_tag("web/field.html")
def field(bound: BoundField, *, marks_optional: bool = True) -> dict[str, object]:
    """Show a form field: label, help under it, the error beside it."""
    widget = bound.field.widget
    return {
        "field": bound,
        "is_group": isinstance(widget, CheckboxSelectMultiple | RadioSelect),
        "is_switch": isinstance(widget, CheckboxInput),
        "is_optional": marks_optional and getattr(bound.field, "is_optional", not bound.field.required),
    }


@register.inclusion_tag("web/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, object]:
    """Show what is wrong with a form, at its top, each with a link to its field."""
    return {"form": form, "wrong": [bound for bound in form if bound.errors]}
