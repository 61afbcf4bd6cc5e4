"""The forms of bulletins: what a new one is about, and the editor's text."""

from typing import Any

from django import forms
from django.http import QueryDict

from openbeian.bulletins import parse_period
from openbeian.core.errors import BadInputError
from openbeian.core.text import Text
from openbeian.portal.accounts.models import User
from openbeian.portal.bulletins.queries import jurisdictions_of, rounds_without_bulletin
from openbeian.portal.filings.models import Round
from openbeian.portal.web.words import later, now
from openbeian.standards import load_jurisdictions

__all__ = ["DraftForm", "EditorForm"]

_LONGEST = 10_000


class DraftForm(forms.Form):
    """What a new bulletin is about: a round or a period, and where."""

    use_required_attribute = False
    round = forms.ModelChoiceField(
        label=later("批次", "Round"),
        help_text=later("已发布、还没有公报的批次。", "Published rounds that have no bulletin yet."),
        queryset=Round.objects.none(),
        required=False,
    )
    period = forms.CharField(
        label=later("或期间", "Or a period"),
        help_text=later("如 2026、2026H1、2026Q1、2026-03。", "Such as 2026, 2026H1, 2026Q1 or 2026-03."),
        max_length=8,
        required=False,
    )
    jurisdiction = forms.ChoiceField(
        label=later("属地", "Jurisdiction"),
        help_text=later(
            "批次的全部备案同属一地时，公报即为该属地的。",
            "A round whose filings are all of one place has its bulletin for that place.",
        ),
        required=False,
    )

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        """Offer the rounds without a bulletin, and the jurisdictions of the person."""
        super().__init__(data)
        rounds, places = self.fields["round"], self.fields["jurisdiction"]
        assert isinstance(rounds, forms.ModelChoiceField)
        assert isinstance(places, forms.ChoiceField)
        rounds.queryset = rounds_without_bulletin()
        rounds.empty_label = now(Text("不选", "None"))
        known = load_jurisdictions()
        every = now(Text("全国", "All of China"))
        places.choices = [
            (code, now(known[code].short) if code else every) for code in jurisdictions_of(user)
        ]

    def clean_period(self) -> str:
        """Return the period as it is written in the end; empty where none is."""
        written = str(self.cleaned_data["period"]).strip()
        if not written:
            return ""
        try:
            return parse_period(written).label
        except BadInputError as error:
            raise forms.ValidationError(now(error.text)) from error

    def clean(self) -> dict[str, Any]:
        """Check that one of the two is chosen."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "period" in cleaned and bool(cleaned.get("round")) == bool(cleaned["period"]):
            self.add_error(
                "period",
                now(
                    Text(
                        "请选择一个批次，或填写一个期间，二者择一。",
                        "Choose a round or write a period, one of the two.",
                    )
                ),
            )
        return cleaned


class EditorForm(forms.Form):
    """The editor's text in both languages."""

    use_required_attribute = False
    zh = forms.CharField(
        label=later("编者的话（中文）", "From the editor, in Chinese"),
        help_text=later("段落之间空一行。", "Paragraphs are set apart by an empty line."),
        max_length=_LONGEST,
        required=False,
        widget=forms.Textarea({"rows": 6, "lang": "zh-Hans"}),
    )
    en = forms.CharField(
        label=later("编者的话（英文）", "From the editor, in English"),
        max_length=_LONGEST,
        required=False,
        widget=forms.Textarea({"rows": 6, "lang": "en"}),
    )
