from django.apps import AppConfig


class SignalsConfig(AppConfig):
    name = "xiaodun.response.signals"
    label = "signals"
    verbose_name = "预警信号"
