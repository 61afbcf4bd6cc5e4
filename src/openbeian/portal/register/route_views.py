"""The route finder: questions to filing or registration, with the base model looked up in the register."""

from typing import Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openbeian.core.errors import BadInputError
from openbeian.core.numbering import FilingNumber
from openbeian.core.routes import Origin, find_route
from openbeian.portal.applications.base_models import BaseModel, base_of
from openbeian.portal.filings.models import RegisterEntry
from openbeian.portal.register.searching import Wanted, search
from openbeian.portal.web.words import later

__all__ = ["RouteForm", "candidates", "find_base_model", "route"]

_LISTED: Final = 10


class RouteForm(forms.Form):
    """The questions."""

    use_required_attribute = False
    public = forms.ChoiceField(
        label=later("是否向境内公众提供？", "Is it offered to the public in China?"),
        widget=forms.RadioSelect(),
        choices=[
            ("yes", later("是", "Yes")),
            ("no", later("否，只在本单位内部使用", "No, it is used inside our organisation only")),
        ],
    )
    origin = forms.ChoiceField(
        label=later("模型从哪里来？", "Where does the model come from?"),
        widget=forms.RadioSelect(),
        choices=[
            (Origin.OWN.value, later("自己研发训练", "We developed and trained it")),
            (
                Origin.FINE_TUNED.value,
                later("在已备案的模型上微调", "We fine-tuned a model that is on file"),
            ),
            (
                Origin.CALLED.value,
                later("只通过接口调用已备案的模型", "We only call a model that is on file"),
            ),
        ],
    )
    base = forms.CharField(
        required=False,
        max_length=200,
        label=later("所用模型的备案号或名称", "Filing number or name of that model"),
        help_text=later(
            "微调或调用时填写；写名称则从登记册中查。",
            "When fine-tuned or called; by a name the register is searched.",
        ),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


@require_safe
def route(request: HttpRequest) -> HttpResponse:
    """Ask, and say which route the service takes, and why."""
    form = RouteForm(request.GET or None)
    context: dict[str, object] = {"form": form}
    if request.GET and form.is_valid():
        asked = form.cleaned_data["base"].strip()
        base = find_base_model(asked)
        advice = find_route(
            is_public=form.cleaned_data["public"] == "yes",
            origin=Origin(form.cleaned_data["origin"]),
            base_asked=asked,
            base_status=base.status if base else "",
        )
        context |= {"advice": advice, "base": base, "asked": asked}
        context["candidates"] = [] if base else candidates(asked)
    return render(request, "register/route.html", context)


def find_base_model(asked: str) -> BaseModel | None:
    """Return the model with this filing number, or the only one of this very name."""
    try:
        FilingNumber.parse(asked)
    except BadInputError:
        named = [one for one in candidates(asked) if asked in {one.service_name, one.model_name}]
        return base_of(named[0].number) if len(named) == 1 else None
    return base_of(asked)


def candidates(asked: str) -> list[RegisterEntry]:
    """Return filed models whose name is like this one."""
    if not asked:
        return []
    found = search(Wanted(search=asked, route="filing"), size=_LISTED)
    return [one for one in found.entries if one.number]
