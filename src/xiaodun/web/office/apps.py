from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "xiaodun.web.office"
    label = "office"
