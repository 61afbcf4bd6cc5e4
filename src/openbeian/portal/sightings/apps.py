"""The app `sightings`."""

from django.apps import AppConfig

__all__ = ["SightingsConfig"]


class SightingsConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.sightings"
    label = "sightings"
