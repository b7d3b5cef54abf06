"""The actor of a request: an account with the duties it holds today. Built once, passed down, never looked up again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.conf import settings
from django.db.models import Q

from xiaodun.foundation.scope import Reach
from xiaodun.responsibility.accounts.models import Account, Duty, Role
from xiaodun.responsibility.accounts.rights import (
    FULL_NAMES,
    HEALTH,
    PERSONS,
    RIGHTS,
    Right,
    needs_second_factor,
)
from xiaodun.responsibility.orgs.models import Level, Org


@dataclass(frozen=True)
class HeldDuty:
    role: Role
    org_id: int
    path: str
    level: Level
    deputy: bool

    def covers(self, org: Org) -> bool:
        return org.path == self.path or org.path.startswith(f"{self.path}.")


@dataclass(frozen=True)
class Actor:
    """Who acts. Account 0 is nobody: no duties, no reach.

    `withheld` are duties that wait for a second factor: they open nothing, not even a row, until it is given.
    `second_factor`: it was given.
    """

    account_id: int
    name: str
    duties: tuple[HeldDuty, ...]
    withheld: tuple[HeldDuty, ...] = ()
    second_factor: bool = False

    def may(self, right: Right, org: Org) -> bool:
        return any(right in RIGHTS[duty.role] and duty.covers(org) for duty in self.duties)

    def might(self, right: Right, org: Org) -> bool:
        """Would the actor hold the right after giving a second factor?"""
        return any(right in RIGHTS[duty.role] and duty.covers(org) for duty in self.withheld)

    def reads_full_names_of(self, org: Org) -> bool:
        return any(duty.role in FULL_NAMES and duty.covers(org) for duty in self.duties)

    @cached_property
    def reach(self) -> Reach:
        def ids(*levels: Level, roles: frozenset[Role] | None = None) -> frozenset[int]:
            return frozenset(
                d.org_id for d in self.duties if d.level in levels and (roles is None or d.role in roles)
            )

        return Reach(
            class_ids=ids(Level.KLASS, Level.GROUP),
            school_ids=ids(Level.SCHOOL),
            county_ids=ids(Level.COUNTY),
            city_ids=ids(Level.CITY),
            everything=bool(ids(Level.PROVINCE)),
            persons_class_ids=ids(Level.KLASS, Level.GROUP, roles=PERSONS),
            persons_school_ids=ids(Level.SCHOOL, roles=PERSONS),
            health_class_ids=ids(Level.KLASS, Level.GROUP, roles=HEALTH),
            health_school_ids=ids(Level.SCHOOL, roles=HEALTH),
        )


NOBODY = Actor(account_id=0, name="", duties=())


def actor_of(account: Account, day: date, *, second_factor: bool = True) -> Actor:
    """The actor an account is on a day: one query for its duties and their units. A closed unit gives no rights.

    Without a second factor, where the installation asks for one, the duties that need it are withheld.
    """
    standing = Q(org__to_day__isnull=True) | Q(org__to_day__gte=day)
    duties = (
        Duty.objects.on(day).filter(standing, account=account).select_related("org").order_by("deputy", "pk")
    )
    held = tuple(
        HeldDuty(Role(duty.role), duty.org_id, duty.org.path, Level(duty.org.level), duty.deputy)
        for duty in duties
    )
    is_asked = settings.SECOND_FACTOR == "required" and not second_factor
    withheld = tuple(duty for duty in held if is_asked and needs_second_factor(duty.role, duty.level))
    return Actor(
        account_id=account.pk,
        name=account.name,
        duties=tuple(duty for duty in held if duty not in withheld),
        withheld=withheld,
        second_factor=second_factor,
    )


def holders(role: Role, org: Org, day: date) -> tuple[int | None, int | None]:
    """Account ids of the owner and the deputy of a role at a unit on a day; None where the post is blank."""
    duties = list(Duty.objects.on(day).filter(role=role, org=org).order_by("deputy", "pk"))
    owner = next((d.account_id for d in duties if not d.deputy), None)
    deputy = next((d.account_id for d in duties if d.deputy), None)
    return owner, deputy
