"""The WSGI application, for any web server."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

__all__ = ["application"]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openbeian.portal.settings")
application = get_wsgi_application()
# The pages, which Django would load only when the first is asked for.
import_module(settings.ROOT_URLCONF)
# What is loaded stays loaded: looking for garbage in it would hold up one page in a few.
gc.collect()
gc.freeze()
