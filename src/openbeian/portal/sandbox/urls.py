"""The addresses of sandbox permits."""

from django.urls import path

from openbeian.portal.sandbox import views

__all__ = ["app_name", "urlpatterns"]

app_name = "sandbox"
urlpatterns = [
    path("", views.permits, name="permits"),
    path("desk/", views.desk, name="desk"),
    path("ask/", views.ask, name="ask"),
    path("desk/<int:pk>/", views.permit, name="permit"),
    path("desk/<int:pk>/decide/", views.decide, name="decide"),
    path("desk/<int:pk>/countersign/", views.countersign, name="countersign"),
    path("desk/<int:pk>/limit/", views.limit, name="limit"),
    path("desk/<int:pk>/end/", views.end, name="end"),
    path("desk/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
