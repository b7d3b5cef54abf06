"""Load the demo into an empty database, or find it there; prints its cast as JSON."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from datetime import date, datetime, timedelta

from xiaodun.kernel.calendar import SchoolCalendar, at

SEED = 1
HISTORY_DAYS = 60
OPENS_AT = (8, 5)  # the demo's morning: most classes have reported, the teacher of the cast has not


def load(n_schools: int) -> None:
    """Lay out units, people, sixty days and the judgements on them; one transaction, nothing half-done."""
    from django.db import transaction

    from xiaodun.foundation import clock, journal
    from xiaodun.rules.calendars import national_calendar
    from xiaodun.science.synth.county import county as draw_county
    from xiaodun.site.demo_groups import lay_groups
    from xiaodun.site.demo_history import write_history
    from xiaodun.site.demo_judged import judge_history
    from xiaodun.site.demo_people import lay

    calendar = national_calendar()
    today = demo_day(calendar)
    days = list(calendar.school_days(today - timedelta(days=HISTORY_DAYS), today))
    county = draw_county(
        SEED, schools=n_schools, first_year=today.year if today.month > 7 else today.year - 1
    )
    with transaction.atomic(), clock.frozen(_opening(today)):
        _say("人员 people")
        laid = lay(county)
        lay_groups(county, laid)
        _say("60天 sixty days")
        outbreak = today - timedelta(days=21 + (today.weekday() + 1) % 7)  # a Sunday, as in 1978
        notable = write_history(county, laid, days, outbreak if county.schools.boarding.any() else None)
        _say("预警 signals")
        judge_history(laid, notable)
        journal.write(
            None, "demo.load", ("county", laid.county.pk), county_id=laid.county.pk, pupils=county.n_pupil
        )


def demo_day(calendar: SchoolCalendar) -> date:
    """The last school day up to today; beyond the calendar, the last one it knows."""
    from xiaodun.foundation import clock

    today = clock.today()
    while not calendar.is_school_day(today):
        earlier = calendar.previous_school_day(today)
        if earlier is None:
            raise RuntimeError("the school calendar is empty")
        today = earlier
    return today


def _opening(today: date) -> datetime:
    return at(today, *OPENS_AT)


def _say(what: str) -> None:
    print(f"xiaodun demo: {what} ({time.process_time():.0f} s)", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--schools", type=int, default=60)
    options = parser.parse_args()
    import django

    django.setup()
    from django.utils.translation import override

    from xiaodun.responsibility.orgs.models import Org
    from xiaodun.site.cast import demo_cast

    if not Org.objects.exists():
        load(options.schools)
    with override("zh-hans"):
        cast = [asdict(member) for member in demo_cast()]
    print(json.dumps(cast, ensure_ascii=False))


if __name__ == "__main__":
    main()
