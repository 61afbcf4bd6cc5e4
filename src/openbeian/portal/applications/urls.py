"""The addresses of the provider's pages."""

from django.urls import path

from openbeian.portal.applications import dossier_views, file_views, views

__all__ = ["app_name", "urlpatterns"]

app_name = "applications"
urlpatterns = [
    path("", views.applications, name="list"),
    path("new/", views.start, name="start"),
    path("new/dossier/", dossier_views.begin, name="begin_with_dossier"),
    path("dry-run/", dossier_views.try_out, name="dry_run"),
    path("<slug:reference>/", views.detail, name="detail"),
    path("<slug:reference>/form/<slug:section_id>/", views.section, name="section"),
    path("<slug:reference>/files/", file_views.files, name="files"),
    path("<slug:reference>/files/dossier/", dossier_views.replace, name="dossier"),
    path("<slug:reference>/files/<int:pk>/", file_views.download, name="download"),
    path("<slug:reference>/files/<int:pk>/remove/", file_views.remove_file, name="remove_file"),
    path("<slug:reference>/files/written/", file_views.write_documents, name="write_documents"),
    path("<slug:reference>/files/unfinished/<str:key>/", file_views.cancel_upload, name="cancel_upload"),
    path("<slug:reference>/check/", views.check, name="check"),
    path("<slug:reference>/confirm/", views.confirm, name="confirm"),
    path("<slug:reference>/submit/", views.submit, name="submit"),
    path("<slug:reference>/corrections/<int:pk>/reply/", views.reply, name="reply"),
    path("<slug:reference>/withdraw/", views.withdraw, name="withdraw"),
]
