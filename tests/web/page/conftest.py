"""Draws pages with the product's own templates, whichever settings are active."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # for page_addresses and page_settings

if not settings.configured and "DJANGO_SETTINGS_MODULE" not in os.environ:
    os.environ["DJANGO_SETTINGS_MODULE"] = "page_settings"
if not apps.ready:
    django.setup()
