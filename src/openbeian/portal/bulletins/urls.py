"""The addresses of bulletins."""

from django.urls import path

from openbeian.portal.bulletins import office_views, views

__all__ = ["app_name", "urlpatterns"]

app_name = "bulletins"
urlpatterns = [
    path("", views.bulletins, name="all"),
    path("new/", office_views.draft, name="draft"),
    path("<slug:slug>/", views.bulletin, name="bulletin"),
    path("<slug:slug>.json", views.bulletin_json, name="json"),
    path("<slug:slug>.pdf", views.bulletin_pdf, name="pdf"),
    path("<slug:slug>.docx", views.bulletin_docx, name="docx"),
    path("<slug:slug>/<slug:chart>.csv", views.bulletin_csv, name="csv"),
    path("<slug:slug>/edit/", office_views.edit, name="edit"),
    path("<slug:slug>/rewrite/", office_views.rewrite, name="rewrite"),
    path("<slug:slug>/publish/", office_views.publish, name="publish"),
    path("<slug:slug>/correct/", office_views.correct, name="correct"),
    path("<slug:slug>/discard/", office_views.discard, name="discard"),
]
