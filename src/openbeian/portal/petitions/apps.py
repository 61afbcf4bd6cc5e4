"""The app `petitions`."""

from django.apps import AppConfig

__all__ = ["PetitionsConfig"]


class PetitionsConfig(AppConfig):
    """Names the app."""

    name = "openbeian.portal.petitions"
    label = "petitions"
