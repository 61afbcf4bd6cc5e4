"""The addresses of judging."""

from django.urls import path

from openbeian.portal.judging import views

__all__ = ["app_name", "urlpatterns"]

app_name = "judging"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/", views.new, name="new"),
    path("retest/<int:pk>/", views.from_run, name="from_run"),
    path("<int:pk>/", views.task, name="task"),
    path("<int:pk>/judge/", views.judge, name="judge"),
    path("<int:pk>/items/", views.items, name="items"),
    path("<int:pk>/verdict/", views.verdict, name="verdict"),
    path("<int:pk>/undo/", views.undo, name="undo"),
    path("<int:pk>/take-over/", views.take_over, name="take_over"),
    path("<int:pk>/export/", views.export, name="export"),
]
