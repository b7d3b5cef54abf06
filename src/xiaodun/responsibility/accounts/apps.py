from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "xiaodun.responsibility.accounts"
    label = "accounts"
    verbose_name = "人员与职责"

    def ready(self) -> None:
        from xiaodun.responsibility.accounts import sessions  # noqa: F401 - hears of every sign-in
        from xiaodun.responsibility.accounts.unit_changes import Duties
        from xiaodun.responsibility.orgs.followers import FOLLOWERS

        FOLLOWERS.append(Duties())
