from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "xiaodun.measures.partners"
    label = "partners"
    verbose_name = "联防联控"
