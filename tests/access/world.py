"""The ground of the access tests: two schools of a county, one of another county, and everybody who might knock.

A place is written as a path of our own, `near/A/1`, so that the expectations lean on no unit tree of the product.
`near/A` is the school of the cast, `near/B` the neighbouring school, `far/D` a school of another county.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from http.cookies import SimpleCookie
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.test import Client
from tests.access.changes import lay_changes
from tests.access.homes import say_as_families
from tests.access.illnesses import lay_illness
from tests.access.outbreaks import lay_outbreaks
from tests.access.rosters import lay_rosters
from tests.cast import MONDAY, SURNAMES, Cast, build, check, run_jobs
from tests.measures.checks.rows import a_notice
from tests.measures.health.rows import fill_health

from xiaodun.foundation import clock
from xiaodun.foundation.scope import open_scope
from xiaodun.measures.health.models import FollowUp
from xiaodun.measures.partners.actions import ACCESS, ask_line_list
from xiaodun.measures.reporting.actions import annotate
from xiaodun.measures.reporting.models import Delivery
from xiaodun.response.outbreaks.actions import open_outbreak
from xiaodun.response.signals.actions import report_signal
from xiaodun.response.signals.models import Signal
from xiaodun.responsibility.accounts.actions import (
    give_duty,
    issue_device_token,
    open_account,
    revoke_device_token,
)
from xiaodun.responsibility.accounts.models import Account, DeviceToken, Role
from xiaodun.responsibility.accounts.passwords import invite
from xiaodun.responsibility.orgs.actions import found_org
from xiaodun.responsibility.orgs.models import Level, Org
from xiaodun.responsibility.roster.actions import NewPupil, enrol_pupils
from xiaodun.responsibility.roster.models import Person
from xiaodun.responsibility.tasks.actions import give_task
from xiaodun.responsibility.tasks.models import Rung, Task

FIRST_DAY = date(2026, 9, 1)
YESTERDAY, TOMORROW = MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)
PURPOSE = "现场流调"

# Accounts beyond those of the cast: role, place, days of the duty.
MORE: dict[str, tuple[Role, str, dict[str, date]]] = {
    "warden": (Role.DORM_WARDEN, "near/A/d", {}),
    "staff_reporter": (Role.STAFF_REPORTER, "near/A/s", {}),
    "far_teacher": (Role.CLASS_REPORTER, "far/D/1", {}),
    "far_reporter": (Role.EPIDEMIC_REPORTER, "far/D", {}),
    "far_county": (Role.COUNTY_OFFICER, "far", {}),
    "far_cdc": (Role.CDC_DOCTOR, "far", {}),
    "operator": (Role.OPERATOR, "near", {}),
    "clerk": (Role.SCHOOL_CLERK, "near/A", {}),
    "cdc_reader": (Role.CDC_DOCTOR, "near", {}),
    "cdc_lapsed": (Role.CDC_DOCTOR, "near", {}),
    "former": (Role.CLASS_REPORTER, "near/A/1", {"to_day": YESTERDAY}),
    "former_reporter": (Role.EPIDEMIC_REPORTER, "near/A", {"to_day": YESTERDAY}),
    "early": (Role.PRINCIPAL, "near/A", {"from_day": TOMORROW}),
    "dismissed": (Role.EPIDEMIC_REPORTER, "near/A", {}),
}

# What each of them is today, in the words of the tests' own table. Who is not named holds nothing.
POSTS = {
    "teacher": ("teacher", "near/A/1"),
    "doctor": ("doctor", "near/A"),
    "reporter": ("reporter", "near/A"),
    "deputy": ("deputy", "near/A"),
    "warden": ("warden", "near/A/d"),
    "staff_reporter": ("staff_reporter", "near/A/s"),
    "principal": ("principal", "near/A"),
    "county": ("county", "near"),
    "cdc": ("cdc", "near"),
    "stranger": ("teacher", "near/B/1"),
    "foreign_reporter": ("reporter", "near/B"),
    "far_teacher": ("teacher", "far/D/1"),
    "far_reporter": ("reporter", "far/D"),
    "far_county": ("county", "far"),
    "far_cdc": ("cdc", "far"),
    "operator": ("operator", "near"),
    "clerk": ("clerk", "near/A"),
    "cdc_reader": ("cdc", "near"),
    "cdc_lapsed": ("cdc", "near"),
}

# Where a caller tells more than its like does elsewhere; all others knock everywhere.
AT: dict[str, tuple[str, ...]] = {
    "cdc_reader": ("partner:",),
    "cdc_lapsed": ("partner:",),
    "former": ("classroom:", "school:", "api:"),
    "former_reporter": ("school:", "api:"),
    "early": ("school:",),
    "dismissed": ("home", "school:", "api:"),
    "device": ("api:", "classroom:"),
    "revoked_device": ("api:",),
    "expired_device": ("api:",),
}


@dataclass(frozen=True)
class Post:
    """What somebody is, and where. `kind` is a word of the tests' table, not a role of the product."""

    kind: str
    place: str

    def covers(self, place: str) -> bool:
        return place == self.place or place.startswith(f"{self.place}/")


