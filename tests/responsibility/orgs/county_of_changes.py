"""A small county to change: a nine-year school, two primary schools, a kindergarten; and what must hold after any change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.db import connection

from xiaodun.foundation.scope import open_scope
from xiaodun.responsibility.orgs.actions import found_org
from xiaodun.responsibility.orgs.changing import make_change
from xiaodun.responsibility.orgs.models import PERIOD_COLUMNS, GroupKind, Level, Org, OrgChange, OrgPeriod
from xiaodun.responsibility.orgs.tree import class_sort, class_words, grade_sort, grade_words
from xiaodun.responsibility.roster.actions import NewPupil, enrol_pupils
from xiaodun.responsibility.roster.models import Enrolment, Guardian, Person

FIRST_DAY = date(2025, 9, 1)
DAY = timedelta(days=1)
EVER = date(2100, 1, 1)
# What a change leaves of itself, and what is kept beside the rows.
LEFT_BEHIND = {"orgs_orgchange", "foundation_journalrow", "django_migrations"}


@dataclass
class Place:
    """`classes[school name]` in the order of the register."""

    city: Org
    county: Org
    other_county: Org
    schools: dict[str, Org] = field(default_factory=dict)

    def classes(self, school: str) -> list[Org]:
        return classes_of(self.schools[school].pk)


def classes_of(school_id: int) -> list[Org]:
    return list(
        Org.objects.filter(level=Level.KLASS, school_id=school_id, to_day__isnull=True).order_by("sort", "pk")
    )


def lay_county(*, pupils: int = 2) -> Place:
    """青禾县: 一小 and 二小 (grades 1-6, two classes each in 一小), 九年学校 (1-9), 幼儿园; `pupils` in each class."""
    province = found_org(actor_id=None, level=Level.PROVINCE, name="演示省")
    city = found_org(actor_id=None, level=Level.CITY, name="青山市", parent=province)
    county, other = (
        found_org(actor_id=None, level=Level.COUNTY, name=n, parent=city) for n in ("青禾县", "白河县")
    )
    place = Place(city, county, other)
    primary = [("primary", n) for n in range(1, 7)]
    nine = primary + [("junior", n) for n in range(7, 10)]
    small = [("kindergarten", n) for n in range(1, 4)]
    for number, (name, grades, n_classes) in enumerate(
        [("一小", primary, 2), ("二小", primary, 1), ("九年学校", nine, 1), ("幼儿园", small, 1)]
    ):
        place.schools[name] = lay_school(
            county, name, grades, code=f"211400{number:04}", n_classes=n_classes, pupils=pupils
        )
    return place


def lay_school(
    county: Org, name: str, grades: Iterable[tuple[str, int]], *, code: str, n_classes: int, pupils: int
) -> Org:
    school = found_org(actor_id=None, level=Level.SCHOOL, name=name, parent=county, code=code)
    for stage, number in grades:
        facts: dict[str, Any] = {"stage": stage, "grade_number": number}
        sort = grade_sort(Org(**facts))
        grade = found_org(
            actor_id=None,
            level=Level.GRADE,
            name=grade_words(stage, number),
            parent=school,
            sort=sort,
            **facts,
        )
        for class_number in range(1, n_classes + 1):
            draft = Org(class_number=class_number, **facts)
            more = {"class_number": class_number, "sort": class_sort(draft), **facts}
            klass = found_org(actor_id=None, level=Level.KLASS, name=class_words(draft), parent=grade, **more)
            enrol(klass, pupils)
    group = found_org(
        actor_id=None, level=Level.GROUP, name="教职工", parent=school, group_kind=GroupKind.STAFF, sort="9"
    )
    with open_scope(schools=[school.pk]):
        facts = {"school_id": school.pk, "class_id": group.pk, "county_id": county.pk}
        person = Person.objects.create(
            kind="staff", post="teacher", name="周敏", name_sort="zhou min", initials="ZM", **facts
        )
        Enrolment.objects.create(person=person, class_id=group.pk, school_id=school.pk, from_day=FIRST_DAY)
    return school


def enrol(klass: Org, n: int, from_day: date = FIRST_DAY) -> list[Person]:
    new = [
        NewPupil(name=f"{letter}小明", sex="m", birth_on=date(2017, 3, 1))
        for letter in "赵钱孙李周吴郑王"[:n]
    ]
    persons = enrol_pupils(actor_id=None, klass=klass, pupils=new, from_day=from_day)
    with open_scope(schools=[klass.of_school]):
        for person in persons[:1]:
            Guardian.objects.create(person=person, school_id=klass.of_school, class_id=klass.pk, name="家长")
    return persons


def anyone(org: Org) -> bool:
    return True


def change(kind: str, on_day: date, **asked: Any) -> OrgChange:
    return make_change(actor_id=1, kind=kind, asked=asked, on_day=on_day, may=anyone)


def every_school() -> list[int]:
    return list(Org.objects.filter(level=Level.SCHOOL).values_list("pk", flat=True))


def people_of(school_id: int) -> list[Person]:
    with open_scope(schools=every_school()):
        return list(Person.objects.in_scope().filter(school_id=school_id).order_by("pk"))


def enrolments() -> list[Enrolment]:
    with open_scope(schools=every_school()):
        return list(Enrolment.objects.in_scope().order_by("pk"))


def fingerprint() -> dict[str, tuple[int, str]]:
    """table -> number and hash of all its rows, of every table that a change could touch."""
    found = {}
    with open_scope(schools=every_school()), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace AND has_table_privilege(oid, 'SELECT') ORDER BY relname"
        )
        tables = [
            name for (name,) in cursor.fetchall() if name not in LEFT_BEHIND and "procrastinate" not in name
        ]
        for table in tables:
            cursor.execute(
                f"SELECT count(*), md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM {table} t"
            )
            found[table] = cursor.fetchone()
    return found


def unsound() -> list[str]:
    """What must never be, in words; empty after any history of changes."""
    found = []
    units = {org.pk: org for org in Org.objects.all()}
    periods: dict[int, list[OrgPeriod]] = {}
    for period in OrgPeriod.objects.all():
        periods.setdefault(period.org_id, []).append(period)
    for org in units.values():
        own = sorted(periods.get(org.pk, []), key=lambda one: one.from_day or date.min)
        if not own:
            found.append(f"{org} has no period")
            continue
        last = own[-1]
        differing = [c for c in PERIOD_COLUMNS if getattr(last, c) != getattr(org, c)]
        if differing or last.to_day != org.to_day or own[0].from_day != org.from_day:
            found.append(
                f"{org} ({org.level}): last period differs in {differing}, {last.to_day} {org.to_day}"
            )
        found += [f"{org}: a gap" for one, two in pairwise(own) if one.to_day + DAY != two.from_day]
        found += [f"{org} ({org.level}) outside its parent" for period in own if not _inside(period, periods)]
        if org.to_day is None and org.parent_id and org.path != f"{units[org.parent_id].path}.{org.pk}":
            found.append(f"{org}: path {org.path}")
    return found + _stray(periods)


def _inside(period: OrgPeriod, periods: dict[int, list[OrgPeriod]]) -> bool:
    if period.parent_id is None:
        return True
    above = periods[period.parent_id]
    begun = min(one.from_day or date.min for one in above)
    over = max(one.to_day or EVER for one in above)
    return begun <= (period.from_day or date.min) and (period.to_day or EVER) <= over


def _stray(periods: dict[int, list[OrgPeriod]]) -> list[str]:
    """Enrolments outside the days of their class at their school."""
    found = []
    for row in enrolments():
        days = [one for one in periods.get(row.class_id, []) if one.school_id == row.school_id]
        begun = min((one.from_day or date.min for one in days), default=EVER)
        over = max((one.to_day or EVER for one in days), default=date.min)
        if not (begun <= row.from_day and (row.to_day or EVER) <= over):
            found.append(f"enrolment {row.from_day}..{row.to_day} outside class {row.class_id}")
    return found


def sums_on(day: date) -> tuple[int, int, int, int]:
    """Persons enrolled on a day, and the sums over classes, schools and counties as these stood on the day."""
    holding = [
        row for row in enrolments() if row.from_day <= day and (row.to_day is None or row.to_day >= day)
    ]
    persons = len({row.person_id for row in holding})
    on_day = {
        p.org_id: p for p in OrgPeriod.objects.all() if (p.from_day or date.min) <= day <= (p.to_day or EVER)
    }
    classes = Counter(row.class_id for row in holding if row.class_id in on_day)
    schools = Counter(on_day[row.class_id].school_id for row in holding if row.class_id in on_day)
    counties: Counter[int | None] = Counter()
    for school, n in schools.items():
        if school in on_day and on_day[school].county_id in on_day:
            counties[on_day[school].county_id] += n
    return persons, classes.total(), schools.total(), counties.total()
