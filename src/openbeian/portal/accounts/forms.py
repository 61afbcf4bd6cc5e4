"""The forms of organisations, people and keys."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any, Final, TypeVar

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.http import QueryDict

from openbeian.core.account_rights import SCOPE_LABELS, SCOPES_OF
from openbeian.core.errors import BadInputError
from openbeian.core.roles import GIVEN_ROLES, ORGANISATION_LABELS, ROLE_LABELS, OrganisationKind, Role
from openbeian.core.text import Text
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.web.words import later, now
from openbeian.standards import load_jurisdictions

__all__ = ["EnterForm", "InviteForm", "KeyForm", "OrganisationForm", "RolesForm", "tried"]

_T = TypeVar("_T")
_DAYS: Final = ((30, "30"), (90, "90"), (180, "180"), (365, "365"))


def tried(form: forms.Form, act: Callable[[], _T]) -> _T | None:
    """Return what `act` returns; where it finds the input wrong, say so at the top of the form."""
    try:
        return act()
    except BadInputError as error:
        form.add_error(None, now(error.text))
        return None


class _RolesField(forms.MultipleChoiceField):
    """Roles that an organisation has, in the order of their table."""

    def __init__(self, kind: OrganisationKind) -> None:
        super().__init__(
            label=later("角色", "Roles"),
            choices=[
                (role.value, now(label)) for role, label in ROLE_LABELS.items() if role in GIVEN_ROLES[kind]
            ],
            required=False,
            widget=forms.CheckboxSelectMultiple(),
        )
        self.is_optional = True

    def clean(self, value: object) -> list[Role]:
        return [Role(one) for one in super().clean(value)]


class OrganisationForm(forms.Form):
    """A new organisation."""

    use_required_attribute = False
    kind = forms.ChoiceField(label=later("类别", "Kind"), widget=forms.RadioSelect())
    name = forms.CharField(label=later("名称", "Name"), max_length=100)
    name_en = forms.CharField(label=later("英文名称", "Name in English"), max_length=160, required=False)
    uscc = forms.CharField(
        label=later("统一社会信用代码", "Credit code"),
        help_text=later("18 位；提供者必填。", "18 characters; a provider must have one."),
        max_length=18,
        required=False,
    )
    jurisdiction = forms.ChoiceField(
        label=later("属地", "Province"),
        help_text=later("提供者和省级网信办必填。", "Needed for providers and provincial offices."),
        required=False,
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        """Offer the kinds and the jurisdictions."""
        super().__init__(data)
        _offer(self, "kind", [(kind.value, now(label)) for kind, label in ORGANISATION_LABELS.items()])
        places = load_jurisdictions()
        _offer(self, "jurisdiction", [("", "—"), *((code, now(one.short)) for code, one in places.items())])

    def values(self) -> dict[str, Any]:
        """Return what was filled in, as the action takes it."""
        return {**self.cleaned_data, "kind": OrganisationKind(self.cleaned_data["kind"])}


class InviteForm(forms.Form):
    """Whom to invite, in which roles."""

    use_required_attribute = False
    email = forms.EmailField(
        label=later("电子邮箱", "E-mail"),
        help_text=later(
            "邀请发到这个邮箱；对方用它登录。", "The invitation goes there, and the person signs in with it."
        ),
    )

    def __init__(self, kind: OrganisationKind, data: QueryDict | None = None) -> None:
        """Offer the roles of this kind of organisation."""
        super().__init__(data)
        self.fields["roles"] = _RolesField(kind)


class RolesForm(forms.Form):
    """The roles of a member."""

    use_required_attribute = False

    def __init__(
        self, kind: OrganisationKind, data: QueryDict | None = None, *, present: Iterable[str] = ()
    ) -> None:
        """Offer the roles of this kind of organisation, those present ticked."""
        super().__init__(data, initial={"roles": list(present)})
        self.fields["roles"] = _RolesField(kind)


class EnterForm(forms.Form):
    """Who an invited person is, and their password."""

    use_required_attribute = False
    name = forms.CharField(
        label=later("姓名", "Name"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=later("密码", "Password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=later("再输入一次密码", "The password again"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, email: str, data: QueryDict | None = None) -> None:
        """Say the rules of passwords."""
        super().__init__(data)
        self._email = email
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean(self) -> dict[str, Any]:
        """Insist on the same good password twice."""
        first, second = self.cleaned_data.get("password"), self.cleaned_data.get("again")
        if first and second and first != second:
            self.add_error(
                "again", now(Text("两次输入的密码不同；请重新输入。", "The two differ; type it again."))
            )
        elif first:
            user = User(email=self._email, name=self.cleaned_data.get("name", ""))
            try:
                validate_password(first, user)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return self.cleaned_data


class KeyForm(forms.Form):
    """A key: for which organisation, what it may be used for and for how long."""

    use_required_attribute = False
    organisation = forms.ChoiceField(label=later("单位", "Organisation"))
    name = forms.CharField(
        label=later("名称", "Name"),
        help_text=later(
            "写明哪台机器、哪个系统用它。", "Which machine or system uses it, so that you know it again."
        ),
        max_length=60,
    )
    scopes = forms.MultipleChoiceField(label=later("权限", "Scopes"), widget=forms.CheckboxSelectMultiple())
    days = forms.TypedChoiceField(
        label=later("有效期（天）", "Valid for (days)"), coerce=int, choices=_DAYS, initial=90
    )

    def __init__(self, organisations: Sequence[Organisation], data: QueryDict | None = None) -> None:
        """Offer the organisations whose keys the person can make, and the scopes such keys can have."""
        super().__init__(data)
        self._organisations = {str(one.pk): one for one in organisations}
        _offer(self, "organisation", [(pk, one.name) for pk, one in self._organisations.items()])
        possible = {scope for one in organisations for scope in SCOPES_OF[OrganisationKind(one.kind)]}
        labels = [(scope.value, now(label)) for scope, label in SCOPE_LABELS.items() if scope in possible]
        _offer(self, "scopes", labels)

    def values(self) -> dict[str, Any]:
        """Return what was filled in, as the action takes it."""
        return {
            "organisation": self._organisations[self.cleaned_data["organisation"]],
            "name": self.cleaned_data["name"],
            "scopes": self.cleaned_data["scopes"],
            "valid_for": timedelta(days=self.cleaned_data["days"]),
        }


def _offer(form: forms.Form, name: str, choices: Sequence[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
