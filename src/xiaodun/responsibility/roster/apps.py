from django.apps import AppConfig


class RosterConfig(AppConfig):
    name = "xiaodun.responsibility.roster"
    label = "roster"
    verbose_name = "学籍"

    def ready(self) -> None:
        from xiaodun.responsibility.orgs.followers import FOLLOWERS
        from xiaodun.responsibility.roster import school_year, transfer  # noqa: F401 - verbs of their own
        from xiaodun.responsibility.roster.moves import People

        FOLLOWERS.append(People())
