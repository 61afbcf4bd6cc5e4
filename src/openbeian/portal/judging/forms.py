"""The forms of judging: a sample from a file, or from the answers of a re-test."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict

from openbeian.core.agreement import MOST_BYTES, MOST_ITEMS
from openbeian.core.text import Text
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.judging.queries import organisations_of
from openbeian.portal.judging.reading import CORPUS, KIND_LABELS
from openbeian.portal.web.words import later, now

if TYPE_CHECKING:
    from django.utils.datastructures import MultiValueDict

__all__ = ["FromRunForm", "UploadForm"]


class _OrganisationField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    def label_from_instance(self, obj: Organisation) -> str:
        return obj.name


class UploadForm(forms.Form):
    """A sample from a file."""

    use_required_attribute = False
    organisation = _OrganisationField(
        label=later("单位", "Organisation"), queryset=Organisation.objects.none()
    )
    title = forms.CharField(label=later("名称", "Title"), max_length=120)
    kind = forms.ChoiceField(
        label=later("内容", "What is judged"), choices=lambda: [(k, now(t)) for k, t in KIND_LABELS.items()]
    )
    file = forms.FileField(
        label=later("文件（JSONL）", "File (JSONL)"),
        help_text=later(
            f"每行一条：回答写 question 与 answer，语料写 text；至多 {MOST_ITEMS} 条，16 MiB。",
            f"One a line: question and answer, or text for a corpus; {MOST_ITEMS} items and 16 MiB at most.",
        ),
    )

    def __init__(
        self, user: User, data: QueryDict | None = None, files: "MultiValueDict[str, Any] | None" = None
    ) -> None:
        """Offer the organisations whose samples a person judges."""
        super().__init__(data, files)
        own = organisations_of(user)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = own
        if len(own) == 1:
            field.initial = own[0].pk
            field.widget = forms.HiddenInput()

    def clean_file(self) -> Any:  # noqa: ANN401  Django's own type
        """Refuse a file that is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                now(Text("文件超过 16 MiB；请拆分。", "The file is larger than 16 MiB; split it."))
            )
        return file


class FromRunForm(forms.Form):
    """A sample of a re-test's answers."""

    use_required_attribute = False
    kind = forms.ChoiceField(label=later("题库", "Bank"))
    most = forms.IntegerField(
        label=later("条数", "How many"),
        min_value=1,
        max_value=MOST_ITEMS,
        initial=1000,
        help_text=later(
            "按抽样的次序取前若干条，因此无人挑选。",
            "The first ones in the order drawn, so that nobody chooses.",
        ),
    )

    def __init__(self, banks: list[str], data: QueryDict | None = None) -> None:
        """Offer the banks of the run."""
        super().__init__(data)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one, now(KIND_LABELS[one])) for one in banks if one != CORPUS]
