"""What families have said: a dead link, a consent, corrections of both kinds, at each school."""

from __future__ import annotations

from typing import Any

from xiaodun.foundation import clock
from xiaodun.foundation.scope import open_scope
from xiaodun.measures.consents.actions import ask_correction, give_consent
from xiaodun.measures.consents.models import About
from xiaodun.responsibility.roster.guardians import issue_guardian_key
from xiaodun.responsibility.roster.models import Guardian, GuardianKey


def say_as_families(world: Any) -> None:
    for place in ("near/A", "near/B", "far/D"):
        school = world.places[place]
        pupil = world.cast.pupils[world.places[f"{place}/1"].pk][5]
        with open_scope(schools=[school.pk]):
            guardian = Guardian.objects.create(person=pupil, school_id=school.pk, class_id=pupil.class_id)
            dead = issue_guardian_key(actor=None, guardian=guardian)
            GuardianKey.objects.filter(guardian_id=guardian.pk).update(revoked_at=clock.now())
            give_consent(guardian=guardian, purpose="certificate_photo")
            roster = ask_correction(guardian=guardian, about=About.DORM, said="三楼二室", school=school)
            health = ask_correction(guardian=guardian, about=About.ABSENCE, said="那天到校了", school=school)
        world.add_thing("key", dead, "dead_link", f"{place}/1")
        world.add_thing("roster_correction_id", roster.pk, "roster_correction", place)
        world.add_thing("health_correction_id", health.pk, "health_correction", place)
