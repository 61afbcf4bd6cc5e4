"""The form of an entry's classes."""

from typing import Final

from django import forms
from django.http import QueryDict

from openbeian.core.text import Text
from openbeian.industries import Industry, ServiceType, load_rules
from openbeian.portal.register.classes import Proposal
from openbeian.portal.web.words import later, now

__all__ = ["ClassForm"]

_CHOOSE: Final = Text("请选择", "Choose")


class ClassForm(forms.Form):
    """An entry's industry and service type, and why."""

    use_required_attribute = False
    industry = forms.ChoiceField(label=later("行业", "Industry"))
    service_type = forms.ChoiceField(label=later("服务类型", "Service type"))
    reason = forms.CharField(
        label=later("理由", "Why"),
        help_text=later(
            "如：申请材料写明用于信贷审批。", "For example: the application says it is for lending."
        ),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, proposal: Proposal, data: QueryDict | None = None) -> None:
        """Offer every class, the likeliest chosen."""
        decision = getattr(proposal.entry, "class_decision", None)
        initial = {"industry": proposal.industry, "service_type": proposal.service_type}
        super().__init__(data, initial=initial | ({"reason": decision.reason} if decision else {}))
        for name, kind in (("industry", Industry), ("service_type", ServiceType)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            named = [(one.value, now(load_rules().name(one))) for one in kind]
            field.choices = [("", now(_CHOOSE)), *named]
