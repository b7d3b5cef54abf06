from django.apps import AppConfig


class ChecksConfig(AppConfig):
    name = "xiaodun.measures.checks"
    label = "checks"
    verbose_name = "晨午检"
