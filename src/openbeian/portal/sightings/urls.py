"""The addresses of what gates have seen."""

from django.urls import path

from openbeian.portal.sightings import views

__all__ = ["app_name", "urlpatterns"]

app_name = "sightings"
urlpatterns = [
    path("", views.sightings, name="all"),
    path("<slug:digest>/", views.sighting, name="one"),
]
