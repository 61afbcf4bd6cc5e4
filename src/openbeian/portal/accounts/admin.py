"""Read-only pages about people and organisations."""

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
