"""The demo's units and people: a synthetic county laid into orgs, roster and accounts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from xiaodun.foundation.bulk import insert_rows, next_ids
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.words import klass_name
from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.models import Account, Duty, Role
from xiaodun.responsibility.orgs.actions import found_org, found_orgs
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.models import Enrolment, Person
from xiaodun.responsibility.roster.naming import fold, initials, sort_key
from xiaodun.science.synth import names
from xiaodun.science.synth.population import KINDS, SEXES, STAGE_CODES, County
from xiaodun.site.cast import PREFIX

GRADE_WORDS = "零一二三四五六七八九"
DUTY_FROM = date(2026, 8, 25)
TERM_FROM = date(2026, 9, 1)
# The cast's school is the first primary school, its class 三(2)班 as in the pictures of the house.
CAST_GRADE, CAST_CLASS = 3, 2


@dataclass(frozen=True, slots=True)
class Laid:
    """Rows of the synthetic county -> ids in the database."""

    county: Org
    schools: list[Org]
    classes: list[Org]
    person_ids: list[int]
    teacher_ids: list[int]  # account of each class's teacher
    reporter_ids: list[int]  # account of each school's epidemic reporter
    cast_school: int
    cast_class: int


def lay(county: County) -> Laid:
    """Found the units, enrol the pupils, open the accounts and give the duties; the cast's accounts can be entered."""
    unit, schools, classes = _found(county)
    cast_school = next(n for n, kind in enumerate(county.schools.kind.tolist()) if KINDS[kind] == "primary")
    cast_class = next(
        n
        for n, klass in enumerate(classes)
        if klass.school_id == schools[cast_school].pk
        and (klass.grade_number, klass.class_number) == (CAST_GRADE, CAST_CLASS)
    )
    teacher_ids, reporter_ids = _staff(county, schools, classes)
    laid = Laid(
        unit,
        schools,
        classes,
        _enrol(county, unit, schools, classes),
        teacher_ids,
        reporter_ids,
        cast_school,
        cast_class,
    )
    _cast(county, laid)
    return laid


def _found(county: County) -> tuple[Org, list[Org], list[Org]]:
    province = found_org(actor_id=None, level=Level.PROVINCE, name="演示省")
    city = found_org(actor_id=None, level=Level.CITY, name="青山市", parent=province)
    unit = found_org(actor_id=None, level=Level.COUNTY, name=county.name, parent=city)
    places = county.schools
    schools = found_orgs(
        actor_id=None,
        parents=[unit],
        drafts=[
            (
                0,
                Level.SCHOOL,
                places.name[n],
                {
                    "code": places.code[n],
                    "boarding": bool(places.boarding[n]),
                    "town": county.towns[int(places.town[n])],
                    "map_q": int(places.map_q[n]),
                    "map_r": int(places.map_r[n]),
                    "sort": f"{int(places.town[n]):02}-{n:04}",
                },
            )
            for n in range(len(places.code))
        ],
    )
    years = county.grades
    grades = found_orgs(
        actor_id=None,
        parents=schools,
        drafts=[
            (
                int(years.school[n]),
                Level.GRADE,
                _grade_name(STAGE_CODES[years.stage[n]], int(years.number[n])),
                {
                    "stage": STAGE_CODES[years.stage[n]],
                    "grade_number": int(years.number[n]),
                    "sort": f"{int(years.number[n]):02}",
                },
            )
            for n in range(len(years.school))
        ],
    )
    rooms = county.classes
    classes = found_orgs(
        actor_id=None,
        parents=grades,
        drafts=[
            (
                int(rooms.grade[n]),
                Level.KLASS,
                klass_name(STAGE_CODES[rooms.stage[n]], int(rooms.grade_number[n]), int(rooms.number[n])),
                {
                    "stage": STAGE_CODES[rooms.stage[n]],
                    "grade_number": int(rooms.grade_number[n]),
                    "class_number": int(rooms.number[n]),
                    "sort": f"{STAGE_CODES[rooms.stage[n]] != 'kindergarten':d}-{int(rooms.grade_number[n]):02}-{int(rooms.number[n]):02}",
                },
            )
            for n in range(len(rooms.school))
        ],
    )
    return unit, schools, classes


def _grade_name(stage: str, number: int) -> str:
    if stage == "kindergarten":
        return f"{'小中大'[number - 1]}班"
    return f"高{GRADE_WORDS[number - 9]}年级" if stage == "senior" else f"{GRADE_WORDS[number]}年级"


