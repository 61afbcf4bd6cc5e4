"""The forms of webhooks and of a person's own preference."""

from django import forms
from django.http import QueryDict

from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.notices.models import Preference
from openbeian.portal.notices.queries import organisations_managed_by
from openbeian.portal.web.words import later

__all__ = ["EndpointForm", "PreferenceForm"]


class PreferenceForm(forms.Form):
    """How somebody wants to be told."""

    use_required_attribute = False
    language = forms.ChoiceField(
        label=later("通知邮件的语言", "Language of letters"),
        choices=(("zh", "中文"), ("en", "English")),
        widget=forms.RadioSelect,
    )
    by_email = forms.BooleanField(
        label=later("每有进展，发邮件告诉我", "Write to me at every step"), required=False
    )

    def __init__(self, held: Preference, data: QueryDict | None = None) -> None:
        """Start from what was said before."""
        super().__init__(data, initial={"language": held.language, "by_email": held.by_email})


class EndpointForm(forms.Form):
    """A new address."""

    use_required_attribute = False
    organisation = forms.ModelChoiceField(
        label=later("单位", "Organisation"), queryset=Organisation.objects.none(), empty_label=None
    )
    address = forms.CharField(
        label=later("回调地址", "Address"),
        help_text=later(
            "以 https 开头的公网地址。通知以 POST 送到这里，带签名。",
            "A public address that begins with https. Notices are posted to it, signed.",
        ),
        max_length=500,
        widget=forms.URLInput,
    )
    note = forms.CharField(label=later("备注", "Note"), max_length=80, required=False)

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        """Offer the organisations whose webhooks a person manages."""
        super().__init__(data)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = organisations_managed_by(user)
        if field.queryset.count() == 1:
            field.initial = field.queryset.get()
