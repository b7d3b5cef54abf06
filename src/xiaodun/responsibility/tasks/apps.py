from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "xiaodun.responsibility.tasks"
    label = "tasks"
    verbose_name = "任务"
