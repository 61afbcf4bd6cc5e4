"""The addresses of the pages that explain the log; its machine-readable files are in `urls`."""

from django.urls import path

from openbeian.portal.log import key_views, views

__all__ = ["app_name", "urlpatterns"]

app_name = "log"
urlpatterns = [
    path("", views.index, name="index"),
    path("keys/", key_views.keys, name="keys"),
    path("entries/<int:index>/", views.entry, name="entry"),
    path("entries/<int:index>.tlog-proof", views.proof, name="proof"),
]
