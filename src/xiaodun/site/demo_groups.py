"""The demo's groups and homes: staff and buses of the cast's school, dormitories of the boarding school, guardians to call."""

from __future__ import annotations

from xiaodun.foundation.bulk import insert_rows, next_ids
from xiaodun.foundation.scope import open_scope
from xiaodun.foundation.sealed import blind_index, seal
from xiaodun.kernel.draws import uniform
from xiaodun.responsibility.accounts.actions import give_duty, open_account
from xiaodun.responsibility.accounts.models import Duty, Role
from xiaodun.responsibility.orgs.actions import found_org
from xiaodun.responsibility.orgs.models import GroupKind, Level, Org
from xiaodun.responsibility.roster.models import Enrolment, Guardian, Person, Post, Relation
from xiaodun.responsibility.roster.naming import fold, initials, sort_key
from xiaodun.responsibility.roster.numbers import PHONE
from xiaodun.science.synth import names
from xiaodun.science.synth.population import County
from xiaodun.site.cast import PREFIX
from xiaodun.site.demo_people import DUTY_FROM, Laid

BUSES = ("河湾线", "北山线")
SEATS = 26
# Beside those who hold a duty: how many of each post the cast's school employs (assumption).
POSTS = {
    Post.TEACHER: 24,
    Post.CANTEEN: 6,
    Post.GUARD: 4,
    Post.CLEANER: 4,
    Post.DRIVER: 2,
    Post.CONTRACTOR: 2,
}
_STREAM = "demo_groups"


def lay_groups(county: County, laid: Laid) -> None:
    """Found the groups, fill them, and give their posts to members of the cast."""
    school = laid.schools[laid.cast_school]
    staff = _group(school, GroupKind.STAFF, "教职工")
    with open_scope(schools=[one.pk for one in laid.schools]):
        _employ(county, school, staff)
        buses = [_group(school, GroupKind.BUS, name) for name in BUSES]
        _seat(school, buses)
        _call_lists(county, school)
        posts: list[tuple[str, str, Role, Org]] = [
            ("clerk", "陆静", Role.SCHOOL_CLERK, school),
            ("staff", "何立", Role.STAFF_REPORTER, staff),
            ("escort", "田芳", Role.BUS_ESCORT, buses[0]),
            ("operator", "方远", Role.OPERATOR, laid.county),
        ]
        boarding = next((n for n, lodges in enumerate(county.schools.boarding.tolist()) if lodges), None)
        if boarding is not None:
            house = _lodge(laid.schools[boarding])
            posts.append(("warden", "史秀英", Role.DORM_WARDEN, house))
    for word, name, role, org in posts:
        account = open_account(actor_id=None, username=f"{PREFIX}{word}", name=name)
        give_duty(actor_id=None, account=account, role=role, org=org, from_day=DUTY_FROM)


def _group(school: Org, kind: GroupKind, name: str) -> Org:
    return found_org(actor_id=None, level=Level.GROUP, name=name, parent=school, group_kind=kind, sort=name)


def _employ(county: County, school: Org, staff: Org) -> None:
    """Everybody with a duty at the school, and the posts that need no account."""
    held = Duty.objects.filter(org__school_id=school.pk, deputy=False).select_related("account")
    known = {
        Role.PRINCIPAL: Post.LEADER,
        Role.SCHOOL_DOCTOR: Post.DOCTOR,
    }
    rows = [(duty.account.name, known.get(Role(duty.role), Post.TEACHER)) for duty in held.order_by("pk")]
    more = [post for post, n in POSTS.items() for _ in range(n)]
    sexes = [n % 2 for n in range(len(more))]
    rows += list(zip(names.staff_names(county.seed + 1, range(len(more)), sexes), more, strict=True))
    persons = [
        Person(
            kind="staff",
            name=name,
            name_sort=sort_key(name),
            name_folded=fold(name),
            initials=initials(name),
            sex="",
            post=post,
            school_id=school.pk,
            class_id=staff.pk,
            county_id=school.of_county,
        )
        for name, post in rows
    ]
    Person.objects.bulk_create(persons)
    Enrolment.objects.bulk_create(
        Enrolment(person=person, class_id=staff.pk, school_id=school.pk, from_day=DUTY_FROM)
        for person in persons
    )


def _seat(school: Org, buses: list[Org]) -> None:
    """Whole homes ride together: the first households of the register fill the seats."""
    riders = list(
        Person.objects.in_scope()
        .filter(school_id=school.pk, kind="pupil")
        .order_by("household", "pk")[: SEATS * len(buses)]
    )
    for place, rider in enumerate(riders):
        rider.bus_id = buses[place // SEATS].pk
    Person.objects.in_scope().bulk_update(riders, ["bus_id"])


def _lodge(school: Org) -> Org:
    """One building for girls, one for boys; the rooms are those of the register. Returns the girls' building."""
    houses = {sex: _group(school, GroupKind.DORM, name) for sex, name in (("f", "女生楼"), ("m", "男生楼"))}
    for sex, house in houses.items():
        boarders = Person.objects.in_scope().filter(school_id=school.pk, sex=sex).exclude(dorm="")
        boarders.update(dorm_id=house.pk)
    return houses["f"]


def _call_lists(county: County, school: Org) -> None:
    """One guardian for each pupil; children of one home share the number. Numbers of a range that no operator issues."""
    pupils = list(Person.objects.in_scope().filter(school_id=school.pk, kind="pupil").order_by("pk"))
    numbers = {home: _number(county.seed, home) for home in {pupil.household or pupil.pk for pupil in pupils}}
    relations = {
        home: Relation.MOTHER if float(uniform(county.seed, _STREAM, home, 0)) < 0.6 else Relation.FATHER
        for home in numbers
    }
    sealed = {
        home: (seal(text, PHONE).hex(), blind_index(text, PHONE).hex()) for home, text in numbers.items()
    }
    insert_rows(
        Guardian,
        [
            "id",
            "person_id",
            "school_id",
            "class_id",
            "name",
            "relation",
            "phone_sealed",
            "phone_index",
            "first",
        ],
        (
            (
                pk,
                pupil.pk,
                school.pk,
                pupil.class_id,
                "",
                relations[pupil.household or pupil.pk],
                "\\x" + sealed[pupil.household or pupil.pk][0],
                "\\x" + sealed[pupil.household or pupil.pk][1],
                True,
            )
            for pk, pupil in zip(next_ids(Guardian, len(pupils)), pupils, strict=True)
        ),
    )


def _number(seed: int, home: int) -> str:
    return f"100{int(float(uniform(seed, _STREAM, home, 1)) * 10**8):08}"
