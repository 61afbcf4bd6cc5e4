"""The form of following a sighting up."""

from django import forms

from openbeian.portal.web.words import later

__all__ = ["FollowUpForm"]


class FollowUpForm(forms.Form):
    """What came of it."""

    use_required_attribute = False
    reason = forms.CharField(
        label=later("跟进结果", "What came of it"),
        help_text=later(
            "如：已查明为某单位内测，已通知其备案。只供各网信办查看。",
            "For example: a company’s internal test, told to file. For the offices only.",
        ),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
    )
