"""The address of the signed-in home."""

from django.urls import path

from openbeian.portal.web import views

__all__ = ["app_name", "urlpatterns"]

app_name = "web"
urlpatterns = [path("work/", views.home, name="home")]
