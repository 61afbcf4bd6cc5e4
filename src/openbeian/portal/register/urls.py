"""The addresses of the public register."""

from django.urls import path

from openbeian.portal.register import check_views, report_views, route_views, views

__all__ = ["app_name", "urlpatterns"]

app_name = "register"
urlpatterns = [
    path("", views.front, name="front"),
    path("register/", views.entries, name="entries"),
    path("register/jurisdictions/", views.jurisdictions, name="jurisdictions"),
    path("register/jurisdictions.csv", views.jurisdictions_csv, name="jurisdictions_csv"),
    path("register/models/", views.models, name="models"),
    path("register/<str:number>/", views.entry, name="entry"),
    path("register/<str:number>/report/", report_views.report, name="report"),
    path("reported/<str:reference>/", report_views.reported, name="reported"),
    path("reports/", report_views.reports, name="reports"),
    path("reports/<str:reference>/", report_views.handle, name="handle_report"),
    path("reports/<str:reference>/close/", report_views.close, name="close_report"),
    path("route/", route_views.route, name="route"),
    path("check/", views.lookup, name="lookup"),
    path("check/file/", check_views.check_file, name="check_file"),
    path("check/code/<str:number>.svg", check_views.code, name="code"),
]
