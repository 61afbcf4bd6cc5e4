"""The addresses of notices."""

from django.urls import path

from openbeian.portal.notices import views

__all__ = ["app_name", "urlpatterns"]

app_name = "notices"
urlpatterns = [
    path("", views.preferences, name="preferences"),
    path("webhooks/new/", views.add, name="add"),
    path("webhooks/<int:pk>/", views.endpoint, name="endpoint"),
    path("webhooks/<int:pk>/deliveries/<int:delivery>/again/", views.again, name="again"),
    path("webhooks/<int:pk>/<slug:what>/", views.change, name="change"),
]
