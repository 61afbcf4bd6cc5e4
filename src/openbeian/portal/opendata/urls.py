"""The addresses of the open data."""

from django.urls import path

from openbeian.portal.opendata import badge_views, news_views, views

__all__ = ["app_name", "urlpatterns"]

app_name = "opendata"
urlpatterns = [
    path("data/", views.data, name="data"),
    path("data/manifest.json", views.manifest, name="manifest"),
    path("data/<str:edition>/<str:name>", views.data_file, name="file"),
    path("badge/<str:number>.svg", badge_views.badge, name="badge"),
    path("feed.atom", news_views.atom, name="atom"),
    path("feed.json", news_views.json_feed, name="json_feed"),
    path("sitemap.xml", news_views.sitemap_index, name="sitemap"),
    path("sitemap-pages.xml", news_views.sitemap_pages, name="sitemap_pages"),
    path("sitemap-entries-<int:part>.xml", news_views.sitemap_entries, name="sitemap_entries"),
    path("robots.txt", news_views.robots, name="robots"),
]
