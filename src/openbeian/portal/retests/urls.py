"""The addresses of re-tests."""

from django.urls import path

from openbeian.portal.retests import bank_views, views

__all__ = ["app_name", "urlpatterns"]

app_name = "retests"
urlpatterns = [
    path("", views.home, name="home"),
    path("banks/", bank_views.banks, name="banks"),
    path("banks/<int:pk>/", bank_views.bank, name="bank"),
    path("banks/<int:pk>/retire/", bank_views.retire, name="retire"),
    path("of/<slug:reference>/", views.of_application, name="of"),
    path("<int:pk>/", views.run, name="run"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/head/", views.head, name="head"),
    path("<int:pk>/stop/", views.stop, name="stop"),
    path("<int:pk>/go-on/", views.go_on, name="go_on"),
    path("<int:pk>/record/", views.record, name="record"),
    path("<int:pk>/release/", views.release, name="release"),
    path("<int:pk>/answers/", views.answers, name="answers"),
    path("<int:pk>/result/", views.result, name="result"),
]