@dataclass(frozen=True)
class Caller:
    """Somebody who knocks. `account` None is unknown everywhere; with a `bearer` one is known to the API alone."""

    name: str
    account: Account | None = None
    posts: tuple[Post, ...] = ()
    cookies: str = ""
    bearer: str = ""

    def is_known_at(self, address: str) -> bool:
        return self.account is not None and (not self.bearer or address.startswith("api:"))

    def posts_at(self, address: str) -> tuple[Post, ...]:
        return self.posts if self.is_known_at(address) else ()

    def knocks_at(self, address: str) -> bool:
        return address.startswith(AT.get(self.name, ("",)))

    def asks_for(self, thing: Thing) -> bool:
        """Who holds no post is tried with what a post would have opened, the others with everything."""
        return self.name in POSTS or not thing.place.startswith(("near/B", "far"))


@dataclass(frozen=True)
class Thing:
    """Something an address names by an id: of a sort, at a place."""

    id: Any
    sort: str = ""
    place: str = ""


@dataclass
class World:
    """`things`: parameter of an address -> what it may name. `names`: class -> full names of its pupils."""

    cast: Cast
    places: dict[str, Org] = field(default_factory=dict)
    callers: list[Caller] = field(default_factory=list)
    things: dict[str, list[Thing]] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    case_names: set[str] = field(default_factory=set)

    @property
    def schools(self) -> dict[str, str]:
        """place -> name of each school."""
        return {place: org.name for place, org in self.places.items() if org.level == Level.SCHOOL}

    def caller(self, name: str) -> Caller:
        return next(caller for caller in self.callers if caller.name == name)

    def add_thing(self, parameter: str, id: Any, sort: str, place: str) -> None:
        self.things.setdefault(parameter, []).append(Thing(id, sort, place))


def build_world() -> World:
    """Everything a page can show, at three schools; runs inside the caller's transaction with the clock held."""
    world = World(build())
    _lay_places(world)
    _give_own_names(world)
    _lay_groups(world)
    for name, (role, place, days) in MORE.items():
        account = open_account(actor_id=None, username=name, name=f"{name}老师")
        facts: dict[str, Any] = {"from_day": FIRST_DAY, **days}
        give_duty(actor_id=None, account=account, role=role, org=world.places[place], **facts)
        world.cast.accounts[name] = account
    _live_through_a_signal(world, "near/A", "teacher", "reporter")
    _live_through_a_signal(world, "near/B", "stranger", "foreign_reporter")
    _live_through_a_signal(world, "far/D", "far_teacher", "far_reporter")
    _name_units(world)
    _sign_in(world)
    _open_line_lists(world)
    _write_beside(world)
    lay_outbreaks(world)
    lay_changes(world)
    _hand_out_keys(world)
    _name_people(world)
    world.callers.append(Caller("anonymous"))
    return world


def _lay_places(world: World) -> None:
    cast = world.cast
    far = found_org(actor_id=None, level=Level.COUNTY, name="白河县", parent=cast.county.parent)
    school = found_org(actor_id=None, level=Level.SCHOOL, name="崇文小学", parent=far, code="2199000003")
    facts: dict[str, Any] = {"stage": "primary", "grade_number": 3}
    grade = found_org(actor_id=None, level=Level.GRADE, name="三年级", parent=school, **facts)
    klass = found_org(actor_id=None, level=Level.KLASS, name="三(1)班", parent=grade, class_number=1, **facts)
    new = [NewPupil(name=surname, sex="f") for surname in SURNAMES[:12]]
    cast.pupils[klass.pk] = enrol_pupils(actor_id=None, klass=klass, pupils=new, from_day=FIRST_DAY)
    second = Org.objects.get(school_id=cast.other_school.pk, level=Level.KLASS, class_number=2)
    assert cast.klass.parent
    assert cast.foreign.parent
    world.places = {
        "near": cast.county,
        "near/A": cast.school,
        "near/A/g": cast.klass.parent,
        "near/A/1": cast.klass,
        "near/A/2": cast.sibling,
        "near/B": cast.other_school,
        "near/B/g": cast.foreign.parent,
        "near/B/1": cast.foreign,
        "near/B/2": second,
        "far": far,
        "far/D": school,
        "far/D/g": grade,
        "far/D/1": klass,
    }


