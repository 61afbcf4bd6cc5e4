"""The forms of reviewing: items to correct, the result of a re-test, an outcome with its reason."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.http import QueryDict

from openbeian.core.lifecycle import Step
from openbeian.core.reasons import OTHER, reasons_for
from openbeian.core.standard import CONCLUSION_LABELS, Conclusion
from openbeian.core.text import Text
from openbeian.portal.accounts.models import User
from openbeian.portal.applications.actions import CorrectionItem
from openbeian.portal.review.actions import Concluded
from openbeian.portal.review.defects import draft_items
from openbeian.portal.review.models import RequirementConclusion
from openbeian.portal.web.labels import item_label
from openbeian.portal.web.words import later, now
from openbeian.standards import load_reasons

__all__ = [
    "AssignForm",
    "ConclusionForm",
    "CorrectionItemForm",
    "CorrectionItems",
    "OutcomeForm",
    "RetestForm",
    "items_from",
    "items_in",
    "reason_choices",
]

_LONGEST_ITEM = 80


def reason_choices(*step_names: str) -> list[tuple[str, str]]:
    """Return the codes that may be given for any of these steps, with their words; `other` comes last."""
    found = {one.code: now(one.text) for name in step_names for one in reasons_for(load_reasons(), name)}
    last = {OTHER: found.pop(OTHER)} if OTHER in found else {}
    return list((found | last).items())


_CODE_MISSING: Final = Text("请选择理由代码。", "Choose the code of the reason.")


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
    reason_code = forms.ChoiceField(label=later("理由代码", "Reason by code"), required=False)
    check_id = forms.CharField(widget=forms.HiddenInput(), max_length=8, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  as formsets make them
        """Offer the codes for returning an application."""
        super().__init__(*args, **kwargs)
        code = self.fields["reason_code"]
        assert isinstance(code, forms.ChoiceField)
        code.choices = [("", "—"), *reason_choices("return_for_correction")]

    def clean(self) -> dict[str, Any]:
        """Insist on item, text and code, or on neither item nor text."""
        filled = {name for name in ("item", "text") if self.cleaned_data.get(name)}
        for name in ("item", "text"):
            if filled - {name} and name not in filled:
                self.add_error(name, now(Text("请填写此项，或将两格都清空。", "Fill this in or empty both.")))
        if filled and not self.cleaned_data.get("reason_code"):
            self.add_error("reason_code", now(_CODE_MISSING))
        return self.cleaned_data


CorrectionItems = forms.formset_factory(CorrectionItemForm, extra=2, max_num=60)


def items_from(findings: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return the items a reviewer starts from: whatever the checks would send back, worded by its class."""
    return [
        {
            "item": now(item_label(one.subject))[:_LONGEST_ITEM],
            "text": now(one.text),
            "reason_code": one.reason_code,
            "check_id": one.check_id,
        }
        for one in draft_items(findings)
    ]


def items_in(filled: Iterable[CorrectionItemForm]) -> list[CorrectionItem]:
    """Return the items that were filled in."""
    rows = [form.cleaned_data for form in filled]
    return [
        CorrectionItem(row["item"], row["text"], row["reason_code"], row["check_id"])
        for row in rows
        if row.get("item")
    ]


class ConclusionForm(forms.Form):
    """A conclusion on one requirement."""

    use_required_attribute = False
    conclusion = forms.ChoiceField(
        label=later("结论", "Conclusion"),
        widget=forms.RadioSelect(),
        choices=[(one.value, later(*CONCLUSION_LABELS[one])) for one in Conclusion],
    )
    reason = forms.CharField(
        label=later("理由", "Reason"),
        help_text=later("「符合」以外须写明理由。", "Needed for everything but “conforms”."),
        max_length=4000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )

    def __init__(
        self, data: QueryDict | None = None, *, concluded: RequirementConclusion | None = None
    ) -> None:
        """Begin with what was concluded before."""
        initial = {"conclusion": concluded.conclusion, "reason": concluded.reason} if concluded else {}
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        """Insist on a reason for everything but a plain “conforms”."""
        conclusion = self.cleaned_data.get("conclusion")
        if conclusion not in {None, Conclusion.CONFORMS.value} and not self.cleaned_data["reason"].strip():
            self.add_error("reason", now(Text("这一结论须写明理由。", "This conclusion needs a reason.")))
        return self.cleaned_data

    def concluded(self) -> Concluded:
        """Return what was given, as the action takes it."""
        return Concluded(Conclusion(self.cleaned_data["conclusion"]), self.cleaned_data["reason"])


class AssignForm(forms.Form):
    """Whom to give an application to."""

    officer = forms.ChoiceField(label=later("交给", "Give to"))

    def __init__(self, officers: Sequence[User], data: QueryDict | None = None) -> None:
        """Offer those who could work on it."""
        super().__init__(data)
        self._officers = {str(one.pk): one for one in officers}
        field = self.fields["officer"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, one.name) for key, one in self._officers.items()]

    def chosen(self) -> User:
        """Return the person chosen."""
        return self._officers[self.cleaned_data["officer"]]


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


_CODE_UNFIT: Final = Text(
    "此代码不适用于这一结论；请另选。", "This code does not fit this outcome; choose another."
)


class OutcomeForm(forms.Form):
    """An outcome and the reason for it."""

    use_required_attribute = False
    outcome = forms.ChoiceField(label=later("您的结论", "Your outcome"), widget=forms.RadioSelect())
    reason_code = forms.ChoiceField(
        label=later("理由代码", "Reason by code"),
        help_text=later("通过以外的结论须选一项。", "Choose one for every outcome but approval."),
        required=False,
    )
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
        code = self.fields["reason_code"]
        assert isinstance(code, forms.ChoiceField)
        code.choices = [("", "—"), *reason_choices(*self._steps)]

    def clean(self) -> dict[str, Any]:
        """Insist on a reason where the step needs one."""
        step = self._steps.get(self.cleaned_data.get("outcome", ""))
        if step and step.needs_reason and not self.cleaned_data.get("reason", "").strip():
            self.add_error("reason", now(Text("这一结论须写明理由。", "This outcome needs a reason.")))
        if step and "reason_code" in self.cleaned_data:
            self._check_code(step, self.cleaned_data["reason_code"])
        return self.cleaned_data

    def _check_code(self, step: Step, code: str) -> None:
        fitting = {one.code for one in reasons_for(load_reasons(), step.name)}
        if not fitting:
            self.cleaned_data["reason_code"] = ""
        elif not code:
            self.add_error("reason_code", now(_CODE_MISSING))
        elif code not in fitting:
            self.add_error("reason_code", now(_CODE_UNFIT))
