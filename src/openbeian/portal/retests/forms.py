"""The forms of re-tests: bring in a bank, ask for a run, record its result."""

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.http import QueryDict

from openbeian.assessment.banks import BANK_LABELS
from openbeian.core.standard import FULL_PROFILE
from openbeian.core.text import Text
from openbeian.portal.accounts.models import Organisation, User
from openbeian.portal.applications.models import Application
from openbeian.portal.retests.actions.runs import MOST_A_MINUTE, MOST_IN_FLIGHT, Asked
from openbeian.portal.retests.banks import KEYWORDS
from openbeian.portal.retests.channels import CHANNEL_LABELS, channels_of
from openbeian.portal.retests.models import USUAL_A_MINUTE, HiddenBank, RetestRun
from openbeian.portal.retests.plans import reported_for
from openbeian.portal.retests.queries import banks_of, offices_of
from openbeian.portal.web.words import later, now
from openbeian.standards.lists import PROFILE_NAMES, load_profile

if TYPE_CHECKING:
    from django.utils.datastructures import MultiValueDict

__all__ = ["KIND_LABELS", "AskForm", "BankForm", "RecordForm"]

KIND_LABELS: Final = {
    **{kind.value: label for kind, label in BANK_LABELS.items()},
    KEYWORDS: Text("关键词库", "Keyword library"),
}
_MOST_BYTES: Final = 16 << 20
_FULL: Final = Text("标准的完整样本", "The whole sample of the standard")


class _OfficeField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    def label_from_instance(self, obj: Organisation) -> str:
        return obj.name


class _BanksField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # the same
    def label_from_instance(self, obj: HiddenBank) -> str:
        return f"{now(KIND_LABELS[obj.kind])} · {obj.name} {obj.version} ({obj.items})"


class BankForm(forms.Form):
    """A hidden bank's file."""

    use_required_attribute = False
    office = _OfficeField(label=later("单位", "Office"), queryset=Organisation.objects.none())
    kind = forms.ChoiceField(
        label=later("类型", "Kind"), choices=lambda: [(k, now(t)) for k, t in KIND_LABELS.items()]
    )
    file = forms.FileField(
        label=later("文件", "File"),
        help_text=later(
            "JSONL，或网信办格式的 CSV、XLSX，至多 16 MiB。上传即加密，提供者永远看不到。",
            "JSONL, or CSV or XLSX in the offices' layout, 16 MiB at most. Sealed at once; no provider ever "
            "sees it.",
        ),
    )

    def __init__(
        self, user: User, data: QueryDict | None = None, files: "MultiValueDict[str, Any] | None" = None
    ) -> None:
        """Offer the offices whose tester a person is."""
        super().__init__(data, files)
        offices = offices_of(user)
        field = self.fields["office"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = offices
        if len(offices) == 1:
            field.initial = offices[0].pk
            field.widget = forms.HiddenInput()

    def clean_file(self) -> Any:  # noqa: ANN401  Django's own type
        """Refuse a file that is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > _MOST_BYTES:
            raise forms.ValidationError(
                now(Text("文件超过 16 MiB；请拆分。", "The file is larger than 16 MiB; split it."))
            )
        return file


class AskForm(forms.Form):
    """What a tester asks of a channel."""

    use_required_attribute = False
    channel = forms.ChoiceField(label=later("测试通道", "Channel"), widget=forms.RadioSelect)
    model = forms.CharField(
        label=later("模型名称", "Model"),
        max_length=120,
        help_text=later("接口中所用的名称。", "As the channel's API calls it."),
    )
    key = forms.CharField(
        label=later("通道密钥", "Key of the channel"),
        required=False,
        max_length=400,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=later(
            "加密保存，记录结果后删除；不写入证据。",
            "Sealed, removed once the result is recorded, and never in the evidence.",
        ),
    )
    banks = _BanksField(
        label=later("隐藏题库", "Hidden banks"),
        queryset=HiddenBank.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=later("每种至多一个。", "One of each kind at most."),
    )
    sample = forms.ChoiceField(label=later("样本量", "Sample"), widget=forms.RadioSelect)
    concurrency = forms.IntegerField(
        label=later("至多同时几问", "At most how many at once"),
        min_value=1,
        max_value=MOST_IN_FLIGHT,
        initial=4,
        help_text=later("对方限流时自动放慢。", "It slows down by itself where the channel asks for it."),
    )

    a_minute = forms.IntegerField(
        label=later("每分钟至多几问", "At most how many a minute"),
        min_value=1,
        max_value=MOST_A_MINUTE,
        help_text=later(
            "按通道所能承受填写；均匀发出，中断后继续时同样遵守。",
            "What the channel can bear: asked evenly, and kept to after a restart too.",
        ),
    )

    def __init__(self, user: User, application: Application, data: QueryDict | None = None) -> None:
        """Offer the declared channels, the person's banks, and the samples that suit the application."""
        super().__init__(data)
        version = application.retests.order_by("-id").values_list("version_number", flat=True).first()
        reported = reported_for(application, version or application.version)
        self.fields["model"].initial = str(reported.target["model"]) if reported else ""
        last = RetestRun.objects.filter(application__provider=application.provider_id).first()
        self.fields["a_minute"].initial = last.questions_a_minute if last else USUAL_A_MINUTE
        self._offer("channel", _channels(application))
        self._offer("sample", _samples(application))
        banks = self.fields["banks"]
        assert isinstance(banks, forms.ModelMultipleChoiceField)
        banks.queryset = banks_of(user).filter(retired_at=None)

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        field.initial = choices[0][0] if choices else None

    def asked(self) -> Asked:
        """Return what is asked for."""
        data = self.cleaned_data
        return Asked(
            channel=data["channel"],
            model=data["model"],
            sample=data["sample"],
            banks=list(data["banks"]),
            concurrency=data["concurrency"],
            a_minute=data["a_minute"],
            key=data["key"].strip(),
        )


def _channels(application: Application) -> list[tuple[str, str]]:
    return [
        (one.name, f"{now(CHANNEL_LABELS[one.name])} · {one.address.removeprefix('https://')}")
        for one in channels_of(application)
    ]


def _samples(application: Application) -> list[tuple[str, str]]:
    """Return the samples; the demonstration's only for an application that is one."""
    names = [name for name in PROFILE_NAMES if name != "demo" or application.profile == "demo"]
    names.sort(key=lambda name: name != application.profile)
    return [*((name, now(load_profile(name).text)) for name in names), (FULL_PROFILE, now(_FULL))]


class RecordForm(forms.Form):
    """The result, in the tester's words."""

    use_required_attribute = False
    summary = forms.CharField(
        label=later(
            "结论（随申请保存，提供者可见）", "Result (kept with the application, seen by the provider)"
        ),
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
        help_text=later("不要写出隐藏题库的题目。", "Don't quote questions of the hidden bank."),
    )
