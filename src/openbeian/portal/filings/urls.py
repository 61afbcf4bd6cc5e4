"""The addresses of certificates, rounds and measures."""

from django.urls import path

from openbeian.portal.filings import views

__all__ = ["app_name", "urlpatterns"]

app_name = "filings"
urlpatterns = [
    path("certificates/<str:number>/", views.certificate, name="certificate"),
    path("rounds/", views.rounds, name="rounds"),
    path("rounds/new/", views.plan, name="plan"),
    path("rounds/<int:series>/", views.round_, name="round"),
    path("rounds/<int:series>/certify/", views.certify, name="certify"),
    path("filings/", views.measures, name="measures"),
    path("filings/<str:number>/", views.filing, name="filing"),
]
