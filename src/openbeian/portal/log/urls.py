"""The public files: log, snapshot, keys. Any web server can serve the folder instead."""

from django.urls import path

from openbeian.portal.log.public_files import public_file, repository_file

__all__ = ["public_urlpatterns"]

public_urlpatterns = [
    path("log/<path:name>", public_file, {"folder": "log"}, name="log"),
    path("snapshot.json", public_file, {"name": "snapshot.json"}, name="snapshot"),
    path("keys.json", public_file, {"name": "keys.json"}, name="keys"),
    path("witnesses.json", public_file, {"name": "witnesses.json"}, name="witnesses"),
    path("repository/<path:name>", repository_file, name="repository"),
]
