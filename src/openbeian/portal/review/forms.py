"""The forms of reviewing: items to correct, the result of a re-test, an outcome with its reason."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from openbeian.core.lifecycle import Step
from openbeian.core.text import Text
from openbeian.portal.applications.explaining import Explained
from openbeian.portal.web.words import later, now

__all__ = ["CorrectionItemForm", "CorrectionItems", "OutcomeForm", "RetestForm", "items_from", "items_in"]

_LONGEST_ITEM = 80


class CorrectionItemForm(forms.Form):
    """One item to correct; left empty, it is not asked for."""

    item = forms.CharField(
        label=later("条目（条款或表中的项）", "Item (a clause or a field)"),
        max_length=_LONGEST_ITEM,
        required=False,
    )
    text = forms.CharField(
        label=later("须补正的内容", "What to correct"),
        max_length=4000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """Insist on both or neither."""
        for name, other in (("item", "text"), ("text", "item")):
            if self.cleaned_data.get(other) and not self.cleaned_data.get(name):
                self.add_error(name, now(Text("请填写此项，或将两格都清空。", "Fill this in or empty both.")))
        return self.cleaned_data


CorrectionItems = forms.formset_factory(CorrectionItemForm, extra=2, max_num=60)


def items_from(findings: Sequence[Explained]) -> list[dict[str, str]]:
    """Return the items a reviewer starts from: whatever the checks would send back."""
    return [
        {"item": now(one.subject)[:_LONGEST_ITEM], "text": f"{now(one.found)}\n{now(one.mend)}"}
        for one in findings
        if one.severity != "note"
    ]


def items_in(filled: Iterable[CorrectionItemForm]) -> list[tuple[str, str]]:
    """Return the items that were filled in."""
    rows = [form.cleaned_data for form in filled]
    return [(row["item"], row["text"]) for row in rows if row.get("item")]


class RetestForm(forms.Form):
    """The result of the office's own test."""

    use_required_attribute = False
    agrees = forms.ChoiceField(
        label=later("结果", "Result"),
        widget=forms.RadioSelect(),
        choices=[
            ("yes", later("与提供者的数字一致", "Agrees with the provider’s figures")),
            ("no", later("比提供者报告的差", "Worse than the provider reported")),
        ],
    )
    summary = forms.CharField(
        label=later("说明", "In words"),
        help_text=later("测了多少题、各项结果如何。", "How many questions, and how each part came out."),
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
    )


class OutcomeForm(forms.Form):
    """An outcome and the reason for it."""

    use_required_attribute = False
    outcome = forms.ChoiceField(label=later("您的结论", "Your outcome"), widget=forms.RadioSelect())
    reason = forms.CharField(
        label=later("理由", "Reason"),
        help_text=later("通过以外的结论必须写明理由。", "Every outcome but approval needs a reason."),
        max_length=4000,
        required=False,
        widget=forms.Textarea({"rows": 5}),
    )

    def __init__(self, steps: Sequence[Step], data: QueryDict | None = None) -> None:
        """Offer the outcomes possible now."""
        super().__init__(data)
        self._steps = {step.name: step for step in steps}
        outcome = self.fields["outcome"]
        assert isinstance(outcome, forms.ChoiceField)
        outcome.choices = [(step.name, now(step.label)) for step in steps]

    def clean(self) -> dict[str, Any]:
        """Insist on a reason where the step needs one."""
        step = self._steps.get(self.cleaned_data.get("outcome", ""))
        if step and step.needs_reason and not self.cleaned_data.get("reason", "").strip():
            self.add_error("reason", now(Text("这一结论须写明理由。", "This outcome needs a reason.")))
        return self.cleaned_data
