"""The addresses of the office's pages."""

from django.urls import path

from openbeian.portal.review import requirement_views, views

__all__ = ["app_name", "urlpatterns"]

app_name = "review"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("<slug:reference>/", views.review, name="review"),
    path("<slug:reference>/take/", views.take, name="take"),
    path("<slug:reference>/assign/", views.assign, name="assign"),
    path("<slug:reference>/hand-back/", views.hand_back, name="hand_back"),
    path("<slug:reference>/changes/", requirement_views.changes, name="changes"),
    path("<slug:reference>/requirements/", requirement_views.requirements, name="requirements"),
    path("<slug:reference>/requirements/by-checks/", requirement_views.by_checks, name="by_checks"),
    path(
        "<slug:reference>/requirements/<slug:requirement_id>/",
        requirement_views.requirement,
        name="requirement",
    ),
    path("<slug:reference>/accept/", views.accept, name="accept"),
    path("<slug:reference>/return/", views.return_for_correction, name="return"),
    path("<slug:reference>/corrections/<int:pk>/close/", views.close_correction, name="close_correction"),
    path("<slug:reference>/retest/order/", views.order_retest, name="order_retest"),
    path("<slug:reference>/retest/", views.record_retest, name="record_retest"),
    path("<slug:reference>/recommend/", views.recommend, name="recommend"),
    path("<slug:reference>/decide/", views.decide, name="decide"),
]
