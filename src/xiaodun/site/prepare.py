"""Prepare the database as its owner: tables, policies, partitions for the months ahead. Safe to repeat."""

from __future__ import annotations

import os

MONTHS_BEHIND, MONTHS_AHEAD = 14, 14


def prepare() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiaodun.site.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from xiaodun.foundation import clock
    from xiaodun.foundation.partitions import ensure_months

    call_command("migrate", verbosity=0, interactive=False)
    today = clock.today()
    first = today.replace(year=today.year - 1, day=1)
    ensure_months(first, MONTHS_BEHIND + MONTHS_AHEAD)


if __name__ == "__main__":
    prepare()
