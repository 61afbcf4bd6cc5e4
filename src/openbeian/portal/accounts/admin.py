"""Read-only pages about people and organisations."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin

from openbeian.portal.accounts.models import ApiKey, Membership, Organisation, User
from openbeian.portal.audit.admin import ReadOnlyAdmin

__all__ = ["ApiKeyAdmin", "MembershipAdmin", "OrganisationAdmin", "UserAdmin"]


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """People; never their password hashes."""

    list_display = ("name", "email", "is_active", "last_login")
    search_fields = ("name", "email")
    exclude = ("password",)


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    """Organisations."""

    list_display = ("name", "kind", "jurisdiction", "uscc")
    list_filter = ("kind", "jurisdiction")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Who belongs where, in which roles."""

    list_display = ("user", "organisation", "roles", "ended_at")


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """API keys; never their secrets' hashes."""

    list_display = ("prefix", "organisation", "user", "expires_at", "revoked_at")
    exclude = ("secret_sha256",)


# allauth's own pages would show the secrets of second factors, and let identity providers be added by hand.
admin.site.unregister([EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken])