def _enrol(county: County, unit: Org, schools: list[Org], classes: list[Org]) -> list[int]:
    pupils = county.pupils
    words = names.names(county.seed, range(county.n_pupil), pupils.sex, pupils.household)
    ids = next_ids(Person, county.n_pupil)
    places = [classes[k] for k in pupils.klass.tolist()]
    room_of = [
        f"{'女' if county.rooms.sex[r] == 0 else '男'}{county.rooms.number[r]}" if r >= 0 else ""
        for r in pupils.room.tolist()
    ]
    with open_scope(schools=[school.pk for school in schools]):
        insert_rows(
            Person,
            [
                "id",
                "kind",
                "name",
                "name_sort",
                "name_folded",
                "initials",
                "sex",
                "birth_on",
                "school_id",
                "class_id",
                "county_id",
                "household",
                "dorm",
            ],
            (
                (
                    ids[n],
                    "pupil",
                    words[n],
                    sort_key(words[n]),
                    fold(words[n]),
                    initials(words[n]),
                    SEXES[pupils.sex[n]],
                    date.fromordinal(int(pupils.born[n])).isoformat(),
                    places[n].school_id,
                    places[n].pk,
                    unit.pk,
                    int(pupils.household[n]),
                    room_of[n],
                )
                for n in range(county.n_pupil)
            ),
        )
        insert_rows(
            Enrolment,
            ["id", "person_id", "class_id", "school_id", "from_day"],
            (
                (enrolment, ids[n], places[n].pk, places[n].school_id, TERM_FROM.isoformat())
                for n, enrolment in enumerate(next_ids(Enrolment, county.n_pupil))
            ),
        )
    return ids


# role of the synthetic staff -> duty
_DUTIES = {
    "principal": Role.PRINCIPAL,
    "epidemic_reporter": Role.EPIDEMIC_REPORTER,
    "school_doctor": Role.SCHOOL_DOCTOR,
    "class_teacher": Role.CLASS_REPORTER,
}


def _staff(county: County, schools: list[Org], classes: list[Org]) -> tuple[list[int], list[int]]:
    """One account for each member of staff; nobody can enter but the cast: their passwords are unusable."""
    from xiaodun.science.synth.population import ROLES

    staff = county.staff
    n_staff = len(staff.role)
    words = names.staff_names(county.seed, range(n_staff), staff.sex)
    ids = next_ids(Account, n_staff)
    roles = [_DUTIES[ROLES[role]] for role in staff.role.tolist()]
    units = [
        classes[k].pk if k >= 0 else schools[s].pk
        for s, k in zip(staff.school.tolist(), staff.klass.tolist(), strict=True)
    ]
    insert_rows(
        Account,
        [
            "id",
            "username",
            "name",
            "password",
            "email",
            "is_active",
            "is_staff",
            "is_superuser",
            "date_joined",
            "language",
            "large_type",
        ],
        (
            (
                ids[n],
                f"s{n:05}",
                words[n],
                UNUSABLE_PASSWORD_PREFIX + secrets.token_urlsafe(20),
                "",
                True,
                False,
                False,
                f"{DUTY_FROM}T08:00:00+08:00",
                "zh-hans",
                False,
            )
            for n in range(n_staff)
        ),
    )
    insert_rows(
        Duty,
        ["id", "account_id", "role", "org_id", "deputy", "from_day"],
        (
            (duty, ids[n], str(roles[n]), units[n], False, DUTY_FROM.isoformat())
            for n, duty in enumerate(next_ids(Duty, n_staff))
        ),
    )
    by_post = {(roles[n], units[n]): ids[n] for n in range(n_staff)}
    return (
        [by_post[Role.CLASS_REPORTER, klass.pk] for klass in classes],
        [by_post[Role.EPIDEMIC_REPORTER, school.pk] for school in schools],
    )


def _cast(county: County, laid: Laid) -> None:
    """Make the staff of the cast's school enterable by link, and add deputy, county officer and CDC doctor."""
    school = laid.schools[laid.cast_school]
    posts = {
        "teacher": (Role.CLASS_REPORTER, laid.classes[laid.cast_class]),
        "doctor": (Role.SCHOOL_DOCTOR, school),
        "reporter": (Role.EPIDEMIC_REPORTER, school),
        "principal": (Role.PRINCIPAL, school),
    }
    for word, (role, org) in posts.items():
        duty = Duty.objects.get(role=role, org=org)
        Account.objects.filter(pk=duty.account_id).update(username=f"{PREFIX}{word}")
    boarding = next((n for n, b in enumerate(county.schools.boarding.tolist()) if b), None)
    if boarding is not None:
        Account.objects.filter(pk=laid.reporter_ids[boarding]).update(username=f"{PREFIX}boarding-reporter")
    more = [
        ("deputy", "周敏", Role.EPIDEMIC_REPORTER, school, True),
        ("county", "赵启明", Role.COUNTY_OFFICER, laid.county, False),
        ("cdc", "顾清", Role.CDC_DOCTOR, laid.county, False),
    ]
    for word, name, role, org, deputy in more:
        account = open_account(actor_id=None, username=f"{PREFIX}{word}", name=name)
        give_duty(actor_id=None, account=account, role=role, org=org, from_day=DUTY_FROM, deputy=deputy)
