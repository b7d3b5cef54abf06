"""The demo's cast: one account for each role, told on the front page and on the terminal. Demo mode only."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from xiaodun.responsibility.accounts.models import Duty, Role

PREFIX = "demo-"


@dataclass(frozen=True, slots=True)
class Member:
    username: str
    name: str
    role: str
    unit: str


def demo_cast() -> list[Member]:
    """One row for each demo account, in the order of a morning: class, school, county, CDC."""
    order = {str(role): n for n, role in enumerate(Role)}
    duties = Duty.objects.filter(account__username__startswith=PREFIX).select_related(
        "account", "org", "org__parent__parent"
    )
    members = []
    for duty in sorted(duties, key=lambda d: (order[d.role], d.deputy, d.pk)):
        above = duty.org.parent
        school = {"class": above and above.parent, "group": above}.get(duty.org.level)
        unit = f"{school.name} {duty.org.name}" if school else duty.org.name
        label = str(Role(duty.role).label)
        members.append(Member(duty.account.username, duty.account.name, label, unit))
        if duty.role == Role.CLASS_REPORTER:
            # A parent holds a link, no account (site/demo_family.py).
            members.append(Member(f"{PREFIX}parent", "", str(_("家长")), unit))
    return members
