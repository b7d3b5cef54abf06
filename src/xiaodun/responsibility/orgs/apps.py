from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "xiaodun.responsibility.orgs"
    label = "orgs"
    verbose_name = "机构"

    def ready(self) -> None:
        from xiaodun.responsibility.orgs import verbs  # noqa: F401 - each writes itself into the register
