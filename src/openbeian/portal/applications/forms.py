"""The forms of applying. The guided form's steps are made from the sections of `dossier.form.FORM`."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from openbeian.core.text import Text
from openbeian.dossier.form import Facts, Field, Section, check_facts, form_for, route_of
from openbeian.dossier.kinds import ATTACHMENT_KINDS, DOCUMENT_KINDS
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.accounts.queries import memberships_of
from openbeian.portal.web.labels import edition_label
from openbeian.portal.web.words import later, now
from openbeian.standards import EDITION_IDS, PROFILE_NAMES

__all__ = ["AttachmentForm", "DossierForm", "SectionForm", "StartForm", "section_of"]

_SO: Final = Text("；", ". ")
_LONGEST_NAME: Final = 400
"""Of a file as it comes; what it is kept under is shortened."""


def section_of(section_id: str, facts: Facts) -> Section | None:
    """Return the section of the form with this id, as the route that the facts belong on asks for it."""
    return next((section for section in form_for(route_of(facts)) if section.id == section_id), None)


class SectionForm(forms.Form):
    """One step of the guided form. What is typed is kept even where it is wrong, so nothing gets lost."""

    use_required_attribute = False

    def __init__(self, section: Section, *, facts: Facts, data: QueryDict | None = None) -> None:
        """Make the fields of `section`, filled with `facts`."""
        super().__init__(data, initial={_key(one): facts.get(one.id, "") for one in section.fields})
        self._section = section
        self._facts = facts
        for one in section.fields:
            self.fields[_key(one)] = _form_field(one, is_optional=route_of(facts) not in one.required_on)

    def entries(self) -> dict[str, str | list[str]]:
        """Return what was typed, by the names of the facts; right or wrong."""
        return {one.id: self._typed(one) for one in self._section.fields}

    def _typed(self, one: Field) -> str | list[str]:
        typed = self[_key(one)].data
        return list(typed) if one.takes_several else str(typed or "").strip()

    def clean(self) -> dict[str, Any]:
        """Say what is wrong, by the same rules as the office's validator."""
        own = {one.id for one in self._section.fields}
        entries = self.entries()
        for problem in check_facts(entries, route_of({**self._facts, **entries})):
            if problem.field.id in own:
                self.add_error(_key(problem.field), f"{now(problem.found)}{now(_SO)}{now(problem.mend)}")
        return self.cleaned_data


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
    "latin": _PLAIN,
}


def _form_field(one: Field, *, is_optional: bool) -> forms.Field:
    # Django's own checks are left out: `check_facts` is the one place that says what is wrong.
    made = forms.Field(
        required=False,
        label=now(one.label),
        help_text=_help(one),
        widget=_widget(one),
    )
    made.is_optional = is_optional  # type: ignore[attr-defined]  # read by the tag that shows fields
    return made


def _widget(one: Field) -> forms.Widget:
    choices = [(choice.id, now(choice.label)) for choice in one.choices]
    match one.kind:
        case "choices" | "confirm":
            return forms.CheckboxSelectMultiple(choices=choices)
        case "choice":
            return forms.RadioSelect(choices=choices)
        case "longtext":
            return forms.Textarea({"rows": 5})
        case _:
            return forms.TextInput(dict(_INPUTS.get(one.kind, {})))


def _help(one: Field) -> str:
    limit = Text(f"最多 {one.max_length} 字。", f"Up to {one.max_length} characters.")
    parts = [now(one.help), now(limit) if one.kind == "longtext" else ""]
    return " ".join(part for part in parts if part)


