from django.apps import AppConfig


class BureauConfig(AppConfig):
    name = "xiaodun.web.bureau"
    label = "bureau"
