from django.apps import AppConfig


class PartnerConfig(AppConfig):
    name = "xiaodun.web.partner"
    label = "partner"
