from functools import partial

from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "xiaodun.measures.health"
    label = "health"
    verbose_name = "健康管理"

    def ready(self) -> None:
        from xiaodun.measures.health.moving import keepers_follow
        from xiaodun.responsibility.roster.dependents import take_over
        from xiaodun.responsibility.roster.duplicates import on_merged
        from xiaodun.responsibility.roster.moves import ON_MOVED

        ON_MOVED.append(keepers_follow)
        # The rooms of measures have no rule of their own about two rows that were one person: their rows change the name.
        for room in ("checks", "consents", "health"):
            on_merged(room, partial(take_over, room))
