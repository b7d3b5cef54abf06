from __future__ import annotations

from django.apps import AppConfig


class ClassroomConfig(AppConfig):
    name = "xiaodun.web.classroom"
    label = "classroom"
    verbose_name = "班主任"
