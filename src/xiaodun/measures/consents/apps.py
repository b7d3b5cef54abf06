from functools import partial

from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    name = "xiaodun.measures.consents"
    label = "consents"
    verbose_name = "同意与更正"

    def ready(self) -> None:
        from xiaodun.responsibility.roster.dependents import take_over
        from xiaodun.responsibility.roster.duplicates import on_merged

        on_merged(self.label, partial(take_over, self.label))
