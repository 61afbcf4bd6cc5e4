"""The forms of rounds and measures."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms

from openbeian.core.lifecycle import Step
from openbeian.core.text import Text
from openbeian.portal.applications.models import Application
from openbeian.portal.filings.queries import confirmed_applications
from openbeian.portal.web.languages import current_language

__all__ = ["CertifyForm", "CountersignForm", "MeasureForm", "RoundForm"]


def _say(words: Text) -> str:
    return words.in_(current_language())


class _InPageLanguage(forms.Form):
    """Says its labels and helps in the page's language."""

    use_required_attribute = False
    labels: dict[str, Text]
    helps: dict[str, Text]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.labels.items():
            self.fields[name].label = _say(label)
        for name, words in self.helps.items():
            self.fields[name].help_text = _say(words)


_DAY: Final = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class RoundForm(_InPageLanguage):
    """A round to announce."""

    series = forms.IntegerField(min_value=1)
    name = forms.CharField(max_length=120)
    name_en = forms.CharField(max_length=160, required=False)
    place = forms.CharField(max_length=80, required=False)
    held_on = forms.DateField(widget=_DAY)

    labels = {  # noqa: RUF012  read only
        "series": Text("第几批", "Number in the series"),
        "name": Text("名称", "Name"),
        "name_en": Text("英文名称", "Name in English"),
        "place": Text("地点", "Place"),
        "held_on": Text("日期", "Date"),
    }
    helps = {"name": Text("如：广东省第三次备案发证会。", "For example: Third Guangdong conference.")}  # noqa: RUF012


class CertifyForm(forms.Form):
    """Which confirmed applications get their certificates in this round."""

    applications: "forms.ModelMultipleChoiceField[Application]" = forms.ModelMultipleChoiceField(
        queryset=None, widget=forms.CheckboxSelectMultiple()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer what is confirmed now, all chosen."""
        super().__init__(*args, **kwargs)
        field = self.fields["applications"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = confirmed_applications()
        field.initial = list(field.queryset)
        field.label = _say(Text("本批发证的申请", "Applications that get their certificate"))
        field.label_from_instance = _line  # type: ignore[method-assign]  # Django's documented hook


def _line(application: Application) -> str:
    return f"{application.service_name} · {application.provider.name} · {application.reference}"


class MeasureForm(_InPageLanguage):
    """A measure to propose."""

    kind = forms.ChoiceField(widget=forms.RadioSelect())
    cause = forms.CharField(max_length=2000, widget=forms.Textarea({"rows": 4}))
    until = forms.DateField(required=False, widget=_DAY)

    labels = {  # noqa: RUF012  read only
        "kind": Text("措施", "Measure"),
        "cause": Text("事由", "Cause"),
        "until": Text("暂停至", "Suspended until"),
    }
    helps = {"until": Text("只用于暂停；不填即无期限。", "For suspensions only; empty means no end.")}  # noqa: RUF012

    def __init__(self, steps: Sequence[Step], data: Any = None) -> None:
        """Offer the measures possible now."""
        super().__init__(data)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(step.name, _say(step.label)) for step in steps]


class CountersignForm(_InPageLanguage):
    """The second person's answer to a measure."""

    agree = forms.ChoiceField(widget=forms.RadioSelect())
    reason = forms.CharField(max_length=2000, required=False, widget=forms.Textarea({"rows": 4}))

    labels = {"agree": Text("您是否同意", "Do you agree"), "reason": Text("理由", "Reason")}  # noqa: RUF012
    helps = {"reason": Text("不同意须写明理由。", "Not to agree needs a reason.")}  # noqa: RUF012

    def __init__(self, data: Any = None) -> None:
        """Offer yes and no."""
        super().__init__(data)
        agree = self.fields["agree"]
        assert isinstance(agree, forms.ChoiceField)
        agree.choices = [
            ("yes", _say(Text("同意，立即生效", "Yes; it takes effect at once"))),
            ("no", _say(Text("不同意", "No"))),
        ]
