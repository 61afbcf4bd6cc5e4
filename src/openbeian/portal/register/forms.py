"""The search form of the register."""

from typing import Any

from django import forms

from openbeian.core.lifecycle import STATUS_LABELS, FilingStatus
from openbeian.core.text import Text
from openbeian.portal.web.languages import current_language
from openbeian.standards import load_jurisdictions

__all__ = ["SearchForm"]


class SearchForm(forms.Form):
    """Words and filters; what is unknown filters nothing."""

    q = forms.CharField(required=False, max_length=100, widget=forms.TextInput({"type": "search"}))
    jurisdiction = forms.ChoiceField(required=False)
    status = forms.ChoiceField(required=False)
    route = forms.ChoiceField(required=False)

    def __init__(self, data: Any) -> None:
        """Offer the choices in the page's language."""
        super().__init__(data)
        places = [(code, Text(one.zh_short, one.text.en)) for code, one in load_jurisdictions().items()]
        statuses = [(status.value, STATUS_LABELS[status]) for status in FilingStatus]
        routes = [("filing", Text("备案", "Filing")), ("registration", Text("登记", "Registration"))]
        self.fields["q"].label = _say(Text("服务名称、单位或备案号", "Service, company or filing number"))
        self._choose("jurisdiction", Text("属地", "Province"), places)
        self._choose("status", Text("状态", "Status"), statuses)
        self._choose("route", Text("类别", "Kind"), routes)

    def _choose(self, name: str, label: Text, choices: list[tuple[str, Text]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        every = ("", _say(Text("全部", "All")))
        field.label, field.choices = _say(label), [every, *((value, _say(words)) for value, words in choices)]
        field.is_optional = False  # type: ignore[attr-defined]  # filters need no mark

    def wanted(self) -> dict[str, str]:
        """Return what to look for."""
        if not self.is_valid():
            return {"search": self.data.get("q", "")[:100]}
        chosen: dict[str, str] = dict(self.cleaned_data)
        return {"search": chosen.pop("q"), **chosen}


def _say(words: Text) -> str:
    return words.in_(current_language())
