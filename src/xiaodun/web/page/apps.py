from __future__ import annotations

from django.apps import AppConfig


class PageConfig(AppConfig):
    name = "xiaodun.web.page"
    label = "page"
    verbose_name = "页面框架"
