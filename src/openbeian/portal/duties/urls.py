"""The addresses of duties and of random re-inspections."""

from django.urls import path

from openbeian.portal.duties import draw_views, views

__all__ = ["app_name", "urlpatterns"]

app_name = "duties"
urlpatterns = [
    path("", views.duties, name="all"),
    path("draws/", draw_views.draws, name="draws"),
    path("draws/new/", draw_views.order, name="order"),
    path("draws/<int:pk>/", draw_views.draw, name="draw"),
    path("draws/<int:pk>.json", draw_views.draw_file, name="draw_file"),
    path("<str:number>/", views.filing, name="filing"),
    path("<str:number>/report/", views.report, name="report"),
    path("<str:number>/update/", views.update, name="update"),
    path("<str:number>/calendar/renew/", views.renew_calendar, name="renew_calendar"),
    path("<str:number>/<slug:token>.ics", views.calendar, name="calendar"),
]
