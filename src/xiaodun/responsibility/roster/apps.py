from django.apps import AppConfig


class RosterConfig(AppConfig):
    name = "xiaodun.responsibility.roster"
    label = "roster"
    verbose_name = "学籍"
