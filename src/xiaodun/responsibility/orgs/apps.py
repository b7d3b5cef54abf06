from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "xiaodun.responsibility.orgs"
    label = "orgs"
    verbose_name = "机构"
