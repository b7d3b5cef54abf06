from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    name = "xiaodun.measures.consents"
    label = "consents"
    verbose_name = "同意与更正"
