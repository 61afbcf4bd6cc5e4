"""The forms of duties: report one, report a new version of a model, order a draw; the filter of the list."""

from typing import Final

from django import forms

from openbeian.core.duties import DUTY_LABELS
from openbeian.core.text import Text
from openbeian.portal.web.words import later, now
from openbeian.standards import load_jurisdictions

__all__ = ["DrawForm", "DutyFilter", "ReportForm", "UpdateForm"]

_ALL: Final = Text("全部", "All")
_DAY: Final = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def _kinds() -> list[tuple[str, str]]:
    return [(kind.value, now(label)) for kind, label in DUTY_LABELS.items()]


def _kinds_or_all() -> list[tuple[str, str]]:
    return [("", now(_ALL)), *_kinds()]


def _places() -> list[tuple[str, str]]:
    return [("", now(_ALL)), *((one.code, now(one.short)) for one in load_jurisdictions().values())]


class ReportForm(forms.Form):
    """That a duty was done."""

    use_required_attribute = False
    kind = forms.ChoiceField(label=later("义务", "Duty"), choices=_kinds)
    done_on = forms.DateField(label=later("完成日期", "Done on"), widget=_DAY)
    digest = forms.RegexField(
        r"^[0-9a-f]{64}$",
        label=later("清单文件的 SHA-256", "SHA-256 of the manifest"),
        help_text=later(
            "词库、题库文件的哈希；重新评估填证据文件末行的哈希。文件本身不上传，复查时须能出示。",
            "Of the library’s or bank’s file; of an assessment, the head of its evidence. The file itself "
            "stays with you and has to be shown at an inspection.",
        ),
        max_length=64,
        error_messages={
            "invalid": later("应为 64 位十六进制小写。", "Give 64 hexadecimal digits, small letters.")
        },
    )
    items = forms.IntegerField(
        label=later("条目数", "How many items"),
        help_text=later("关键词数或题目数。", "Terms or questions."),
        min_value=1,
        max_value=100_000_000,
    )
    note = forms.CharField(label=later("说明", "Note"), max_length=500, required=False)


class UpdateForm(forms.Form):
    """A new version of the model."""

    use_required_attribute = False
    version = forms.CharField(label=later("版本号", "Version"), max_length=80)
    updated_on = forms.DateField(label=later("上线日期", "In use since"), widget=_DAY)
    is_important = forms.TypedChoiceField(
        label=later("是否重要更新", "Is it important?"),
        help_text=later(
            "更换或重新训练模型、增加功能或输入输出形式，属重要更新，须重新评估。",
            "Another or newly trained model, new functions or kinds of input and output are important: the "
            "assessment is done again.",
        ),
        choices=(("yes", later("重要更新", "Important")), ("no", later("一般更新", "Not important"))),
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    summary = forms.CharField(
        label=later("改了什么", "What changed"), max_length=1000, widget=forms.Textarea({"rows": 3})
    )


class DutyFilter(forms.Form):
    """Which duties an office looks at."""

    kind = forms.ChoiceField(label=later("义务", "Duty"), choices=_kinds_or_all, required=False)
    jurisdiction = forms.ChoiceField(label=later("属地", "Province"), choices=_places, required=False)
    show = forms.ChoiceField(
        label=later("显示", "Show"),
        choices=(("", later("只看逾期", "Overdue ones")), ("all", later("全部", "All"))),
        required=False,
    )


class DrawForm(forms.Form):
    """How many filings are to be inspected again, and why."""

    use_required_attribute = False
    jurisdiction = forms.ChoiceField(
        label=later("在哪里抽", "Among the filings of"), choices=_places, required=False
    )
    size = forms.IntegerField(label=later("抽几项", "How many"), min_value=1, max_value=10_000)
    reason = forms.CharField(
        label=later("理由", "Reason"), max_length=500, widget=forms.Textarea({"rows": 3})
    )
