from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "xiaodun.site"
    label = "xiaodun_site"
