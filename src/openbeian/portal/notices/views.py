"""The pages of notices: one's own preference, an organisation's webhooks, and what came of deliveries."""

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openbeian import clock
from openbeian.core.errors import BadInputError
from openbeian.core.retrying import MOST_TRIES
from openbeian.core.text import Text
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.notices import actions
from openbeian.portal.notices.forms import EndpointForm, PreferenceForm
from openbeian.portal.notices.models import Endpoint
from openbeian.portal.notices.queries import (
    deliveries_of,
    endpoints_of,
    organisations_managed_by,
    preference_of,
)
from openbeian.portal.notices.signatures import secret_of
from openbeian.portal.notices.telling import story_of
from openbeian.portal.web.words import now

__all__ = ["add", "again", "change", "endpoint", "preferences"]

_ON_A_PAGE: Final = 30
_SAVED: Final = Text("已保存。", "Saved.")
_ADDED: Final = Text(
    "已登记。下面是验证签名用的密钥。", "Entered. Below is the secret that signatures are verified with."
)
_AGAIN: Final = Text("将再次投递。", "It is sent once more.")
_CHANGES: Final = {
    "test": Text(
        "测试通知已发出，几秒后可在下面看到结果。",
        "A test is on its way; its outcome shows below in seconds.",
    ),
    "renew": Text(
        "密钥已更换；24 小时内新旧签名都带上。",
        "The secret is replaced; for 24 hours both signatures are sent.",
    ),
    "on": Text("已重新启用。", "Switched on again."),
    "remove": Text("已删除，不再投递。", "Removed; nothing more is sent there."),
}


def _found(request: HttpRequest, pk: int) -> Endpoint:
    return get_object_or_404(endpoints_of(signed_in(request)), pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Say how one wants to be told; see the webhooks one manages."""
    user = signed_in(request)
    form = PreferenceForm(preference_of(user), request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.set_preference(user, **form.cleaned_data, by=user, at=clock.now())
        messages.success(request, now(_SAVED))
        return redirect("notices:preferences")
    context = {
        "form": form,
        "endpoints": endpoints_of(user),
        "may_add": organisations_managed_by(user).exists(),
    }
    return render(request, "notices/preferences.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Enter an address."""
    user = signed_in(request)
    if not organisations_managed_by(user).exists():
        raise Http404
    form = EndpointForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_endpoint(**form.cleaned_data, by=user, at=clock.now())
        except BadInputError as error:
            form.add_error("address", now(error.text))
        else:
            messages.success(request, now(_ADDED))
            return redirect("notices:endpoint", made.pk)
    return render(request, "notices/add.html", {"form": form})


@login_required
@require_GET
def endpoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an address: its secret, and every delivery with its tries."""
    found = _found(request, pk)
    page = Paginator(deliveries_of(found), _ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "endpoint": found,
        "secret": secret_of(found.salt),
        "has_two": found.earlier_until is not None and clock.now() < found.earlier_until,
        "page": page,
        "deliveries": [(one, story_of(one.notice.event).title) for one in page.object_list],
        "most_tries": MOST_TRIES,
    }
    return render(request, "notices/endpoint.html", context)


@login_required
@require_POST
def change(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Test an address, replace its secret, switch it on, or remove it."""
    act = _ACTS.get(what)
    if act is None:
        raise Http404
    found = _found(request, pk)
    act(found, by=signed_in(request), at=clock.now())
    messages.success(request, now(_CHANGES[what]))
    return redirect("notices:preferences") if what == "remove" else redirect("notices:endpoint", pk)


@login_required
@require_POST
def again(request: HttpRequest, pk: int, delivery: int) -> HttpResponse:
    """Send a notice once more."""
    found = get_object_or_404(deliveries_of(_found(request, pk)), pk=delivery)
    actions.deliver_again(found, by=signed_in(request), at=clock.now())
    messages.success(request, now(_AGAIN))
    return redirect("notices:endpoint", pk)


_ACTS: Final[dict[str, Callable[..., object]]] = {
    "test": actions.test_endpoint,
    "renew": actions.renew_secret,
    "on": actions.switch_on,
    "remove": actions.remove_endpoint,
}
