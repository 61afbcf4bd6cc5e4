"""The addresses of a person's own page; signing in and the second factor are allauth's."""

from django.urls import path

from openbeian.portal.accounts import views

__all__ = ["app_name", "urlpatterns"]

app_name = "accounts"
urlpatterns = [
    path("", views.account, name="account"),
    path("keys/new/", views.new_key, name="new_key"),
    path("keys/<int:pk>/revoke/", views.revoke_key, name="revoke_key"),
    path("sessions/end-others/", views.end_other_sessions, name="end_other_sessions"),
    path("sessions/<int:pk>/end/", views.end_session, name="end_session"),
]
