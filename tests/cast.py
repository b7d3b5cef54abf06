"""A small county and its cast, the same for every test: two schools, two classes each, one person for each role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from xiaodun.foundation import clock
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import at
from xiaodun.measures.checks.actions import CheckAnswer, record_check
from xiaodun.measures.checks.models import FindingKind, Session
from xiaodun.measures.checks.submission import Said, Submission
from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.actor import Actor, actor_of
from xiaodun.responsibility.accounts.models import Account, Role
from xiaodun.responsibility.orgs.actions import found_org
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.actions import NewPupil, enrol_pupils
from xiaodun.responsibility.roster.models import Person

MONDAY = date(2026, 11, 23)
MORNING = at(MONDAY, 7, 40)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章"


@dataclass
class Cast:
    """`accounts[role]` of the first school (and of its county); the stranger teaches at the neighbouring school."""

    county: Org
    school: Org
    other_school: Org
    klass: Org
    sibling: Org
    foreign: Org
    accounts: dict[str, Account] = field(default_factory=dict)
    pupils: dict[int, list[Person]] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        return actor_of(self.accounts[name], clock.today())


def build() -> Cast:
    province = found_org(actor_id=None, level=Level.PROVINCE, name="演示省")
    city = found_org(actor_id=None, level=Level.CITY, name="青山市", parent=province)
    county = found_org(actor_id=None, level=Level.COUNTY, name="青禾县", parent=city)
    schools = [
        found_org(actor_id=None, level=Level.SCHOOL, name=name, parent=county, code=code, town="城关镇")
        for name, code in (("明德小学", "2199000001"), ("育英小学", "2199000002"))
    ]
    classes = [klass for school in schools for klass in _classes(school)]
    cast = Cast(county, schools[0], schools[1], classes[0], classes[1], classes[2])
    for klass in classes:
        cast.pupils[klass.pk] = _pupils(klass)
    posts: list[tuple[str, Role, Org, bool]] = [
        ("teacher", Role.CLASS_REPORTER, cast.klass, False),
        ("stranger", Role.CLASS_REPORTER, cast.foreign, False),
        ("doctor", Role.SCHOOL_DOCTOR, cast.school, False),
        ("reporter", Role.EPIDEMIC_REPORTER, cast.school, False),
        ("deputy", Role.EPIDEMIC_REPORTER, cast.school, True),
        ("principal", Role.PRINCIPAL, cast.school, False),
        ("county", Role.COUNTY_OFFICER, cast.county, False),
        ("cdc", Role.CDC_DOCTOR, cast.county, False),
        ("foreign_reporter", Role.EPIDEMIC_REPORTER, cast.other_school, False),
    ]
    for name, role, org, deputy in posts:
        account = open_account(actor_id=None, username=name, name=f"{name}老师")
        give_duty(
            actor_id=None, account=account, role=role, org=org, from_day=date(2026, 9, 1), deputy=deputy
        )
        cast.accounts[name] = account
    cast.accounts["nobody"] = open_account(actor_id=None, username="nobody", name="无职")
    return cast


def _classes(school: Org) -> list[Org]:
    grade = found_org(
        actor_id=None,
        level=Level.GRADE,
        name="三年级",
        parent=school,
        stage="primary",
        grade_number=3,
        sort="03",
    )
    return [
        found_org(
            actor_id=None,
            level=Level.KLASS,
            name=f"三({n})班",
            parent=grade,
            stage="primary",
            grade_number=3,
            class_number=n,
            sort=f"03-{n:02}",
        )
        for n in (1, 2)
    ]


def _pupils(klass: Org) -> list[Person]:
    new = [NewPupil(name=f"{surname}小明", sex="m") for surname in SURNAMES]
    return enrol_pupils(actor_id=None, klass=klass, pupils=new, from_day=date(2026, 9, 1))


@pytest.fixture
def cast(db: None, monday: None) -> Cast:
    return build()


@pytest.fixture
def monday() -> Iterator[None]:
    with clock.frozen(MORNING):
        yield


def check(
    cast: Cast,
    *ill: int,
    klass: Org | None = None,
    by: str = "teacher",
    symptoms: tuple[str, ...] = ("vomiting",),
    base: int = 0,
    client_id: UUID | None = None,
    day: date | None = None,
    kind: FindingKind = FindingKind.ILL_ABSENT,
) -> CheckAnswer:
    """Record a check in which the pupils with these places in the register are ill."""
    klass = klass or cast.klass
    pupils = cast.pupils[klass.pk]
    findings = tuple(Said(pupils[place].pk, kind, frozenset(symptoms)) for place in ill)
    submission = Submission(
        client_id or uuid4(), klass.pk, day or clock.today(), Session.MORNING, clock.now(), base, findings
    )
    return record_check(actor=cast.actor(by), submission=submission)


def run_jobs(limit: int = 200) -> int:
    """Run the jobs that the committed (here: pending) writes have woken, in their order, on this connection."""
    from django.db import connection

    from xiaodun.foundation.jobs import REGISTER

    done = 0
    while done < limit:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id LIMIT 1"
            )
            row = cursor.fetchone()
            if row is None:
                return done
            cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [row[0]])
        arguments = row[2] if isinstance(row[2], dict) else __import__("json").loads(row[2])
        REGISTER[row[1]](**arguments)
        done += 1
    raise AssertionError("jobs wake one another without end")


@contextmanager
def at_time(instant: datetime) -> Iterator[None]:
    with clock.frozen(instant):
        yield


@contextmanager
def school_scope(*schools: Org) -> Iterator[None]:
    with open_scope(schools=[school.pk for school in schools]):
        yield


def anything(model: Any) -> Any:
    return model.objects.in_scope()