def _lay_groups(world: World) -> None:
    """Beside the classes of school A an empty dormitory, and the staff, of whom there is one; a family's notice."""
    for place, kind, name in (("near/A/d", "dorm", "3号楼"), ("near/A/s", "staff", "教职工")):
        world.places[place] = found_org(
            actor_id=None, level=Level.GROUP, name=name, parent=world.cast.school, group_kind=kind
        )
    world.names["near/A/s"] = ["己师傅宁"]
    with open_scope(schools=[world.cast.school.pk]):
        a_notice(world.cast.pupils[world.cast.klass.pk][9])
        Person.objects.create(
            kind="staff", name="己师傅宁", name_sort="ji", initials="JSFN", sex="m", post="canteen",
            school_id=world.cast.school.pk, class_id=world.places["near/A/s"].pk, county_id=world.cast.county.pk,
        )  # fmt: skip


def _give_own_names(world: World) -> None:
    """No two classes share a name, so that a name on a page says whose pupil it is."""
    with open_scope(schools=[world.places[place].pk for place in world.schools]):
        classes = ("near/A/1", "near/A/2", "near/B/1", "near/B/2", "far/D/1")
        for place, letter in zip(classes, "甲乙丙戊丁", strict=True):
            persons = world.cast.pupils[world.places[place].pk]
            for person, surname in zip(persons, SURNAMES, strict=False):
                person.name = f"{surname}{letter}宁"
            Person.objects.in_scope().bulk_update(persons, ["name"])
            world.names[place] = [person.name for person in persons]


def _live_through_a_signal(world: World, place: str, teacher: str, reporter: str) -> None:
    """Three ill, a signal, a report; then a fourth, so that a second report has something to say."""
    klass, school = world.places[f"{place}/1"], world.places[place]
    check(world.cast, 0, 1, 2, klass=klass, by=teacher)
    run_jobs()
    signal = Signal.objects.in_scope().get(school_id=school.pk)
    report = report_signal(actor=world.cast.actor(reporter), signal_id=signal.pk)
    last = uuid4()
    check(world.cast, 0, 1, 2, 3, klass=klass, by=teacher, client_id=last, base=1)
    run_jobs()
    world.add_thing("signal_id", signal.pk, "signal", place)
    world.add_thing("client_id", last, "check", f"{place}/1")
    for delivery in Delivery.objects.in_scope().filter(report=report):
        world.add_thing("delivery_id", delivery.pk, str(delivery.receiver), place)
    with open_scope(schools=[school.pk]):
        illness = FollowUp.objects.in_scope().filter(school_id=school.pk).order_by("pk").first()
        hanging = fill_health(illness)
    world.add_thing("follow_up_id", illness.pk, "illness", f"{place}/1")
    lay_illness(world, f"{place}/1", hanging)
    _give_tasks(world, place, signal)
    if place == "near/A":
        world.case_names = set(world.names["near/A/1"][:4])


def _give_tasks(world: World, place: str, signal: Signal) -> None:
    """One task for each rung a late one can stand on."""
    school = world.places[place]
    world.add_thing("task_id", Task.objects.in_scope().get(subject_id=signal.pk).pk, "at_owner", place)
    for rung, sort in ((Rung.DEPUTY, "at_deputy"), (Rung.COUNTY, "at_county")):
        task = give_task(
            kind=f"test.{sort}",
            subject=("school", school.pk),
            title="核对名单",
            title_en="Check the list",
            role=Role.EPIDEMIC_REPORTER,
            org=school,
            due_at=clock.now() + timedelta(hours=2),
        )
        Task.objects.in_scope().filter(pk=task.pk).update(rung=rung)
        world.add_thing("task_id", task.pk, sort, place)


