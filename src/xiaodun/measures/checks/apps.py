from functools import partial

from django.apps import AppConfig


class ChecksConfig(AppConfig):
    name = "xiaodun.measures.checks"
    label = "checks"
    verbose_name = "晨午检"

    def ready(self) -> None:
        from xiaodun.measures.checks.witness import n_checks_since
        from xiaodun.responsibility.orgs.followers import WITNESSES
        from xiaodun.responsibility.roster.dependents import take_over
        from xiaodun.responsibility.roster.duplicates import on_merged

        WITNESSES.append(n_checks_since)
        on_merged(self.label, partial(take_over, self.label))
