"""The search form of the register."""

from django import forms
from django.http import QueryDict

from openbeian.core.lifecycle import STATUS_LABELS, FilingStatus
from openbeian.core.text import Text
from openbeian.industries import Industry, load_rules
from openbeian.portal.web.words import later, now
from openbeian.standards import load_jurisdictions

__all__ = ["SearchForm"]

_LONGEST = 100


class SearchForm(forms.Form):
    """Words and filters; what is unknown filters nothing."""

    q = forms.CharField(
        label=later("服务名称、单位或备案号", "Service, company or filing number"),
        required=False,
        max_length=_LONGEST,
        widget=forms.TextInput({"type": "search"}),
    )
    jurisdiction = forms.ChoiceField(label=later("属地", "Province"), required=False)
    status = forms.ChoiceField(label=later("状态", "Status"), required=False)
    route = forms.ChoiceField(label=later("类别", "Kind"), required=False)
    industry = forms.ChoiceField(label=later("行业", "Industry"), required=False)

    def __init__(self, data: QueryDict) -> None:
        """Offer the choices in the page's language."""
        super().__init__(data)
        places = [(code, one.short) for code, one in load_jurisdictions().items()]
        self._offer("jurisdiction", places)
        self._offer("status", [(status.value, STATUS_LABELS[status]) for status in FilingStatus])
        routes = [("filing", Text("备案", "Filing")), ("registration", Text("登记", "Registration"))]
        self._offer("route", routes)
        self._offer("industry", [(one.value, load_rules().name(one)) for one in Industry])

    def _offer(self, name: str, choices: list[tuple[str, Text]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        every = ("", now(Text("全部", "All")))
        field.choices = [every, *((value, now(words)) for value, words in choices)]

    def wanted(self) -> dict[str, str]:
        """Return what to look for."""
        if not self.is_valid():
            return {"search": self.data.get("q", "")[:_LONGEST]}
        chosen: dict[str, str] = dict(self.cleaned_data)
        return {"search": chosen.pop("q"), **chosen}
