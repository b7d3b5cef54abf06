from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "xiaodun.measures.health"
    label = "health"
    verbose_name = "健康管理"
