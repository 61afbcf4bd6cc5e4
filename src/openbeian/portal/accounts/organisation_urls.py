"""The addresses of organisations, people, invitations and the audit trail."""

from django.urls import path

from openbeian.portal.accounts import invitation_views, organisation_views, people_views, trail_views

__all__ = ["app_name", "urlpatterns"]

app_name = "organisations"
urlpatterns = [
    path("organisations/", organisation_views.organisations, name="all"),
    path("organisations/new/", organisation_views.new_organisation, name="new"),
    path("organisations/<int:pk>/", organisation_views.organisation, name="organisation"),
    path("organisations/<int:pk>/invite/", organisation_views.invite, name="invite"),
    path(
        "organisations/<int:pk>/invitations/<int:invitation_pk>/revoke/",
        organisation_views.revoke_invitation,
        name="revoke_invitation",
    ),
    path("organisations/<int:pk>/members/<int:membership_pk>/roles/", organisation_views.roles, name="roles"),
    path(
        "organisations/<int:pk>/members/<int:membership_pk>/end/",
        organisation_views.end_member,
        name="end_member",
    ),
    path(
        "organisations/<int:pk>/keys/<int:key_pk>/revoke/", organisation_views.revoke_key, name="revoke_key"
    ),
    path("people/", people_views.people, name="people"),
    path("people/<int:pk>/", people_views.person, name="person"),
    path("people/<int:pk>/close/", people_views.close_account, name="close_account"),
    path("people/<int:pk>/open/", people_views.open_account, name="open_account"),
    path("people/<int:pk>/reset/", people_views.reset_second_factor, name="reset_second_factor"),
    path("people/<int:pk>/sign-out/", people_views.end_sessions, name="end_sessions"),
    path("invitations/<str:token>/", invitation_views.invitation, name="invitation"),
    path("audit/", trail_views.trail, name="trail"),
]
