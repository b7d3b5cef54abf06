"""Who is on duty: the posts of a unit and of what lies below it, the blanks, who could fill them, and what was before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q, QuerySet

from xiaodun.foundation import clock
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.responsibility.accounts.models import Account, Duty, Role
from xiaodun.responsibility.accounts.posts import roles_at
from xiaodun.responsibility.orgs.models import CHECKED, Level, Org

# Several people share these posts in turn; every other post has one owner.
SHARED = frozenset({Role.COUNTY_OFFICER, Role.CDC_DOCTOR, Role.OPERATOR})
MOST_PEOPLE = 300  # offered for choice on one page; others are named by their account


@dataclass(slots=True)
class Post:
    """One role at one unit: who holds it today, who will, in the order in which they began."""

    org: Org
    role: Role
    owners: list[Duty] = field(default_factory=list)
    deputies: list[Duty] = field(default_factory=list)
    coming: list[Duty] = field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        return not self.owners

    @property
    def is_double(self) -> bool:
        return len(self.owners) > 1 and self.role not in SHARED


def posts_of(orgs: Iterable[Org], day: date) -> list[Post]:
    """The posts of some units on a day, in the units' order."""
    posts = {(org.pk, role): Post(org, role) for org in orgs for role in roles_at(org)}
    units = {org_id for org_id, _role in posts}
    duties = (
        Duty.objects.from_now(day)
        .filter(org_id__in=units)
        .select_related("account")
        .order_by("from_day", "pk")
    )
    for duty in duties:
        post = posts.get((duty.org_id, Role(duty.role)))
        if post is None:
            continue
        if duty.from_day > day:
            post.coming.append(duty)
        else:
            (post.deputies if duty.deputy else post.owners).append(duty)
    return list(posts.values())


def units_of_school(school: Org, day: date) -> list[Org]:
    """The classes and groups of a school, in the order of its register."""
    standing = Org.objects.standing(day).filter(school_id=school.pk, level__in=CHECKED)
    return list(standing.order_by("level", "sort", "pk"))


@dataclass(frozen=True, slots=True)
class SchoolGaps:
    """A school with posts that nobody holds."""

    school: Org
    n_blank: int
    n_posts: int


def gaps_of_schools(unit: Org, day: date) -> list[SchoolGaps]:
    """Every school below a unit with its number of posts and of blank ones, in administrative order."""
    below = Org.objects.standing(day).filter(within(unit), level__in=(Level.SCHOOL, *CHECKED))
    owned = set(
        Duty.objects.on(day)
        .filter(within(unit, "org__"), deputy=False)
        .values_list("org_id", "role")
        .distinct()
    )
    n_posts: dict[int, int] = defaultdict(int)
    n_blank: dict[int, int] = defaultdict(int)
    schools = []
    for org in below.order_by("sort", "pk"):
        if org.level == Level.SCHOOL:
            schools.append(org)
        for role in roles_at(org):
            n_posts[org.of_school] += 1
            n_blank[org.of_school] += (org.pk, str(role)) not in owned
    return [SchoolGaps(school, n_blank[school.pk], n_posts[school.pk]) for school in schools]


def within(unit: Org, prefix: str = "") -> Q:
    """The unit itself and everything below it, by the flat ids; `prefix` leads to the unit (`org__`)."""
    flat = {Level.SCHOOL: "school_id", Level.COUNTY: "county_id", Level.CITY: "city_id"}
    level = Level(unit.level)
    if level in flat:
        return Q(**{f"{prefix}{flat[level]}": unit.pk})
    if level == Level.PROVINCE:
        return Q(**{f"{prefix}path__startswith": f"{unit.path}."}) | Q(**{f"{prefix}pk": unit.pk})
    return Q(**{f"{prefix}pk": unit.pk}) | Q(**{f"{prefix}parent_id": unit.pk})


def people_of(unit: Org, day: date) -> QuerySet[Account]:
    """Open accounts that stand in a unit: opened by its office, or on duty there or below. `n_duties`: those of today."""
    now = Q(duties__from_day__lte=day) & (Q(duties__to_day__isnull=True) | Q(duties__to_day__gte=day))
    here = Account.objects.filter(within(unit, "org__"), is_active=True).values("pk")
    busy = Duty.objects.on(day).filter(within(unit, "org__")).values("account_id")
    rows = Account.objects.filter(Q(pk__in=here) | Q(pk__in=busy), is_active=True)
    return rows.annotate(n_duties=Count("duties", filter=now, distinct=True)).order_by(
        "n_duties", "name", "pk"
    )


def who_could(post: Post, people: list[Account]) -> Account | None:
    """Who could fill a blank: the deputy, else somebody of the unit without any duty; None where nobody is free."""
    if post.deputies:
        return post.deputies[0].account
    return next((one for one in people if not getattr(one, "n_duties", 1)), None)


def history_of(org: Org, role: Role, limit: int = 50) -> list[Duty]:
    """Everybody who held, holds or will hold a post, the latest first."""
    rows = Duty.objects.filter(org=org, role=role).select_related("account").order_by("-from_day", "-pk")
    return list(rows[:limit])


def find_person(text: str, unit: Org) -> Account:
    """The open account somebody means, by account name, or by name where only one in the county bears it.

    Searched in the unit's county (in its city or province for a unit above). Raises Refused.
    """
    text, day = text.strip(), clock.today()
    place = Org.objects.filter(pk=unit.county_id).first() if unit.county_id else unit
    found = [
        one
        for one in people_of(place or unit, day).filter(Q(username__iexact=text) | Q(name=text))[:3]
        if text
    ]
    exact = [one for one in found if one.username.casefold() == text.casefold()]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if found:
        zh, en = "县里有几个同名的人，填账号名", "Several people bear this name: give the account name"
        raise Refused(Fault("account.several", zh, en, "account"))
    zh, en = (
        "县里没有这个账号。先开账号，或核对账号名",
        "There is no such account in the county: open one, or check its name",
    )
    raise Refused(Fault("account.unknown", zh, en, "account"))
