from django.apps import AppConfig


class SchoolConfig(AppConfig):
    name = "xiaodun.web.school"
    label = "school"
