from django.apps import AppConfig


class ChecksConfig(AppConfig):
    name = "xiaodun.measures.checks"
    label = "checks"
    verbose_name = "晨午检"

    def ready(self) -> None:
        from xiaodun.measures.checks.witness import n_checks_since
        from xiaodun.responsibility.orgs.followers import WITNESSES

        WITNESSES.append(n_checks_since)
