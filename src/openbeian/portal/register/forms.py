"""The search form of the register."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.choices import BaseChoiceIterator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from openbeian.core.lifecycle import STATUS_LABELS, FilingStatus
from openbeian.core.text import Text
from openbeian.industries import Industry, ServiceType, load_rules
from openbeian.portal.filings.models import Round
from openbeian.portal.register.searching import Wanted
from openbeian.portal.web.languages import current_language
from openbeian.portal.web.templatetags.beian import field
from openbeian.portal.web.words import later, now
from openbeian.standards import load_jurisdictions

__all__ = ["SearchForm"]

_LONGEST = 100
_LONGEST_NAME = 200


class _Line(forms.TextInput):
    """A line to write in, written at once instead of by two templates."""

    def render(
        self,
        name: str,
        value: Any,  # noqa: ANN401  Django's signature
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,  # noqa: ARG002  the same
    ) -> SafeString:
        """Return the element with what was written."""
        written = self.format_value(value)
        first = {"type": self.input_type, "name": name, **({} if written is None else {"value": written})}
        attributes = flatatt({**first, **self.build_attrs(self.attrs, attrs)})
        return format_html("<input{}>", attributes)


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


class _Offered(BaseChoiceIterator):
    """Choices as they are: of a plain list Django would look at every one again, on every page."""

    def __init__(self, choices: Iterable[tuple[str, Text]]) -> None:
        every = ("", now(Text("全部", "All")))
        self._choices = (every, *((value, now(words)) for value, words in choices))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield each value with its words."""
        return iter(self._choices)


@lru_cache
def _offered(language: str) -> Mapping[str, _Offered]:  # noqa: ARG001  words are said in it
    """Return the choices of every filter that has the same ones on every page in this language."""
    rules = load_rules()
    routes = [("filing", Text("备案", "Filing")), ("registration", Text("登记", "Registration"))]
    return {
        "jurisdiction": _Offered((code, one.short) for code, one in load_jurisdictions().items()),
        "status": _Offered((status.value, STATUS_LABELS[status]) for status in FilingStatus),
        "route": _Offered(routes),
        "industry": _Offered((one.value, rules.name(one)) for one in Industry),
        "service_type": _Offered((one.value, rules.name(one)) for one in ServiceType),
    }


_Round = tuple[int, str, str]


@lru_cache(maxsize=8)
def _offered_rounds(rounds: tuple[_Round, ...], language: str) -> _Offered:  # noqa: ARG001  the same
    return _Offered((str(series), Text(name, name_en or name)) for series, name, name_en in rounds)


class SearchForm(forms.Form):
    """Words and filters; what is unknown filters nothing."""

    q = forms.CharField(
        label=later("服务名称、单位、备案号或拼音", "Service, company, filing number or pinyin"),
        required=False,
        max_length=_LONGEST,
        widget=_Line({"type": "search"}),
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
        widget=_Line(),
    )
    base = forms.CharField(
        label=later("所调用的模型（编号或名称）", "Model it calls (number or name)"),
        required=False,
        max_length=_LONGEST_NAME,
        widget=_Line(),
    )
    since = forms.DateField(label=later("日期自", "From"), required=False, widget=_Day())
    until = forms.DateField(label=later("日期至", "To"), required=False, widget=_Day())

    usual = ("jurisdiction", "status", "route", "industry")
    rarer = ("service_type", "round", "provider", "base", "since", "until")
    """The filters that are folded away until somebody wants them."""

    def __init__(self, data: QueryDict) -> None:
        """Offer the choices in the page's language."""
        super().__init__(data)
        language, self._rounds = current_language(), _published_rounds()
        offered = {**_offered(language), "round": _offered_rounds(self._rounds, language)}
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    @property
    def has_rarer(self) -> bool:
        """Whether one of the rarer filters is set, so that they must be seen."""
        return any(self.data.get(name) for name in self.rarer)

    @property
    def usual_filters(self) -> SafeString:
        """The filters that everybody sees."""
        return self._shown(self.usual)

    @property
    def rarer_filters(self) -> SafeString:
        """The others."""
        return self._shown(self.rarer)

    def _shown(self, names: Iterable[str]) -> SafeString:
        return mark_safe("".join(map(self._filter, names)))  # noqa: S308  made of templates

    def _filter(self, name: str) -> SafeString:
        """Return a filter; where nobody wrote something of their own into it, it was written before."""
        bound, value = self[name], self.data.get(name, "")
        is_free = value and not isinstance(bound.field, forms.ChoiceField)
        if is_free or bound.errors:
            return _write(bound)
        key = (current_language(), name, value, self._rounds if name == "round" else ())
        if key not in _WRITTEN:
            while len(_WRITTEN) >= _MOST_WRITTEN:
                _WRITTEN.pop(next(iter(_WRITTEN)), None)
            _WRITTEN[key] = _write(bound)
        return _WRITTEN[key]

    def wanted(self) -> Wanted:
        """Return what to look for."""
        self.full_clean()
        chosen: dict[str, Any] = dict(self.cleaned_data)
        words = chosen.pop("q", self.data.get("q", "")[:_LONGEST])
        return Wanted(search=words, **chosen)


def _published_rounds() -> tuple[_Round, ...]:
    found = Round.objects.filter(published_at__isnull=False)
    return tuple(found.values_list("series", "name", "name_en"))


def _write(bound: forms.BoundField) -> SafeString:
    return render_to_string("web/field.html", field(bound, marks_optional=False))


_WRITTEN: Final[dict[tuple[object, ...], SafeString]] = {}
_MOST_WRITTEN: Final = 500
