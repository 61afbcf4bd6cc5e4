"""The forms of petitions: what is asked and why, what would change, and why one is returned."""

from collections.abc import Iterator, Sequence
from typing import Final

from django import forms
from django.http import QueryDict

from openbeian.core.petitions import PETITION_RULES, PetitionKind
from openbeian.dossier.form import FIELDS, FORM, Field, Section, form_for, route_of
from openbeian.portal.petitions.models import Petition
from openbeian.portal.review.forms import reason_choices
from openbeian.portal.web.words import later, now

__all__ = ["BeginForm", "EntryChoice", "GiveBackForm", "GroundsForm", "PetitionFileForm", "section_for"]

_DAY: Final = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
_FIXED: Final = frozenset({"service.latin_name", "provider.uscc"})


class BeginForm(forms.Form):
    """What to ask for."""

    use_required_attribute = False
    kind = forms.ChoiceField(label=later("事项", "What to ask for"), widget=forms.RadioSelect())

    def __init__(self, kinds: Sequence[PetitionKind], data: QueryDict | None = None) -> None:
        """Offer what may be asked now, each with what it means."""
        super().__init__(data)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(one.value, _meaning(one)) for one in kinds]


def _meaning(kind: PetitionKind) -> str:
    rule = PETITION_RULES[kind]
    return f"{now(rule.label)} · {now(rule.meaning)}"


class GroundsForm(forms.Form):
    """Why it is asked, and when what it reports happened."""

    use_required_attribute = False
    grounds = forms.CharField(
        label=later("理由与说明", "Grounds"),
        max_length=8000,
        widget=forms.Textarea({"rows": 6}),
        required=False,
    )
    happened_on = forms.DateField(
        label=later("变化或终止发生之日", "Day of the change or of the end"),
        help_text=later("法定期限自此日起算。", "The legal term counts from it."),
        widget=_DAY,
        required=False,
    )

    def __init__(self, petition: Petition, data: QueryDict | None = None) -> None:
        """Begin with what is kept; a day is asked where the law counts from one."""
        super().__init__(data, initial={"grounds": petition.grounds, "happened_on": petition.happened_on})
        if petition.rule.ask_within not in {"report_change", "report_end"}:
            del self.fields["happened_on"]


class EntryChoice(forms.Form):
    """Which entry of the form becomes another."""

    field = forms.ChoiceField(label=later("哪一项变更", "Which entry changes"))

    def __init__(self, petition: Petition, data: QueryDict | None = None) -> None:
        """Offer the entries of the route, section by section."""
        super().__init__(data)
        field = self.fields["field"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(_sections(petition))


def _sections(petition: Petition) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for section in form_for(route_of(petition.application.facts)):
        names = [(one.id, now(one.label)) for one in section.fields if one.id not in _FIXED]
        if names:
            yield now(section.label), names


def section_for(field_id: str) -> Section | None:
    """Return a section that asks for one entry only; None where the form has no such entry."""
    field: Field | None = FIELDS.get(field_id)
    if field is None or field_id in _FIXED:
        return None
    section = next(one for one in FORM if field in one.fields)
    return Section(section.id, section.label, section.help, (field,))


class PetitionFileForm(forms.Form):
    """A file to add."""

    use_required_attribute = False
    kind = forms.ChoiceField(
        label=later("这是什么", "What it is"),
        choices=[
            ("document", later("说明或证明材料", "Explanation or proof")),
            ("evidence", later("评估证据（evidence.jsonl）", "Assessment evidence (evidence.jsonl)")),
            ("head", later("证据的签名（head.dsse.json）", "Signature of the evidence (head.dsse.json)")),
            ("keys", later("评估方公钥（keys.json）", "Public keys of the assessor (keys.json)")),
        ],
    )
    file = forms.FileField(label=later("文件", "File"))


class GiveBackForm(forms.Form):
    """Why a petition is returned to be completed."""

    use_required_attribute = False
    reason_code = forms.ChoiceField(label=later("理由代码", "Reason by code"))
    reason = forms.CharField(
        label=later("须补充什么", "What is to be completed"),
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        """Offer the codes for returning."""
        super().__init__(data)
        code = self.fields["reason_code"]
        assert isinstance(code, forms.ChoiceField)
        code.choices = reason_choices("give_back")
