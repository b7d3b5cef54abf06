from django.apps import AppConfig


class OutbreaksConfig(AppConfig):
    name = "xiaodun.response.outbreaks"
    label = "outbreaks"
    verbose_name = "聚集性疫情"
