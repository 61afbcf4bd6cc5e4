"""The forms of rounds and measures."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from openbeian.core.lifecycle import Step
from openbeian.core.reasons import reasons_for
from openbeian.core.text import Text
from openbeian.portal.applications.models import Application
from openbeian.portal.filings.models import Seat
from openbeian.portal.filings.queries import confirmed_applications, unseated_applications
from openbeian.portal.web.words import later, now
from openbeian.standards import load_reasons

__all__ = ["CertifyForm", "CountersignForm", "MeasureForm", "OrderForm", "RoundForm", "SeatsForm"]

_PLACE: Final = Text("次序", "Place")
_DAY: Final = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class RoundForm(forms.Form):
    """A round to announce."""

    use_required_attribute = False
    series = forms.IntegerField(label=later("第几批", "Number in the series"), min_value=1)
    name = forms.CharField(
        label=later("名称", "Name"),
        help_text=later("如：广东省第三次备案发证会。", "For example: Third Guangdong conference."),
        max_length=120,
    )
    name_en = forms.CharField(label=later("英文名称", "Name in English"), max_length=160, required=False)
    place = forms.CharField(label=later("地点", "Place"), max_length=80, required=False)
    held_on = forms.DateField(label=later("日期", "Date"), widget=_DAY)


_MOST_OFFERED: Final = 100
_NAMED: Final = ("reference", "service_name", "status", "status_since", "provider__name")
_THE_LONGEST: Final = Text(
    f"列出等候最久的 {_MOST_OFFERED} 件；列入之后再选其余的。",
    f"The {_MOST_OFFERED} that wait longest; give them seats, then choose among the others.",
)


class _ApplicationsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    def label_from_instance(self, obj: Application) -> str:
        return f"{obj.service_name} · {obj.provider.name} · {obj.reference}"


class SeatsForm(forms.Form):
    """Which confirmed applications get a seat in this round."""

    applications = _ApplicationsField(
        label=later("已确认、尚未列席的申请", "Confirmed applications without a seat"),
        queryset=Application.objects.none(),
        widget=forms.CheckboxSelectMultiple(),
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        """Offer what is confirmed now and sits nowhere, of many those that wait longest, all chosen."""
        super().__init__(data)
        everything = unseated_applications().only(*_NAMED)
        self.waiting = [*everything[: _MOST_OFFERED + 1]]
        if len(self.waiting) > _MOST_OFFERED:
            self.waiting.pop()
            self.fields["applications"].help_text = now(_THE_LONGEST)
        # Whatever waits may be chosen: a page that was opened before somebody else chose stays good.
        offered = everything if self.is_bound else everything.filter(pk__in=[one.pk for one in self.waiting])
        _choose_from(self, offered, initial=self.waiting)


class CertifyForm(forms.Form):
    """The applications that whoever certifies has before them."""

    applications = _ApplicationsField(
        label=later("本批发证的申请", "Applications that get their certificate"),
        queryset=Application.objects.none(),
        widget=forms.MultipleHiddenInput(),
    )

    def __init__(self, data: QueryDict | None = None, *, seated: Iterable[Application] = ()) -> None:
        """Name what is seated."""
        super().__init__(data)
        _choose_from(self, confirmed_applications(), initial=seated)


class OrderForm(forms.Form):
    """The places of the seats of a round: a number for each."""

    def __init__(self, seats: Sequence[Seat], data: QueryDict | None = None) -> None:
        """Ask for the place of each seat."""
        super().__init__(data)
        self.seats = seats
        for seat in seats:
            widget = forms.NumberInput({"aria-label": f"{now(_PLACE)} · {seat.application.service_name}"})
            self.fields[f"place-{seat.pk}"] = forms.IntegerField(
                label=later(*_PLACE), initial=seat.place, min_value=1, widget=widget
            )

    @property
    def rows(self) -> Iterator[tuple[Seat, forms.BoundField]]:
        """Each seat with its field."""
        return ((seat, self[f"place-{seat.pk}"]) for seat in self.seats)

    @property
    def ordered(self) -> list[Seat]:
        """The seats by the places given; of equal ones, the one that moved stands first."""
        places = {seat.pk: self.cleaned_data[f"place-{seat.pk}"] for seat in self.seats}
        return sorted(self.seats, key=lambda seat: (places[seat.pk], places[seat.pk] == seat.place))


def _choose_from(form: forms.Form, offered: QuerySet[Application], *, initial: Iterable[Application]) -> None:
    field = form.fields["applications"]
    assert isinstance(field, _ApplicationsField)
    field.queryset = offered
    field.initial = [one.pk for one in initial]


class MeasureForm(forms.Form):
    """A measure to propose."""

    use_required_attribute = False
    kind = forms.ChoiceField(label=later("措施", "Measure"), widget=forms.RadioSelect())
    reason_code = forms.ChoiceField(label=later("事由代码", "Cause by code"), required=False)
    cause = forms.CharField(label=later("事由", "Cause"), max_length=2000, widget=forms.Textarea({"rows": 4}))
    until = forms.DateField(
        label=later("暂停至", "Suspended until"),
        help_text=later(
            "只用于暂停；到期后次日自动恢复；不填即无期限。",
            "For suspensions only: it ends by itself after that day. Empty means no end.",
        ),
        required=False,
        widget=_DAY,
    )

    def __init__(self, steps: Sequence[Step], data: QueryDict | None = None) -> None:
        """Offer the measures possible now."""
        super().__init__(data)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(step.name, now(step.label)) for step in steps]
        code = self.fields["reason_code"]
        assert isinstance(code, forms.ChoiceField)
        found = {one.code: now(one.text) for step in steps for one in reasons_for(load_reasons(), step.name)}
        code.choices = [("", "—"), *found.items()]

    def clean(self) -> dict[str, Any]:
        """Insist on a code that fits the measure, where it has any."""
        kind, code = (self.cleaned_data.get(name, "") for name in ("kind", "reason_code"))
        fitting = {one.code for one in reasons_for(load_reasons(), kind)}
        if fitting and code not in fitting:
            words = Text(
                "请选择适用于这一措施的事由代码。", "Choose the code of a cause that fits the measure."
            )
            self.add_error("reason_code", now(words))
        return self.cleaned_data


class CountersignForm(forms.Form):
    """The second person's answer to a measure."""

    use_required_attribute = False
    agree = forms.ChoiceField(
        label=later("您是否同意", "Do you agree"),
        widget=forms.RadioSelect(),
        choices=[
            ("yes", later("同意，立即生效", "Yes; it takes effect at once")),
            ("no", later("不同意", "No")),
        ],
    )
    reason = forms.CharField(
        label=later("理由", "Reason"),
        help_text=later("不同意须写明理由。", "Not to agree needs a reason."),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )
