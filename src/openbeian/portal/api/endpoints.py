"""Joins the endpoints into one documented API."""

from typing import Final

from openbeian import __version__
from openbeian.portal.api import (
    applications,
    dry_runs,
    duties,
    petitions,
    register,
    routes,
    sightings,
    statistics,
    uploads,
)
from openbeian.portal.api.document import DocumentedAPI
from openbeian.portal.api.problems import install

__all__ = ["api"]

api: Final = DocumentedAPI(
    title="OpenBeian",
    version=__version__,
    description="The register for everybody, and applications for providers. A filing is not an endorsement.",
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
install(api)
api.add_router("/register", register.router)
api.add_router("/route", routes.router)
api.add_router("/statistics", statistics.router)
api.add_router("/sightings", sightings.router)
api.add_router("/applications", applications.router)
api.add_router("/applications", uploads.router)
api.add_router("/dry-runs", dry_runs.router)
api.add_router("/duties", duties.router)
api.add_router("/petitions", petitions.router)
