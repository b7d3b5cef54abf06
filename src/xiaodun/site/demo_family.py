"""The demo's parent: a link to one pupil of the cast's class, made anew at each entry. Demo mode only."""

from __future__ import annotations

from xiaodun.foundation import clock
from xiaodun.foundation.scope import open_scope
from xiaodun.responsibility.accounts.models import Duty, Role
from xiaodun.responsibility.roster.guardians import issue_guardian_key
from xiaodun.responsibility.roster.models import Guardian
from xiaodun.site.cast import PREFIX

USERNAME = f"{PREFIX}parent"
PLACE = 4  # the pupil at this place of the register


def parent_link() -> str | None:
    """A fresh key to the pupil's own pages; None where the demo has no such class or guardian."""
    duty = (
        Duty.objects.on(clock.today())
        .filter(account__username=f"{PREFIX}teacher", role=Role.CLASS_REPORTER)
        .select_related("org")
        .first()
    )
    if duty is None:
        return None
    with open_scope(schools=[duty.org.of_school]):
        guardians = Guardian.objects.in_scope().filter(person__class_id=duty.org_id, ended_on__isnull=True)
        guardian = guardians.select_related("person").order_by("person__name_sort", "pk")[PLACE:].first()
        return issue_guardian_key(actor=None, guardian=guardian) if guardian else None
