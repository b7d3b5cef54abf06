from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "xiaodun.foundation"
    label = "foundation"
