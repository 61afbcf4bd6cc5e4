"""The library's forms of signing in, with our words and without placeholders that repeat the labels."""

from typing import Any, Final

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
)
from django.forms import BaseForm

from openbeian.portal.web.words import later

__all__ = ["Again", "Change", "Forgotten", "New", "Set", "SignIn"]

_EMAIL: Final = later("电子邮箱", "E-mail address")
_PASSWORD: Final = later("密码", "Password")
_NEW: Final = later("新密码", "New password")
_REPEATED: Final = later("再次输入新密码", "The new password once more")
_LABELS: Final = {
    "login": _EMAIL,
    "email": _EMAIL,
    "password": _PASSWORD,
    "oldpassword": later("现在的密码", "The present password"),
    "password1": _NEW,
    "password2": _REPEATED,
    "remember": later("在这台设备上保持登录", "Stay signed in on this device"),
}
_RULES: Final = later(
    "至少 12 个字符，不能过于常见，不能只有数字，不能与姓名或邮箱相近。",
    "At least 12 characters, not a common one, not digits alone, not like your name or address.",
)
_HELP: Final = {"password1": _RULES}


class _Worded(BaseForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  as the library hands them on
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = _LABELS.get(name, field.label)
            field.help_text = _HELP.get(name, "")
            field.widget.attrs.pop("placeholder", None)


class SignIn(_Worded, LoginForm):
    """E-mail address and password."""


class Forgotten(_Worded, ResetPasswordForm):
    """The address a link is sent to."""


class New(_Worded, ResetPasswordKeyForm):
    """A new password, by the link in a letter."""


class Change(_Worded, ChangePasswordForm):
    """Another password, by whoever knows the present one."""


class Set(_Worded, SetPasswordForm):
    """The first password."""


class Again(_Worded, ReauthenticateForm):
    """The password once more, before something weighty."""
