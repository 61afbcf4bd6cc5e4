"""The forms of permits: ask, decide, countersign, limit, end."""

from datetime import date
from typing import Any, Final

from django import forms
from django.http import QueryDict

from openbeian.core.permits import MOST_GATES, MOST_TRIAL_USERS, USE_LABELS, PermitUse
from openbeian.portal.accounts.models import User
from openbeian.portal.applications.models import Application
from openbeian.portal.sandbox.models import Permit
from openbeian.portal.sandbox.queries import open_to_permit
from openbeian.portal.web.words import later, now

__all__ = ["AskForm", "CountersignPermitForm", "DecidePermitForm", "EndForm", "LimitForm"]

_DAY: Final = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
_LINES: Final = forms.Textarea({"rows": 4})


class _UsesField(forms.MultipleChoiceField):
    """Uses, in the language of the page."""

    def __init__(self, **more: Any) -> None:  # noqa: ANN401  Django's own arguments
        super().__init__(
            label=later("用途", "Uses"), choices=_uses, widget=forms.CheckboxSelectMultiple(), **more
        )

    def clean(self, value: object) -> list[PermitUse]:
        return [PermitUse(one) for one in super().clean(value)]


def _uses() -> list[tuple[str, str]]:
    return [(use.value, now(label)) for use, label in USE_LABELS.items()]


class _LinesField(forms.CharField):
    """One thing a line."""

    def clean(self, value: object) -> list[str]:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class _ServiceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    def label_from_instance(self, obj: Application) -> str:
        return f"{obj.service_name} · {obj.reference}"


class AskForm(forms.Form):
    """What a provider asks for."""

    use_required_attribute = False
    application = _ServiceField(
        label=later("服务", "Service"),
        queryset=Application.objects.none(),
        help_text=later("在办申请中的服务。", "Of an application that is under way."),
    )
    uses = _UsesField(
        help_text=later(
            "平台须为每次请求写明其一，许可之外的用途一律拒绝。",
            "Platforms name one of them with each request; every other use is refused.",
        )
    )
    purpose = forms.CharField(
        label=later("目的与安全措施", "Purpose and safeguards"),
        help_text=later(
            "只供网信办审阅，不公布，不进日志。",
            "For the office alone; neither published nor written to the log.",
        ),
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
    )
    testers = _LinesField(
        label=later("测试人员标识，每行一个", "Testers’ ids, one a line"),
        help_text=later(
            "写平台所知的用户标识。只保存加盐哈希，提交后无人能看到原文。",
            "The ids under which platforms know them. Only salted hashes are kept; nobody sees them again.",
        ),
        required=False,
        max_length=100_000,
        widget=_LINES,
    )
    trial_users = forms.IntegerField(
        label=later("试用用户至多几人", "At most how many trial users"),
        help_text=later("不需要试用用户则填 0。", "0 for none."),
        min_value=0,
        max_value=MOST_TRIAL_USERS,
        initial=0,
    )
    gates = forms.IntegerField(
        label=later("分给几个闸口", "Among how many gates"),
        help_text=later(
            "各闸口互不知道对方放行了谁，名额因此平分：100 人、4 个闸口，每个至多 25 人。",
            "No gate knows whom another lets in, so they divide the places: 100 among 4 gates is 25 each.",
        ),
        min_value=1,
        max_value=MOST_GATES,
        initial=1,
    )
    begins_on = forms.DateField(label=later("开始日期", "First day"), widget=_DAY)
    ends_on = forms.DateField(label=later("结束日期（含）", "Last day"), widget=_DAY)

    def __init__(self, user: User, data: QueryDict | None = None, *, today: date) -> None:
        """Offer the services of a person's providers."""
        super().__init__(data, initial={"begins_on": today})
        field = self.fields["application"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = open_to_permit(user)


class DecidePermitForm(forms.Form):
    """A first decision."""

    use_required_attribute = False
    outcome = forms.ChoiceField(
        label=later("决定", "Decision"),
        choices=(("grant", later("准许", "Grant")), ("refuse", later("不准许", "Refuse"))),
        widget=forms.RadioSelect,
    )
    office_testers = _LinesField(
        label=later("网信办测试人员标识，每行一个", "The office’s own testers’ ids, one a line"),
        help_text=later(
            "网信办人员总可测试，不占试用名额。只保存加盐哈希。",
            "The office can always test, and takes no trial place. Only salted hashes are kept.",
        ),
        required=False,
        max_length=20_000,
        widget=_LINES,
    )
    reason = forms.CharField(label=later("理由", "Reason"), max_length=2000, widget=_LINES)


class CountersignPermitForm(forms.Form):
    """Agreeing to it, or not."""

    use_required_attribute = False
    agree = forms.ChoiceField(
        label=later("会签", "Countersignature"),
        choices=(
            ("yes", later("同意，立即生效", "Agree; it takes effect")),
            ("no", later("不同意", "Disagree")),
        ),
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=later("理由（不同意时必填）", "Reason (where you disagree)"),
        max_length=2000,
        required=False,
        widget=_LINES,
    )


class LimitForm(forms.Form):
    """What is left of a permit."""

    use_required_attribute = False
    uses = _UsesField()
    trial_users = forms.IntegerField(
        label=later("试用用户至多几人", "At most how many trial users"), min_value=0
    )
    ends_on = forms.DateField(label=later("结束日期（含）", "Last day"), widget=_DAY)
    reason = forms.CharField(label=later("理由", "Reason"), max_length=2000, widget=_LINES)

    def __init__(self, permit: Permit, data: QueryDict | None = None) -> None:
        """Start from what the permit says."""
        held = {"uses": permit.uses, "trial_users": permit.trial_users, "ends_on": permit.ends_on}
        super().__init__(data, initial=held, prefix="limit")


class EndForm(forms.Form):
    """Why a permit ends."""

    use_required_attribute = False
    reason = forms.CharField(label=later("理由", "Reason"), max_length=2000, widget=_LINES)

    def __init__(self, data: QueryDict | None = None) -> None:
        """Keep its field apart from those of the form beside it."""
        super().__init__(data, prefix="end")
