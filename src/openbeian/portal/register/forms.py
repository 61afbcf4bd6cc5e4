"""The search form of the register."""

from functools import lru_cache
from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from openbeian.core.lifecycle import STATUS_LABELS, FilingStatus
from openbeian.core.text import Text
from openbeian.industries import Industry, ServiceType, load_rules
from openbeian.portal.filings.models import Round
from openbeian.portal.register.searching import Wanted
from openbeian.portal.web.words import later, now
from openbeian.standards import load_jurisdictions

__all__ = ["SearchForm"]

_LONGEST = 100
_LONGEST_NAME = 200


class _Day(forms.DateInput):
    """A day, picked as the browser does it."""

    input_type = "date"

    def __init__(self) -> None:
        """Write days as browsers expect them, whatever the language."""
        super().__init__(format="%Y-%m-%d")


class _Choices(forms.Select):
    """A list to choose from, written at once: Django renders a template for each of a hundred options."""

    def render(
        self,
        name: str,
        value: Any,  # noqa: ANN401  Django's signature
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,  # noqa: ARG002  the same
    ) -> SafeString:
        """Return the element with its options."""
        attributes = flatatt(self.build_attrs(self.attrs, attrs))
        return _select(name, value or "", attributes, tuple(self.choices))


@lru_cache(maxsize=256)
def _select(
    name: str, value: str, attributes: SafeString, choices: tuple[tuple[str, str], ...]
) -> SafeString:
    chosen = {"selected": True}
    options = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((one, flatatt(chosen if one == value else {}), words) for one, words in choices),
    )
    return format_html('<select name="{}"{}>{}</select>', name, attributes, options)


class SearchForm(forms.Form):
    """Words and filters; what is unknown filters nothing."""

    q = forms.CharField(
        label=later("服务名称、单位、备案号或拼音", "Service, company, filing number or pinyin"),
        required=False,
        max_length=_LONGEST,
        widget=forms.TextInput({"type": "search"}),
    )
    jurisdiction = forms.ChoiceField(label=later("属地", "Province"), required=False, widget=_Choices())
    status = forms.ChoiceField(label=later("状态", "Status"), required=False, widget=_Choices())
    route = forms.ChoiceField(label=later("类别", "Kind"), required=False, widget=_Choices())
    industry = forms.ChoiceField(label=later("行业", "Industry"), required=False, widget=_Choices())
    service_type = forms.ChoiceField(
        label=later("服务类型", "Kind of service"), required=False, widget=_Choices()
    )
    round = forms.ChoiceField(label=later("批次", "Round"), required=False, widget=_Choices())
    provider = forms.CharField(
        label=later("提供者（全称或信用代码）", "Provider (full name or credit code)"),
        required=False,
        max_length=_LONGEST_NAME,
    )
    base = forms.CharField(
        label=later("所调用的模型（编号或名称）", "Model it calls (number or name)"),
        required=False,
        max_length=_LONGEST_NAME,
    )
    since = forms.DateField(label=later("日期自", "From"), required=False, widget=_Day())
    until = forms.DateField(label=later("日期至", "To"), required=False, widget=_Day())

    rarer = ("service_type", "round", "provider", "base", "since", "until")
    """The filters that are folded away until somebody wants them."""

    def __init__(self, data: QueryDict) -> None:
        """Offer the choices in the page's language."""
        super().__init__(data)
        rules = load_rules()
        places = [(code, one.short) for code, one in load_jurisdictions().items()]
        self._offer("jurisdiction", places)
        self._offer("status", [(status.value, STATUS_LABELS[status]) for status in FilingStatus])
        routes = [("filing", Text("备案", "Filing")), ("registration", Text("登记", "Registration"))]
        self._offer("route", routes)
        self._offer("industry", [(one.value, rules.name(one)) for one in Industry])
        self._offer("service_type", [(one.value, rules.name(one)) for one in ServiceType])
        self._offer("round", [(str(one.series), _name(one)) for one in _published_rounds()])

    @property
    def has_rarer(self) -> bool:
        """Whether one of the rarer filters is set, so that they must be seen."""
        return any(self.data.get(name) for name in self.rarer)

    @property
    def rarer_fields(self) -> list[forms.BoundField]:
        """The rarer filters as the page shows them."""
        return [self[name] for name in self.rarer]

    def _offer(self, name: str, choices: list[tuple[str, Text]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        every = ("", now(Text("全部", "All")))
        field.choices = [every, *((value, now(words)) for value, words in choices)]

    def wanted(self) -> Wanted:
        """Return what to look for."""
        self.full_clean()
        chosen: dict[str, Any] = dict(self.cleaned_data)
        words = chosen.pop("q", self.data.get("q", "")[:_LONGEST])
        return Wanted(search=words, **chosen)


def _published_rounds() -> list[Round]:
    return list(Round.objects.filter(published_at__isnull=False))


def _name(one: Round) -> Text:
    return Text(one.name, one.name_en or one.name)
