"""The addresses of the public register."""

from django.urls import path

from openbeian.portal.register import views

__all__ = ["app_name", "urlpatterns"]

app_name = "register"
urlpatterns = [
    path("", views.front, name="front"),
    path("register/", views.entries, name="entries"),
    path("register/jurisdictions/", views.jurisdictions, name="jurisdictions"),
    path("register/jurisdictions.csv", views.jurisdictions_csv, name="jurisdictions_csv"),
    path("register/models/", views.models, name="models"),
    path("register/<str:number>/", views.entry, name="entry"),
    path("check/", views.lookup, name="lookup"),
]
