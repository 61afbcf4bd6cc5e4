"""The forms of applying. The guided form's steps are made from the sections of `dossier.form.FORM`."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.conf import settings

from openbeian.core.text import Text
from openbeian.dossier.form import FORM, Facts, Field, Section, check_facts
from openbeian.portal.accounts.models import User
from openbeian.portal.accounts.queries import memberships_of
from openbeian.portal.applications.actions import ATTACHMENT_KINDS
from openbeian.portal.web.labels import edition_label
from openbeian.portal.web.languages import current_language
from openbeian.standards import EDITION_IDS, PROFILE_NAMES

__all__ = ["ATTACHMENT_LABELS", "AttachmentForm", "ReplyForm", "SectionForm", "StartForm", "section_of"]

ATTACHMENT_LABELS: Final[Mapping[str, Text]] = {
    "evidence": Text("评估证据（evidence.jsonl）", "Assessment evidence (evidence.jsonl)"),
    "head": Text("证据的签名（head.dsse.json）", "Signature of the evidence (head.dsse.json)"),
    "keys": Text("评估方公钥（keys.json）", "Public keys of the assessor (keys.json)"),
    "document": Text("其他材料", "Other document"),
}


def _say(words: Text) -> str:
    return words.in_(current_language())


def section_of(section_id: str) -> Section | None:
    """Return the section of the form with this id."""
    return next((section for section in FORM if section.id == section_id), None)


class SectionForm(forms.Form):
    """One step of the guided form. What is typed is kept even where it is wrong, so nothing gets lost."""

    use_required_attribute = False

    def __init__(self, section: Section, *, facts: Facts, data: Any = None) -> None:
        """Make the fields of `section`, filled with `facts`."""
        super().__init__(data, initial={_key(one): facts.get(one.id, "") for one in section.fields})
        self._section = section
        for one in section.fields:
            self.fields[_key(one)] = _form_field(one)

    def entries(self) -> dict[str, Any]:
        """Return what was typed, by the names of the facts; right or wrong."""
        return {one.id: self.fields[_key(one)].clean(self[_key(one)].data) for one in self._section.fields}

    def clean(self) -> dict[str, Any]:
        """Say what is wrong, by the same rules as the office's validator."""
        cleaned: dict[str, Any] = super().clean() or {}
        names = {one.id: _key(one) for one in self._section.fields}
        for problem in check_facts({one.id: cleaned.get(_key(one), "") for one in self._section.fields}):
            if problem.field.id in names:
                self.add_error(
                    names[problem.field.id], f"{_say(problem.found)}{_say(_SO)}{_say(problem.mend)}"
                )
        return cleaned


_SO: Final = Text("；", "; ")


def _key(one: Field) -> str:
    return one.id.partition(".")[2]


_PLAIN: Final = {"autocapitalize": "off", "spellcheck": "false", "autocomplete": "off"}
_INPUTS: Final[Mapping[str, Mapping[str, str]]] = {
    "url": {"type": "url", "inputmode": "url", "placeholder": "https://", **_PLAIN},
    "email": {"type": "email", "autocomplete": "email"},
    "phone": {"type": "tel", "autocomplete": "tel"},
    "number": {"inputmode": "numeric"},
    "date": {"type": "date"},
    "uscc": {"maxlength": "18", **_PLAIN},
    "latin": dict(_PLAIN),
}


def _form_field(one: Field) -> forms.Field:
    made = _choice_field(one) if one.choices else forms.CharField(required=False, strip=True)
    if one.kind == "longtext":
        made.widget = forms.Textarea({"rows": 5})
    elif not one.choices:
        made.widget = forms.TextInput(dict(_INPUTS.get(one.kind, {})))
    made.label = _say(one.label)
    made.help_text = _help(one)
    made.is_optional = not one.required  # type: ignore[attr-defined]  # read by the tag that shows fields
    return made


def _choice_field(one: Field) -> forms.Field:
    choices = [(choice.id, _say(choice.label)) for choice in one.choices]
    if one.kind == "choices":
        return forms.MultipleChoiceField(
            choices=choices, required=False, widget=forms.CheckboxSelectMultiple()
        )
    return forms.ChoiceField(choices=choices, required=False, widget=forms.RadioSelect())


def _help(one: Field) -> str:
    limit = Text(f"最多 {one.max_length} 字。", f"Up to {one.max_length} characters.")
    parts = [_say(one.help), _say(limit) if one.kind == "longtext" else ""]
    return " ".join(part for part in parts if part)


class StartForm(forms.Form):
    """What has to be known before the guided form: for whom, under which edition, with which sample."""

    organisation = forms.ChoiceField()
    edition = forms.ChoiceField()
    profile = forms.ChoiceField(required=False)

    def __init__(self, user: User, data: Any = None) -> None:
        """Offer the person's providers, the editions and the profiles."""
        super().__init__(data)
        providers = [m.organisation for m in memberships_of(user) if m.organisation.kind == "provider"]
        self._providers = {str(one.pk): one for one in providers}
        names = {key: one.name for key, one in self._providers.items()}
        self._choose("organisation", Text("提供者", "Provider"), names)
        self._choose("edition", Text("评估依据", "Edition of the standard"), _editions())
        self._choose("profile", Text("样本", "Sample"), _profiles())
        self.fields["profile"].help_text = _say(
            Text("缩小样本只供演示，不能用于备案。", "A reduced sample is for demonstration only.")
        )
        if settings.BEIAN_PRODUCTION:
            del self.fields["profile"]

    def _choose(self, name: str, label: Text, choices: Mapping[str, str]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.label = _say(label)
        field.choices = list(choices.items())

    def choice(self) -> dict[str, Any]:
        """Return what was chosen, as the action takes it."""
        chosen = {"profile": "", **self.cleaned_data}
        provider = self._providers[chosen.pop("organisation")]
        return {"provider": provider, **chosen}


def _editions() -> dict[str, str]:
    return {edition_id: _say(edition_label(edition_id)) for edition_id in EDITION_IDS}


def _profiles() -> dict[str, str]:
    full = {"": _say(Text("完整样本", "The full sample"))}
    return full | {name: _say(Text(f"缩小样本：{name}", f"Reduced: {name}")) for name in PROFILE_NAMES}


class AttachmentForm(forms.Form):
    """A file to add."""

    kind = forms.ChoiceField()
    file = forms.FileField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say the labels in the page's language."""
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(one, _say(ATTACHMENT_LABELS[one])) for one in ATTACHMENT_KINDS]
        kind.label = _say(Text("这是什么", "What it is"))
        self.fields["file"].label = _say(Text("文件", "File"))


class ReplyForm(forms.Form):
    """The answer to a correction."""

    text = forms.CharField(max_length=4000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say the label in the page's language."""
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _say(Text("怎样补正的", "How it was corrected"))
