"""The addresses of messages."""

from django.urls import path

from openbeian.portal.correspondence import views

__all__ = ["app_name", "urlpatterns"]

app_name = "correspondence"
urlpatterns = [
    path("", views.conversations, name="all"),
    path("<slug:reference>/", views.conversation, name="conversation"),
    path("<slug:reference>/files/<int:pk>/", views.download, name="download"),
]
