"""The WSGI application, for any web server."""

import os

from django.core.wsgi import get_wsgi_application

__all__ = ["application"]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openbeian.portal.settings")
application = get_wsgi_application()
