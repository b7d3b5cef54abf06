from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "xiaodun.responsibility.accounts"
    label = "accounts"
    verbose_name = "人员与职责"
