"""The addresses of the statistics."""

from django.urls import path

from openbeian.portal.statistics import views

__all__ = ["app_name", "urlpatterns"]

app_name = "statistics"
urlpatterns = [
    path("", views.statistics, name="all"),
    path("definitions/", views.definitions, name="definitions"),
    path("<slug:sheet_id>.csv", views.sheet_csv, name="csv"),
]
