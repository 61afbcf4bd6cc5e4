"""The addresses of certificates, rounds and measures."""

from django.urls import path

from openbeian.portal.filings import registration_views, round_views, views

__all__ = ["app_name", "urlpatterns"]

app_name = "filings"
urlpatterns = [
    path("certificates/<str:number>.pdf", views.certificate_pdf, name="certificate_pdf"),
    path("certificates/<str:number>.sd-jwt", views.certificate_sd_jwt, name="certificate_sd_jwt"),
    path(".well-known/jwt-vc-issuer", views.issuer, name="issuer"),
    path("certificates/<str:number>/", views.certificate, name="certificate"),
    path("rounds/", round_views.rounds, name="rounds"),
    path("rounds/new/", round_views.plan, name="plan"),
    path("rounds/<int:series>/", round_views.round_, name="round"),
    path("rounds/<int:series>/certify/", round_views.certify, name="certify"),
    path("rounds/<int:series>/seats/", round_views.seats, name="seats"),
    path("rounds/<int:series>/seats/add/", round_views.add_seats, name="add_seats"),
    path("rounds/<int:series>/seats/order/", round_views.order_seats, name="order_seats"),
    path("rounds/<int:series>/seats/<int:pk>/remove/", round_views.remove_seat, name="remove_seat"),
    path("rounds/<int:series>/seats.csv", round_views.seats_csv, name="seats_csv"),
    path("rounds/<int:series>/seats.xlsx", round_views.seats_xlsx, name="seats_xlsx"),
    path("rounds/<int:series>/certificates.pdf", round_views.certificates_pdf, name="certificates_pdf"),
    path("rounds/<int:series>/certificates.zip", round_views.certificates_zip, name="certificates_zip"),
    path("registrations/<slug:reference>/", registration_views.register, name="register"),
    path("filings/", views.measures, name="measures"),
    path("filings/<str:number>/hanging/", registration_views.hanging, name="hanging"),
    path("filings/<str:number>/", views.filing, name="filing"),
]
