"""A county of sixty schools with thirty school days behind it: rows of the roll-ups alone, no pupils."""

from __future__ import annotations

from datetime import date, timedelta

from tests.cast import MONDAY, Cast

from xiaodun.kernel.calendar import at
from xiaodun.measures.checks.models import SchoolDay, Session
from xiaodun.responsibility.orgs.actions import found_orgs
from xiaodun.responsibility.orgs.models import Level, Org

N_SCHOOLS, N_CLASSES, N_DAYS = 60, 4, 30


def grow(cast: Cast) -> list[Org]:
    """Bring the cast's county to N_SCHOOLS schools; those of today's last tenth have not reported."""
    names = [
        (0, Level.SCHOOL, f"第{n}小学", {"town": f"{n % 6}镇", "sort": f"{n:03}"})
        for n in range(N_SCHOOLS - 2)
    ]
    schools = found_orgs(actor_id=None, parents=[cast.county], drafts=names)
    grade = {"stage": "primary", "grade_number": 1}
    grades = found_orgs(
        actor_id=None,
        parents=schools,
        drafts=[(n, Level.GRADE, "一年级", grade) for n in range(len(schools))],
    )
    classes = [
        (n, Level.KLASS, f"一({k})班", grade | {"class_number": k, "sort": f"{k}"})
        for n in range(len(grades))
        for k in range(1, N_CLASSES + 1)
    ]
    found_orgs(actor_id=None, parents=grades, drafts=classes)
    days = [day for n in range(60) if (day := MONDAY - timedelta(days=n)).weekday() < 5][:N_DAYS]
    SchoolDay.objects.bulk_create(
        roll(school, day, n) for day in days for n, school in enumerate(schools) if _in(n, day)
    )
    return schools


def roll(
    school: Org, day: date, n: int, *, n_ill: int | None = None, n_classes: int = N_CLASSES
) -> SchoolDay:
    """A whole school's roll-up: every third school has nobody ill, the others four to eight of 160."""
    ill = n_ill if n_ill is not None else 0 if n % 3 == 0 else 4 + (n + day.day) % 5
    found = min(ill, n_classes)
    return SchoolDay(
        day=day,
        school_id=school.pk,
        session=Session.MORNING,
        county_id=school.county_id,
        city_id=school.city_id,
        n_classes=n_classes,
        n_with_findings=found,
        n_nil=n_classes - found,
        enrolled=160,
        absent=ill,
        n_ill_absent=ill,
        first_at=at(day, 7, 40),
        last_at=at(day, 8, 20),
    )


def _in(n: int, day: date) -> bool:
    return day != MONDAY or n < N_SCHOOLS * 9 // 10
