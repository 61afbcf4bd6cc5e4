"""The addresses of the open data."""

from django.urls import path

from openbeian.portal.opendata import views

__all__ = ["app_name", "urlpatterns"]

app_name = "opendata"
urlpatterns = [
    path("data/", views.data, name="data"),
    path("data/manifest.json", views.manifest, name="manifest"),
    path("data/<str:edition>/<str:name>", views.data_file, name="file"),
]
