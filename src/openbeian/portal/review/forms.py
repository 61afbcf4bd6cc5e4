"""The forms of reviewing: items to correct, the result of a re-test, an outcome with its reason."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms

from openbeian.core.lifecycle import Step
from openbeian.core.text import Text
from openbeian.portal.applications.explaining import Explained
from openbeian.portal.web.languages import current_language

__all__ = ["CorrectionItems", "OutcomeForm", "RetestForm", "items_from", "items_in"]

_AGREES: Final = (
    ("yes", Text("与提供者的数字一致", "Agrees with the provider’s figures")),
    ("no", Text("比提供者报告的差", "Worse than the provider reported")),
)


def _say(words: Text) -> str:
    return words.in_(current_language())


class CorrectionItemForm(forms.Form):
    """One item to correct; left empty, it is not asked for."""

    item = forms.CharField(max_length=80, required=False)
    text = forms.CharField(max_length=4000, required=False, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say the labels in the page's language."""
        super().__init__(*args, **kwargs)
        self.fields["item"].label = _say(Text("条目（条款或表中的项）", "Item (a clause or a field)"))
        self.fields["text"].label = _say(Text("须补正的内容", "What to correct"))
        for field in self.fields.values():
            # Either may stay empty, but only with the other; the page says so once, above.
            field.is_optional = False  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Insist on both or neither."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name, other in (("item", "text"), ("text", "item")):
            if cleaned.get(other) and not cleaned.get(name):
                self.add_error(
                    name, _say(Text("请填写此项，或将两格都清空。", "Fill this in, or empty both."))
                )
        return cleaned


CorrectionItems = forms.formset_factory(CorrectionItemForm, extra=2, max_num=60)


def items_from(findings: Sequence[Explained]) -> list[dict[str, str]]:
    """Return the items a reviewer starts from: whatever the checks would send back."""
    return [
        {"item": _say(one.subject)[:80], "text": f"{_say(one.found)}\n{_say(one.mend)}"}
        for one in findings
        if one.severity != "note"
    ]


def items_in(formset: Any) -> list[tuple[str, str]]:
    """Return the items that were filled in."""
    rows = [form.cleaned_data for form in formset]
    return [(row["item"], row["text"]) for row in rows if row.get("item")]


class RetestForm(forms.Form):
    """The result of the office's own test."""

    agrees = forms.ChoiceField(widget=forms.RadioSelect())
    summary = forms.CharField(max_length=4000, widget=forms.Textarea({"rows": 5}))
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say the labels in the page's language."""
        super().__init__(*args, **kwargs)
        agrees = self.fields["agrees"]
        assert isinstance(agrees, forms.ChoiceField)
        agrees.choices = [(value, _say(label)) for value, label in _AGREES]
        agrees.label = _say(Text("结果", "Result"))
        self.fields["summary"].label = _say(Text("说明", "In words"))
        self.fields["summary"].help_text = _say(
            Text("测了多少题、各项结果如何。", "How many questions, and how each part came out.")
        )


class OutcomeForm(forms.Form):
    """An outcome and the reason for it."""

    outcome = forms.ChoiceField(widget=forms.RadioSelect())
    reason = forms.CharField(max_length=4000, required=False, widget=forms.Textarea({"rows": 5}))
    use_required_attribute = False

    def __init__(self, steps: Sequence[Step], data: Any = None) -> None:
        """Offer the outcomes possible now."""
        super().__init__(data)
        self._steps = {step.name: step for step in steps}
        outcome = self.fields["outcome"]
        assert isinstance(outcome, forms.ChoiceField)
        outcome.choices = [(step.name, _say(step.label)) for step in steps]
        outcome.label = _say(Text("您的结论", "Your outcome"))
        self.fields["reason"].label = _say(Text("理由", "Reason"))
        self.fields["reason"].help_text = _say(
            Text("通过以外的结论必须写明理由。", "Every outcome but approval needs a reason.")
        )

    def clean(self) -> dict[str, Any]:
        """Insist on a reason where the step needs one."""
        cleaned: dict[str, Any] = super().clean() or {}
        step = self._steps.get(cleaned.get("outcome", ""))
        if step and step.needs_reason and not cleaned.get("reason", "").strip():
            self.add_error("reason", _say(Text("这一结论须写明理由。", "This outcome needs a reason.")))
        return cleaned
