"""Where every address begins; each app names its own below."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from openbeian.portal.accounts.views import not_offered
from openbeian.portal.api.endpoints import api
from openbeian.portal.log.urls import public_urlpatterns

__all__ = ["urlpatterns"]

# One login for everything, so that a second factor asked for there can't be walked round.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign,no-untyped-call]

urlpatterns = [
    path("", include("openbeian.portal.register.urls")),
    path("", include("openbeian.portal.register.office_urls")),
    path("", include("openbeian.portal.web.urls")),
    path("", include("openbeian.portal.filings.urls")),
    path("", include("openbeian.portal.opendata.urls")),
    path("sandbox/", include("openbeian.portal.sandbox.urls")),
    path("sightings/", include("openbeian.portal.sightings.urls")),
    path("statistics/", include("openbeian.portal.statistics.urls")),
    path("bulletins/", include("openbeian.portal.bulletins.urls")),
    path("log/", include("openbeian.portal.log.pages_urls")),
    path("", include((public_urlpatterns, "public"))),
    path("applications/", include("openbeian.portal.applications.urls")),
    path("notices/", include("openbeian.portal.notices.urls")),
    path("duties/", include("openbeian.portal.duties.urls")),
    path("messages/", include("openbeian.portal.correspondence.urls")),
    path("petitions/", include("openbeian.portal.petitions.urls")),
    path("review/", include("openbeian.portal.review.urls")),
    path("retests/", include("openbeian.portal.retests.urls")),
    path("judging/", include("openbeian.portal.judging.urls")),
    path("account/", include("openbeian.portal.accounts.urls")),
    path("", include("openbeian.portal.accounts.organisation_urls")),
    # Who somebody is was settled by the invitation: addresses and connections are nobody's own to change.
    *(path(f"accounts/{one}", not_offered) for one in ("email/", "3rdparty/", "confirm-email/")),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
]
