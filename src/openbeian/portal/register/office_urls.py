"""The addresses of what the offices do about the register: published lists, and classes."""

from django.urls import path

from openbeian.portal.register import class_views, list_views

__all__ = ["app_name", "urlpatterns"]

app_name = "office"
urlpatterns = [
    path("lists/", list_views.lists, name="lists"),
    path("lists/<int:pk>/", list_views.brought, name="brought"),
    path("lists/<int:pk>/take/", list_views.take, name="take"),
    path("lists/<int:pk>/file/", list_views.file, name="file"),
    path("lists/<int:pk>/conflicts/<slug:digest>/", list_views.conflict, name="conflict"),
    path("classes/", class_views.classes, name="classes"),
    path("classes/corrections.csv", class_views.corrections, name="corrections"),
    path("classes/<int:pk>/", class_views.entry_classes, name="entry_classes"),
    path("lists/taken/<int:pk>/", list_views.taken, name="taken"),
    path("lists/decisions/<int:pk>/back/", list_views.back, name="back"),
]