class StartForm(forms.Form):
    """What has to be known before the guided form: for whom, under which edition, with which sample."""

    organisation = forms.ChoiceField(label=later("提供者", "Provider"))
    edition = forms.ChoiceField(label=later("评估依据", "Edition of the standard"))
    profile = forms.ChoiceField(
        required=False,
        label=later("样本", "Sample"),
        help_text=later("缩小样本只供演示，不能用于备案。", "A reduced sample is for demonstration only."),
    )

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        """Offer the person's providers, the editions and the profiles."""
        super().__init__(data)
        providers = [m.organisation for m in memberships_of(user) if m.organisation.kind == "provider"]
        self._providers = {str(one.pk): one for one in providers}
        self._offer("organisation", {key: one.name for key, one in self._providers.items()})
        self._offer("edition", {edition_id: now(edition_label(edition_id)) for edition_id in EDITION_IDS})
        self._offer("profile", _profiles())
        if settings.BEIAN_PRODUCTION:
            del self.fields["profile"]

    def _offer(self, name: str, choices: Mapping[str, str]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices.items())

    def choice(self) -> dict[str, Any]:
        """Return what was chosen, as the action takes it."""
        chosen = {"profile": "", **self.cleaned_data}
        provider = self._providers[chosen.pop("organisation")]
        return {"provider": provider, **chosen}


def _profiles() -> dict[str, str]:
    full = {"": now(Text("完整样本", "The full sample"))}
    return full | {name: now(Text(f"缩小样本：{name}", f"Reduced: {name}")) for name in PROFILE_NAMES}


class DossierForm(forms.Form):
    """A packed dossier, and for which provider where that is not known yet."""

    use_required_attribute = False
    organisation = forms.ChoiceField(label=later("提供者", "Provider"))
    file = forms.FileField(
        label=later("整套材料", "The packed dossier"),
        help_text=later("beian dossier pack 打出的 ZIP。", "The ZIP that beian dossier pack writes."),
        widget=forms.ClearableFileInput({"accept": ".zip,application/zip"}),
    )

    def __init__(
        self,
        providers: Sequence[Organisation],
        data: QueryDict | None = None,
        files: MultiValueDict[str, Any] | None = None,
    ) -> None:
        """Offer the person's providers; no choice where there is none to make."""
        super().__init__(data, files)
        self._providers = {str(one.pk): one for one in providers}
        if not providers:
            del self.fields["organisation"]
            return
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, one.name) for key, one in self._providers.items()]

    def provider(self) -> Organisation:
        """Return the provider that was chosen."""
        return self._providers[self.cleaned_data["organisation"]]


class _Several(forms.ClearableFileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """Files, as many as were chosen at once."""

    def clean(self, data: Sequence[Any], initial: object = None) -> list[Any]:
        one = super().clean
        return [one(file, initial) for file in data] if data else [one(None, initial)]


class AttachmentForm(forms.Form):
    """Files to add."""

    use_required_attribute = False
    file = _FilesField(
        label=later("文件", "Files"),
        help_text=later(
            "可一次选择多个。大文件分段上传，断了可以接着传。",
            "Choose as many as you like. Large ones are sent in pieces and gone on with after a break.",
        ),
        allow_empty_file=True,
        max_length=_LONGEST_NAME,
        widget=_Several(),
    )
    kind = forms.ChoiceField(
        required=False,
        label=later("这是什么", "What it is"),
        choices=[
            ("", later("按文件名识别", "As its name says")),
            (
                later("评估证据", "Evidence of the assessment"),
                [
                    ("evidence", later("评估证据（evidence.jsonl）", "Assessment evidence (evidence.jsonl)")),
                    ("head", later("证据的签名（head.dsse.json）", "Signature of it (head.dsse.json)")),
                    ("keys", later("评估方公钥（keys.json）", "The assessor’s public keys (keys.json)")),
                ],
            ),
            (
                later("备案材料", "Documents of the dossier"),
                [(kind.id, later(*kind.name)) for kind in DOCUMENT_KINDS.values()],
            ),
            (
                later("佐证与其他", "Proofs and others"),
                [(kind, later(*name)) for kind, name in ATTACHMENT_KINDS.items()],
            ),
        ],
    )
