"""The forms of reports: what somebody writes about an entry, and what an office does with it."""

from typing import Final

from django import forms
from django.http import QueryDict

from openbeian.portal.register.reports import PROBLEM_LABELS, ProblemKind
from openbeian.portal.web.words import later, now

__all__ = ["HONEYPOT", "AnswerForm", "ReportForm"]

HONEYPOT: Final = "website"
"""A field that no person sees: whatever fills it in is no person."""


class ReportForm(forms.Form):
    """What is wrong, in one's own words; how to reach one only where one wants to be reached."""

    kind = forms.ChoiceField(label=later("哪方面的问题", "What is it about"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=later("请说明", "Tell us"),
        help_text=later(
            "写明在哪里、看到什么、应当怎样。请不要写个人信息。",
            "Where it is, what you saw, what it should be. Please leave personal data out.",
        ),
        min_length=10,
        max_length=2000,
        widget=forms.Textarea({"rows": 6}),
    )
    contact = forms.CharField(
        label=later("联系方式", "How to reach you"),
        help_text=later(
            "可以不填。只供办理人员使用，办结时删除。",
            "You may leave it out. Only for the office's use, and erased when the report is closed.",
        ),
        required=False,
        max_length=120,
    )
    website = forms.CharField(required=False)

    def __init__(self, data: QueryDict | None) -> None:
        """Offer the kinds in the page's language."""
        super().__init__(data)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(one.value, now(PROBLEM_LABELS[one])) for one in ProblemKind]

    @property
    def is_of_a_robot(self) -> bool:
        """Whether the field that nobody sees was filled in."""
        return bool(self.data.get(HONEYPOT))


class AnswerForm(forms.Form):
    """An answer, or the end of it."""

    answer = forms.CharField(
        label=later("答复", "Answer"),
        help_text=later(
            "反馈人凭反馈地址可以看到，请勿写内部情况。",
            "Whoever reported it reads this at the report's address; leave internal matters out.",
        ),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
    )
