"""The web application for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiaodun.site.settings")
application = get_wsgi_application()
# Every page's code before gunicorn forks: loaded once and shared, and no first visitor waits for it.
assert get_resolver().url_patterns
