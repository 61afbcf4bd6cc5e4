"""The pages of organisations: which there are, who belongs to one, inviting, roles, keys."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openbeian import clock
from openbeian.core.account_rights import may_administer, may_manage_members
from openbeian.core.roles import ORGANISATION_LABELS, OrganisationKind
from openbeian.core.text import Text
from openbeian.portal.accounts import actions
from openbeian.portal.accounts.forms import InviteForm, OrganisationForm, RolesForm, tried
from openbeian.portal.accounts.links import link_of, send_invitation
from openbeian.portal.accounts.models import Organisation
from openbeian.portal.accounts.queries import actor_of, managed_by, readable_by
from openbeian.portal.accounts.second_factor import has_factor
from openbeian.portal.accounts.shown import role_labels, shown_keys
from openbeian.portal.accounts.signed_in import signed_in
from openbeian.portal.web.words import now

__all__ = [
    "end_member",
    "invite",
    "new_organisation",
    "organisation",
    "organisations",
    "revoke_invitation",
    "revoke_key",
    "roles",
]

_ON_A_PAGE: Final = 50
_ENTERED: Final = Text("单位已录入；请邀请它的第一名管理员。", "Entered; now invite its first administrator.")
_SENT: Final = Text("邀请已发到 {email}。", "The invitation was sent to {email}.")
_NOT_SENT: Final = Text(
    "邮件没有发出；请复制下面的链接交给对方。",
    "The mail could not be sent; hand the link below over yourself.",
)
_CHANGED: Final = Text("角色已修改。", "The roles are changed.")
_LEFT: Final = Text("成员身份已结束，其密钥同时停用。", "The membership and its keys are ended.")
_TAKEN_BACK: Final = Text("邀请已撤回。", "The invitation is taken back.")
_KEY_ENDED: Final = Text("密钥已停用。", "The key is ended.")


@login_required
@require_GET
def organisations(request: HttpRequest) -> HttpResponse:
    """Show the organisations somebody may see; with `q` those whose name has these words."""
    user, words = signed_in(request), request.GET.get("q", "").strip()
    found = readable_by(user).annotate(people=Count("memberships", filter=Q(memberships__ended_at=None)))
    if words:
        found = found.filter(Q(name__icontains=words) | Q(name_en__icontains=words) | Q(uscc__iexact=words))
    page = Paginator(found.order_by("kind", "jurisdiction", "name"), _ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "rows": [(one, ORGANISATION_LABELS[OrganisationKind(one.kind)]) for one in page],
        "words": words,
        "may_enter": may_administer(actor_of(user)),
    }
    return render(request, "accounts/organisations.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new_organisation(request: HttpRequest) -> HttpResponse:
    """Enter an organisation."""
    user = signed_in(request)
    if not may_administer(actor_of(user)):
        raise PermissionDenied
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: actions.create_organisation(**form.values(), by=user, at=clock.now()))
        if made is not None:
            return _done(request, _ENTERED, made)
    return render(request, "accounts/organisation_new.html", {"form": form})


@login_required
@require_GET
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who belongs to an organisation; to who manages it, invitations and keys as well."""
    user, found = signed_in(request), get_object_or_404(readable_by(signed_in(request)), pk=pk)
    manages = may_manage_members(actor_of(user), str(found.pk))
    members = found.memberships.filter(ended_at=None).select_related("user").order_by("user__name", "id")
    context = {
        "organisation": found,
        "kind": ORGANISATION_LABELS[OrganisationKind(found.kind)],
        "members": [(m, role_labels(m.roles), has_factor(m.user)) for m in members],
        "manages": manages,
        "invitations": _open_invitations(request, found) if manages else [],
        "keys": shown_keys(found.api_keys.select_related("user", "organisation"), at=clock.now()),
    }
    return render(request, "accounts/organisation.html", context)


def _open_invitations(request: HttpRequest, organisation: Organisation) -> list[tuple[object, object, str]]:
    waiting = organisation.invitations.filter(accepted_at=None, revoked_at=None, expires_at__gt=clock.now())
    return [
        (one, role_labels(one.roles), link_of(one, request)) for one in waiting.select_related("invited_by")
    ]


@login_required
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite somebody: the link is sent, and shown on the organisation's page."""
    user, found = signed_in(request), _managed(request, pk)
    form = InviteForm(OrganisationKind(found.kind), request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: actions.invite(found, **form.cleaned_data, by=user, at=clock.now()))
        if made is not None:
            if send_invitation(made, request):
                return _done(request, _SENT.fill(email=made.email), found)
            messages.error(request, now(_NOT_SENT))
            return redirect("organisations:organisation", found.pk)
    return render(request, "accounts/invite.html", {"organisation": found, "form": form})


@login_required
@require_POST
def revoke_invitation(request: HttpRequest, pk: int, invitation_pk: int) -> HttpResponse:
    """Take an invitation back."""
    found = _managed(request, pk)
    invitation = get_object_or_404(found.invitations, pk=invitation_pk)
    actions.revoke_invitation(invitation, by=signed_in(request), at=clock.now())
    return _done(request, _TAKEN_BACK, found)


@login_required
@require_http_methods(["GET", "POST"])
def roles(request: HttpRequest, pk: int, membership_pk: int) -> HttpResponse:
    """Change a member's roles."""
    found = _managed(request, pk)
    member = get_object_or_404(found.memberships.filter(ended_at=None), pk=membership_pk)
    form = RolesForm(OrganisationKind(found.kind), request.POST or None, present=member.roles)
    if request.method == "POST":
        form = RolesForm(OrganisationKind(found.kind), request.POST)
        if form.is_valid():
            actions.change_roles(member, **form.cleaned_data, by=signed_in(request), at=clock.now())
            return _done(request, _CHANGED, found)
    return render(request, "accounts/roles.html", {"organisation": found, "member": member, "form": form})


@login_required
@require_POST
def end_member(request: HttpRequest, pk: int, membership_pk: int) -> HttpResponse:
    """End somebody's membership."""
    found = _managed(request, pk)
    member = get_object_or_404(found.memberships.filter(ended_at=None), pk=membership_pk)
    actions.end_membership(member, by=signed_in(request), at=clock.now())
    return _done(request, _LEFT, found)


@login_required
@require_POST
def revoke_key(request: HttpRequest, pk: int, key_pk: int) -> HttpResponse:
    """End a key of the organisation."""
    found = _managed(request, pk)
    actions.revoke_api_key(
        get_object_or_404(found.api_keys, pk=key_pk), by=signed_in(request), at=clock.now()
    )
    return _done(request, _KEY_ENDED, found)


def _managed(request: HttpRequest, pk: int) -> Organisation:
    return get_object_or_404(managed_by(signed_in(request)), pk=pk)


def _done(request: HttpRequest, words: Text, organisation: Organisation) -> HttpResponse:
    messages.success(request, now(words))
    return redirect("organisations:organisation", organisation.pk)