def _name_units(world: World) -> None:
    """Each address that names a unit is also tried with units of other levels."""
    classes = ("near/A/1", "near/A/2", "near/B/1", "far/D/1", "near/A", "near/A/g")
    groups = ("near/A/d", "near/A/s")
    tried = {
        "county_id": ("near", "far", "near/A"),
        "school_id": ("near/A", "near/B", "far/D", "near", "near/A/1"),
        "class_id": (*classes, *groups),
        "body_class_id": (*classes, *groups),
        "org_id": ("near", "far", "near/B", "far/D", *classes),
    }
    for parameter, places in tried.items():
        for place in places:
            org = world.places[place]
            world.add_thing(parameter, org.pk, str(org.group_kind or org.level), place)
    world.add_thing("rule_id", "SCH-SIM-CLASS-1D", "rule", "")
    world.add_thing("username", "teacher", "username", "")


def _sign_in(world: World) -> None:
    """Everybody with an account is signed in; then the account of `dismissed` is closed."""
    client = Client()
    for name, account in world.cast.accounts.items():
        client.cookies = SimpleCookie()
        client.force_login(account, backend=settings.AUTHENTICATION_BACKENDS[1])
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        posts = [Post("self", name)] + ([Post(*POSTS[name])] if name in POSTS else [])
        is_shut = name == "dismissed"
        world.callers.append(
            Caller(name, None if is_shut else account, () if is_shut else tuple(posts), cookie)
        )
    Account.objects.filter(username="dismissed").update(is_active=False)


def _open_line_lists(world: World) -> None:
    """`cdc_reader` has opened the list of school A, `cdc_lapsed` had it open until now."""
    school = world.places["near/A"]
    signal = Signal.objects.in_scope().get(school_id=school.pk)
    for name, ago in (("cdc_reader", timedelta(0)), ("cdc_lapsed", ACCESS)):
        with clock.frozen(clock.now() - ago):
            ask_line_list(
                actor=world.cast.actor(name),
                subject=("signal", signal.pk),
                school=school,
                follow_up_ids=signal.follow_up_ids,
                purpose=PURPOSE,
            )
    place = next(n for n, caller in enumerate(world.callers) if caller.name == "cdc_reader")
    reader = world.callers[place]
    world.callers[place] = replace(reader, posts=(*reader.posts, Post("reader", "near/A")))


def _write_beside(world: World) -> None:
    """A principal's note and an outbreak at school A."""
    school = world.places["near/A"]
    signal = Signal.objects.in_scope().get(school_id=school.pk)
    annotate(
        actor=world.cast.actor("principal"), subject=("signal", signal.pk), school=school, words="请校医跟进"
    )
    open_outbreak(actor=world.cast.actor("reporter"), school=school, family="ILI")
    say_as_families(world)
    lay_rosters(world)


def _name_people(world: World) -> None:
    """Duties and the accounts that hold them, each at the unit where it is looked after; a link somebody was given."""
    for name in ("teacher", "doctor", "county", "cdc", "stranger", "far_teacher"):
        account = world.cast.accounts[name]
        place = POSTS[name][1]
        world.add_thing("account_id", account.pk, "person", place)
        if name not in ("county", "cdc"):
            world.add_thing("duty_id", account.duties.get().pk, "duty", place)
    world.add_thing("account_id", world.cast.accounts["nobody"].pk, "of no unit", "")
    invited = open_account(actor_id=None, username="invited", name="新人")
    key = invite(actor=world.cast.actor("county"), account=invited)
    world.add_thing("key", key, "link", "")
    world.add_thing("provider_id", "office", "provider", "")


def _hand_out_keys(world: World) -> None:
    """Three devices of the class teacher hold a key: one live, one revoked, one past its days."""
    keys = {}
    for label in ("live", "revoked", "expired"):
        keys[label], row = issue_device_token(actor=world.cast.actor("teacher"), label=label)
        if label == "revoked":
            revoke_device_token(actor=world.cast.actor("teacher"), token_id=row.pk)
        elif label == "expired":
            DeviceToken.objects.filter(pk=row.pk).update(expires_at=clock.now())
        else:
            world.add_thing("token_id", row.pk, "key", "teacher")
    _key, row = issue_device_token(actor=world.cast.actor("stranger"), label="theirs")
    world.add_thing("token_id", row.pk, "key", "stranger")
    teacher = world.caller("teacher")
    world.callers += [
        Caller("device", teacher.account, teacher.posts, bearer=keys["live"]),
        Caller("revoked_device", bearer=keys["revoked"]),
        Caller("expired_device", bearer=keys["expired"]),
    ]
