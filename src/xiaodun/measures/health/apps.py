from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "xiaodun.measures.health"
    label = "health"
    verbose_name = "健康管理"

    def ready(self) -> None:
        from xiaodun.measures.health.moving import keepers_follow, merged
        from xiaodun.responsibility.roster.duplicates import on_merged
        from xiaodun.responsibility.roster.moves import ON_MOVED

        on_merged("health", merged)
        ON_MOVED.append(keepers_follow)
