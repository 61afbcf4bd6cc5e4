"""The form of a message."""

from typing import TYPE_CHECKING, Any

from django import forms

from openbeian.portal.correspondence.actions import LONGEST_MESSAGE
from openbeian.portal.web.words import later

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

__all__ = ["MessageForm"]


class _Several(forms.ClearableFileInput):
    allow_multiple_selected = True


class _Files(forms.FileField):
    """Any number of files, none included."""

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":  # noqa: ANN401
        """Return the files, each checked by itself."""
        one_by_one = super().clean
        return [one_by_one(each, initial) for each in data or [] if each is not None]


class MessageForm(forms.Form):
    """What one side writes to the other."""

    use_required_attribute = False
    text = forms.CharField(
        label=later("消息", "Message"),
        help_text=later(
            "只写与本申请有关的事，不要写密码或密钥。发出后不能修改或删除。",
            "Only about this application; no passwords or keys. Once sent it can’t be changed or removed.",
        ),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea({"rows": 5}),
    )
    attachments = _Files(
        label=later("附件", "Files"),
        help_text=later("可以选多个。", "You may choose several."),
        required=False,
        widget=_Several({"multiple": True}),
    )
