from django.apps import AppConfig


class FamilyConfig(AppConfig):
    name = "xiaodun.web.family"
    label = "family"
